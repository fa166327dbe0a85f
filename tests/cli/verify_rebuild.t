# Built again elsewhere, later, by somebody else.
$ export REEF_PACKAGES=$PWD/packages
$ reef verify --rebuild whole --closure
part 1.2.0: bit-identical (2 files, $SIZE, $DIGEST)
whole 1.0.0: bit-identical (1 file, $SIZE, $DIGEST)
$ ls "$REEF_HOME/again" "$REEF_HOME/stage"
$REEF_HOME/again:

$REEF_HOME/stage:

# What depends on the time, the user and the folder that it is built in is named; the prefix's own path is not: that is
# relocated.
$ reef verify --rebuild clock | sed 's/byte [0-9]*/byte N/; s/; [0-9]* bytes.*//'
clock 1.0.0: not bit-identical
  `jobs` differs, first at byte N
  `when` differs, first at byte N
  `where` holds the path of the folder it was built in, first at byte N
  `who` differs, first at byte N
$ reef verify --rebuild clock --json > clock.json
? 6
$ python3 -c "import json; d = json.load(open('clock.json')); print(d['identical'], [each['path'] for each in d['packages'][0]['differences']])"
False ['jobs', 'when', 'where', 'who']

# The first difference of a program is in a section.
$ mkdir program && cat > program/reef.json <<'END'
> {
>   "reef": 1, "name": "stamp", "version": "1.0.0", "kind": "program", "summary": "Knows when it was built", "license": "MIT",
>   "dependencies": {"compiler": {"capability": "c++-compiler", "version": ">=11", "for": "build"}},
>   "sources": [{"path": "main.cpp"}],
>   "actions": {"build": {"run": [["sh", "-c", "$1 -DNOW=\\\"$(date +%s%N)\\\" -o \"$REEF_PREFIX/stamp\" main.cpp", "sh", "${compiler.env.CXX}"]]}}
> }
> END
$ echo 'const char* volatile now = NOW; int main() { return *now == 0; }' > program/main.cpp
$ reef verify --rebuild ./program | sed 's/byte [0-9]*/byte N/; s/(section [.a-z-]*)/(section S)/'
stamp 1.0.0: not bit-identical
  `stamp` differs, first at byte N (section S)

$ reef verify --rebuild --key x
! error: `--rebuild` is about a package, `--key` and `--signature` about a file: one at a time
? 2

# The catalogue's own packages: training and compiling give the same bits again.
$ reef verify --rebuild digits-classifier --closure --with model=mlp-64 | sed 's/ (.*//'
digits 1.0.0: bit-identical
digits-trainer 1.0.0: bit-identical
digits-weights 1.0.0: bit-identical
digits-classifier 1.0.0: bit-identical
