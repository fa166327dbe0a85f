# More conflicts of everyday machine learning, in a project of one's own: what is wrong, where it says so, what to do.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .

# torch was built against numpy 1, the project asks for numpy 2.
$ python3 make.py 'numpy@1.26.4={}' 'numpy@2.1.0={}' 'torch@2.2.0={"dependencies": {"numpy": {"package": "numpy", "version": "<2"}}}' 'torch@2.3.0={"dependencies": {"numpy": {"package": "numpy", "version": "<2"}}}'
$ ./project '"torch": {"package": "torch", "version": "^2.2"}' '"numpy": {"package": "numpy", "version": ">=2"}'
$ reef lock mine

# The same, found by `reef add`: nothing is written.
$ ./project '"torch": {"package": "torch", "version": "^2.2"}'
$ cd mine; reef add numpy@'>=2'; cat reef.json; cd ..

# A network that was exported for an opset that the runtime does not know yet.
$ python3 make.py 'ort@1.14.0={"provides": {"onnx-opset": "18.0.0"}}' 'ort@1.16.0={"provides": {"onnx-opset": "19.0.0"}}' 'resnet={"dependencies": {"opset": {"capability": "onnx-opset", "version": ">=19"}}}'
$ ./project '"runtime": {"package": "ort", "version": "~1.14"}' '"network": {"package": "resnet", "version": "^1"}'
$ reef lock mine

# cuDNN for one CUDA, the framework for another.
$ python3 make.py 'cuda-rt@11.8.0={}' 'cuda-rt@12.4.0={}' 'cudnn@8.9.0={"dependencies": {"cuda": {"package": "cuda-rt", "version": "^11"}}}' 'flashnet@2.0.0={"dependencies": {"cuda": {"package": "cuda-rt", "version": "^12"}, "cudnn": {"package": "cudnn", "version": "^8"}}}'
$ ./project '"net": {"package": "flashnet", "version": "^2"}'
$ reef lock mine

# Node is missing, for one engine of two; and for the only one.
$ python3 make.py 'nodejs={"kind": "tool", "detect": {"programs": ["nodejs"], "ask": {"arguments": [["-v"]]}, "version": [{"pattern": "nodejs ([0-9.]+)"}]}, "install": {"apt": "nodejs", "brew": "node"}}' 'ort-web@1.18.0={"dependencies": {"node": {"package": "nodejs", "version": ">=16", "for": "run"}}}' 'digit={"variations": {"engine": {"default": ["web", "native"], "options": {"web": {"dependencies": {"engine": {"package": "ort-web"}}}, "native": {}}}}}'
$ reef install digit --dry-run

$ reef install digit --with engine=web

$ ./tool nodejs 14.2.0; reef install digit --with engine=web

# The C library of the host is too old.
$ python3 make.py 'c-library={"kind": "tool", "detect": {"programs": ["c-library"], "ask": {"arguments": [["-v"]]}, "version": [{"pattern": "c-library ([0-9.]+)"}]}}' 'wheel-2024={"dependencies": {"libc": {"package": "c-library", "version": ">=2.38"}}}'
$ ./tool c-library 2.28; reef install wheel-2024

# A binary for another processor.
$ python3 make.py 'neon-kernels={"variations": {"build": {"options": {"neon": {"when": {"arch": "aarch64"}}}}}}' 'edge={"dependencies": {"kernels": {"package": "neon-kernels"}}}'
$ ./project '"edge": {"package": "edge", "version": "^1"}'
$ reef lock mine

# An option that no version has, asked for by the project.
$ python3 make.py 'quant={"variations": {"precision": {"options": {"fp32": {}, "int8": {}}}}}'
$ ./project '"quant": {"package": "quant", "version": "^1", "with": {"precision": "int4"}}'
$ reef lock mine

$ ./project '"quant": {"package": "quant", "version": "^1", "with": {"bits": "4"}}'
$ reef lock mine

# Only one MPI may be in a process.
$ python3 make.py 'openmpi={"provides": {"mpi": "4.1.0"}, "variations": {"abi": {"options": {"own": {"conflicts": {"package": {"mpich": "*"}}}}}}}' 'mpich={"provides": {"mpi": "4.0.0"}}' 'horovod={"dependencies": {"mpi": {"package": "openmpi"}}}' 'dataloader={"dependencies": {"mpi": {"package": "mpich"}}}'
$ ./project '"horovod": {"package": "horovod", "version": "^1"}' '"loader": {"package": "dataloader", "version": "^1"}'
$ reef lock mine

# Two compilers: one library needs an old one, the other a new one.
$ python3 make.py 'compiler-x={"kind": "tool", "detect": {"programs": ["compiler-x", "compiler-x-*"], "ask": {"arguments": [["-v"]]}, "version": [{"pattern": "compiler-x ([0-9.]+)"}]}, "install": {"apt": "compiler-x"}}' 'old-kernels={"dependencies": {"compiler": {"package": "compiler-x", "version": "<12", "for": "build"}}}' 'new-kernels={"dependencies": {"compiler": {"package": "compiler-x", "version": ">=12", "for": "build"}}}'
$ ./tool compiler-x 11.4 compiler-x-11; ./tool compiler-x 13.1 compiler-x-13; ./project '"old": {"package": "old-kernels"}' '"new": {"package": "new-kernels"}'
$ reef lock mine

# The manifest was edited, the lock was not.
$ ./project '"numpy": {"package": "numpy", "version": "^1"}'
$ reef lock mine --quiet; sed -i 's/\^1/^2/' mine/reef.json; reef install ./mine --locked

$ reef install ./mine --dry-run --quiet

# One of several versions is withdrawn: an older one serves; when it is asked for exactly, it is told.
$ python3 make.py 'tokens@1.0.0={}' 'tokens@1.1.0={"yanked": true}'
$ ./project '"tokens": {"package": "tokens", "version": "=1.1.0"}'
$ reef lock mine

# Who holds what back, three packages deep.
$ python3 make.py 'proto@3.20.0={}' 'proto@4.25.0={}' 'board={"dependencies": {"proto": {"package": "proto", "version": "<4"}}}' 'flow={"dependencies": {"board": {"package": "board"}}}' 'grpc={"dependencies": {"proto": {"package": "proto", "version": ">=4.21"}}}' 'serving={"dependencies": {"grpc": {"package": "grpc"}}}'
$ ./project '"flow": {"package": "flow", "version": "^1"}' '"serving": {"package": "serving", "version": "^1"}'
$ reef lock mine

# No two of five: the derivation.
$ python3 make.py $(for a in a b c; do for v in 1 2; do printf '%s@%s.0.0={"dependencies":{"left":{"package":"left","version":"=%s.0.0","with":{"slot":"%s"}}}} ' $a $v $v $a; done; done) 'left@1.0.0={"variations":{"slot":{"options":{"a":{},"b":{},"c":{}}}}}' 'left@2.0.0={"variations":{"slot":{"options":{"a":{},"b":{},"c":{}}}}}'
$ ./project '"a": {"package": "a"}' '"b": {"package": "b"}'
$ reef lock mine

# As a program reads it: the derivation as a list in which every statement names those it follows from.
$ reef lock mine --json 2>/dev/null | python3 -c 'import json, sys; [print(r["kind"], r["package"], "->", r["target"], r["from"], (r["place"] or {}).get("line")) for r in json.load(sys.stdin)["error"]["conflict"]["reasons"]]'

$ reef lock mine --json 2>/dev/null | python3 -c 'import json, jsonschema, sys; jsonschema.validate(json.load(sys.stdin)["error"]["conflict"], json.load(open(sys.argv[1])))' $REEF_GOLDEN_SOURCE/schemas/conflict.schema.json

# A tool that vanishes between the choice and the build.
$ python3 make.py "wrecker={\"actions\": {\"build\": {\"run\": [[\"rm\", \"$PWD/bin/nodejs\"]]}}}" 'victim={"dependencies": {"first": {"package": "wrecker", "for": "build"}, "node": {"package": "nodejs", "for": "build"}}, "actions": {"build": {"run": [["${node.path}", "x"]]}}}'
$ reef install victim

$ reef install victim
