# What can be asked for and cannot be had: cycles, what does not exist, ranges that nothing is in.
$ export REEF_PACKAGES=$PWD/packages
$ python3 make.py 'egg={"dependencies": {"hen": {"package": "hen"}}}' 'hen={"dependencies": {"egg": {"package": "egg"}}}'
$ reef install hen
! error: there is no solution:
!   hen must be built before itself: it needs egg (packages/hen-1.0.0/reef.json:6:20), which needs hen (packages/egg-1.0.0/reef.json:6:20)
! hint: packages may need one another to run: write `"for": "run"` for each of these
? 5

# A longer one, below what was asked for.
$ python3 make.py 'a={"dependencies": {"b": {"package": "b"}}}' 'b={"dependencies": {"c": {"package": "c"}}}' 'c={"dependencies": {"d": {"package": "d"}}}' 'd={"dependencies": {"b": {"package": "b", "for": "build"}}}'
$ reef install a
! error: there is no solution:
!   a 1.0.0 needs b (packages/a-1.0.0/reef.json:6:20)
!   b must be built before itself: it needs c (packages/b-1.0.0/reef.json:6:20), which needs d (packages/c-1.0.0/reef.json:6:20), which needs b (packages/d-1.0.0/reef.json:6:20)
! hint: packages may need one another to run: write `"for": "run"` for each of these
? 5

# Needing each other while running is no cycle: nothing has to be built first.
$ python3 make.py 'left={"dependencies": {"right": {"package": "right", "for": "run"}}}' 'right={"dependencies": {"left": {"package": "left", "for": "run"}}}'
$ reef install left | grep -c built
2

# A tool that cannot run yet builds nothing: what it needs to run is built before, and may not need what it builds.
$ python3 make.py 'gen={"dependencies": {"x": {"package": "x", "for": "run"}}}' 'c={"dependencies": {"gen": {"package": "gen", "for": "build"}}, "actions": {"build": {"run": [["sh", "-c", "cat $X_DIR/x > ${prefix}/c"]]}}}' 'x={"exports": {"env": {"X_DIR": "${prefix}"}}, "actions": {"build": {"run": [["sh", "-c", "echo made by x > ${prefix}/x"]]}}}'
$ reef install c && cat "$(reef store path c)/c"
built gen 1.0.0
built x 1.0.0
built c 1.0.0
$REEF_HOME/store/$DIGEST-c-1.0.0
made by x
$ python3 make.py 'x={"dependencies": {"c": {"package": "c", "for": "build"}}}'
$ reef install gen
! error: there is no solution:
!   gen must be built before itself: it needs x to run (packages/gen-1.0.0/reef.json:6:20), which needs c (packages/x-1.0.0/reef.json:6:20), which needs gen (packages/c-1.0.0/reef.json:6:20)
! hint: packages may need one another to run: write `"for": "run"` for each of these
? 5

# A package that needs itself.
$ python3 make.py 'self={"dependencies": {"me": {"package": "self"}}}'
$ reef install self
! $DIR/packages/self-1.0.0/reef.json:6:26: error: a package cannot depend on itself
!   6 |   "dependencies": {"me": {"package": "self"}}
!     |                          ^
? 3

# By a capability that it provides itself.
$ python3 make.py 'thing={"provides": {"stuff": "1.0"}, "dependencies": {"more": {"capability": "stuff", "for": "build"}}}'
$ reef install thing
! error: there is no solution:
!   thing must be built before itself: it needs thing (packages/thing-1.0.0/reef.json:7:20)
! hint: packages may need one another to run: write `"for": "run"` for each of these
? 5

# A workflow that goes round.
$ mkdir flow; cat > flow/reef.json <<'END'
> {
>   "reef": 1, "name": "flow", "version": "1.0.0", "kind": "program", "summary": "Goes round", "license": "MIT",
>   "actions": {
>     "round": {"steps": {
>       "train": {"run": [["true"]], "needs": ["measure"]},
>       "measure": {"run": [["true"]], "needs": ["train"]}
>     }},
>     "two": {"steps": {
>       "a": {"run": [["true"]], "needs": ["b"]}, "b": {"run": [["true"]], "needs": ["a"]},
>       "c": {"run": [["true"]], "needs": ["d"]}, "d": {"run": [["true"]], "needs": ["c"]}
>     }},
>     "alone": {"steps": {"one": {"run": [["true"]], "needs": ["one"]}}},
>     "lost": {"steps": {"one": {"run": [["true"]], "needs": ["oen"]}}},
>     "deep": {"steps": {"down": {"action": "deeper"}}},
>     "deeper": {"steps": {"up": {"action": "deep"}, "again": {"action": "deep"}}}
>   }
> }
> END
$ cd flow; reef check
! reef.json:6:7: error: the steps need one another in a circle: measure -> train -> measure
!   6 |       "measure": {"run": [["true"]], "needs": ["train"]}
!     |       ^
! reef.json:9:7: error: the steps need one another in a circle: a -> b -> a
!   9 |       "a": {"run": [["true"]], "needs": ["b"]}, "b": {"run": [["true"]], "needs": ["a"]},
!     |       ^
! reef.json:10:7: error: the steps need one another in a circle: c -> d -> c
!   10 |       "c": {"run": [["true"]], "needs": ["d"]}, "d": {"run": [["true"]], "needs": ["c"]}
!      |       ^
! reef.json:12:25: error: the steps need one another in a circle: one -> one
!   12 |     "alone": {"steps": {"one": {"run": [["true"]], "needs": ["one"]}}},
!      |                         ^
! reef.json:13:61: error: unknown step `oen`
!   13 |     "lost": {"steps": {"one": {"run": [["true"]], "needs": ["oen"]}}},
!      |                                                             ^
! hint: did you mean `one`?
! reef.json:14:5: error: the actions run one another in a circle: deep -> deeper -> deep
!   14 |     "deep": {"steps": {"down": {"action": "deeper"}}},
!      |     ^
! reef.json: 6 problems
? 3

$ reef run round
! reef.json:6:7: error: the steps need one another in a circle: measure -> train -> measure
!   6 |       "measure": {"run": [["true"]], "needs": ["train"]}
!     |       ^
! hint: 5 more problems in this file: `reef check` lists them all
? 3

$ cd ..

# A dependency that nobody has; a slip of the pen; a capability that nobody provides.
$ python3 make.py 'modle={"dependencies": {"data": {"package": "digitts"}, "blas": {"capability": "blass"}}}'
$ reef install modle
! error: there is no solution:
!   modle 1.0.0 needs digitts, there is no package `digitts` (packages/modle-1.0.0/reef.json:6:20)
! hint: did you mean `digits`?
? 5

$ python3 make.py 'other={"dependencies": {"data": {"package": "zzz-nothing-like-it"}}}'
$ reef install other
! error: there is no solution:
!   other 1.0.0 needs zzz-nothing-like-it, there is no package `zzz-nothing-like-it` (packages/other-1.0.0/reef.json:6:20)
? 5

# A range with nothing in it, and one that cannot have anything in it.
$ python3 make.py 'lib={}' 'lib@1.4.2={}' 'lib@2.0.0-rc.1={}' 'app={"dependencies": {"lib": {"package": "lib", "version": "^3"}}}'
$ reef install app
! error: there is no solution:
!   app 1.0.0 needs lib ^3, there are only 1.4.2, 1.0.0 and 2.0.0-rc.1 (packages/app-1.0.0/reef.json:6:20)
! hint: it would work if app took lib 1.4.2 (packages/app-1.0.0/reef.json:6:20)
? 5

$ python3 make.py 'app={"dependencies": {"lib": {"package": "lib", "version": ">=2, <1"}}}'
$ reef check packages/app-1.0.0; reef install app
! packages/app-1.0.0/reef.json:6:57: error: no version can be in `>=2, <1`
!   6 |   "dependencies": {"lib": {"package": "lib", "version": ">=2, <1"}}
!     |                                                         ^
! packages/app-1.0.0/reef.json: 1 problem
! $DIR/packages/app-1.0.0/reef.json:6:57: error: no version can be in `>=2, <1`
!   6 |   "dependencies": {"lib": {"package": "lib", "version": ">=2, <1"}}
!     |                                                         ^
? 3

$ python3 make.py 'app={"dependencies": {"lib": {"package": "lib", "version": "^2"}}}'
$ reef install app
! error: there is no solution:
!   app 1.0.0 needs lib ^2, there are only 1.4.2, 1.0.0 and 2.0.0-rc.1 (packages/app-1.0.0/reef.json:6:20)
! hint: lib 2.0.0-rc.1 is a pre-release, older than 2.0.0: `>=2.0.0-rc.1` takes it
! hint: it would work if app took lib 1.4.2 (packages/app-1.0.0/reef.json:6:20)
? 5

# Two packages that want different ones of a third.
$ python3 make.py 'plot={"dependencies": {"lib": {"package": "lib", "version": "~1.0"}}}' 'table={"dependencies": {"lib": {"package": "lib", "version": ">=1.2"}}}' 'report={"dependencies": {"plot": {"package": "plot"}, "table": {"package": "table"}}}'
$ reef install report
! error: there is no solution:
!   report 1.0.0 needs plot (packages/report-1.0.0/reef.json:6:20)
!   report 1.0.0 needs table (packages/report-1.0.0/reef.json:6:49)
!   plot 1.0.0 needs lib ~1.0 (packages/plot-1.0.0/reef.json:6:20)
!   table 1.0.0 needs lib >=1.2 (packages/table-1.0.0/reef.json:6:20)
! hint: it would work if plot took lib 1.4.2 (packages/plot-1.0.0/reef.json:6:20)
! hint: it would work if table took lib 1.0.0 (packages/table-1.0.0/reef.json:6:20)
? 5

# Asked for on the command line.
$ reef install lib@^3
! error: no version of `lib` is in `^3`
! hint: there is `2.0.0-rc.1`, `1.4.2` and `1.0.0`
? 4

$ reef install lib@2
! error: no version of `lib` is in `2`
! hint: there is `2.0.0-rc.1`, `1.4.2` and `1.0.0`
? 4

$ reef install lib@banana
! error: `banana` is not a version range: `banana` is not a version or a part of one
! hint: ranges look like `^1.2`, `~1.2`, `>=1, <3`, `1.*`, `=1.2.3`, `1.2 || >=3` or `*`
? 3

$ reef install lbi
! error: there is no package `lbi` in the packages in `$DIR/packages` and `$SOURCE/packages`
! hint: did you mean `lib`?
? 4

# A build that fails shows the end of what it printed, and where the rest is.
$ python3 make.py 'broken={"actions": {"build": {"run": [["sh", "-c", "seq 1 30; echo oh no >&2; exit 3"]]}}}' 'needs-broken={"dependencies": {"it": {"package": "broken"}}}'
$ reef install needs-broken
! the last lines of building broken 1.0.0:
!   | 13
!   | 14
!   | 15
!   | 16
!   | 17
!   | 18
!   | 19
!   | 20
!   | 21
!   | 22
!   | 23
!   | 24
!   | 25
!   | 26
!   | 27
!   | 28
!   | 29
!   | 30
!   | oh no
!   | [reef: `sh` failed: exit status 3]
! $DIR/packages/broken-1.0.0/reef.json:6:33: error: `sh` failed: exit status 3
!   6 |   "actions": {"build": {"run": [["sh", "-c", "seq 1 30; echo oh no >&2; exit 3"]]}}
!     |                                 ^
!   while running the action `build`
!   while building broken 1.0.0
! hint: the whole log: $REEF_HOME/logs/$DIGEST-broken-1.0.0.log
? 7

$ reef install needs-broken --json 2>/dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["error"])'
{'code': 'build_failed', 'context': ['running the action `build`', 'building broken 1.0.0'], 'hints': ['the whole log: $REEF_HOME/logs/$DIGEST-broken-1.0.0.log'], 'message': '`sh` failed: exit status 3', 'place': {'column': 33, 'file': '$DIR/packages/broken-1.0.0/reef.json', 'line': 6}}
