# More conflicts of everyday machine learning, in a project of one's own: what is wrong, where it says so, what to do.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .

# torch was built against numpy 1, the project asks for numpy 2.
$ python3 make.py 'numpy@1.26.4={}' 'numpy@2.1.0={}' 'torch@2.2.0={"dependencies": {"numpy": {"package": "numpy", "version": "<2"}}}' 'torch@2.3.0={"dependencies": {"numpy": {"package": "numpy", "version": "<2"}}}'
$ ./project '"torch": {"package": "torch", "version": "^2.2"}' '"numpy": {"package": "numpy", "version": ">=2"}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs torch ^2.2 (mine/reef.json:2:3)
!   mine 0.1.0 needs numpy >=2 (mine/reef.json:3:3)
!   every version of torch needs numpy <2 (packages/torch-2.3.0/reef.json:6:20)
! hint: it works with numpy <2 (1.26.4): `cd mine && reef add 'numpy@<2'` changes `>=2` at mine/reef.json:3:3
! hint: it works without torch (mine/reef.json:2:3)
? 5

# The same, found by `reef add`: nothing is written.
$ ./project '"torch": {"package": "torch", "version": "^2.2"}'
$ cd mine; reef add numpy@'>=2'; cat reef.json; cd ..
{"reef": 1, "name": "mine", "version": "0.1.0", "kind": "program", "dependencies": {
  "torch": {"package": "torch", "version": "^2.2"}
}, "actions": {"go": {"run": [["true"]]}}}
! error: there is no solution:
!   mine 0.1.0 needs torch ^2.2 (reef.json:2:3)
!   mine 0.1.0 needs numpy >=2
!   every version of torch needs numpy <2 ($DIR/packages/torch-2.3.0/reef.json:6:20)
!   while choosing what fits with it; reef.json is unchanged
! hint: it works with numpy <2 (1.26.4): `reef add 'numpy@<2'`
! hint: it works without torch (reef.json:2:3)

# A network that was exported for an opset that the runtime does not know yet.
$ python3 make.py 'ort@1.14.0={"provides": {"onnx-opset": "18.0.0"}}' 'ort@1.16.0={"provides": {"onnx-opset": "19.0.0"}}' 'resnet={"dependencies": {"opset": {"capability": "onnx-opset", "version": ">=19"}}}'
$ ./project '"runtime": {"package": "ort", "version": "~1.14"}' '"network": {"package": "resnet", "version": "^1"}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs ort ~1.14 (mine/reef.json:2:3)
!   mine 0.1.0 needs resnet ^1 (mine/reef.json:3:3)
!   resnet 1.0.0 needs onnx-opset >=19, which only ort 1.16.0 provides (packages/resnet-1.0.0/reef.json:6:20)
! hint: it works with ort ^1.16.0 (1.16.0): `cd mine && reef add ort@^1.16.0` changes `~1.14` at mine/reef.json:2:3
! hint: it works without resnet (mine/reef.json:3:3)
? 5

# cuDNN for one CUDA, the framework for another.
$ python3 make.py 'cuda-rt@11.8.0={}' 'cuda-rt@12.4.0={}' 'dnn-rt@8.9.0={"dependencies": {"cuda": {"package": "cuda-rt", "version": "^11"}}}' 'flashnet@2.0.0={"dependencies": {"cuda": {"package": "cuda-rt", "version": "^12"}, "cudnn": {"package": "dnn-rt", "version": "^8"}}}'
$ ./project '"net": {"package": "flashnet", "version": "^2"}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs flashnet ^2 (mine/reef.json:2:3)
!   flashnet 2.0.0 needs cuda-rt ^12 (packages/flashnet-2.0.0/reef.json:6:20)
!   flashnet 2.0.0 needs dnn-rt ^8 (packages/flashnet-2.0.0/reef.json:6:70)
!   dnn-rt 8.9.0 needs cuda-rt ^11 (packages/dnn-rt-8.9.0/reef.json:6:20)
! hint: it would work if flashnet took cuda-rt 11.8.0 (packages/flashnet-2.0.0/reef.json:6:20)
! hint: it would work if dnn-rt took cuda-rt 12.4.0 (packages/dnn-rt-8.9.0/reef.json:6:20)
! hint: it works without flashnet (mine/reef.json:2:3)
? 5

# Node is missing, for one engine of two; and for the only one.
$ python3 make.py 'webjs={"kind": "tool", "detect": {"programs": ["webjs"], "ask": {"arguments": [["-v"]]}, "version": [{"pattern": "webjs ([0-9.]+)"}]}, "install": {"apt": "webjs", "brew": "node"}}' 'ort-web@1.18.0={"dependencies": {"node": {"package": "webjs", "version": ">=16", "for": "run"}}}' 'digit={"variations": {"engine": {"default": ["web", "native"], "options": {"web": {"dependencies": {"engine": {"package": "ort-web"}}}, "native": {}}}}}'
$ reef install digit --dry-run
PACKAGE  VERSION  OPTIONS          STATE
digit    1.0.0    engine = native  to install
digit: `engine = web` was skipped: needs ort-web, ort-web 1.18.0 needs webjs >=16, this host has none
why:
  digit 1.0.0: you asked for it; the only version; engine = native (the first that works here)

$ reef install digit --with engine=web
! error: there is no solution:
!   you asked for digit with `engine = web`
!   digit 1.0.0 with `engine = web` needs ort-web (packages/digit-1.0.0/reef.json:6:96)
!   ort-web 1.18.0 needs webjs >=16, this host has none (packages/ort-web-1.18.0/reef.json:6:20)
! hint: `apt install webjs` would install webjs
! hint: it works with `--with engine=native` instead of `web`
? 5

$ ./tool webjs 14.2.0; reef install digit --with engine=web
! error: there is no solution:
!   you asked for digit with `engine = web`
!   digit 1.0.0 with `engine = web` needs ort-web (packages/digit-1.0.0/reef.json:6:96)
!   ort-web 1.18.0 needs webjs >=16, this host has 14.2.0 (packages/ort-web-1.18.0/reef.json:6:20)
! hint: this host needs webjs >=16: `apt install webjs` installs the distribution's version
! hint: it works with `--with engine=native` instead of `web`
? 5

# The C library of the host is too old.
$ python3 make.py 'c-library={"kind": "tool", "detect": {"programs": ["c-library"], "ask": {"arguments": [["-v"]]}, "version": [{"pattern": "c-library ([0-9.]+)"}]}}' 'wheel-2024={"dependencies": {"libc": {"package": "c-library", "version": ">=2.38"}}}'
$ ./tool c-library 2.28; reef install wheel-2024
! error: there is no solution:
!   wheel-2024 1.0.0 needs c-library >=2.38, this host has 2.28 (packages/wheel-2024-1.0.0/reef.json:6:20)
! hint: this host needs c-library >=2.38
? 5

# A binary for another processor.
$ python3 make.py 'neon-kernels={"variations": {"build": {"options": {"neon": {"when": {"arch": "aarch64"}}}}}}' 'edge={"dependencies": {"kernels": {"package": "neon-kernels"}}}'
$ ./project '"edge": {"package": "edge", "version": "^1"}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs edge ^1 (mine/reef.json:2:3)
!   edge 1.0.0 needs neon-kernels (packages/edge-1.0.0/reef.json:6:20)
!   neon-kernels 1.0.0 with `build = neon` exists only when arch is aarch64, this host is x86_64 (packages/neon-kernels-1.0.0/reef.json:6:40)
! hint: it works without edge (mine/reef.json:2:3)
? 5

# An option that no version has, asked for by the project.
$ python3 make.py 'quant={"variations": {"precision": {"options": {"fp32": {}, "int8": {}}}}}'
$ ./project '"quant": {"package": "quant", "version": "^1", "with": {"precision": "int4"}}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs quant with `precision = int4`, but quant offers only `fp32` and `int8` (mine/reef.json:2:3)
! hint: did you mean `int8`?
! hint: it works with `precision = fp32` instead of `int4` of quant: change it at mine/reef.json:2:3
? 5

$ ./project '"quant": {"package": "quant", "version": "^1", "with": {"bits": "4"}}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs quant with `bits = 4`, but quant has no variation `bits` (mine/reef.json:2:3)
! hint: it works without `bits = 4` of quant: change it at mine/reef.json:2:3
? 5

# Only one MPI may be in a process.
$ python3 make.py 'openmpi={"provides": {"mpi": "4.1.0"}, "variations": {"abi": {"options": {"own": {"conflicts": {"package": {"mpich": "*"}}}}}}}' 'mpich={"provides": {"mpi": "4.0.0"}}' 'horovod={"dependencies": {"mpi": {"package": "openmpi"}}}' 'dataloader={"dependencies": {"mpi": {"package": "mpich"}}}'
$ ./project '"horovod": {"package": "horovod", "version": "^1"}' '"loader": {"package": "dataloader", "version": "^1"}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs horovod ^1 (mine/reef.json:2:3)
!   mine 0.1.0 needs dataloader ^1 (mine/reef.json:3:3)
!   horovod 1.0.0 needs openmpi (packages/horovod-1.0.0/reef.json:6:20)
!   dataloader 1.0.0 needs mpich (packages/dataloader-1.0.0/reef.json:6:20)
!   openmpi 1.0.0 with `abi = own` excludes mpich (packages/openmpi-1.0.0/reef.json:7:38)
! hint: it works without horovod (mine/reef.json:2:3)
! hint: it works without dataloader (mine/reef.json:3:3)
! hint: it would work if openmpi did not exclude mpich (packages/openmpi-1.0.0/reef.json:7:38)
? 5

# Two compilers: one library needs an old one, the other a new one.
$ python3 make.py 'compiler-x={"kind": "tool", "detect": {"programs": ["compiler-x", "compiler-x-*"], "ask": {"arguments": [["-v"]]}, "version": [{"pattern": "compiler-x ([0-9.]+)"}]}, "install": {"apt": "compiler-x"}}' 'old-kernels={"dependencies": {"compiler": {"package": "compiler-x", "version": "<12", "for": "build"}}}' 'new-kernels={"dependencies": {"compiler": {"package": "compiler-x", "version": ">=12", "for": "build"}}}'
$ ./tool compiler-x 11.4 compiler-x-11; ./tool compiler-x 13.1 compiler-x-13; ./project '"old": {"package": "old-kernels"}' '"new": {"package": "new-kernels"}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs old-kernels (mine/reef.json:2:3)
!   mine 0.1.0 needs new-kernels (mine/reef.json:3:3)
!   old-kernels 1.0.0 needs compiler-x <12, this host has 13.1 and 11.4 (packages/old-kernels-1.0.0/reef.json:6:20)
!   new-kernels 1.0.0 needs compiler-x >=12, this host has 13.1 and 11.4 (packages/new-kernels-1.0.0/reef.json:6:20)
! hint: it works without old-kernels (mine/reef.json:2:3)
! hint: it works without new-kernels (mine/reef.json:3:3)
? 5

# The manifest was edited, the lock was not.
$ ./project '"numpy": {"package": "numpy", "version": "^1"}'
$ reef lock mine --quiet; sed -i 's/\^1/^2/' mine/reef.json; reef install ./mine --locked
! error: `reef.lock` does not describe what fits here: numpy 1.26.4 -> 2.1.0
! hint: `cd mine && reef lock` writes it anew; run it where the lock is made, and commit the change
? 6

$ reef install ./mine --dry-run --quiet
PACKAGE  VERSION  OPTIONS  STATE
numpy    2.1.0    -        to install
mine     0.1.0    -        to install
note: numpy 1.26.4 was locked, it is 2.1.0 now

# One of several versions is withdrawn: an older one serves; when it is asked for exactly, it is told.
$ python3 make.py 'tokens@1.0.0={}' 'tokens@1.1.0={"yanked": true}'
$ ./project '"tokens": {"package": "tokens", "version": "=1.1.0"}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs tokens =1.1.0, there is only 1.0.0 (1.1.0 is yanked) (mine/reef.json:2:3)
! hint: tokens was withdrawn by its author: only a lock that holds it already, or a command about exactly that version, takes it; no dependency does
! hint: it works with tokens ^1.0.0 (1.0.0): `cd mine && reef add tokens@^1.0.0` changes `=1.1.0` at mine/reef.json:2:3
? 5

# Who holds what back, three packages deep.
$ python3 make.py 'proto@3.20.0={}' 'proto@4.25.0={}' 'board={"dependencies": {"proto": {"package": "proto", "version": "<4"}}}' 'flow={"dependencies": {"board": {"package": "board"}}}' 'grpc={"dependencies": {"proto": {"package": "proto", "version": ">=4.21"}}}' 'serving={"dependencies": {"grpc": {"package": "grpc"}}}'
$ ./project '"flow": {"package": "flow", "version": "^1"}' '"serving": {"package": "serving", "version": "^1"}'
$ reef lock mine
! error: there is no solution:
!   mine 0.1.0 needs flow ^1 (mine/reef.json:2:3)
!   mine 0.1.0 needs serving ^1 (mine/reef.json:3:3)
!   flow 1.0.0 needs board (packages/flow-1.0.0/reef.json:6:20)
!   serving 1.0.0 needs grpc (packages/serving-1.0.0/reef.json:6:20)
!   board 1.0.0 needs proto <4 (packages/board-1.0.0/reef.json:6:20)
!   grpc 1.0.0 needs proto >=4.21 (packages/grpc-1.0.0/reef.json:6:20)
! hint: it would work if board took proto 4.25.0 (packages/board-1.0.0/reef.json:6:20)
! hint: it would work if grpc took proto 3.20.0 (packages/grpc-1.0.0/reef.json:6:20)
! hint: it works without flow (mine/reef.json:2:3)
? 5

# Three models, two cards, one model a card: the derivation.
$ python3 make.py $(for m in asr ocr tts; do for c in 1 2; do printf '%s@%s.0.0={"dependencies":{"card":{"package":"card%s","with":{"model":"%s"}}}} ' $m $c $c $m; done; done) 'card1={"variations":{"model":{"options":{"asr":{},"ocr":{},"tts":{}}}}}' 'card2={"variations":{"model":{"options":{"asr":{},"ocr":{},"tts":{}}}}}'
$ ./project '"asr": {"package": "asr"}' '"ocr": {"package": "ocr"}' '"tts": {"package": "tts"}'
$ reef lock mine
! error: there is no solution:
!   ocr 2.0.0 needs card2 with `model = ocr` (packages/ocr-2.0.0/reef.json:6:20) [1]
!   ocr 1.0.0 needs card1 with `model = ocr` (packages/ocr-1.0.0/reef.json:6:20) [2]
!   tts 2.0.0 needs card2 with `model = tts` (packages/tts-2.0.0/reef.json:6:20) [3]
!   tts 1.0.0 needs card1 with `model = tts` (packages/tts-1.0.0/reef.json:6:20) [4]
!   so every version of tts and every version of ocr need card2 with `model = ocr or tts`
!   mine 0.1.0 needs asr (mine/reef.json:2:3)
!   mine 0.1.0 needs ocr (mine/reef.json:3:3)
!   mine 0.1.0 needs tts (mine/reef.json:4:3)
!   asr 2.0.0 needs card2 with `model = asr` (packages/asr-2.0.0/reef.json:6:20)
!   asr 1.0.0 needs card1 with `model = asr` (packages/asr-1.0.0/reef.json:6:20)
!   and these exclude one another: [1], [2], [3] and [4]
! hint: it would work if ocr took card2 with `model = asr` instead of `ocr` (packages/ocr-2.0.0/reef.json:6:20)
! hint: it would work if ocr took card1 with `model = tts` instead of `ocr` (packages/ocr-1.0.0/reef.json:6:20)
! hint: it would work if tts took card2 with `model = asr` instead of `tts` (packages/tts-2.0.0/reef.json:6:20)
? 5

# As a program reads it: the derivation as a list in which every statement names those it follows from.
$ reef lock mine --json 2>/dev/null | python3 -c 'import json, sys; [print(r["kind"], r["package"], "->", r["target"], r["from"], (r["place"] or {}).get("line")) for r in json.load(sys.stdin)["error"]["conflict"]["reasons"]]'
need ocr -> card2 [] 6
need ocr -> card1 [] 6
need tts -> card2 [] 6
need tts -> card1 [] 6
conclusion None -> None [0, 1, 2, 3] None
need None -> mine [] None
need mine -> asr [] 2
need mine -> ocr [] 3
need mine -> tts [] 4
need asr -> card2 [] 6
need asr -> card1 [] 6
conclusion None -> None [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] None

$ reef lock mine --json 2>/dev/null | python3 -c 'import json, jsonschema, sys; jsonschema.validate(json.load(sys.stdin)["error"]["conflict"], json.load(open(sys.argv[1])))' $REEF_GOLDEN_SOURCE/schemas/conflict.schema.json

# A tool that vanishes between the choice and the build.
$ python3 make.py "wrecker={\"actions\": {\"build\": {\"run\": [[\"rm\", \"$PWD/bin/webjs\"]]}}}" 'victim={"dependencies": {"first": {"package": "wrecker", "for": "build"}, "node": {"package": "webjs", "for": "build"}}, "actions": {"build": {"run": [["${node.path}", "x"]]}}}'
$ reef install victim
! the last lines of building victim 1.0.0:
!   | $ $DIR/bin/webjs x
!   | [reef: cannot start `$DIR/bin/webjs`: No such file or directory]
! $DIR/packages/victim-1.0.0/reef.json:7:33: error: cannot start `$DIR/bin/webjs`: No such file or directory
!   7 |   "actions": {"build": {"run": [["${node.path}", "x"]]}}
!     |                                 ^
!   while running the action `build`
!   while building victim 1.0.0
! hint: the whole log: $REEF_HOME/logs/$DIGEST-victim-1.0.0.log
? 4

$ reef install victim
! error: there is no solution:
!   victim 1.0.0 needs webjs, this host has none (packages/victim-1.0.0/reef.json:6:69)
! hint: `apt install webjs` would install webjs
? 5
