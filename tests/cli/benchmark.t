# A program that answers by the line protocol; numbers are written N.
$ reef run benchmark --queries 7000 | ./numbers
benchmark of answers 1.0.0: ok
  parameters  mode = good

METRIC  VALUE  95 % INTERVAL  N  BETTER
accuracy  N  higher
context_switches  N N/query  lower
cpu_per_query  N  lower
first_answer  N  lower
latency  N  N  N  lower
latency.p90  N  N  N  lower
latency.p90.estimate  N  N  lower
latency.p99  N  N  N  lower
latency.p999  N  N  N  lower
load_time  N  lower
peak_memory  N  lower
throughput  N N/s  higher

record $RUN

$ reef run benchmark --queries 7 --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["scenario"], r["latency"]["n"] >= 7, r["metrics"]["accuracy"]["value"], sorted(r["metrics"]))'
ok single-stream True 1.0 ['accuracy', 'context_switches', 'cpu_per_query', 'first_answer', 'latency', 'latency.p90', 'latency.p90.estimate', 'latency.p99', 'latency.p999', 'load_time', 'peak_memory', 'throughput']

$ reef run benchmark --scenario offline --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["scenario"], r["latency"]["n"], r["metrics"]["accuracy"]["value"])'
ok offline 1 1.0

# Offline is one query: so many samples in it, whoever says queries, and the throughput is theirs.
$ reef run benchmark --scenario offline --queries 2000 --json | python3 -c 'import json, sys; r = json.load(sys.stdin); l = r["load"]; print(l["queries"], l["samples_per_query"], l["valid"], r["metrics"]["throughput"]["value"] < 1.001 * 2000 / r["latency"]["max"])'
1 2000 True True

$ reef run benchmark --scenario offline --samples-per-query 4
! error: a query of the offline scenario has every sample, not 4
! hint: `--queries N` asks for at least so many, each as often as the others
? 2
$ reef run benchmark --samples-per-query 4
! error: a query of the single-stream scenario has one sample, not 4
! hint: `--scenario multi-stream` has several
? 2
$ reef run benchmark --scenario multi-stream --samples-per-query 0
! error: a query of the multi-stream scenario has at least one sample, not 0
? 2

$ reef run benchmark --scenario multi-stream --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["scenario"], r["metrics"]["accuracy"]["value"])'
ok multi-stream 1.0

$ reef run benchmark --order loadgen --seed 7 --queries 7 --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["load"]["order"], r["load"]["seed"], r["metrics"]["accuracy"]["value"])'
ok loadgen 7 1.0

$ reef run benchmark --order loadgne
! error: unknown order `loadgne`, expected `rounds` or `loadgen`
! hint: did you mean `loadgen`?
? 3

$ reef run benchmark --order loadgen --accuracy
! error: `--accuracy` asks for every sample once, in order: it has no `--order`
? 2

$ reef run benchmark --scenario of-line
! error: unknown scenario `of-line`, expected `single-stream`, `multi-stream`, `server` or `offline`
! hint: did you mean `offline`?
? 3

# LoadGen's seeds have 64 bits; the record can be read.
$ reef run benchmark --queries 7 --seed 14276810075590677512 --quiet > /dev/null; reef runs show last --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["load"]["seed"] == 14276810075590677512)'
True

$ reef run benchmark --seed 99999999999999999999
! error: `--seed` is $DIGEST at most, got `$DIGEST`
? 2

$ reef run benchmark --queries -1
! error: `--min-queries` or `--queries` needs a whole number, got `-1`
? 2

$ reef run benchmark --queries none
! error: `--min-queries` or `--queries` needs a whole number, got `none`
? 2

$ reef run benchmark --duration 5parsecs
! error: expected a duration such as `90s`, `5ms` or `10min`, got `5parsecs`
? 3

# What goes wrong: each says what, with the last words of the program, and is never a number to compare.
$ for mode in dies crashes garbage refuses few newer chatty badly mute nan; do echo "# $mode"; reef run benchmark --mode $mode 2>&1 >/dev/null; echo "status $?"; done
\# dies
the last lines of benchmark:
  | out of memory, said the program
reef.json:7:5: error: the benchmark is invalid: the program ended while query 4 waited for its answer: exit status 1
  7 |     "benchmark": {
    |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 1
\# crashes
reef.json:7:5: error: the benchmark is invalid: the program ended while query 4 waited for its answer: killed by SIGABRT (Aborted)
  7 |     "benchmark": {
    |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 134
\# garbage
reef.json:7:5: error: the benchmark is invalid: the program answered query 4 with `no idea`, expected `a 4 ...`
  7 |     "benchmark": {
    |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 3
\# refuses
reef.json:7:5: error: the benchmark is invalid: the program could not answer query 4: out of memory
  7 |     "benchmark": {
    |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 3
\# few
reef.json:7:5: error: the benchmark is invalid: the answer to query 4 has 0 words for 1 samples: `a 4`
  7 |     "benchmark": {
    |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 3
\# newer
reef.json:7:5: error: the benchmark is invalid: the program speaks version 2 of the protocol, this reef speaks version 1
  7 |     "benchmark": {
    |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 3
\# chatty
reef.json:7:5: error: the benchmark is invalid: the program's first line must be `reef-protocol 1 <number of samples>`, it is `loading the model ...`
  7 |     "benchmark": {
    |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 3
\# badly
reef.json:7:5: error: the benchmark is invalid: the program ended badly after its last answer: exit status 4
  7 |     "benchmark": {
    |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 4
\# mute
error: the program reported no metrics, but the action declares `accuracy`
hint: it must write JSON to the file named in $REEF_METRICS
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 3
\# nan
metrics.json:1:14: error: the metric `accuracy` is `NaN`, which is not a number that can be compared
  1 | {"accuracy": NaN}
    |              ^
  while reading the metrics that the program reported
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 3

$ for mode in silent hangs; do echo "# $mode"; reef run quick --mode $mode 2>&1 >/dev/null; echo "status $?"; done
\# silent
quick of answers 1.0.0: invalid: stopped after $TIME: the time limit; it was not ready to answer
  parameters  mode = silent
record $RUN
reef.json:12:5: error: the benchmark is invalid: stopped after $TIME: the time limit; it was not ready to answer
  12 |     "quick": {
     |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 124
\# hangs
reef.json:12:5: error: the benchmark is invalid: stopped after $TIME: the time limit
  12 |     "quick": {
     |     ^
hint: the whole log: $REEF_HOME/records/$RUN/log.txt
status 124

$ reef run nowhere
! nowhere of answers 1.0.0: invalid: cannot find the program `no-such-program` on PATH=/usr/local/bin:/usr/bin:/bin
! record $RUN
! reef.json:29:5: error: cannot find the program `no-such-program` on PATH=/usr/local/bin:/usr/bin:/bin
!   29 |     "nowhere": {"benchmark": {"system": ["no-such-program"]}},
!      |     ^
!   while running the action `nowhere`
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 4

$ reef runs --json | python3 -c 'import collections, json, sys; print(sorted(collections.Counter(r["status"] for r in json.load(sys.stdin)["runs"]).items()))'
[('invalid', 13), ('ok', 7)]

# The record of what did not go well says why, too.
$ reef runs show last --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], "/", r["reason"])'
invalid / cannot find the program `no-such-program` on PATH=/usr/local/bin:/usr/bin:/bin

# A whole command. Its peak memory is known only where it is above reef's own at the start.
$ reef run command --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["scenario"], r["latency"]["n"] >= 5, sorted(set(r["metrics"]) - {"peak_memory"}))'
ok command True ['context_switches', 'cpu_per_query', 'latency', 'latency.p90', 'latency.p99', 'latency.p999']

# A time limit ends a benchmark as it would end any action; what was measured until then is kept.
$ reef run benchmark --duration 60s --time-limit 1500ms 2>&1 | grep -E "^benchmark|the benchmark is"
benchmark of answers 1.0.0: invalid: stopped after $TIME: the time limit
reef.json:7:5: error: the benchmark is invalid: stopped after $TIME: the time limit
$ reef run benchmark --duration 60s --time-limit 1500ms --json 2>/dev/null | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["latency"]["n"] > 10)'
invalid True

$ reef run command --status 3
! command of answers 1.0.0: invalid: run 1 failed: exit status 3
!   parameters  status = 3
! record $RUN
! reef.json:17:5: error: the benchmark is invalid: run 1 failed: exit status 3
!   17 |     "command": {
!      |     ^
! hint: the whole log: $REEF_HOME/records/$RUN/log.txt
? 3

$ reef run command --scenario offline
! error: `command` measures a whole command, which has no scenario and no order of samples
? 2

# Raw samples are kept: one number a measured query.
$ reef run benchmark --queries 7 --json >out; ls "$(python3 -c 'import json; print(json.load(open("out"))["folder"])')"
lock.json
log.txt
metrics.json
output
record.json
samples.bin

# An action's own parameter comes before the flag of the same name.
$ sed -i 's/"status": {"type": "integer", "default": 0}/"status": {"type": "integer", "default": 0}, "seed": {"type": "integer", "default": 1}/' reef.json

$ reef run command --seed -5 --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["parameters"])'
ok {'seed': -5, 'status': 0}

# The server scenario: queries at random moments. What is asked for in vain is told.
$ reef run benchmark --scenario server
! error: the server scenario needs a rate from 0.001 to 1e8 queries a second
! hint: give one with `--rate 2000`, or let `reef run` search it: `--find-peak --bound p99=5ms`
? 3

$ reef run benchmark --rate 0
! error: `--rate` needs queries a second, from 0.001 to 1e8, got `0`
? 2

$ reef run benchmark --rate 100 --bound p99=soon
! error: expected a duration such as `90s`, `5ms` or `10min`, got `soon`
? 3

$ reef run benchmark --rate 100 --bound p99=5
! error: the bound `p99=5` has no unit
! hint: `p99=5ms`, `p99=5us` or `p99=5s`?
? 3

$ reef run benchmark --find-peak
! error: a peak is the highest rate of the server scenario that keeps a latency bound
! hint: give both: `--scenario server --bound p99=5ms --find-peak`
? 3

# A search asks each rate for so many queries that the answer can be sure.
$ reef run benchmark --find-peak --bound p90=1ns --rate 1000 2>&1 | grep 'the search asks'
note: the search asks for 44 queries a rate, not 20: p90 takes so many to be 99 % sure of

$ reef run benchmark --rate 1000 --bound p90=10s --min-queries 200 --min-duration 100ms --json | python3 -c 'import json, sys; r = json.load(sys.stdin); l = r["load"]; print(r["status"], r["scenario"], l["rate"], l["bound"], l["valid"], l["reasons"], l["queries"] >= 200, l["lateness"]["n"] == l["queries"], r["metrics"]["lateness"]["value"] > 0)'
ok server 1000.0 p90=$TIME True [] True True True

$ reef run benchmark --rate 1000 --bound p90=1ns --min-queries 200 --min-duration 100ms --json 2>/dev/null | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["exit_status"], r["load"]["valid"], r["load"]["reasons"][0].split(" is ")[1:] != [])'
invalid 3 False True

# A bound that is kept but not yet sure to be is no broken one.
$ reef run benchmark --rate 1000 --bound p99=10s --queries 10 --duration 0s --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["exit_status"], r["load"]["valid"], r["load"]["reasons"][0].partition(", within")[2])'
ok 0 False  the bound of $TIME; with 0 of 10 queries over it, to be 99 % sure takes 459, 449 more

# An accuracy run: every sample once, and what was said to each.
$ reef run benchmark --accuracy --json >out; python3 -c 'import json; r = json.load(open("out")); print(r["status"], r["load"]["mode"], r["latency"], r["metrics"]["accuracy"]["value"], [f["path"] for f in r["outputs"]])'
ok accuracy None 1.0 ['output/answers.tsv']

# The conditions of the host come with every benchmark; energy is never zero for want of a counter.
$ reef runs show last --json | python3 -c 'import json, sys; c = json.load(sys.stdin)["conditions"]; print(c["grade"] in ("quiet", "fair", "noisy"), sorted(c), all(e["joules"] is not None or e["unavailable"] for e in c["energy"]))'
True ['after', 'before', 'during', 'energy', 'findings', 'grade'] True

# Ctrl-C while the program loads, and while a query waits for its answer: what was measured is kept and marked.
$ for mode in silent hangs; do python3 interrupt.py $mode.mark reef run benchmark --mode $mode=$PWD/$mode.mark --json >out 2>/dev/null; echo "status $?"; python3 -c 'import json; r = json.load(open("out")); print(r["status"], r["reason"], r["load"]["queries"], r["load"]["valid"])'; done
status 130
interrupted the user stopped it 0 None
status 130
interrupted the user stopped it 1 None

# Ctrl-C while the package to be measured is being built: nothing was run, so there is no record; the next run builds and measures it.
$ mkdir built; cp answer.py built; sed "s|\"actions\": {|&\"build\": {\"run\": [[\"sh\", \"-c\", \"cp answer.py \${prefix}; test -e $PWD/again \|\| { touch $PWD/built.mark; sleep 60; }\"]]},|" reef.json > built/reef.json; (cd built; reef runs --json > ../runs; python3 ../interrupt.py ../built.mark reef run benchmark --queries 7 --quiet 2>../stopped; echo "status $?"; grep error ../stopped; reef runs --json | cmp - ../runs; touch ../again; reef run benchmark --queries 7 --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["metrics"]["accuracy"]["value"])')
status 130
reef.json:6:33: error: `sh` failed: interrupted
ok 1.0

# A metric that is infinite is refused like one that is no number.
$ reef run benchmark --mode infinite 2>&1 >/dev/null | grep error
metrics.json:1:14: error: the metric `accuracy` is `Infinity`, which is not a number that can be compared

# In a workflow, how it is to be measured is part of what a step is.
$ for flags in "" "" "--queries 30" "--queries 30" ""; do reef run measured $flags | grep -o 'a: .*'; done
a: done
a: unchanged
a: done (settings is new)
a: unchanged
a: done (settings is gone)

# Side by side, what each side measures must be the same thing: the same scenario and load, and of one offline query
# the same size; else its rate alone is compared.
$ for name in plain server twenty; do mkdir -p sides/$name; sed "s/\"answers\"/\"$name\"/" reef.json > sides/$name/reef.json; cp answer.py sides/$name; done; sed -i '0,/"queries"/s//"scenario": "server", "rate": 500, "queries"/' sides/server/reef.json; sed -i 's/-protocol 1 10/-protocol 1 20/' sides/twenty/answer.py; REEF_PACKAGES=sides reef compare --interleaved plain server --pairs 2
! error: `plain` is measured as `single-stream`, `server` as `server (rate 500)`: these are two things
! hint: `--scenario`, and `--rate` with it, measures both in the same way
? 3

$ REEF_PACKAGES=sides reef compare --interleaved plain twenty --scenario offline --min-queries 15 --min-duration 1us --pairs 8 --quiet --json | python3 -c 'import json, sys; m = json.load(sys.stdin)["metrics"]; print(m["latency"]["verdict"], m["latency"]["note"]); print(m["throughput"]["note"].startswith("not compared"))'
cannot tell not compared: queries of 15 and of 20 samples
False

# An error after the first pair tells where the pairs are.
$ REEF_PACKAGES=sides reef compare --interleaved plain twenty --scenario offline --min-queries 15 --min-duration 1us --pairs 2 --quiet --metric latency --fail-on slower
! error: the gate could judge none of its metrics: `latency` (not compared: queries of 15 and of 20 samples)
! hint: declare a `tolerance` for what is one number a run, or name metrics that were compared: `--metric latency`
! hint: the pairs that were measured are there: `reef runs --sweep compare-$DIGEST`
? 3

# Each benchmarked step of a workflow keeps its own load.
$ reef run both --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["scenario"], {name: (step["scenario"], step["load"]["rate"]) for name, step in r["steps"].items()})'
offline {'bulk': ('offline', None), 'serve': ('server', 300.0)}

$ reef runs show last | grep -e '^  benchmark' -e '^  load' -e '^percentile' | sed 's/[0-9][0-9]*/N/g'
  benchmark   bulk
  load        offline, N query of N samples
  benchmark   serve
  load        server, N queries/s, N queries
percentile p of n values: the element at index floor(n p) when they are sorted

# `pack` takes the newest good record of each load.
$ for rate in 100 300 300; do reef run serve --rate $rate --queries 20 --quiet >/dev/null; done; reef pack -o loads.reef --quiet >/dev/null; reef inspect loads.reef | grep -c ' serve '; rm loads.reef
2

# So it is when it is replayed: each step under the load that it had.
$ reef run measured --rate 300 --queries 30 --quiet >/dev/null; reef pack --record "$(reef runs --limit 1 --json | grep -o '[0-9]*-[0-9]*-[0-9a-f]*' | head -n 1)" -o one.reef --quiet >/dev/null; reef replay one.reef --json | python3 -c 'import json, sys; r = json.load(sys.stdin)["runs"][0]; print(r["differences"], [v["reason"] for v in r["values"] if "load" in v["reason"] or "scenario" in v["reason"]])'
[] []

# What others read says which step a number is of, and none is lost.
$ reef run both --quiet >/dev/null; reef run both --quiet >/dev/null; export BOTH=$(reef runs --limit 1 --json | grep -o '[0-9]*-[0-9]*-[0-9a-f]*' | head -n 1); reef report $BOTH | grep '^| `' | cut -d'|' -f 4,5
 bulk | 1 
 serve | 20 
$ reef report $BOTH --format csv | python3 -c 'import csv, sys; r = next(csv.DictReader(sys.stdin)); print([r[c] for c in ("scenario", "rate", "bulk.scenario", "serve.scenario", "serve.rate")], [r[c] in ("quiet", "fair", "noisy") for c in ("noise", "bulk.noise", "serve.noise")])'
['', '', 'offline', 'server', '300'] [True, True, True]
$ reef report $BOTH --format gbench | python3 -c 'import json, sys; [print(b["name"], b["iterations"], b["real_time"] > 0) for b in json.load(sys.stdin)["benchmarks"]]'
answers/both/step:bulk/scenario:offline 1 True
answers/both/step:serve/scenario:server/rate:300 20 True
$ reef report $BOTH --format hyperfine | python3 -c 'import json, sys; [print(r["command"].rpartition("#")[2], len(r["times"]), r["parameters"]) for r in json.load(sys.stdin)["results"]]'
 step bulk 1 {'step': 'bulk'}
 step serve 20 {'step': 'serve'}
$ reef report $BOTH --format latex | grep answers | cut -d'&' -f 1,2
answers & bulk 
answers & serve 
$ reef report $BOTH --format mlperf --output logs; grep -r Scenario logs/*/mlperf_log_summary.txt; grep -l '"effective_scenario"' logs/*/mlperf_log_detail.txt
logs/bulk/mlperf_log_summary.txt:Scenario : Offline
logs/serve/mlperf_log_summary.txt:Scenario : Server
logs/bulk/mlperf_log_detail.txt
logs/serve/mlperf_log_detail.txt
$ reef runs show $BOTH | grep -c '^  noise'
2
$ reef compare $BOTH $BOTH --json | python3 -c 'import json, sys; m = json.load(sys.stdin)["metrics"]["serve.latency"]; print(m["lower"] < m["upper"], m["n"])'
True 20
$ reef pareto --action both --x latency --y serve.accuracy
! error: no run has a metric `latency`
! hint: did you mean `bulk.latency` or `serve.latency`?
? 4
$ reef dashboard --action both --json --limit 1 2>/dev/null | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["latency"]["quantiles"], {s: len(q[0]) for s, q in d["latency"]["steps"].items()}, "serve.steady" in d["times"], sorted(d["provenance"]["conditions"]["values"][0]["steps"]))'
[None] {'bulk': 17, 'serve': 17} True ['bulk', 'serve']

$ reef sweep both --minimize latency
! error: `both` is a workflow, and `latency` names none of its steps
! hint: the metric of which step? `bulk.latency` or `serve.latency`
? 4

# Each run of a sweep or of a comparison measures, whatever was measured before.
$ reef sweep measured --repeat 2 --quiet >/dev/null; reef runs --action measured --limit 2 --json | python3 -c 'import json, sys; print(len({(r["metrics"]["a.latency"], r["metrics"]["a.load_time"]) for r in json.load(sys.stdin)["runs"]}))'
2

# What was measured of a step that did not go well is kept, as that of the steps before it.
$ reef run later --mode dies --json 2>/dev/null | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], "/", r["reason"], "/", r["exit_status"], sorted(r["steps"]), r["steps"]["a"]["load"]["queries"], "bulk.latency" in r["metrics"])'
invalid / the step `a`: the program ended while query 4 waited for its answer: exit status 1 / 1 ['a', 'bulk'] 1 True
$ python3 interrupt.py later.mark reef run later --mode hangs=$PWD/later.mark --json >out 2>/dev/null; echo "status $?"; python3 -c 'import json; r = json.load(open("out")); print(r["status"], r["reason"], r["steps"]["a"]["load"]["queries"], "bulk.latency" in r["metrics"])'
status 130
interrupted the user stopped it 1 True
