# Pre-releases are taken where they are named: by a range, or by the project, which speaks for all it needs.
$ export REEF_PACKAGES=$PWD/packages; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py .
$ python3 make.py 'array@1.0.0={}' 'array@2.0.0={}' 'array@2.1.0-rc.1={}' 'array@3.0.0-alpha.1={}' 'eager={"dependencies": {"array": {"package": "array", "version": ">=2.1.0-rc.1"}}}' 'plain={"dependencies": {"array": {"package": "array", "version": ">=2"}}}' 'early@1.0.0-beta.2={}'
$ mkdir mine; cd mine; echo 'printf "{\"reef\": 1, \"name\": \"mine\", \"version\": \"0.1.0\", \"kind\": \"program\", \"dependencies\": {%s\n}}\n" "$1" > reef.json' > ../needs

# Asked for by the project: whoever needs some array takes it.
$ rm -f reef.lock; sh ../needs '
>   "array": {"package": "array", "version": "^2.1.0-rc.1"},
>   "plain": {"package": "plain"}'; reef tree
mine 0.1.0
|-- array: array 2.1.0-rc.1
`-- plain: plain 1.0.0
    `-- array: array 2.1.0-rc.1

# Asked for by one package, it is not forced upon the others; the project may.
$ rm -f reef.lock; sh ../needs '
>   "eager": {"package": "eager"},
>   "plain": {"package": "plain"}'; reef tree
! error: there is no solution:
!   mine 0.1.0 needs eager (reef.json:2:3)
!   mine 0.1.0 needs plain (reef.json:3:3)
!   eager 1.0.0 needs array >=2.1.0-rc.1 ($DIR/packages/eager-1.0.0/reef.json:6:20)
!   plain 1.0.0 needs array >=2, which takes no pre-release ($DIR/packages/plain-1.0.0/reef.json:6:20)
! hint: it works with array 2.1.0-rc.1, a pre-release, which a project must name: `reef add array@^2.1.0-rc.1`
! hint: it works without eager (reef.json:2:3)
! hint: it works without plain (reef.json:3:3)
? 5
$ reef add array@^2.1.0-rc.1 && reef tree
added `array`: array ^2.1.0-rc.1 (here: array 2.1.0-rc.1)
reef.lock is up to date
mine 0.1.0
|-- eager: eager 1.0.0
|   `-- array: array 2.1.0-rc.1
|-- plain: plain 1.0.0
|   `-- array: array 2.1.0-rc.1
`-- array: array 2.1.0-rc.1
$ rm -f reef.lock; sh ../needs '
>   "array": {"package": "array", "version": "<3"},
>   "eager": {"package": "eager"}'; reef tree
! error: there is no solution:
!   mine 0.1.0 needs array <3, which takes no pre-release (reef.json:2:3)
!   mine 0.1.0 needs eager (reef.json:3:3)
!   eager 1.0.0 needs array >=2.1.0-rc.1 ($DIR/packages/eager-1.0.0/reef.json:6:20)
! hint: it works with array 2.1.0-rc.1, a pre-release, which a project must name: `reef add array@^2.1.0-rc.1`
! hint: it works without array (reef.json:2:3)
! hint: it works without eager (reef.json:3:3)
? 5

# There is nothing else.
$ rm -f reef.lock; sh ../needs '
>   "early": {"package": "early"}'; reef tree
mine 0.1.0
`-- early: early 1.0.0-beta.2
$ rm -f reef.lock; sh ../needs '
>   "early": {"package": "early", "version": ">=1.0.0"}'; reef tree
! error: there is no solution:
!   mine 0.1.0 needs early >=1.0.0, there is only 1.0.0-beta.2 (reef.json:2:3)
! hint: early 1.0.0-beta.2 is a pre-release, older than 1.0.0: `>=1.0.0-beta.2` takes it
! hint: it works with early >=1.0.0-beta.2 (1.0.0-beta.2): `reef add 'early@>=1.0.0-beta.2'` changes `>=1.0.0` at reef.json:2:3
? 5
$ rm -f reef.lock; sh ../needs '
>   "array": {"package": "array", "version": ">2.0"}'; reef tree
! error: there is no solution:
!   mine 0.1.0 needs array >2.0, there are only 2.0.0, 1.0.0, 3.0.0-alpha.1 and 2.1.0-rc.1 (reef.json:2:3)
! hint: array 3.0.0-alpha.1 is a pre-release, which must be named: `>=3.0.0-alpha.1` takes it
! hint: it works with array ^2.0.0 (2.0.0): `reef add array@^2.0.0` changes `>2.0` at reef.json:2:3
? 5

# A range that no version can be in, and one that only a pre-release comes near.
$ cd ..; reef tree early@1
! error: no version of `early` is in `1`
! hint: there is `1.0.0-beta.2`
! hint: a pre-release comes before its release, and is asked for by its name: `early@1.0.0-beta.2`
? 4
$ reef tree 'array@>2,<1'
! error: no version can be in `>2,<1`
! hint: ranges look like `^1.2`, `>=1, <3` or `1.2 || >=3`
? 2
$ reef tree array@4
! error: no version of `array` is in `4`
! hint: there is `3.0.0-alpha.1`, `2.1.0-rc.1`, `2.0.0` and `1.0.0`
? 4

# What only a pre-release provides.
$ python3 make.py 'ort@1.0.0={}' 'ort@2.0.0-rc.1={"provides": {"rt": "2.0"}}' 'speech={"dependencies": {"rt": {"capability": "rt"}}}'
$ cd mine; rm -f reef.lock; sh ../needs '
>   "speech": {"package": "speech"}'; reef tree
! error: there is no solution:
!   mine 0.1.0 needs speech (reef.json:2:3)
!   speech 1.0.0 needs rt, there is only ort 2.0.0-rc.1 (rt 2.0; a pre-release, which must be named) ($DIR/packages/speech-1.0.0/reef.json:6:20)
! hint: it works with ort 2.0.0-rc.1, a pre-release, which a project must name: `reef add ort@^2.0.0-rc.1`
! hint: it works without speech (reef.json:2:3)
? 5
$ reef add ort@^2.0.0-rc.1 --quiet; reef tree
mine 0.1.0
|-- speech: speech 1.0.0
|   `-- rt: ort 2.0.0-rc.1
`-- ort: ort 2.0.0-rc.1

# It is asked for twice: `reef add` would not know which one to change.
$ rm -f reef.lock; sh ../needs '
>   "speech": {"package": "speech"},
>   "one": {"package": "ort"},
>   "two": {"package": "ort"}'; reef tree
! error: there is no solution:
!   mine 0.1.0 needs speech (reef.json:2:3)
!   speech 1.0.0 needs rt, there is only ort 2.0.0-rc.1 (rt 2.0; a pre-release, which must be named) ($DIR/packages/speech-1.0.0/reef.json:6:20)
! hint: it works with ort 2.0.0-rc.1, a pre-release, which a project must name: write `^2.0.0-rc.1` as the range of one of mine's dependencies on it
! hint: it works without speech (reef.json:2:3)
? 5
