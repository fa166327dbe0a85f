# Options that a user asks for: whatever version has them is considered.
$ export REEF_PACKAGES=$PWD/packages; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py .
$ python3 make.py 'w@1.0.0={"variations": {"precision": {"options": {"fp32": {}, "int8": {}}}}}' 'w@2.0.0={"variations": {"precision": {"options": {"fp32": {}}}}}' 'old@1.0.0={"variations": {"p": {"options": {"a": {}, "b": {}}}}}' 'old@1.1.0={"yanked": true}' 'old@2.0.0-rc.1={}' 'extra={"variations": {"z": {"options": {"q": {}}}}}'
$ mkdir mine; printf '{"reef": 1, "name": "mine", "version": "0.1.0", "kind": "program", "dependencies": {\n  "w": {"package": "w"},\n  "old": {"package": "old"}\n}}\n' > mine/reef.json; cd mine

# The newest version has no such option, an older one has.
$ reef tree --with w.precision=int8
mine 0.1.0
|-- w: w 1.0.0  precision = int8
`-- old: old 1.0.0  p = a
w 2.0.0 was skipped: it has no `precision = int8`
$ reef tree w --with precision=int8
w 1.0.0  precision = int8
w 2.0.0 was skipped: it has no `precision = int8`
$ reef install w --with precision=int8 --dry-run
PACKAGE  VERSION  OPTIONS           STATE
w        1.0.0    precision = int8  to install
w 2.0.0 was skipped: it has no `precision = int8`
why:
  w 1.0.0: you asked for it; the newest that fits; precision = int8 (you asked for it)

# The newest is withdrawn, or a pre-release.
$ reef tree --with old.p=b
mine 0.1.0
|-- w: w 2.0.0  precision = fp32
`-- old: old 1.0.0  p = b

# No version, or none in the range, has it.
$ reef tree w --with precision=int4
! error: `precision` of `w` has no option `int4`
! hint: did you mean `int8`?
! hint: it has `fp32` and `int8`
? 4
$ reef tree w@^2 --with precision=int8
! error: `precision` of `w@^2` has no option `int8`
! hint: it has `fp32`
? 4
$ reef tree --with w.precison=int8
! error: `w` has no variation `precison`
! hint: did you mean `precision`?
? 4

# Nothing that is needed is called so.
$ reef tree --with extra.z=q
! error: `extra` is not part of what mine needs: `--with extra.z=q` chooses nothing
! hint: `reef tree` shows everything that is
? 4
$ reef install --dry-run --with extra.z=q
! error: `extra` is not part of what mine needs: `--with extra.z=q` chooses nothing
! hint: `reef tree` shows everything that is
? 4

# What `--with` chooses is never locked; without the project itself nothing is left of what was asked.
$ reef lock --quiet; reef install --locked --with w.precision=int8
! error: `reef.lock` does not describe what fits here: w 2.0.0 -> 1.0.0; w: precision fp32 -> int8
! hint: what `--with` chooses is never in it: leave out `--with`, or `--locked`
? 6
$ reef add w@^2 --quiet; reef tree --with w.precision=int8
! error: there is no solution:
!   you asked for w with `precision = int8`
!   mine 0.1.0 needs w ^2 (reef.json:2:3)
!   only w 1.0.0 has `precision = int8`
! hint: it works with `--with w.precision=fp32` instead of `int8`
! hint: it works with w ^1.0.0 (1.0.0): `reef add w@^1.0.0` changes `^2` at reef.json:2:3
? 5

# Every option there is, in whatever version; what only a pre-release has is no part of every one.
$ mkdir -p packages/p-1.0.0 packages/p-2.0.0 packages/p-3.0.0-rc.1
$ echo '{"reef": 1, "name": "p", "version": "1.0.0", "kind": "program", "variations": {"q": {"options": {"old": {}, "both": {}}}}, "actions": {"go": {"run": [["true"]]}}}' > packages/p-1.0.0/reef.json
$ echo '{"reef": 1, "name": "p", "version": "2.0.0", "kind": "program", "variations": {"q": {"options": {"both": {}, "new": {}}}}, "actions": {"go": {"run": [["true"]]}}}' > packages/p-2.0.0/reef.json
$ echo '{"reef": 1, "name": "p", "version": "3.0.0-rc.1", "kind": "program", "variations": {"q": {"options": {"next": {}}}}, "actions": {"go": {"run": [["true"]]}}}' > packages/p-3.0.0-rc.1/reef.json
$ REEF_PACKAGES=$PWD/packages reef sweep go p --with 'q=*' 2>&1 | grep -E -o 'q=[a-z]+|error.*|hint.*' | sort -u
q=both
q=new
q=old
$ REEF_PACKAGES=$PWD/packages reef sweep go p --with 'r=*' 2>&1 | grep -E -o 'q=[a-z]+|error.*|hint.*' | sort -u
error: `p` has no variation `r`
hint: it has `q`
