# The C library and the accelerators of a host are in no lock: what was chosen for others is not taken here.
$ export REEF_PACKAGES=$PWD/packages; mkdir mine all; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py .
$ python3 make.py 'paint={}' 'sand={}' 'pitch={}' 'ship={"dependencies": {"paint": {"package": "paint", "when": {"accelerator": "warp-drive"}}, "pitch": {"package": "pitch", "when": {"not": {"accelerator": "warp-drive"}}}}, "variations": {"hull": {"options": {"light": {"when": {"libc": "musl"}, "dependencies": {"sand": {"package": "sand"}}}, "plain": {}}}}}'
$ echo '{"reef": 1, "name": "mine", "version": "0.1.0", "kind": "program", "dependencies": {"ship": {"package": "ship"}}, "actions": {"go": {"run": [["true"]]}}}' >mine/reef.json; reef lock mine --quiet
$ echo '{"reef": 1, "name": "all", "version": "0.1.0", "kind": "program", "dependencies": {"paint": {"package": "paint"}, "sand": {"package": "sand"}}}' >all/reef.json; reef lock all --quiet; cp mine/reef.lock here
$ cat >written_on.py <<'END'
> """written_on.py ACCELERATOR LIBC: mine/reef.lock as such a host writes it."""
> import json, sys
> drive, libc = sys.argv[1:]
> lock = json.load(open("here"))
> packages = lock["platforms"]["linux-x86_64"]["packages"]
> others = json.load(open("all/reef.lock"))["platforms"]["linux-x86_64"]["packages"]
> ship = packages["ship"]
> def add(name):
>     packages[name] = others[name]
>     ship["dependencies"][name] = {"for": "both", "package": name}
> if drive == "warp-drive":
>     del packages["pitch"], ship["dependencies"]["pitch"]
>     add("paint")
> if libc == "musl":
>     ship["options"]["hull"] = "light"
>     add("sand")
> json.dump(lock, open("mine/reef.lock", "w"))
> END
$ python3 written_on.py none glibc; reef lock mine --check
reef.lock holds here

$ python3 written_on.py warp-drive glibc; reef lock mine --check
! error: `reef.lock` does not describe what fits here: paint 1.0.0: no longer needed; pitch 1.0.0: added; ship: no longer needs paint; ship: now needs pitch as pitch
! hint: ship needs paint when the accelerator is warp-drive: so it is where this part was written, and not here
! hint: ship needs pitch when not (the accelerator is warp-drive): so it is here, and not where, or when, this part was written
! hint: a lock has one part for all linux-x86_64 hosts: `cd mine && reef lock` here writes it for those that are like this one
? 6
$ reef tree ./mine
mine 0.1.0
`-- ship: ship 1.0.0  hull = plain
    `-- pitch: pitch 1.0.0
ship: `hull = light` was skipped: exists only when libc is musl, this host is glibc
$ reef lock mine
updated reef.lock
  paint 1.0.0: no longer needed
  pitch 1.0.0: added
  ship: no longer needs paint
  ship: now needs pitch as pitch

$ python3 written_on.py none musl; reef install ./mine --locked
! error: `reef.lock` does not describe what fits here: sand 1.0.0: no longer needed; ship: hull light -> plain; ship: no longer needs sand
! hint: `hull = light` of ship exists only when libc is musl: so it is where this part was written, and not here
! hint: a lock has one part for all linux-x86_64 hosts: `cd mine && reef lock` here writes it for those that are like this one
? 6
$ reef install ./mine --dry-run --quiet
PACKAGE  VERSION  OPTIONS       STATE
pitch    1.0.0    -             to install
ship     1.0.0    hull = plain  to install
mine     0.1.0    -             to install
ship: `hull = light` was skipped: exists only when libc is musl, this host is glibc
$ reef lock mine
updated reef.lock
  sand 1.0.0: no longer needed
  ship: hull light -> plain
  ship: no longer needs sand
! note: ship: `hull = light` was skipped: exists only when libc is musl, this host is glibc
