# Built again elsewhere, later, by somebody else.
$ export REEF_PACKAGES=$PWD/packages
$ reef verify --rebuild whole --closure
$ ls "$REEF_HOME/again" "$REEF_HOME/stage"

# What depends on the time and the user is named, what depends on the folder is not: that is relocated.
$ reef verify --rebuild clock | sed 's/byte [0-9]*/byte N/; s/; [0-9]* bytes.*//'
$ reef verify --rebuild clock --json > clock.json
$ python3 -c "import json; d = json.load(open('clock.json')); print(d['identical'], [each['path'] for each in d['packages'][0]['differences']])"

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
$ reef verify --rebuild ./program | sed 's/byte [0-9]*/byte N/'

$ reef verify
$ reef verify --rebuild --key x
