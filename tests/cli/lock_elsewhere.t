# What a lock says of another platform holds there, and two hosts do not undo each other's part.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin mine; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .; ./tool mason 15.0
$ cat >bin/swap <<'END'
> #!/bin/sh
> sed -i 's/linux-aarch64/elsewhere/; s/linux-x86_64/linux-aarch64/; s/elsewhere/linux-x86_64/' mine/reef.lock
> END
$ cat >bin/project <<'END'
> #!/bin/sh
> rm -f mine/reef.lock
> echo '{"reef": 1, "name": "mine", "version": "0.1.0", "kind": "program", "dependencies": {'"$1"'}, "actions": {"go": {"run": [["true"]]}}}' >mine/reef.json
> END
$ chmod +x bin/*; python3 make.py 'mason={"kind": "tool", "detect": {"programs": ["mason"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "mason ([0-9.]+)"}], "provides": {"chisel": "${version}"}}}' 'house={"dependencies": {"c": {"capability": "chisel", "version": ">=13"}}}' 'hut={"dependencies": {"c": {"capability": "chisel"}}}' 'paint={}'

# A tool is named, and asked for as a capability in a narrower range.
$ project '"house": {"package": "house"}, "mason": {"package": "mason"}'; reef lock mine --platform linux-aarch64 --quiet; swap; reef install ./mine --locked --dry-run --quiet
PACKAGE  VERSION  OPTIONS  STATE
mason  15.0  -  found: $DIR/bin/mason
house  1.0.0  -  to install
mine  0.1.0  -  to install
$ reef lock mine; swap; reef lock mine
updated reef.lock
  linux-x86_64: mason 15.0 was found here; it was left open
  linux-aarch64: 2 packages; of its host it needs mason >=13.0.0
  linux-x86_64: 2 packages; of its host it needs mason >=13.0.0
reef.lock is up to date

# The tool that the other host has found stays, though a package provides the same.
$ project '"hut": {"package": "hut"}'; reef lock mine; swap; python3 make.py 'adze={"provides": {"chisel": "9"}}'; reef lock mine; rm -r packages/adze-1.0.0
wrote reef.lock: 3 packages and tools
updated reef.lock
  linux-x86_64: added
  linux-aarch64: 2 packages; of its host it needs mason
  linux-x86_64: 2 packages; of its host it needs mason

# An option excludes older versions of a tool.
$ python3 make.py 'tower={"dependencies": {"c": {"package": "mason"}}, "variations": {"stone": {"options": {"hard": {"conflicts": {"package": {"mason": "<14"}}}}}}}'
$ project '"tower": {"package": "tower"}'; reef lock mine --platform linux-aarch64
wrote reef.lock: 3 packages and tools
  linux-aarch64: 2 packages; of its host it needs mason >=14.0.0
  linux-x86_64: 2 packages; of its host it needs mason

# A dependency is there for some versions of a tool only: what the part says is true of those.
$ python3 make.py 'wall={"dependencies": {"c": {"package": "mason"}, "paint": {"package": "paint", "when": {"package": {"mason": ">=14"}}}}}'
$ project '"wall": {"package": "wall"}'; reef lock mine --platform linux-aarch64; swap; reef install ./mine --locked --dry-run --quiet
wrote reef.lock: 4 packages and tools
  linux-aarch64: 3 packages; of its host it needs mason >=14.0.0
  linux-x86_64: 3 packages; of its host it needs mason
PACKAGE  VERSION  OPTIONS  STATE
mason  15.0  -  found: $DIR/bin/mason
paint  1.0.0  -  to install
wall  1.0.0  -  to install
mine  0.1.0  -  to install
$ reef lock mine; swap; reef lock mine
updated reef.lock
  linux-x86_64: mason 15.0 was found here; it was left open as >=14.0.0
  linux-aarch64: 3 packages; of its host it needs mason
  linux-x86_64: 3 packages; of its host it needs mason
reef.lock is up to date

# Where the tool that was found is an older one, it stays so.
$ project '"wall": {"package": "wall"}'; ./tool mason 13.0; reef lock mine --quiet; swap; ./tool mason 15.0; reef lock mine; swap; ./tool mason 13.0; reef lock mine --check; ./tool mason 15.0
updated reef.lock
  linux-x86_64: added
  linux-aarch64: 2 packages; of its host it needs mason
  linux-x86_64: 3 packages; of its host it needs mason
reef.lock holds here

# Another version of a tool within its range, with which a condition does not hold: where the lock was made it holds.
$ project '"wall": {"package": "wall"}'; reef lock mine --quiet; ./tool mason 13.0; reef install ./mine --locked --dry-run; ./tool mason 14.2; reef lock mine --check; ./tool mason 15.0
reef.lock holds here
! error: `reef.lock` does not describe what fits here: paint 1.0.0: no longer needed; wall: no longer needs paint
! hint: mason 15.0 was locked, it is 13.0 now: this host no longer has 15.0
! hint: it takes mason >=14.0.0 here; or write it for what this host has: `cd mine && reef lock` here, and commit the change
! note: mason 15.0 was locked, it is 14.2 now: this host no longer has 15.0

# The options of this host are its own.
$ python3 make.py 'kernels={"variations": {"simd": {"options": {"neon": {"when": {"arch": "aarch64"}}, "none": {}}}}}'
$ project '"kernels": {"package": "kernels"}'; reef lock mine --platform linux-aarch64 --quiet; grep simd mine/reef.lock
            "simd": "neon"
            "simd": "none"

# An edit says nothing of versions that nobody looked for.
$ project '"mason": {"package": "mason"}'; reef lock mine; swap; reef lock mine; cd mine; reef add paint
wrote reef.lock: 2 packages and tools
updated reef.lock
  linux-x86_64: added
  linux-aarch64: 1 package; of its host it needs mason
  linux-x86_64: 1 package; of its host it needs mason
added `paint`: paint ^1.0.0 (here: paint 1.0.0)
  mine: now needs paint as paint
  paint 1.0.0: added
reef.lock is up to date

# An edit opens nothing that it does not touch. What it does touch is settled anew with what was found there.
$ cd ..; cat >bin/found <<'END'
> #!/bin/sh
> python3 -c 'import json; print(json.load(open("mine/reef.lock"))["platforms"]["linux-aarch64"]["host"])'
> END
$ chmod +x bin/found; python3 make.py 'trowel={"kind": "tool", "detect": {"programs": ["trowel"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "trowel ([0-9.]+)"}]}}'
$ project '"mason": {"package": "mason"}, "trowel": {"package": "trowel"}'; ./tool mason 13.0; ./tool trowel 1.0; reef lock mine --quiet; swap; ./tool mason 15.0; ./tool trowel 2.0; reef lock mine --quiet; found
{'mason': {'required': '*', 'version': '13.0'}, 'trowel': {'required': '*', 'version': '1.0'}}
$ sed -i 's/"mason": {"package": "mason"}/"chisel": {"capability": "chisel"}/' mine/reef.json; reef lock mine; found; swap; ./tool mason 13.0; reef lock mine --check; swap; ./tool mason 15.0
updated reef.lock
  mine: no longer needs mason
  mine: now needs mason as chisel
  linux-aarch64: 1 package; of its host it needs mason, trowel
  linux-x86_64: 1 package; of its host it needs mason, trowel
{'mason': {'required': '*', 'version': '13.0'}, 'trowel': {'required': '*', 'version': '1.0'}}
reef.lock holds here
! note: trowel 1.0 was locked, it is 2.0 now: this host no longer has 1.0
$ sed -i 's/"capability": "chisel"/&, "version": ">=14"/' mine/reef.json; reef lock mine; found
updated reef.lock
  mine: chisel mason -> chisel (linux-aarch64)
  chisel: added (linux-aarch64)
  mason 13.0: no longer needed (linux-aarch64)
  mason: locked as *, now >=14.0.0 (linux-x86_64)
  linux-aarch64: 1 package; of its host it needs chisel >=14.0.0, trowel
  linux-x86_64: 1 package; of its host it needs mason >=14.0.0, trowel
{'chisel': {'capability': True, 'required': '>=14.0.0'}, 'trowel': {'required': '*', 'version': '1.0'}}

# A condition on a tool that may stand behind an open capability: it is told that nobody knows, and there what to do.
$ python3 make.py 'fence={"dependencies": {"c": {"capability": "chisel"}, "paint": {"package": "paint", "when": {"package": {"mason": ">=14"}}}}}'
$ project '"fence": {"package": "fence"}'; reef lock mine --platform linux-aarch64; swap; reef install ./mine --locked --dry-run --quiet
wrote reef.lock: 4 packages and tools
  linux-aarch64: 2 packages; of its host it needs chisel
  linux-x86_64: 3 packages; of its host it needs mason
! note: linux-aarch64: fence needs paint when mason >=14 is used, and which chisel is there is open: `reef lock` there settles it
! error: `reef.lock` does not describe what fits here: fence: now needs paint as paint; paint 1.0.0: added
! hint: this host's part was written on another one, which left its tools open: `cd mine && reef lock` here settles them; commit the change
? 6
$ reef lock mine; reef install ./mine --locked --dry-run --quiet
updated reef.lock
  fence: now needs paint as paint (linux-x86_64)
  paint 1.0.0: added (linux-x86_64)
  linux-x86_64: mason 15.0 was found here, and serves as chisel; it was left open
  linux-aarch64: 3 packages; of its host it needs mason
  linux-x86_64: 3 packages; of its host it needs mason
PACKAGE  VERSION  OPTIONS  STATE
mason  15.0  -  found: $DIR/bin/mason
paint  1.0.0  -  to install
fence  1.0.0  -  to install
mine  0.1.0  -  to install

# A capability that only another host needs has nothing to upgrade.
$ project '"paint": {"package": "paint"}, "c": {"capability": "chisel", "when": {"arch": "aarch64"}}'; reef lock mine --platform linux-aarch64 --quiet; reef lock mine --upgrade chisel
! error: `chisel` is a capability, left open for linux-aarch64: nothing to upgrade
! hint: `reef lock` there settles it
? 2

# The accelerators of the other host are those that its part shows.
$ python3 make.py 'ship={"dependencies": {"paint": {"package": "paint", "when": {"accelerator": "warp-drive"}}, "hut": {"package": "hut", "when": {"not": {"accelerator": "warp-drive"}}}}}'
$ project '"ship": {"package": "ship"}, "paint": {"package": "paint"}'; reef lock mine --platform linux-aarch64 --quiet; python3 - <<'END'
> import json
> lock = json.load(open("mine/reef.lock"))
> part = lock["platforms"]["linux-aarch64"]
> part["packages"]["ship"]["dependencies"] = {"paint": {"for": "both", "package": "paint"}}
> del part["packages"]["hut"], part["host"]["chisel"]
> json.dump(lock, open("mine/reef.lock", "w"))
> END
$ reef lock mine; sed -i 's/"paint": {/"trowel": {"package": "trowel"}, &/' mine/reef.json; reef lock mine
reef.lock is up to date
updated reef.lock
  mine: now needs trowel as trowel
  trowel: added (linux-aarch64)
  trowel 2.0: added (linux-x86_64)
  linux-aarch64: 3 packages; of its host it needs trowel
  linux-x86_64: 4 packages; of its host it needs mason, trowel
