# Why each part of a closure is there, why it is as it is, and why another version is not.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .
$ python3 make.py 'brush={"kind": "tool", "detect": {"programs": ["brush", "brush-*"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "brush ([0-9.]+)"}], "provides": {"painter": "${version}"}}, "install": {"apt": "brush"}}' 'roller={"kind": "tool", "detect": {"programs": ["roller"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "roller ([0-9.]+)"}], "provides": {"painter": "${version}"}}}'
$ python3 make.py 'paint@1.0.0={}' 'paint@1.4.0={}' 'paint@1.5.0={"yanked": true}' 'paint@2.0.0={}' 'paint@3.0.0-rc.1={}' 'oil={"provides": {"medium": "1.0"}}' 'acryl={"provides": {"medium": "1.0"}}' 'canvas={"dependencies": {"paint": {"package": "paint", "version": "<2"}, "medium": {"capability": "medium"}, "painter": {"capability": "painter", "version": ">=2", "for": "build"}}, "variations": {"size": {"default": ["large", "small"], "options": {"small": {}, "large": {"dependencies": {"easel": {"package": "paint", "version": ">=9"}}}}}}}'
$ ./tool brush 2.1; ./tool brush 3.0 brush-3; ./tool roller 1.0
$ mkdir mine; printf '{"reef": 1, "name": "mine", "version": "0.1.0", "kind": "program", "dependencies": {\n  "canvas": {"package": "canvas"},\n  "paint": {"package": "paint"}\n}, "actions": {"go": {"run": [["true"]]}}}\n' > mine/reef.json; cd mine

$ reef lock --explain
PACKAGE  VERSION  OPTIONS  STATE
paint  1.4.0  -  to install
acryl  1.0.0  -  to install
brush  3.0  -  found: $DIR/bin/brush-3
canvas  1.0.0  size = small  to install
mine  0.1.0  -  to install
canvas: `size = large` was skipped: needs paint >=9, there are only 2.0.0, 1.4.0, 1.0.0 and 3.0.0-rc.1 (1.5.0 is yanked)
paint 2.0.0 was skipped: canvas 1.0.0 needs paint <2 (1.5.0 is yanked)
roller as painter was skipped: canvas needs painter >=2, it is 1.0
why:
  paint 1.4.0: canvas needs paint <2, mine needs paint; the newest that fits
  acryl 1.0.0: canvas needs medium (first in the catalogue's order); the only version
  brush 3.0: canvas needs painter >=2 to build; the newest on this host
  canvas 1.0.0: mine needs canvas; the only version; size = small (the first that works here)
  mine 0.1.0: you asked for it; your own folder
wrote reef.lock: 5 packages and tools

$ reef why paint
2 ways to `paint`:

  mine 0.1.0 needs paint: paint 1.4.0 (reef.json:3)

  mine 0.1.0 needs canvas: canvas 1.0.0 (reef.json:2)
    canvas 1.0.0 needs paint <2: paint 1.4.0 ($DIR/packages/canvas-1.0.0/reef.json:6)

paint 1.4.0: locked
  paint 2.0.0 was skipped: canvas 1.0.0 needs paint <2 (1.5.0 is yanked)

$ reef why paint 1.4.0 --quiet | tail -n 2
paint 1.4.0: locked
  paint 2.0.0 was skipped: canvas 1.0.0 needs paint <2 (1.5.0 is yanked)

$ reef why paint 2.0.0
! error: paint 1.4.0 is chosen, not 2.0.0
! hint: `reef why-not paint@2.0.0` tells why
? 4

$ reef why-not paint@2.0.0
paint 2.0.0 cannot be chosen:
  mine 0.1.0 needs canvas (reef.json:2:3)
  canvas 1.0.0 needs paint <2 (1.5.0 is yanked) ($DIR/packages/canvas-1.0.0/reef.json:6:20)
hint: it works without canvas (reef.json:2:3)

$ reef why-not paint@1.0.0
paint 1.0.0 could be chosen instead of 1.4.0; it is not: the lock holds paint 1.4.0; 1.4.0 is newer
hint: to have it, ask for exactly it: `reef add paint@=1.0.0`

# Where a package stands under two roles, the command names one.
$ mkdir ../twice; cd ../twice; printf '{"reef": 1, "name": "twice", "version": "0.1.0", "kind": "program", "dependencies": {\n  "front": {"package": "paint"},\n  "back": {"package": "paint"}\n}, "actions": {"go": {"run": [["true"]]}}}\n' > reef.json; reef why-not paint@1.0.0
paint 1.0.0 could be chosen instead of 2.0.0; it is not: 2.0.0 is newer
hint: to have it, ask for exactly it: `reef add paint@=1.0.0 --role front`
$ reef add paint@=1.0.0 --role front | head -1; reef why paint | tail -1; cd ../mine
changed `front`: paint =1.0.0, was any version (here: paint 1.0.0)
  paint 2.0.0 was skipped: twice 0.1.0 needs paint =1.0.0

$ reef why-not paint@3.0.0-rc.1
paint 3.0.0-rc.1 cannot be chosen:
  mine 0.1.0 needs canvas (reef.json:2:3)
  canvas 1.0.0 needs paint <2 (1.5.0 is yanked) ($DIR/packages/canvas-1.0.0/reef.json:6:20)
hint: it works without canvas (reef.json:2:3)

$ reef why-not paint@1.5.0
paint 1.5.0 cannot be chosen: it was withdrawn by its author: only a lock that holds it already, or a command about exactly that version, takes it

# Of the project's own, nothing but the withdrawal is in the way; or something else is, too.
$ mkdir ../bare; (cd ../bare; printf '{"reef": 1, "name": "bare", "version": "0.1.0", "kind": "program", "dependencies": {\n  "paint": {"package": "paint", "version": ">=1.5, <2"}\n}}\n' > reef.json; reef why-not paint@1.5.0; reef lock; sed -i 's/>=1.5/<1.5/' reef.json; reef why-not paint@1.5.0 --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["possible"], r["reasons"], r["hints"])')
paint 1.5.0 cannot be chosen: it was withdrawn by its author: only a lock that holds it already, or a command about exactly that version, takes it
False ['paint 1.5.0 was withdrawn by its author: only a lock that holds it already, or a command about exactly that version, takes it'] []
! error: there is no solution:
!   bare 0.1.0 needs paint >=1.5, <2, there are only 2.0.0, 1.4.0, 1.0.0 and 3.0.0-rc.1 (1.5.0 is yanked) (reef.json:2:3)
! hint: paint was withdrawn by its author: only a lock that holds it already, or a command about exactly that version, takes it; no dependency does
! hint: it works with paint ^2.0.0 (2.0.0): `reef add paint@^2.0.0` changes `>=1.5, <2` at reef.json:2:3

$ reef why-not paint@7
! error: there is no version of `paint` in `7`
! hint: there is `1.0.0`, `1.4.0`, `1.5.0`, `2.0.0` and `3.0.0-rc.1`
? 4

$ reef why-not paint@1.4.0
paint 1.4.0 is chosen: locked

$ reef why-not brush@2.1
brush 2.1 could be chosen instead of 3.0; it is not: the lock holds brush 3.0; 3.0 is newer
hint: to have it, ask for exactly it: `reef add brush@=2.1`

$ reef why-not brush@9
! error: this host has no brush 9
! hint: it has `2.1` and `3.0`
? 4

# It would provide what is needed, and another one serves.
$ reef why-not oil@1.0.0
oil 1.0.0 could be chosen; it is not: canvas needs medium, and acryl 1.0.0 serves as it (locked)
hint: `reef add oil@=1.0.0` makes it a dependency
$ reef why-not roller@1.0
roller 1.0 could be chosen; it is not: canvas needs painter >=2, and roller 1.0 provides 1.0
hint: `reef add roller@=1.0` makes it a dependency

$ reef why-not acryl@1.0.0
acryl 1.0.0 is chosen: the only version

$ reef why-not piant@1
! error: there is no package `piant` in the packages in `$DIR/packages` and `$SOURCE/packages`
! hint: did you mean `paint`?
? 4

$ reef why-not paint
! error: which version? expected `NAME@VERSION`, got `paint`
! hint: `reef why paint` tells why it is needed, and why in this version
? 2

$ reef why-not mine@0.1.0
! error: `mine` is the package itself
! hint: ask about a package that it needs: `reef tree` shows them
? 2

$ reef why-not paint@2 --json | python3 -c 'import json, jsonschema, sys; r = json.load(sys.stdin); jsonschema.validate(r["conflict"], json.load(open(sys.argv[1]))); print(r["possible"], r["chosen"], r["version"], r["hints"])' $REEF_GOLDEN_SOURCE/schemas/conflict.schema.json
False 1.4.0 2.0.0 ['it works without canvas (reef.json:2:3)']

# A newer version appears: the lock holds the old one.
$ python3 ../make.py 'x={}'; rm -r packages; cd ..; python3 make.py 'paint@1.6.0={}'; cd mine; reef why-not paint@1.6.0
paint 1.6.0 could be chosen instead of 1.4.0; it is not: the lock holds paint 1.4.0
hint: `reef lock --upgrade paint` takes it

$ reef lock --upgrade paint; reef why paint | tail -n 2
updated reef.lock
  paint 1.4.0 -> 1.6.0
paint 1.6.0: locked
  paint 2.0.0 was skipped: canvas 1.0.0 needs paint <2 (1.5.0 is yanked)

# What is in the store already is preferred between providers.
$ cd ..; reef install oil --quiet >/dev/null; python3 make.py 'sketch={"dependencies": {"medium": {"capability": "medium"}}}'; reef install sketch --dry-run
PACKAGE  VERSION  OPTIONS  STATE
oil      1.0.0    -        installed
sketch   1.0.0    -        to install
why:
  oil 1.0.0: sketch needs medium (in the store already); the only version
  sketch 1.0.0: you asked for it; the only version

$ rm -rf $REEF_HOME; reef install sketch --dry-run
PACKAGE  VERSION  OPTIONS  STATE
acryl    1.0.0    -        to install
sketch   1.0.0    -        to install
why:
  acryl 1.0.0: sketch needs medium (first in the catalogue's order); the only version
  sketch 1.0.0: you asked for it; the only version

# What spoke for a provider is what told it from others: it serves already, no other one fits, the lock has it.
$ python3 make.py 'away={"provides": {"tint": "1.0"}, "dependencies": {"x": {"package": "nowhere"}}}' 'bright={"provides": {"tint": "1.0"}}' 'chalk={"provides": {"line": "1.0"}}' 'dye={"provides": {"line": "1.0", "stroke": "1.0"}}' 'draw={"dependencies": {"line": {"capability": "line"}}}' 'sweep={"dependencies": {"stroke": {"capability": "stroke"}}}'
$ mkdir show; cat >explain.sh <<'END'
> cd show; printf '{"reef": 1, "name": "show", "version": "0.1.0", "kind": "program", "dependencies": {%s}}\n' "$1" > reef.json
> reef lock --explain --quiet | grep '(' | grep ' needs '
> END
$ sh explain.sh '"tint": {"capability": "tint"}'
  bright 1.0.0: show needs tint (the only one that fits); the only version
$ sh explain.sh '"sweep": {"package": "sweep"}, "draw": {"package": "draw"}'
  dye 1.0.0: sweep needs stroke, draw needs line (in the closure anyway); the only version
$ rm show/reef.lock; sh explain.sh '"draw": {"package": "draw"}'
  chalk 1.0.0: draw needs line (first in the catalogue's order); the only version
$ sh explain.sh '"draw": {"package": "draw"}, "sweep": {"package": "sweep"}, "dye": {"package": "dye"}'
  chalk 1.0.0: draw needs line (locked); the only version

# What would be fetched and built.
$ echo hello > hello.txt; python3 make.py "print={\"sources\": [{\"url\": \"file://$PWD/hello.txt\", \"sha256\": \"$(sha256sum hello.txt | cut -c 1-64)\", \"size\": 6}], \"actions\": {\"build\": {\"run\": [[\"cp\", \"hello.txt\", \"\${prefix}/hello\"]]}, \"show\": {\"parameters\": {\"name\": {\"type\": \"string\", \"default\": \"x\"}, \"loud\": {\"type\": \"boolean\", \"default\": false}}, \"run\": [[\"cat\", \"\${prefix}/hello\"]]}}}"
$ reef run show print --dry-run
PACKAGE  VERSION  OPTIONS  STATE
print    1.0.0    -        to build
why:
  print 1.0.0: you asked for it; the only version

would fetch $SIZE:
  print 1.0.0: url file://$DIR/hello.txt, $SIZE

would build:
  print 1.0.0:
    cp hello.txt '${prefix}/hello'

would run `show` of print 1.0.0:
  cat '${prefix}/hello'

$ reef run show print --dry-run --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["fetches"][0]["bytes"], r["fetches"][0]["cached"], r["builds"][0]["commands"], r["packages"][0]["chosen"])'
6 False [['cp', 'hello.txt', '${prefix}/hello']] the only version

# A flag without its value.
$ reef run show print --name
! error: `--name` needs a value: the parameter is of type string
! hint: `--name VALUE`
? 2

$ reef run show print --loud --quiet
hello

# What the command itself asked for is the reason, when it is.
$ cd .. && reef install paint@1.0.0 --dry-run | grep skipped
paint 2.0.0 was skipped: you asked for paint 1.0.0

# Conditions that do not hold, and options that were not chosen.
$ mkdir -p sea/packages/metal sea/packages/speech sea/app; cd sea/app; echo '{"reef": 1, "name": "metal", "version": "1.0.0", "kind": "program"}' > ../packages/metal/reef.json
$ echo '{"reef": 1, "name": "speech", "version": "1.0.0", "kind": "program", "dependencies": {"gpu": {"package": "metal", "when": {"os": "windows"}}}, "variations": {"engine": {"default": "cpu", "options": {"cpu": {}, "gpu": {"dependencies": {"gpu2": {"package": "metal"}}}}}}}' > ../packages/speech/reef.json
$ echo '{"reef": 1, "name": "app", "version": "1.0.0", "kind": "program", "dependencies": {"speech": {"package": "speech"}}}' > reef.json; export REEF_PACKAGES=$(realpath ../packages)
$ reef why metal
! error: `metal` is not part of what app needs here
! hint: `reef why-not 'metal@*'` tells why
! hint: `reef tree` shows everything that is
? 4
$ reef why-not 'metal@*'
metal 1.0.0 could be chosen; it is not: speech needs it only if os is windows; speech needs it only with `engine = gpu`
hint: `reef add metal@=1.0.0` makes it a dependency

# From elsewhere, the hints lead there.
$ cd ..; reef why metal --package ./app; reef why-not 'metal@*' --package ./app; cd app
metal 1.0.0 could be chosen; it is not: speech needs it only if os is windows; speech needs it only with `engine = gpu`
hint: `cd app && reef add metal@=1.0.0` makes it a dependency
! error: `metal` is not part of what app needs here
! hint: `cd app && reef why-not 'metal@*'` tells why
! hint: `cd app && reef tree` shows everything that is

# Two things are in the way, each by itself.
$ printf '{"reef": 1, "name": "app", "version": "1.0.0", "kind": "program", "dependencies": {\n"speech": {"package": "speech", "version": "^7"},\n"metal": {"package": "metal", "version": "^9"}}}\n' > reef.json; reef lock
! error: there is no solution:
!   app 1.0.0 needs speech ^7, there is only 1.0.0 (reef.json:2:1)
! hint: that is not all: app 1.0.0 needs metal ^9, there is only 1.0.0 (reef.json:3:1)
? 5
