# Blanks, quotes, unicode and what a shell would execute, in every place that a path can be.
$ python3 make.py; ls
a 'project' ünï "q"
b i n 'ü'
cata logue 'é'
make.py
$ export REEF_PACKAGES="$PWD/cata logue 'é'" REEF_HOME="$PWD/hö [me] * \"\$(id)\"" TMPDIR="$PWD/t m p"; mkdir "$TMPDIR"
$ reef check "a 'project' ünï \"q\""
a 'project' ünï "q"/reef.json: odd is good
! a 'project' ünï "q"/reef.json: warning: there is no `license`: nobody else may use the package
! hint: say "license": "Apache-2.0", or another SPDX name
! a 'project' ünï "q"/reef.json: warning: there is no `summary`: `reef search` has nothing to show
! hint: say in one line what the package is
$ cd "a 'project' ünï \"q\""; reef install --quiet
$DIR/hö [me] * "$(id)"/store/$DIGEST-odd-1.0.0

$ reef run show
<built 'ß'>
<$DIR/hö [me] * "$(id)"/store/$DIGEST-friend-1.0.0/f ö.txt>
odd but fine
show of odd 1.0.0: ok

METRIC  VALUE  95 % INTERVAL  N  BETTER
score       1                    higher

record $RUN

$ reef runs show last --json | python3 -c 'import json, sys; print([f["path"] for f in json.load(sys.stdin)["outputs"]])'
["output/out püt '1'.txt"]

$ reef runs verify last
$RUN is whole

$ reef run flow
odd but fine
! flow of odd 1.0.0: ok
!   step        one: done
!   step        two: done
! record $RUN

$ reef run flow
! flow of odd 1.0.0: ok
!   step        one: unchanged
!   step        two: unchanged
! record $RUN

$ reef run show --dry-run
PACKAGE  VERSION  OPTIONS  STATE
friend   1.0.0    -        installed
odd      1.0.0    -        installed
why:
  friend 1.0.0: odd needs friend; the only version
  odd 1.0.0: you asked for it; your own folder

would run `show` of odd 1.0.0:
  '${source}/run it'\''s "ö d d" $(x) `y` ; 日本 & -z.sh' 'built '\''ß'\''' '${store}/$DIGEST-friend-1.0.0/f ö.txt'

$ reef install --locked
nothing to do: 2 packages are installed
$DIR/hö [me] * "$(id)"/store/$DIGEST-odd-1.0.0

$ reef exec -- sh -c 'cat "$FRIEND"'
friend

$ cd ..; reef run show "./a 'project' ünï \"q\"" --quiet
<built 'ß'>
<$DIR/hö [me] * "$(id)"/store/$DIGEST-friend-1.0.0/f ö.txt>
odd but fine
METRIC  VALUE  95 % INTERVAL  N  BETTER
score  1  higher

# A tool in such a folder, linked from another.
$ mkdir tools tools/pen; printf '#!/bin/sh\necho pen 3.1\n' > "b i n 'ü'/pen"; chmod +x "b i n 'ü'/pen"
$ cat > tools/pen/reef.json <<'END'
> {"reef": 1, "name": "pen", "kind": "tool",
>  "detect": {"programs": ["pen"], "ask": {"arguments": [["--version"]]}, "version": [{"pattern": "^pen ([0-9.]+)"}]}}
> END
$ export REEF_PACKAGES="$PWD/tools"; PATH="$PWD/b i n 'ü':$PATH" reef detect pen --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["tools"][0]["found"][0]["path"])'
$DIR/b i n 'ü'/pen

# No place is left in which a name was executed or cut.
$ find . -name '*uid*' -o -name 'x' -o -name y | sort
