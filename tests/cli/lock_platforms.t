# A lock for several platforms: conditions are evaluated for each, and what each asks of its host is recorded.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .
$ python3 make.py 'snake={"kind": "tool", "detect": {"programs": ["snake"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "snake ([0-9.]+)"}]}}' 'sculptor={"kind": "tool", "detect": {"programs": ["sculptor"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "sculptor ([0-9.]+)"}], "provides": {"chisel": "${version}"}}}' 'mason={"kind": "tool", "detect": {"programs": ["mason"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "mason ([0-9.]+)"}], "provides": {"chisel": "${version}"}}}'
$ python3 make.py 'kernels={"dependencies": {"chisel": {"capability": "chisel", "version": ">=2, <5", "for": "build"}}, "variations": {"simd": {"default": ["neon", "avx", "none"], "options": {"neon": {"when": {"arch": "aarch64"}}, "avx": {"when": {"arch": "x86_64"}}, "none": {}}}}}' 'kernels@1.1.0={"dependencies": {"chisel": {"capability": "chisel", "version": ">=2, <5", "for": "build"}}, "variations": {"simd": {"default": ["neon", "avx", "none"], "options": {"neon": {"when": {"arch": "aarch64"}}, "avx": {"when": {"arch": "x86_64"}}, "none": {}}}}}' 'loader={"dependencies": {"python": {"package": "snake", "version": "<3.13"}}}' 'metal={}'
$ ./tool snake 3.11.0; ./tool sculptor 3.1
$ reef lock mine --platform linux-x86_64,linux-aarch64,macos-arm64

$ cat mine/reef.lock

# The same again: the same bytes. This host's part is used, the others stay.
$ cp mine/reef.lock before; reef lock mine; cmp before mine/reef.lock && reef install ./mine --locked --dry-run --quiet

# A new version: the lock holds on every platform, until it may move.
$ python3 make.py 'kernels@1.2.0={"dependencies": {"chisel": {"capability": "chisel", "version": ">=3", "for": "build"}}, "variations": {"simd": {"options": {"neon": {"when": {"arch": "aarch64"}}, "avx": {"when": {"arch": "x86_64"}}, "none": {}}}}}'
$ reef lock mine
$ reef lock mine --upgrade kernels

$ reef lock mine --upgrade kernel

$ reef lock mine --upgrade

# A dependency is added: every part learns of it.
$ sed -i 's/"metal": {"package": "metal", /"paint": {"package": "paint"},\n    &/' mine/reef.json; python3 make.py 'paint={}'
$ reef lock mine --check

$ reef lock mine

# On a host whose chisel is another one, the part written elsewhere holds.
$ python3 - <<'END'
> import json
> lock = json.load(open("mine/reef.lock"))
> lock["platforms"]["linux-x86_64"] = json.loads(json.dumps(lock["platforms"]["linux-aarch64"]).replace("neon", "avx"))
> json.dump(lock, open("mine/reef.lock", "w"))
> END
$ rm bin/sculptor; ./tool mason 4.0; reef install ./mine --locked --dry-run --quiet

# A platform that the lock has not.
$ python3 - <<'END'
> import json
> lock = json.load(open("mine/reef.lock"))
> del lock["platforms"]["linux-x86_64"]
> json.dump(lock, open("mine/reef.lock", "w"))
> END
$ reef install ./mine --locked

$ reef lock mine --platform plan9-x86_64

# What cannot be had there is told now, not there.
$ python3 make.py 'kernels@1.3.0={"variations": {"simd": {"options": {"avx": {"when": {"arch": "x86_64"}}}}}}'
$ sed -i 's/"version": "^1"/"version": ">=1.3"/' mine/reef.json; reef lock mine --platform linux-aarch64

# Two branches changed the lock.
$ printf '<<<<<<< HEAD\n  "format": 1\n=======\n  "format": 1\n>>>>>>> other\n' > mine/reef.lock; reef install ./mine
