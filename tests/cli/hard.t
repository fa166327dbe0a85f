# A search that takes long ends when its time is spent, and says so: that is no proof that there is no closure.
$ export REEF_PACKAGES=$PWD/packages; python3 make.py 10; mkdir project; cp project.json project/reef.json
$ cd project; reef lock --resolve-timeout 0
! error: gave up after 256 conflicts, out of time: whether a solution exists is not known
! the hardest to agree on:
!   room-7: guest-2 7.0.0 needs room-7 =2.0.0; guest-3 7.0.0 needs room-7 =3.0.0; guest-4 7.0.0 needs room-7 =4.0.0; 5 more
!   guest-8: hotel 1.0.0 needs guest-8
!   guest-9: hotel 1.0.0 needs guest-9
!   guest-7: hotel 1.0.0 needs guest-7
!   room-6: guest-3 6.0.0 needs room-6 =3.0.0; guest-4 6.0.0 needs room-6 =4.0.0; guest-5 6.0.0 needs room-6 =5.0.0; 5 more
! hint: `--resolve-timeout 300` lets this command search longer than $TIME; `reef lock` keeps what it finds for others
? 5

# To programs, too.
$ cat > ../told.py <<'END'
> import json, sys
> error = json.load(sys.stdin)["error"]
> print(error["code"], "|", error["conflict"]["outcome"], "|", error["hints"])
> END
$ reef lock --resolve-timeout 0 --json 2>/dev/null | python3 ../told.py
gave_up | gave up | ['`--resolve-timeout 300` lets this command search longer than $TIME; `reef lock` keeps what it finds for others']

# Of a package that somebody names, too.
$ cd ..; reef tree hotel --resolve-timeout 0 2>&1 | grep hint; cd project
hint: `--resolve-timeout 300` lets this command search longer than $TIME; a version (`hotel@RANGE`) or options (`--with`) leave less to search

# For another platform, too.
$ mkdir ../far; sed 's/"version": "\*"/"when": {"arch": "aarch64"}/' reef.json > ../far/reef.json; cd ..; reef lock far --platform linux-aarch64 --resolve-timeout 0 2>&1 | sed '/^  /d'
error: gave up after 256 conflicts, out of time: whether a solution exists is not known
the hardest to agree on:
hint: `--resolve-timeout 300` lets this command search longer than $TIME

# Every verb that searches takes the flag.
$ cd project; for verb in tree install "add guest-1" "why-not guest-1@9" "run go" shell; do reef $verb --resolve-timeout 0 2>&1 </dev/null | head -1; done
error: gave up after 256 conflicts, out of time: whether a solution exists is not known
error: gave up after 256 conflicts, out of time: whether a solution exists is not known
error: gave up after 256 conflicts, out of time: whether a solution exists is not known
error: gave up after 256 conflicts, out of time: whether a solution exists is not known
error: gave up after 256 conflicts, out of time: whether a solution exists is not known
error: gave up after 256 conflicts, out of time: whether a solution exists is not known

$ cd ..; reef info hotel --resolve-timeout 0 | tail -8 | head -2; reef replay --help | grep resolve-timeout
gave up after 256 conflicts, out of time: whether a solution exists is not known
the hardest to agree on:
  --resolve-timeout NUMBER  Seconds to search for a closure before giving up; default: 20
