# Mistakes of those who write packages and tools: they are said where they are, and nothing else is taken instead.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .

# A newer version with a mistake in its manifest: the older one is not taken. Who does not need it is not disturbed.
$ python3 make.py 'num@1.0.0={"actions": {"show": {"run": [["echo", "one"]]}}}' 'num@2.0.0={"action": {"show": {"run": [["echo", "two"]]}}}' 'sum={"dependencies": {"n": {"package": "num"}}}'
$ reef run show num
! $DIR/packages/num-2.0.0/reef.json:6:3: error: unknown key `action`
!   6 |   "action": {"show": {"run": [["echo", "two"]]}}
!     |   ^
! hint: did you mean `actions`?
? 3
$ reef install sum
! $DIR/packages/num-2.0.0/reef.json:6:3: error: unknown key `action`
!   6 |   "action": {"show": {"run": [["echo", "two"]]}}
!     |   ^
! hint: did you mean `actions`?
? 3
$ reef install num@1 --dry-run
! $DIR/packages/num-2.0.0/reef.json:6:3: error: unknown key `action`
!   6 |   "action": {"show": {"run": [["echo", "two"]]}}
!     |   ^
! hint: did you mean `actions`?
? 3
$ printf '{"reef": 1\n "name": "num"}' > packages/num-2.0.0/reef.json; reef install sum
! $DIR/packages/num-2.0.0/reef.json:2:7: error: this is not JSON: unexpected string literal; expected '}'
!   2 |  "name": "num"}
!     |       ^
? 3
$ printf '{}' > packages/num-2.0.0/reef.json; reef install sum 2>&1 | head -n 1
$DIR/packages/num-2.0.0/reef.json:1:1: error: missing key `reef`
$ python3 make.py 'other={"actions": {"show": {"run": [["echo", "other"]]}}}'; reef run show other 2> /dev/null
other
$ rm -r packages/num-2.0.0; reef run show num 2> /dev/null
one
