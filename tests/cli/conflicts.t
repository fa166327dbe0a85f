# Conflicts of everyday machine learning, and whether the message is one that helps. Tools are shell scripts.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin; export PATH=$PWD/bin:$PATH
$ python3 make.py 'driver={"kind": "tool", "detect": {"programs": ["gpu-smi"], "ask": {"arguments": [["-q"]]}, "version": [{"pattern": "driver ([0-9.]+)"}]}, "install": {"apt": "gpu-driver"}}' 'snake={"kind": "tool", "detect": {"programs": ["snake"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "snake ([0-9.]+)"}], "provides": {"interpreter": "${version}"}}, "install": {"apt": "snake"}}'

# The accelerator's run time against the driver of the host.
$ ./tool driver 525.60 gpu-smi; python3 make.py 'gpu-rt@11.8.0={"dependencies": {"driver": {"package": "driver", "version": ">=450"}}}' 'gpu-rt@12.4.0={"dependencies": {"driver": {"package": "driver", "version": ">=550"}}}' 'torchlike={"dependencies": {"rt": {"package": "gpu-rt", "version": ">=12"}}}'
$ reef install torchlike
! error: there is no solution:
!   torchlike 1.0.0 needs gpu-rt >=12 (packages/torchlike-1.0.0/reef.json:6:20)
!   gpu-rt 12.4.0 needs driver >=550, this host has 525.60 (packages/gpu-rt-12.4.0/reef.json:6:20)
! hint: this host needs driver >=550: `apt install gpu-driver` installs the distribution's version
! hint: it would work if torchlike took gpu-rt 11.8.0 (packages/torchlike-1.0.0/reef.json:6:20)
? 5

# No driver at all.
$ rm bin/gpu-smi; reef install torchlike
! error: there is no solution:
!   torchlike 1.0.0 needs gpu-rt >=12 (packages/torchlike-1.0.0/reef.json:6:20)
!   gpu-rt 12.4.0 needs driver >=550, this host has none (packages/gpu-rt-12.4.0/reef.json:6:20)
! hint: `apt install gpu-driver` would install driver
? 5

# A wheel for another interpreter.
$ ./tool snake 3.13.0; python3 make.py 'wheel={"dependencies": {"python": {"package": "snake", "version": ">=3.8, <3.12"}}}'
$ reef install wheel
! error: there is no solution:
!   wheel 1.0.0 needs snake >=3.8, <3.12, this host has 3.13.0 (packages/wheel-1.0.0/reef.json:6:20)
! hint: this host needs snake >=3.8, <3.12: `apt install snake` installs the distribution's version
? 5

# Two BLAS in one process.
$ python3 make.py 'fastblas={}' 'slowblas={}' 'solver={"variations": {"blas": {"options": {"fast": {"dependencies": {"blas": {"package": "fastblas"}}, "conflicts": {"package": {"slowblas": "*"}}}}}}}' 'stats={"dependencies": {"blas": {"package": "slowblas"}}}' 'study={"dependencies": {"solver": {"package": "solver"}, "stats": {"package": "stats"}}}'
$ reef install study
! error: there is no solution:
!   study 1.0.0 needs solver (packages/study-1.0.0/reef.json:6:20)
!   study 1.0.0 needs stats (packages/study-1.0.0/reef.json:6:53)
!   solver 1.0.0 with `blas = fast` excludes slowblas (packages/solver-1.0.0/reef.json:6:39)
!   stats 1.0.0 needs slowblas (packages/stats-1.0.0/reef.json:6:20)
! hint: it would work if solver did not exclude slowblas (packages/solver-1.0.0/reef.json:6:39)
? 5

# int8 that an engine cannot do.
$ python3 make.py 'net={"variations": {"engine": {"options": {"plain": {}, "quick": {}}}, "precision": {"options": {"fp32": {}, "int8": {"conflicts": {"engine": "plain"}}}}}}'
$ reef install net --with precision=int8,engine=plain
! error: there is no solution:
!   you asked for net with `engine = plain` and `precision = int8`
!   net 1.0.0 with `precision = int8` excludes `engine = plain` (packages/net-1.0.0/reef.json:6:107)
! hint: it works with `--with engine=quick` instead of `plain`
! hint: it works with `--with precision=fp32` instead of `int8`
? 5

$ reef install net --with precision=int8 --dry-run
PACKAGE  VERSION  OPTIONS                           STATE
net      1.0.0    engine = quick, precision = int8  to install
net: `engine = plain` was skipped: net 1.0.0 with `precision = int8` excludes `engine = plain`
why:
  net 1.0.0: you asked for it; the only version; engine = quick (the first that works here), precision = int8 (you asked for it)

$ reef install net --with precision=int4
! error: `precision` of `net` has no option `int4`
! hint: did you mean `int8`?
! hint: it has `fp32` and `int8`
? 4

# The data set's major version.
$ python3 make.py 'pixels={}' 'pixels@2.0.0={}' 'train={"dependencies": {"data": {"package": "pixels", "version": "^1"}}}' 'evaluate={"dependencies": {"data": {"package": "pixels", "version": "^2"}}}' 'paper={"dependencies": {"train": {"package": "train"}, "evaluate": {"package": "evaluate"}}}'
$ reef install paper
! error: there is no solution:
!   paper 1.0.0 needs train (packages/paper-1.0.0/reef.json:6:20)
!   paper 1.0.0 needs evaluate (packages/paper-1.0.0/reef.json:6:51)
!   train 1.0.0 needs pixels ^1 (packages/train-1.0.0/reef.json:6:20)
!   evaluate 1.0.0 needs pixels ^2 (packages/evaluate-1.0.0/reef.json:6:20)
! hint: it would work if train took pixels 2.0.0 (packages/train-1.0.0/reef.json:6:20)
! hint: it would work if evaluate took pixels 1.0.0 (packages/evaluate-1.0.0/reef.json:6:20)
? 5

# A pre-release only.
$ python3 make.py 'fresh@2.0.0-rc.1={}' 'eager={"dependencies": {"fresh": {"package": "fresh", "version": "^2"}}}'
$ reef install eager
! error: there is no solution:
!   eager 1.0.0 needs fresh ^2, there is only 2.0.0-rc.1 (packages/eager-1.0.0/reef.json:6:20)
! hint: fresh 2.0.0-rc.1 is a pre-release, older than 2.0.0: `>=2.0.0-rc.1` takes it
? 5

# An option that exists only where there is an accelerator, or on another processor.
$ python3 make.py 'kernel={"variations": {"device": {"options": {"cpu": {}, "warp": {"when": {"accelerator": "warp-drive"}}}}}}' 'needy={"dependencies": {"kernel": {"package": "kernel", "with": {"device": "warp"}}}}'
$ reef install kernel --with device=warp
! error: there is no solution:
!   you asked for kernel with `device = warp`
!   kernel 1.0.0 with `device = warp` exists only when accelerator is warp-drive, this host has none (packages/kernel-1.0.0/reef.json:6:52)
! hint: it works with `--with device=cpu` instead of `warp`
? 5

$ reef install needy
! error: there is no solution:
!   needy 1.0.0 needs kernel with `device = warp` (packages/needy-1.0.0/reef.json:6:20)
!   kernel 1.0.0 with `device = warp` exists only when accelerator is warp-drive, this host has none (packages/kernel-1.0.0/reef.json:6:52)
! hint: it would work if needy took kernel with `device = cpu` instead of `warp` (packages/needy-1.0.0/reef.json:6:20)
? 5

# A capability that only a tool provides, and which this host has not.
$ rm bin/snake; python3 make.py 'script={"dependencies": {"runner": {"capability": "interpreter", "version": ">=3"}}}'
$ reef install script
! error: there is no solution:
!   script 1.0.0 needs interpreter >=3, this host has none (packages/script-1.0.0/reef.json:6:20)
! hint: `apt install snake` would install interpreter
? 5

# A package that somebody withdrew.
$ python3 make.py 'gone={"yanked": true}' 'late={"dependencies": {"gone": {"package": "gone"}}}'
$ reef install late
! error: there is no solution:
!   late 1.0.0 needs gone, 1.0.0 is yanked (packages/late-1.0.0/reef.json:6:20)
! hint: gone was withdrawn by its author: only a lock that holds it already, or a command about exactly that version, takes it; no dependency does
? 5

# What excludes what.
$ python3 make.py 'old-api={}' 'server={"variations": {"api": {"options": {"new": {"conflicts": {"package": {"old-api": "*"}}}}}}}' 'app={"dependencies": {"server": {"package": "server"}, "api": {"package": "old-api"}}}'
$ reef install app
! error: there is no solution:
!   app 1.0.0 needs server (packages/app-1.0.0/reef.json:6:20)
!   app 1.0.0 needs old-api (packages/app-1.0.0/reef.json:6:53)
!   server 1.0.0 with `api = new` excludes old-api (packages/server-1.0.0/reef.json:6:38)
! hint: it would work if server did not exclude old-api (packages/server-1.0.0/reef.json:6:38)
? 5

# The lock holds a tool that was upgraded meanwhile, and a version that is no longer there.
$ ./tool snake 3.11.0; mkdir project; cat > project/reef.json <<'END'
> {"reef": 1, "name": "mine", "version": "0.1.0", "kind": "program",
>  "dependencies": {"python": {"package": "snake", "version": "<3.12"}, "data": {"package": "pixels"}},
>  "actions": {"go": {"run": [["true"]]}}}
> END
$ cd project; reef lock; ../tool snake 3.13.0; reef install --locked
wrote reef.lock: 3 packages and tools
! error: there is no solution:
!   mine 0.1.0 needs snake <3.12, this host has 3.13.0 (reef.json:2:19)
! hint: the lock holds snake 3.11.0, which this host no longer has
! hint: this host needs snake <3.12: `apt install snake` installs the distribution's version
! hint: it works with snake >=3.13.0 (3.13.0): `reef add 'snake@>=3.13.0'` changes `<3.12` at reef.json:2:19
? 5

$ printf '#!/bin/sh\necho snake 3.11.9\n' > ../bin/snake; reef install --locked --dry-run
PACKAGE  VERSION  OPTIONS  STATE
snake  3.11.9  -  found: $DIR/bin/snake
pixels  2.0.0  -  to install
mine  0.1.0  -  to install
note: snake 3.11.0 was locked, it is 3.11.9 now: this host no longer has 3.11.0
why:
  snake 3.11.9: mine needs snake <3.12; the only version on this host
  pixels 2.0.0: mine needs pixels; locked
  mine 0.1.0: you asked for it; your own folder

$ rm -r ../packages/pixels-2.0.0; reef install --locked
! error: `reef.lock` does not describe what fits here: pixels 2.0.0 -> 1.0.0
! hint: pixels 2.0.0 was locked, it is 1.0.0 now: that version is no longer there
! hint: `reef lock` writes it anew; run it where the lock is made, and commit the change
? 6

$ reef lock; reef install --locked | head -n 1
updated reef.lock
  pixels 2.0.0 -> 1.0.0
  snake: locked 3.11.0, this host has 3.11.9
built pixels 1.0.0
! note: pixels 2.0.0 was locked, it is 1.0.0 now: that version is no longer there
! note: snake 3.11.0 was locked, it is 3.11.9 now: this host no longer has 3.11.0

# A project in a pre-release of its own.
$ sed -i 's/0.1.0/0.2.0-dev/' reef.json; reef run go
! go of mine 0.2.0-dev: ok
! record $RUN

# Two compilers in one closure: it works, and is said.
$ cd ..; python3 make.py 'gnu={"kind": "tool", "detect": {"programs": ["gnu"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "gnu ([0-9.]+)"}], "provides": {"c-maker": "${version}"}}}' 'dragon={"kind": "tool", "detect": {"programs": ["dragon"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "dragon ([0-9.]+)"}], "provides": {"c-maker": "${version}"}}}' 'by-gnu={"dependencies": {"cc": {"package": "gnu", "for": "build"}}}' 'by-dragon={"dependencies": {"cc": {"package": "dragon", "for": "build"}}}'
$ ./tool gnu 12.2.0; ./tool dragon 14.0.6; mkdir two; cd two; echo '{"reef": 1, "name": "two", "version": "1.0.0", "kind": "library", "dependencies": {"a": {"package": "by-gnu"}, "b": {"package": "by-dragon"}}}' > reef.json
$ reef lock
wrote reef.lock: 5 packages and tools
! note: two tools serve as c-maker in this closure: gnu 12.2.0 for by-gnu, dragon 14.0.6 for by-dragon; packages that ask for a capability, not for a tool by its name, share one
$ reef tree
two 1.0.0
|-- a: by-gnu 1.0.0
|   `-- cc (build): gnu 12.2.0  $DIR/bin/gnu
`-- b: by-dragon 1.0.0
    `-- cc (build): dragon 14.0.6  $DIR/bin/dragon
note: two tools serve as c-maker in this closure: gnu 12.2.0 for by-gnu, dragon 14.0.6 for by-dragon; packages that ask for a capability, not for a tool by its name, share one
$ reef tree --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["notes"])'
['two tools serve as c-maker in this closure: gnu 12.2.0 for by-gnu, dragon 14.0.6 for by-dragon; packages that ask for a capability, not for a tool by its name, share one']
$ reef lock --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["notes"])'
['two tools serve as c-maker in this closure: gnu 12.2.0 for by-gnu, dragon 14.0.6 for by-dragon; packages that ask for a capability, not for a tool by its name, share one']

# A tool that an option needs, locked, and gone since.
$ cd ..; python3 make.py 'spark={"kind": "tool", "detect": {"programs": ["spark"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "spark ([0-9.]+)"}]}, "install": {"apt": "spark-sdk"}}' 'fire={"variations": {"engine": {"options": {"spark": {"dependencies": {"t": {"package": "spark", "version": ">=1"}}}, "plain": {}}}}}'
$ ./tool spark 1.5; mkdir three; cd three; echo '{"reef": 1, "name": "three", "version": "1.0.0", "kind": "library", "dependencies": {"fire": {"package": "fire"}}}' > reef.json
$ reef lock; cp reef.lock kept; rm ../bin/spark; reef lock --check
wrote reef.lock: 3 packages and tools
! error: `reef.lock` does not describe what fits here: fire: engine spark -> plain; fire: no longer needs t; spark 1.5: no longer needed
! hint: spark 1.5 was locked, this host has none now: `apt install spark-sdk` would install it
! hint: it takes spark >=1.0.0 here; or write it for what this host has: `reef lock` here, and commit the change
? 6
$ reef lock
updated reef.lock
  fire: engine spark -> plain
  fire: no longer needs t
  spark 1.5: no longer needed
! note: fire: `engine = spark` was skipped: needs spark >=1, this host has none
! note: spark 1.5 was locked, this host has none now: `apt install spark-sdk` would install it
$ cp kept reef.lock; ../tool spark 1.5; reef lock --check
reef.lock holds here

# A dependency that is no longer wanted is not missed.
$ rm ../bin/spark; echo '{"reef": 1, "name": "three", "version": "1.0.0", "kind": "library"}' > reef.json; reef lock
updated reef.lock
  fire 1.0.0: no longer needed
  three: no longer needs fire
  spark 1.5: no longer needed

# A locked version that was removed, and nothing else fits.
$ cd ..; python3 make.py 'brick={}' 'brick@1.1.0={}'; mkdir four; cd four; echo '{"reef": 1, "name": "four", "version": "1.0.0", "kind": "library", "dependencies": {"brick": {"package": "brick", "version": "^1.1"}}}' > reef.json
$ reef lock; rm -r ../packages/brick-1.1.0; reef lock
wrote reef.lock: 2 packages and tools
! error: there is no solution:
!   four 1.0.0 needs brick ^1.1, there is only 1.0.0 (reef.json:1:85)
! hint: the lock holds brick 1.1.0, which is no longer there
! hint: it works with brick ^1.0.0 (1.0.0): `reef add brick@^1.0.0` changes `^1.1` at reef.json:1:85
? 5

# What the distribution has installed already is not to be installed again; another tool might help, and one with a fixed version cannot.
$ cd ..; python3 make.py 'coreenv={"kind": "tool", "detect": {"programs": ["env"], "ask": {"arguments": [["--version"]]}, "version": [{"pattern": "([0-9]+[.][0-9.]+)"}], "provides": {"surroundings": "${version}"}}, "install": {"apt": "coreutils", "dnf": "coreutils", "brew": "coreutils"}}' 'otherenv={"kind": "tool", "detect": {"programs": ["otherenv"], "ask": {"arguments": [["--version"]]}, "version": [{"pattern": "([0-9.]+)"}], "provides": {"surroundings": "3"}}, "install": {"apt": "otherenv", "dnf": "otherenv", "brew": "otherenv"}}' 'past={"dependencies": {"e": {"package": "coreenv", "version": "<0.1"}}}' 'future={"dependencies": {"e": {"capability": "surroundings", "version": ">=9999"}}}' 'between={"dependencies": {"e": {"capability": "surroundings", "version": "<3.5"}}}'
$ reef install past 2>&1 | grep hint
hint: this host needs coreenv <0.1
$ reef install future 2>&1 | grep hint
hint: this host needs surroundings >=9999
$ reef install between 2>&1 | grep hint
hint: this host needs surroundings <3.5: `apt install otherenv` installs the distribution's version

# Names and flags that are nearly right.
$ python3 make.py 'wants={"dependencies": {"net": {"package": "net", "with": {"precison": "int8"}}}}' 'wants@2.0.0={"dependencies": {"net": {"package": "net", "with": {"precision": "int9"}}}}'
$ reef install wants@1.0.0
! error: there is no solution:
!   you asked for wants 1.0.0
!   wants 1.0.0 needs net with `precison = int8`, but net has no variation `precison` (packages/wants-1.0.0/reef.json:6:20)
! hint: did you mean `precision`?
! hint: it would work if wants took net without `precison = int8` (packages/wants-1.0.0/reef.json:6:20)
? 5
$ reef install wants
! error: there is no solution:
!   wants 2.0.0 needs net with `precision = int9`, but net offers only `fp32` and `int8` (packages/wants-2.0.0/reef.json:6:20)
!   wants 1.0.0 needs net with `precison = int8`, but net has no variation `precison` (packages/wants-1.0.0/reef.json:6:20)
! hint: did you mean `int8`?
! hint: did you mean `precision`?
! hint: it would work if wants took net with `precision = fp32` instead of `int9` (packages/wants-2.0.0/reef.json:6:20)
! hint: it would work if wants took net without `precison = int8` (packages/wants-1.0.0/reef.json:6:20)
? 5
$ cd four; reef lock --locked
! error: `reef lock` has no flag `--locked`
! hint: `reef lock --check` tells whether the lock holds, and changes nothing
! hint: `reef lock --help` explains it
? 2
$ reef lock --upgrade brick pixels
! error: `pixels` is not the folder of a project
! hint: to upgrade it, too, repeat the flag: `reef lock --upgrade brick --upgrade pixels`
? 2
$ cd ../two; python3 ../make.py 'by-gnu@1.1.0={}'; mv packages/by-gnu-1.1.0 ../packages; reef lock --check --upgrade
! error: `reef.lock` does not describe what fits here: by-gnu 1.0.0 -> 1.1.0; by-gnu: no longer needs cc; gnu 12.2.0: no longer needed
! hint: `reef lock --upgrade` writes it anew; run it where the lock is made, and commit the change
? 6
$ reef lock --check --upgrade by-gnu
! error: `reef.lock` does not describe what fits here: by-gnu 1.0.0 -> 1.1.0; by-gnu: no longer needs cc; gnu 12.2.0: no longer needed
! hint: `reef lock --upgrade by-gnu` writes it anew; run it where the lock is made, and commit the change
? 6
