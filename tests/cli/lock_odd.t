# Odd questions about locks, as somebody asks them who is new.
$ export REEF_PACKAGES=$PWD/packages; mkdir mine empty; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py .
$ python3 make.py 'ink={}' 'ink@1.1.0={}' 'pen={"dependencies": {"ink": {"package": "ink"}}}' 'quill={"provides": {"writer": "1"}}' 'desk={"dependencies": {"writer": {"capability": "writer", "when": {"arch": "aarch64"}}}}'
$ echo '{"reef": 1, "name": "mine", "version": "0.1.0", "kind": "program", "dependencies": {"pen": {"package": "pen"}, "desk": {"package": "desk"}}, "actions": {"go": {"run": [["true"]]}}}' >mine/reef.json

# Where there is nothing.
$ cd empty; reef lock; reef lock ../mine --check; cd ..
! error: there is no reef.json here or in a folder above
! hint: make a project here: `reef init`
! error: there is no `reef.lock` to check
! hint: write one: `cd $DIR/mine && reef lock`
$ reef tree pen --locked
! error: `pen` is a package of the catalogue: no lock holds for it
! hint: leave `--locked` out; a project that depends on it has a lock: `reef init`, then `reef add`
? 2

# The way to the project is told wherever something has to be done there.
$ echo '{"format": 1, "platforms": {}, "root": "mine"}' >mine/reef.lock; reef tree ./mine --locked
! error: `reef.lock` has no part for linux-x86_64
! hint: add it where the lock is made, and commit the change: `cd mine && reef lock --platform linux-x86_64`
? 6
$ echo '[]' >mine/reef.lock; reef tree ./mine
! mine/reef.lock:1:1: error: expected an object, got an array
!   1 | []
!     | ^
! hint: the lock can be made anew: remove it and run `cd mine && reef lock`
? 3
$ rm mine/reef.lock; reef lock mine --quiet; sed -i 's/"version": "0.1.0"/"version": "0.2.0"/' mine/reef.json; reef tree ./mine --locked; reef pack ./mine --offline; reef lock mine --quiet
! error: `reef.lock` does not describe what fits here: mine 0.1.0 -> 0.2.0
! hint: `cd mine && reef lock` writes it anew; run it where the lock is made, and commit the change
! error: `reef.lock` is out of date: it has mine 0.1.0, the manifest says 0.2.0
! hint: `cd mine && reef lock` writes it anew

# What is upgraded is named without a version, and is there; on another platform is there, too.
$ cd mine; reef lock --platform linux-aarch64; reef lock --upgrade ink@1; reef lock --upgrade i; reef lock --upgrade writer; reef lock --upgrade quill
updated reef.lock
  linux-aarch64: added
  linux-aarch64: 5 packages; of its host it needs nothing
  linux-x86_64: 4 packages; of its host it needs nothing
reef.lock is up to date
! error: `--upgrade` takes names without a version, got `ink@1`
! hint: to the newest that fits: `reef lock --upgrade ink`; to ask for a version: `reef add ink@1`
! error: `i` is not part of what mine needs: nothing to upgrade
! hint: `reef tree` shows everything that is
! error: `writer` is a capability: what provides it can be upgraded
! hint: `reef lock --upgrade quill`
$ reef why writer; reef why quill
! error: `writer` is not part of what mine needs here
! hint: it is on linux-aarch64
! hint: `reef tree` shows everything that is
! error: `quill` is not part of what mine needs here
! hint: it is on linux-aarch64
! hint: `reef why-not 'quill@*'` tells why
! hint: `reef tree` shows everything that is
? 4
$ reef lock --drop-platform linux-aarch64
updated reef.lock
  linux-aarch64: dropped

# A version that was locked is gone.
$ reef why ink@1.1; rm -r ../packages/ink-1.1.0; reef why ink@1; reef why-not ink@1.1.0; reef add ink
1 way to `ink`:

  mine 0.2.0 needs pen: pen 1.0.0 (reef.json:1)
    pen 1.0.0 needs ink: ink 1.1.0 ($DIR/packages/pen-1.0.0/reef.json:6)

ink 1.1.0: locked
1 way to `ink`:

  mine 0.2.0 needs pen: pen 1.0.0 (reef.json:1)
    pen 1.0.0 needs ink: ink 1.0.0 ($DIR/packages/pen-1.0.0/reef.json:6)

ink 1.0.0: the only version
  ink 1.1.0 was locked, it is 1.0.0 now: that version is no longer there
added `ink`: ink ^1.0.0 (here: ink 1.0.0)
  ink 1.1.0 -> 1.0.0
  mine: now needs ink as ink
reef.lock is up to date
! error: there is no version of `ink` in `1.1.0`
! hint: there is `1.0.0`
! hint: the lock holds 1.1.0, which is no longer there
! note: ink 1.1.0 was locked, it is 1.0.0 now: that version is no longer there
$ reef tree --with nib=fine
! error: `mine` has no variation `nib`
! hint: it has none; of a package that it needs: `--with PACKAGE.nib=fine`
? 4
