# Mistakes of those who write packages and tools: they are said where they are, and nothing else is taken instead.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .

# A newer version with a mistake in its manifest: the older one is not taken. Who does not need it is not disturbed.
$ python3 make.py 'num@1.0.0={"actions": {"show": {"run": [["echo", "one"]]}}}' 'num@2.0.0={"action": {"show": {"run": [["echo", "two"]]}}}' 'sum={"dependencies": {"n": {"package": "num"}}}'
$ reef run show num
! $DIR/packages/num-2.0.0/reef.json:6:3: error: unknown key `action`
!   6 |   "action": {"show": {"run": [["echo", "two"]]}}
!     |   ^
! hint: did you mean `actions`?
? 3
$ reef install sum
! $DIR/packages/num-2.0.0/reef.json:6:3: error: unknown key `action`
!   6 |   "action": {"show": {"run": [["echo", "two"]]}}
!     |   ^
! hint: did you mean `actions`?
? 3
$ reef install num@1 --dry-run
! $DIR/packages/num-2.0.0/reef.json:6:3: error: unknown key `action`
!   6 |   "action": {"show": {"run": [["echo", "two"]]}}
!     |   ^
! hint: did you mean `actions`?
? 3
$ printf '{"reef": 1\n "name": "num"}' > packages/num-2.0.0/reef.json; reef install sum
! $DIR/packages/num-2.0.0/reef.json:2:7: error: this is not JSON: unexpected string literal; expected '}'
!   2 |  "name": "num"}
!     |       ^
? 3
$ printf '{}' > packages/num-2.0.0/reef.json; reef install sum 2>&1 | head -n 1
$DIR/packages/num-2.0.0/reef.json:1:1: error: missing key `reef`
$ python3 make.py 'other={"actions": {"show": {"run": [["echo", "other"]]}}}'; reef run show other 2> /dev/null
other
$ rm -r packages/num-2.0.0; reef run show num 2> /dev/null
one

# A package that has the name of a tool of the host, in a folder and in a registry. Other names are not disturbed.
$ python3 make.py 'protobuf@4.21.0={}' 'board={"dependencies": {"p": {"package": "protobuf"}}}'
$ reef install board
! error: `protobuf` is a library in `$DIR/packages/protobuf-4.21.0`, and a tool of the host in `$SOURCE/packages/tools/protobuf`
! hint: give the library another name: what is built is not taken for what is found on the host
? 3
$ reef info protobuf
! error: `protobuf` is a library in `$DIR/packages/protobuf-4.21.0`, and a tool of the host in `$SOURCE/packages/tools/protobuf`
! hint: give the library another name: what is built is not taken for what is found on the host
? 3
$ reef detect protobuf
! error: `protobuf` is a library in `$DIR/packages/protobuf-4.21.0`, and a tool of the host in `$SOURCE/packages/tools/protobuf`
! hint: give the library another name: what is built is not taken for what is found on the host
? 3
$ reef detect python3 | wc -l
2
$ reef doctor | grep proto
problem protobuf: `protobuf` is a library in `$DIR/packages/protobuf-4.21.0`, and a tool of the host in `$SOURCE/packages/tools/protobuf`
$ reef check packages/protobuf-4.21.0 2>&1 | tail -n 3
warning: `protobuf` is a library in `$DIR/packages/protobuf-4.21.0`, and a tool of the host in `$SOURCE/packages/tools/protobuf`
hint: give the library another name: what is built is not taken for what is found on the host
packages/protobuf-4.21.0/reef.json: protobuf is good
$ mkdir shelf; mv packages/protobuf-4.21.0 shelf; reef registry build shelf 2>&1 | head -n 2
warning: `protobuf` is hidden in `$DIR/shelf`: the catalogue has a tool of the host of that name, and is asked first
hint: publish it under another name
$ reef registry add share shelf
added share: $DIR/shelf, 1 package
! warning: `protobuf` is hidden in the registry `share`: the catalogue has a tool of the host of that name, and is asked first
! hint: publish it under another name
$ reef check shelf/protobuf-4.21.0 2>&1 | tail -n 3
shelf/protobuf-4.21.0/reef.json: warning: `protobuf` is also a tool of the host in `$SOURCE/packages/tools/protobuf`, which hides this library
hint: give the library another name
shelf/protobuf-4.21.0/reef.json: protobuf is good
$ reef registry add mine shelf --prefix proto; reef info protobuf | head -n 1; reef registry remove mine
added mine: $DIR/shelf, 1 package
  only proto* comes from here, and from nowhere else
protobuf 4.21.0 (library)
removed mine: $DIR/shelf
$ python3 make.py 'clash={}' 'clash@2.0.0={"kind": "tool", "detect": {"programs": ["clash"], "version": [{"text": "1", "pattern": "(.*)"}]}}'; reef registry build packages
! error: `clash` is a library in `$DIR/packages/clash-1.0.0`, and a tool of the host in `$DIR/packages/clash-2.0.0`
!   while publishing `clash`
! hint: give the library another name: what is built is not taken for what is found on the host
? 3
$ rm -r packages/clash-*

# A tool that prints nonsense is there all the same; what was refused is said, and why.
$ python3 make.py 'quill={"kind": "tool", "detect": {"programs": ["quill"], "ask": {"arguments": [["-v"]]}, "version": [{"pattern": "quill ([0-9.]+)"}]}, "install": {"apt": "quill"}}' 'letter={"dependencies": {"pen": {"package": "quill", "version": "<3"}}}'; ./tool garbage out quill
$ reef install letter
! error: there is no solution:
!   letter 1.0.0 needs quill <3, this host has none that works (packages/letter-1.0.0/reef.json:6:20)
! hint: `$DIR/bin/quill` is refused: no version in its answer; it printed `garbage out`
! hint: `apt install quill` would install quill
? 5
$ reef info letter | grep '<3' | head -n 1
pen  quill <3  both  always  no: this host has none that works: `$DIR/bin/quill` is refused: no version in its answer; it printed `garbage out` (`apt install quill`)
$ reef doctor letter | grep 'quill <3:'
problem quill <3: this host has none that works: `$DIR/bin/quill` is refused: no version in its answer; it printed `garbage out`
$ (cd packages/letter-1.0.0; reef why-not quill@2)
! error: this host has no quill
! hint: `$DIR/bin/quill` is refused: no version in its answer; it printed `garbage out`
! hint: `apt install quill` would install it
? 4
$ reef doctor packages/quill-1.0.0
problem quill: this host has none that works: `$DIR/bin/quill` is refused: no version in its answer; it printed `garbage out`
          -> apt install quill
? 5
$ rm bin/quill; reef install letter 2>&1 | head -n 2
error: there is no solution:
  letter 1.0.0 needs quill <3, this host has none (packages/letter-1.0.0/reef.json:6:20)
$ ./tool quill 3.1; reef doctor letter | grep -A1 quill
problem quill <3: this host has 3.1
problem letter: there is no solution:
            letter 1.0.0 needs quill <3, this host has 3.1 (packages/letter-1.0.0/reef.json:6:20)
          -> this host needs quill <3: `apt install quill` installs the distribution's version

# A version that an earlier registry hides.
$ mkdir -p one two; python3 make.py 'ink@1.0.0={}' 'ink@2.0.0={}' 'note={"dependencies": {"ink": {"package": "ink", "version": "^2"}}}'; mv packages/ink-1.0.0 one; mv packages/ink-2.0.0 two
$ reef registry add one one; reef registry add two two
added one: $DIR/one, 1 package
added two: $DIR/two, 1 package
$ reef install note
! error: there is no solution:
!   note 1.0.0 needs ink ^2, there is only 1.0.0 (packages/note-1.0.0/reef.json:6:20)
! hint: `two` has ink 2.0.0, but `ink` comes from `one`, which is asked first: `--priority` or `--prefix` of `reef registry add` decides
! hint: it would work if note took ink 1.0.0 (packages/note-1.0.0/reef.json:6:20)
? 5
$ reef install ink@2
! error: no version of `ink` is in `2`
! hint: there is `1.0.0`
! hint: `two` has ink 2.0.0, but `ink` comes from `one`, which is asked first: `--priority` or `--prefix` of `reef registry add` decides
? 4
$ (cd packages/note-1.0.0; reef why-not ink@2.0.0)
! error: there is no version of `ink` in `2.0.0`
! hint: there is `1.0.0`
! hint: `two` has ink 2.0.0, but `ink` comes from `one`, which is asked first: `--priority` or `--prefix` of `reef registry add` decides
? 4
$ python3 make.py 'board={"dependencies": {"p": {"package": "protobuf", "version": "=4.21.0"}}}'; reef install board 2>&1 | grep share
hint: `share` has protobuf 4.21.0, but `protobuf` is a tool of the host in the catalogue, which is asked first: a package needs another name
