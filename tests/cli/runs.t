# No run yet.
$ reef runs
no runs yet: `reef run benchmark PACKAGE` makes one

$ reef runs show last
! error: there are no records yet
? 4

$ reef pareto
! error: no run that is ok matches
! hint: measure some: `reef run benchmark PACKAGE`
? 4

$ REEF_CLOCK=1000000000 reef run measure --level 1 --quiet
METRIC  VALUE  95 % INTERVAL  N  BETTER
cost  $SIZE  lower
noise       3
score     0.1                    higher

$ REEF_CLOCK=1000000060 reef run measure --level 2 --quiet
METRIC  VALUE  95 % INTERVAL  N  BETTER
cost  $SIZE  lower
noise       3
score     0.2                    higher

$ REEF_CLOCK=1000000120 reef run fail --quiet
! reef.json:10:22: error: `false` failed: exit status 1
!   10 |     "fail": {"run": [["false"]]}
!      |                      ^
!   while running the action `fail`
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 1

$ reef runs
RUN                   PACKAGE      ACTION   STATUS  accuracy  latency  OPTIONS
$RUN  meter 1.0.0  fail     failed         -        -  -
$RUN  meter 1.0.0  measure  ok             -        -  -
$RUN  meter 1.0.0  measure  ok             -        -  -

$ reef runs --status failed --json | python3 -c 'import json, sys; print([r["action"] for r in json.load(sys.stdin)["runs"]])'
['fail']

$ reef runs --with engine=zzz
no run matches
$ reef runs --json --with engine=zzz
{
  "matching": 0,
  "problems": [],
  "runs": []
}

$ reef runs --status faild
! error: unknown status `faild`, expected `ok`, `failed`, `invalid` or `interrupted`
! hint: did you mean `failed`?
? 3

$ reef runs --with level
! error: expected `group=option` after `--with`, got `level`
? 2

$ reef runs show zzzz
! error: there is no record `zzzz`
! hint: `reef runs` lists all records
? 4

$ reef runs verify last
$RUN is whole

$ reef pareto --x cost --y score --action measure
          level  cost  score  RUN
frontier  1  $SIZE  0.1  $RUN
frontier  2  $SIZE  0.2  $RUN

frontier: no other run on it is at least as good in all and better in one; `frontier?`: not beyond the intervals

$ reef pareto --x cots --y score --action measure
! error: no run has a metric `cots`
! hint: did you mean `cost`?
? 4

$ reef pareto --x cost --y noise --action measure
! error: nobody declared whether a higher or a lower `noise` is better
! hint: declare it in the manifest: `"metrics": {"noise": {"better": "lower"}}`
? 3

$ a=$(ls "$REEF_HOME/records" | sed -n 1p); b=$(ls "$REEF_HOME/records" | sed -n 2p); reef compare $a $b
A  $RUN
B  $RUN

METRIC    A    B  B IS         CHANGE (99 % INTERVAL)
cost  $SIZE  $SIZE  worse
noise     3    3  same
score   0.1  0.2  cannot tell                          one number a run, and no declared tolerance

what differs (A, B):
  parameter level: 1, 2

$ a=$(ls "$REEF_HOME/records" | sed -n 1p); b=$(ls "$REEF_HOME/records" | sed -n 2p); reef compare --json $a $b | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["metrics"]["score"], r["only_a"], r["only_b"])'
{'a': 0.1, 'b': 0.2, 'better': 'higher', 'note': 'one number a run, and no declared tolerance', 'unit': '1', 'verdict': 'cannot tell'} [] []

$ reef pareto --json --x cost --y score --action measure | python3 -c 'import json, sys; r = json.load(sys.stdin); print([p["parameters"] for p in r["points"]], r["problems"])'
[{'level': 2}, {'level': 1}] []

$ reef compare last last
! error: run `$RUN` is failed: `false` failed: exit status 1
! hint: its numbers may not be compared; run it again
? 3

$ rm -r "$REEF_HOME/index.sqlite" && reef runs reindex
indexed 3 records

$ echo torn > "$REEF_HOME/index.sqlite"; reef runs --limit 1 | wc -l
3

# A fixed clock of others is not ours.
$ SOURCE_DATE_EPOCH=1 REEF_CLOCK=99999999999 reef run measure --level 3 --quiet; ls "$REEF_HOME/records" | grep -c ^1970
METRIC  VALUE  95 % INTERVAL  N  BETTER
cost  $SIZE  lower
noise       3
score     0.3                    higher
0
? 1

# What was edited is shown, and said to be.
$ run=$(ls "$REEF_HOME/records" | sed -n 1p); chmod -R u+w "$REEF_HOME/records/$run"; sed -i 's/"value": 0.1/"value": 0.9/' "$REEF_HOME/records/$run/record.json"; for verb in "runs show $run" "runs" "compare $run $(ls "$REEF_HOME/records" | sed -n 2p)" "report $run" "pareto --x cost --y score --action measure"; do reef $verb 2>&1 >/dev/null; done
warning: the record `$RUN` was changed after it was made
hint: its numbers are not those that were measured; run it again
warning: the record `$RUN` was changed after it was made
hint: its numbers are not those that were measured; run it again
warning: the record `$RUN` was changed after it was made
hint: its numbers are not those that were measured; run it again
warning: the record `$RUN` was changed after it was made
hint: its numbers are not those that were measured; run it again
warning: the record `$RUN` was changed after it was made
hint: its numbers are not those that were measured; run it again
$ reef compare $(ls "$REEF_HOME/records" | sed -n 1,2p) --fail-on slower
! error: the gate has nothing to judge: the record `$RUN` was changed after it was made
! hint: its numbers are not those that were measured: take another run, or measure it again
? 3

$ mkdir "$REEF_HOME/records/garbage"; reef runs show last | head -n 1; rmdir "$REEF_HOME/records/garbage"
measure of meter 1.0.0: ok

# What a program calls its metrics cannot move the cursor.
$ cp -r "$REEF_HOME" odd; for run in odd/records/*; do chmod -R u+w $run; sed -i 's/"noise"/"no\\u001b[31m\\u202eise"/' $run/record.json; done; rm odd/index.sqlite*; REEF_HOME=odd reef runs --sort qqqqqqqqqqqq 2>&1 >/dev/null | grep hint: | head -n 1; REEF_HOME=odd reef pareto --x qqqqqqqqqqqq --y score --action measure 2>&1 | grep "hint: there"
hint: there is `cost`, `no\x1b[31m\xe2\x80\xaeise` and `score`
hint: there is `cost`, `no\x1b[31m\xe2\x80\xaeise` and `score`

# A record that cannot be read is a warning, and part of the JSON.
$ for run in "$REEF_HOME"/records/*; do chmod u+w "$run" "$run/record.json"; echo torn > "$run/record.json"; break; done; rm "$REEF_HOME/index.sqlite"; reef runs 2>&1 >lines | sed "s/:.*error/: error/" | head -n 1; wc -l <lines; reef runs reindex --json 2>errors | python3 -c 'import json, sys; print([p["code"] for p in json.load(sys.stdin)["problems"]])'; wc -c <errors
warning: the record `$RUN` cannot be read: $REEF_HOME/records/$RUN/record.json:1:2: this is not JSON: invalid literal; last read: 'to'
4
['integrity']
0

# No run has two options of one group.
$ reef runs --with mood=wild --with mood=calm
! error: `--with` asks for both `mood=wild` and `mood=calm`, and no run has both
! hint: leave one out
? 2

# What no registry has is measured again in its folder.
$ reef report --action measure | grep 'reef run'
    reef run measure . --level=2  # in the folder of meter 1.0.0
    reef run measure . --level=3  # in the folder of meter 1.0.0
! warning: the record `$RUN` cannot be read: $REEF_HOME/records/$RUN/record.json:1:2: this is not JSON: invalid literal; last read: 'to'
! hint: `reef runs remove $RUN` throws it away

# Runs are thrown away, also those that nothing can read.
$ reef runs remove 19990101-000000-0000
! error: there is no record `$RUN`
! hint: `reef runs` lists all records
? 4
$ reef runs remove
! error: `reef runs remove` needs `ids`
! hint: `reef runs remove --help` explains it
? 2
$ reef runs --json 2>/dev/null | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["runs"]))'; reef runs remove "$(ls "$REEF_HOME/records" | head -n 1)" last; reef runs --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(len(r["runs"]), r["problems"])'
3
removed $RUN
removed $RUN
2 []
