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
