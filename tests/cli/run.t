# A program that nobody can shut up: every parameter arrives byte for byte, and executes nothing.
$ reef run greet --name "O'Brien; \$(touch oops) \`id\` \"x\" a=b" --times 2 --tone loud --warmth=-1.5 --bow
<O'Brien; $(touch oops) `id` "x" a=b>
<2>
<loud>
<-1.5>
<true>
<.>
! greet of saboteur 1.0.0: ok
!   options     mood = calm
!   parameters  bow = true, name = O'Brien; $(touch oops) `id` "x" a=b, times = 2, tone = loud, warmth = -1.5
! record $RUN

$ reef run greet --name ''
<>
<1>
<soft>
<0.5>
<false>
<.>
! greet of saboteur 1.0.0: ok
!   options     mood = calm
!   parameters  bow = false, name = , times = 1, tone = soft, warmth = 0.5
! record $RUN

$ reef run greet --name $'two\nlines' --with mood=wild
<two
lines>
<1>
<soft>
<0.5>
<false>
<!>
! greet of saboteur 1.0.0: ok
!   options     mood = wild
!   parameters  bow = false, name = two\x0alines, times = 1, tone = soft, warmth = 0.5
! record $RUN

$ ls
files
reef.json
reef.lock

# Wrong parameters.
$ reef run greet --nmae x
! error: the action `greet` has no parameter `nmae`
! hint: did you mean `name`?
? 2

$ reef run greet --times 9
! error: expected a whole number from 1 to 3, got `9`
!   while reading parameter `times`
? 3

$ reef run greet --times many
! error: expected a whole number from 1 to 3, got `many`
!   while reading parameter `times`
? 3

$ reef run greet --warmth=-inf
! error: expected a number, got `-inf`
!   while reading parameter `warmth`
! hint: give a finite number: infinity and NaN cannot be recorded
? 3
$ reef run greet --warmth nan --json
{
  "error": {
    "code": "invalid_input",
    "context": [
      "reading parameter `warmth`"
    ],
    "hints": [
      "give a finite number: infinity and NaN cannot be recorded"
    ],
    "message": "expected a number, got `nan`",
    "place": null
  }
}
! error: expected a number, got `nan`
!   while reading parameter `warmth`
! hint: give a finite number: infinity and NaN cannot be recorded
? 3

$ reef run greet --tone lowd
! error: expected `soft` or `loud`, got `lowd`
!   while reading parameter `tone`
! hint: did you mean `loud`?
? 3

$ reef run greeet
! error: `saboteur` has no action `greeet`
! hint: did you mean `greet`?
? 4

# What is in the store is never written again.
$ reef run build
! error: `build` is not run: it fills the package's folder in the store, once
! hint: `reef install` does what is not built yet
? 2

$ reef run greet --with mood=wlid
! error: `mood` of `saboteur` has no option `wlid`
! hint: did you mean `wild`?
! hint: it has `calm` and `wild`
? 4

$ reef run greet --with mood=wild --with mood=calm
! error: `--with` chooses both `mood=wild` and `mood=calm`, and only one can be
! hint: leave one out; to measure both: `reef sweep ... --with mood=wild,calm`
? 2
$ reef run greet --with mood=wild,mood=calm
! error: `--with` chooses both `mood=wild` and `mood=calm`, and only one can be
! hint: leave one out; to measure both: `reef sweep ... --with mood=wild,calm`
? 2
$ reef run greet --with mood=wild --with mood=wild --dry-run --quiet | head -n 2
PACKAGE   VERSION  OPTIONS      STATE
saboteur  1.0.0    mood = wild  installed

$ reef run greet --with mod=wild
! error: `saboteur` has no variation `mod`
! hint: did you mean `mood`?
? 4

$ reef run
! error: which action? `reef run ACTION [PACKAGE]`
! hint: `reef info PACKAGE` lists its actions
? 2

$ reef run greet elsewhere
! error: there is no package `elsewhere` in the packages in `$SOURCE/packages`
! hint: `reef search` lists every package
? 4

$ reef run greet ./nowhere
! error: there is no `reef.json` or `reef.yaml` in `$DIR/nowhere`
! hint: `reef init` makes one
? 4

# Help lists the parameters of the action.
$ reef run greet --help | tail -n 8

Parameters of `greet`:
PARAMETER  TYPE             DEFAULT  MEANING
--name     string           world    whom to greet
--times    integer, 1 to 3  1        how often
--tone     soft | loud      soft     how
--warmth   number           0.5      degrees
--bow      boolean          false    whether to bow

$ reef run greet --help --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["usage"].splitlines()[1], [p["name"] for p in r["parameters"]])'
Usage: reef run [OPTIONS] [action] [package] ['name', 'times', 'tone', 'warmth', 'bow']

$ reef run greet -- --times 2
! error: `--times` was not expected: behind `--` there are no flags
! hint: parameters of an action stand without it: `reef run greet --times 2`
? 2

# A slip in a flag of `run` itself.
$ reef run greet --dryrun
! error: `reef run` has no flag `--dryrun`, and the action `greet` no parameter `dryrun`
! hint: did you mean `--dry-run`?
? 2

$ reef run greet --qeries 5
! error: `reef run` has no flag `--qeries`, and the action `greet` no parameter `qeries`
! hint: did you mean `--queries`?
? 2

$ reef run greet --nam x
! error: the action `greet` has no parameter `nam`
! hint: did you mean `name`?
? 2

# What an action sees: nothing of the caller's.
$ SECRET=1 reef run environment
GREETING HOME LANG LC_ALL PATH PWD PYTHONDONTWRITEBYTECODE REEF_JOBS REEF_METRICS REEF_OUTPUT REEF_PREFIX SOURCE_DATE_EPOCH TMPDIR TZ 
<`id` $(id) "quoted" = ünïcode>
! environment of saboteur 1.0.0: ok
!   options     mood = calm
! record $RUN

# What goes wrong goes wrong visibly, with the status of the program.
$ reef run seven
before
! going down
! seven of saboteur 1.0.0: failed: `sh` failed: exit status 7
!   options  mood = calm
! record $RUN
! reef.json:23:43: error: `sh` failed: exit status 7
!   23 |     "seven": {"run": [["echo", "before"], ["sh", "-c", "echo going down >&2; exit 7"], ["echo", "never"]]},
!      |                                           ^
!   while running the action `seven`
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 7

$ reef run crash
! crash of saboteur 1.0.0: failed: `sh` failed: killed by SIGSEGV (Segmentation fault)
!   options  mood = calm
! record $RUN
! reef.json:24:23: error: `sh` failed: killed by SIGSEGV (Segmentation fault)
!   24 |     "crash": {"run": [["sh", "-c", "kill -SEGV $$"]]},
!      |                       ^
!   while running the action `crash`
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 139

$ reef run missing
! missing of saboteur 1.0.0: failed: cannot find the program `no-such-program` on PATH=/usr/local/bin:/usr/bin:/bin
!   options  mood = calm
! record $RUN
! reef.json:25:25: error: cannot find the program `no-such-program` on PATH=/usr/local/bin:/usr/bin:/bin
!   25 |     "missing": {"run": [["no-such-program", "--help"]]},
!      |                         ^
!   while running the action `missing`
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 4

$ reef run unwilling
! unwilling of saboteur 1.0.0: failed: cannot start `$REEF_HOME/store/$DIGEST-saboteur-1.0.0/files/plain.txt`: Permission denied
!   options  mood = calm
! record $RUN
! reef.json:26:27: error: cannot start `$REEF_HOME/store/$DIGEST-saboteur-1.0.0/files/plain.txt`: Permission denied
!   26 |     "unwilling": {"run": [["${prefix}/files/plain.txt"]]},
!      |                           ^
!   while running the action `unwilling`
! hint: what is installed is never changed: `chmod +x files/plain.txt` in the package's folder, or in its `build`
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 7

$ reef run hang
! hang of saboteur 1.0.0: failed: `sleep` failed: stopped after $TIME: the time limit
!   options  mood = calm
! record $RUN
! reef.json:27:42: error: `sleep` failed: stopped after $TIME: the time limit
!   27 |     "hang": {"timeout": "200ms", "run": [["sleep", "1000"]]},
!      |                                          ^
!   while running the action `hang`
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 124

$ reef run middle
<a b>
<$(touch oops)>
! middle of saboteur 1.0.0: failed: `middle.sh` failed: exit status 1
!   options  mood = calm
! record $RUN
! reef.json:28:24: error: `middle.sh` failed: exit status 1
!   28 |     "middle": {"run": [{"script": "files/middle.sh", "args": ["a b", "$(touch oops)"]}]},
!      |                        ^
!   while running the action `middle`
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 1

# A script that nothing can run has a record of it, as a program that is missing.
$ reef run mute
! mute of saboteur 1.0.0: failed: the script `files/mute.py` does not say what runs it
!   options  mood = calm
! record $RUN
! reef.json:48:22: error: the script `files/mute.py` does not say what runs it
!   48 |     "mute": {"run": [{"script": "files/mute.py"}]}
!      |                      ^
!   while running the action `mute`
! hint: begin it with a line such as `#!/usr/bin/env python3`
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 3

# Numbers.
$ reef run measure
measure of saboteur 1.0.0: ok
  options     mood = calm

METRIC  VALUE  95 % INTERVAL  N  BETTER
score     0.5                    higher

record $RUN

$ reef run nan
! nan of saboteur 1.0.0: invalid: the metric `score` is `NaN`, which is not a number that can be compared
!   options  mood = calm
! record $RUN
! metrics.json:1:11: error: the metric `score` is `NaN`, which is not a number that can be compared
!   1 | {"score": NaN}
!     |           ^
!   while reading the metrics that the program reported
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 3

$ reef run words
! words of saboteur 1.0.0: invalid: the metric `score` must be a number, got a string
!   options  mood = calm
! record $RUN
! metrics.json:1:11: error: the metric `score` must be a number, got a string
!   1 | {"score": "good"}
!     |           ^
!   while reading the metrics that the program reported
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 3

$ reef run silent
! silent of saboteur 1.0.0: invalid: the program reported no metrics, but the action declares `score`
!   options  mood = calm
! record $RUN
! error: the program reported no metrics, but the action declares `score`
! hint: it must write JSON to the file named in $REEF_METRICS
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 3

$ reef run metrics-folder
! metrics-folder of saboteur 1.0.0: invalid: cannot read `$REEF_METRICS`: Is a directory
!   options  mood = calm
! record $RUN
! error: cannot read `$REEF_METRICS`: Is a directory
!   while reading the metrics that the program reported
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 7

# Workflows: what did not change is not repeated.
$ reef run chain --dry-run | sed -n '/^would run/,$p'
would run `chain` of saboteur 1.0.0:
  first: sh -c 'echo one > one.txt'
  second: cp one.txt two.txt
  second: sh -c 'echo '\''{"size": 4}'\'' > "$REEF_METRICS"'
  score: sh -c 'echo '\''{"score": 0.5}'\'' > "$REEF_METRICS"; echo kept > "$REEF_OUTPUT/result.txt"'

steps, as things are now:
  first: runs: it was not done before
  second: runs: it was not done before
  score: runs: it was not done before
$ reef run chain
chain of saboteur 1.0.0: ok
  options     mood = calm
  step        first: done
  step        second: done
  step        score: done

METRIC       VALUE  95 % INTERVAL  N  BETTER
score.score    0.5                    higher
second.size  $SIZE  lower

record $RUN

$ reef run chain
chain of saboteur 1.0.0: ok
  options     mood = calm
  step        first: unchanged
  step        second: unchanged
  step        score: done (it declares neither inputs nor outputs)

METRIC       VALUE  95 % INTERVAL  N  BETTER
score.score    0.5                    higher
second.size  $SIZE  lower

record $RUN

$ reef run chain --dry-run | sed -n '/^steps/,$p'
steps, as things are now:
  first: unchanged, left alone
  second: unchanged, left alone
  score: runs: it declares neither inputs nor outputs
$ reef run chain --from second --dry-run --json | python3 -c 'import json, sys; print(*(json.dumps(s, sort_keys=True) for s in json.load(sys.stdin)["steps"]), sep="\n")'
{"after": [], "after_build": false, "name": "first", "why": []}
{"after": [], "after_build": false, "name": "second", "why": ["everything from `second` on is repeated"]}
{"after": ["second"], "after_build": false, "name": "score", "why": ["everything from `second` on is repeated"]}
$ reef run chain --from second
chain of saboteur 1.0.0: ok
  options     mood = calm
  step        first: unchanged
  step        second: done (everything from `second` on is repeated)
  step        score: done (everything from `second` on is repeated)

METRIC       VALUE  95 % INTERVAL  N  BETTER
score.score    0.5                    higher
second.size  $SIZE  lower

record $RUN

# An edit of the manifest repeats the steps that it changes, and nothing else.
$ sed -i 's/Does what goes wrong/Goes wrong/; s/"cp", "one/"cp", "-f", "one/' reef.json
$ reef run chain --dry-run | sed -n '/^steps/,$p'
steps, as things are now:
  first: runs if the package, once it is built, holds other files
  second: runs: command `1` was changed
  score: runs: it declares neither inputs nor outputs
$ reef run chain | grep step
  step        first: unchanged
  step        second: done (command `1` was changed)
  step        score: done (it declares neither inputs nor outputs)
! note: saboteur 1.0.0 is built again: its files changed
$ reef run chain --dry-run | sed -n '/^steps/,$p'
steps, as things are now:
  first: unchanged, left alone
  second: unchanged, left alone
  score: runs: it declares neither inputs nor outputs
$ echo more > files/more; reef run chain --quiet --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["status"])'; rm files/more; reef run chain | grep step
ok
  step        first: done (package was changed)
  step        second: done (package was changed)
  step        score: done (it declares neither inputs nor outputs, and 1 more)

$ reef run broken-chain
! broken-chain of saboteur 1.0.0: failed: `false` failed: exit status 1
!   options  mood = calm
!   step  good: done
!   step  bad: failed
!   step  after: not started
! record $RUN
! reef.json:43:25: error: `false` failed: exit status 1
!   43 |         "bad": {"run": [["false"]], "needs": ["good"]},
!      |                         ^
!   while running the action `bad`
!   while running the step `bad`
! hint: the whole log: $REEF_HOME/records/$RUN/log-bad.txt
? 1

$ reef run chain --from third --dry-run
! error: there is no step `third`
! hint: the steps are `first`, `second` and `score`
? 4
$ reef run chain --from third
! error: there is no step `third`
!   while running the workflow `chain`
! hint: the steps are `first`, `second` and `score`
? 4

# What would happen.
$ reef run greet --dry-run
PACKAGE   VERSION  OPTIONS      STATE
saboteur  1.0.0    mood = calm  installed
why:
  saboteur 1.0.0: you asked for it; your own folder; mood = calm (locked)

would run `greet` of saboteur 1.0.0:
  printf '<%s>\n' world 1 soft 0.5 false .

$ reef run nothing --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["status"])'
ok

$ reef run seven --json 2>/dev/null | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["exit_status"], r["error"]["message"])'
failed 7 `sh` failed: exit status 7

# A flag of benchmarks where there is none.
$ reef run nothing --queries 10
! error: `nothing` is not a benchmark: it has no scenario, rate, queries, warm-up, duration or seed
? 2

# What an action declares to write is looked for after a benchmark, too; a step whose metrics are refused is not done.
$ mkdir declared && cd declared && printf '#!/bin/sh\ntouch model; echo "{\\"loss\\": $(cat "%s/loss")}" > "$REEF_METRICS"\n' "$PWD" > train.sh && chmod +x train.sh && echo NaN > loss
$ printf '{"reef": 1, "name": "declared", "version": "1.0.0", "kind": "program", "actions": {"bench": {"outputs": ["never"], "benchmark": {"command": ["true"]}},\n  "flow": {"steps": {"train": {"run": [["%s/train.sh"]], "outputs": ["model"], "metrics": {"loss": {"better": "lower"}}}}}}}' "$PWD" > reef.json
$ reef run bench --queries 2 2>/dev/null | sed -n '1s/ in .*//p'
bench of declared 1.0.0: failed: `bench` did not write what it declares: there is no `never`
$ reef run flow --quiet; echo 0.5 > loss; reef run flow | sed -n 2p
  step        train: done (its metrics are refused: the metric `loss` is `NaN`, which is not a number that can be compared)
! metrics.json:1:10: error: the metric `loss` is `NaN`, which is not a number that can be compared
!   1 | {"loss": NaN}
!     |          ^
!   while reading the metrics that the program reported
! note: declared 1.0.0 is built again: its files changed

# What an action declares to read is looked for before it runs.
$ mkdir -p ../reads && cd ../reads && echo '{"reef": 1, "name": "reads", "version": "1.0.0", "kind": "program", "actions": {"score": {"inputs": ["model"], "run": [["touch", "begun"]]}, "bench": {"inputs": ["model"], "benchmark": {"command": ["true"]}}}}' > reef.json
$ for action in score bench; do reef run $action --quiet 2>&1 | sed 's/ in .*//'; reef runs show last --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["action"], r["status"])'; done
reef.json:1:81: error: `score` needs a file that is not there: there is no `model`
  1 | {"reef": 1, "name": "reads", "version": "1.0.0", "kind": "program", "actions": {"score": {"inputs": ["model"], "run": [["touch", "begun"]]}, "bench": {"inputs":
    |                                                                                 ^
  while running the action `score`
hint: an action alone begins
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
score failed
reef.json:1:142: error: `bench` needs a file that is not there: there is no `model`
  1 | gram", "actions": {"score": {"inputs": ["model"], "run": [["touch", "begun"]]}, "bench": {"inputs": ["model"], "benchmark": {"command": ["true"]}}}}
    |                                                                                 ^
  while running the action `bench`
hint: an action alone begins
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
bench invalid
$ printf '{"reef": 1, "name": "reads", "version": "1.0.0", "kind": "program", "actions": {"flow": {"steps": {\n  "score": {"inputs": ["*.csv"], "run": [["true"]]}}}}}' > reef.json; reef run flow --quiet 2>&1 | sed 's/ in .*//'
reef.json:2:3: error: `score` needs a file that is not there: nothing matches `*.csv`
  2 |   "score": {"inputs": ["*.csv"], "run": [["true"]]}}}}}
    |   ^
  while running the step `score`
hint: the `inputs` of a step are written by steps that it `needs`, or lie
