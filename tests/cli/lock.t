# A project that depends on packages of a catalogue.
$ export REEF_PACKAGES=$PWD/catalogue

$ cd project && reef lock
wrote reef.lock: 2 packages and tools

$ cat reef.lock
{
  "format": 1,
  "platforms": {
    "linux-x86_64": {
      "host": {},
      "packages": {
        "ink": {
          "digest": "$DIGEST",
          "kind": "library",
          "origin": "registry",
          "version": "1.0.0"
        },
        "letter": {
          "dependencies": {
            "ink": {
              "for": "both",
              "package": "ink"
            }
          },
          "kind": "program",
          "origin": "path",
          "path": ".",
          "version": "0.1.0"
        }
      }
    }
  },
  "root": "letter"
}

$ reef lock
reef.lock is up to date

$ reef lock --check && reef install --locked
reef.lock holds here
built ink 1.0.0
built letter 0.1.0
$REEF_HOME/store/$DIGEST-letter-0.1.0

$ reef install --locked
nothing to do: 2 packages are installed
$REEF_HOME/store/$DIGEST-letter-0.1.0

$ reef run show --locked
ink 1.0
! show of letter 0.1.0: ok
! record $RUN

# What a killed one left half written goes.
$ touch .reef.json.999999999-0 .reef.lock.999999999-1; reef lock; ls -A
reef.lock is up to date
reef.json
reef.lock

# Somebody publishes a newer version: the lock holds.
$ cp -r ../new/ink-1.1 ../catalogue/ && reef lock && reef tree
reef.lock is up to date
letter 0.1.0
`-- ink: ink 1.0.0

$ reef lock --upgrade ink
updated reef.lock
  ink 1.0.0 -> 1.1.0

$ reef install --locked
built ink 1.1.0
built letter 0.1.0
$REEF_HOME/store/$DIGEST-letter-0.1.0
! note: letter 0.1.0 is built again: dependency ink changed

# Somebody changes a byte of a locked package.
$ echo changed >> ../catalogue/ink-1.1/ink.txt; reef install --locked
! error: `reef.lock` does not describe what fits here: ink 1.1.0: locked content $DIGEST, now $DIGEST
! hint: `reef lock` writes it anew; run it where the lock is made, and commit the change
? 6

# A lock that is not there, or damaged.
$ mv reef.lock kept; reef install --locked
! error: there is no `reef.lock`, and `--locked` asks for exactly what it says
! hint: write one: `reef lock`
? 4
$ cd ..; reef install ./project --locked 2>&1 | tail -n 1; cd project
hint: write one: `cd project && reef lock`

$ echo '{"format": 99}' > reef.lock; reef install
! reef.lock:1:12: error: this lock has format 99, this reef reads format 1
!   1 | {"format": 99}
!     |            ^
! hint: a newer version of `reef` wrote it: use that
? 3

$ head -c 100 kept > reef.lock; reef install
! reef.lock:7:7: error: this is not JSON: unexpected end of input; expected string literal
!   7 |       
!     |       ^
! hint: the lock can be made anew: remove it and run `reef lock`
? 3

$ mv kept reef.lock; reef lock && reef install --locked | tail -n 1
updated reef.lock
  ink 1.1.0: locked content $DIGEST, now $DIGEST
$REEF_HOME/store/$DIGEST-letter-0.1.0
! note: ink 1.1.0 is built again: its files changed
! note: letter 0.1.0 is built again: dependency ink changed

$ reef lock digits
! error: `digits` is a package of the catalogue: a lock stands beside a project's manifest
! hint: make a project that depends on it: `reef init`, then `reef add`
? 2

# The environment of the package.
$ reef exec -- sh -c 'cat "$INK"; echo "$HOME" | grep -c tmp'
ink 1.1
changed
1

$ reef exec -- sh -c 'exit 9'
? 9

$ reef exec -- no-such-program
! error: cannot find the program `no-such-program` on PATH=/usr/local/bin:/usr/bin:/bin
? 4

$ reef exec
! error: which command? `reef exec [PACKAGE] -- COMMAND [ARGUMENT...]`
? 2

# What would be done, and no network.
$ reef install --offline --dry-run
PACKAGE  VERSION  OPTIONS  STATE
ink      1.1.0    -        installed
letter   0.1.0    -        installed
why:
  ink 1.1.0: letter needs ink ^1; locked
  letter 0.1.0: you asked for it; your own folder

$ reef shell </dev/null 2>&1 | grep -c 'a shell with the environment'
1
