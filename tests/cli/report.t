# What others read, with names that want to be more than names.
$ python3 make.py

$ reef report --format md --package 'a|b<img src=x onerror=alert(1)>' --all --against 20260101-000000-0001 --across-hosts
\# a&#124;b&lt;img src=x onerror=alert(1)&gt; 1.0.0

## Verdicts: 2 slower, 2 faster, 4 same

Against `$RUN` (engine=native).

| run | metric | verdict | change, 99 % interval | n | before | now | note |
| --- | --- | --- | --- | ---: | ---: | ---: | ---: |
| engine==cmd&#124;'/C calc'\!A0 \$x^2 \\end{tabular} \`x\` &#64;you \]\]&gt; &#124; --- &#124; | latency | 🔴 **slower** | +20 % (+19.5 .. +20.5 %) | 1000 | $TIME | $TIME |  |
| engine==cmd&#124;'/C calc'\!A0 \$x^2 \\end{tabular} \`x\` &#64;you \]\]&gt; &#124; --- &#124; | latency.p99 | 🔴 **slower** | +20 % (+19.9 .. +20.1 %) | 1000 | $TIME | $TIME |  |
| engine=native | latency | 🟢 **faster** | 0.5 times (0.497 .. 0.502) | 1000 | $TIME | $TIME |  |
| engine=native | latency.p99 | 🟢 **faster** | 0.5 times (0.5 .. 0.5) | 1000 | $TIME | $TIME |  |
| engine=native | accuracy | **same** |  | 1 | 0.98 | 0.98 |  |
| engine=native | na&#124;me&lt;b&gt; | **same** |  | 1 | 1 a&#124;b | 1 a&#124;b |  |
| engine==cmd&#124;'/C calc'\!A0 \$x^2 \\end{tabular} \`x\` &#64;you \]\]&gt; &#124; --- &#124; | accuracy | **same** |  | 1 | 0.98 | 0.98 |  |
| engine==cmd&#124;'/C calc'\!A0 \$x^2 \\end{tabular} \`x\` &#64;you \]\]&gt; &#124; --- &#124; | na&#124;me&lt;b&gt; | **same** |  | 1 | 1 a&#124;b | 1 a&#124;b |  |

## Not measured

| run | choice | status | reason |
| --- | --- | --- | --- |
| `$RUN` | engine=stopped | interrupted | interrupted |
| `$RUN` | engine=broken | failed | =cmd&#124;'/C calc'\!A0 \$x^2 \\end{tabular} \`x\` &#64;you \]\]&gt; &#124; --- &#124; |

## Results

| run | choice | n | latency | latency.p99 | accuracy | na&#124;me&lt;b&gt; |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| `$RUN` | engine=native | 1000 | $TIME ($TIME .. $TIME) | $TIME ($TIME .. $TIME) | 0.98 | 1 a&#124;b |
| `$RUN` | engine==cmd&#124;'/C calc'\!A0 \$x^2 \\end{tabular} \`x\` &#64;you \]\]&gt; &#124; --- &#124; | 1000 | $TIME ($TIME .. $TIME) | $TIME ($TIME .. $TIME) | 0.98 | 1 a&#124;b |
| `$RUN` | engine=native | 1000 | $TIME ($TIME .. $TIME) | $TIME ($TIME .. $TIME) | 0.98 | 1 a&#124;b |

## Hosts

**Noisy** during 1 of 5 runs (other programs kept &lt;b&gt;1.9&lt;/b&gt; of 2 processors busy).

The same in all runs: threads: 2, arch: x86\_64.

What differs:

| fact | value | runs |
| --- | --- | --- |
| cpu\_model | Fast &amp; Furious 9000 | `$RUN` and 3 more |
| cpu\_model | Slow &lt;1&gt; | `$RUN` |

<details><summary>Measure it again</summary>

    reef run benchmark 'a|b<img src=x onerror=alert(1)>@=1.0.0' --with 'engine==cmd|'\''/C calc'\''!A0 $x^2 \end{tabular} `x` @you ]]>\x0a| --- |' --scenario=single-stream
    reef run benchmark 'a|b<img src=x onerror=alert(1)>@=1.0.0' --with engine=broken --scenario=single-stream
    reef run benchmark 'a|b<img src=x onerror=alert(1)>@=1.0.0' --with engine=native --scenario=single-stream
    reef run benchmark 'a|b<img src=x onerror=alert(1)>@=1.0.0' --with engine=stopped --scenario=single-stream

</details>

Percentiles are the element at index floor(n p) of the sorted values; their 95 % intervals are exact order statistics. A verdict needs the whole 99 % interval of the ratio beyond, or within, 3 %.

$ reef report --format junit --all --against 20260101-000000-0001 --across-hosts | tee report.xml | python3 -c 'import sys, xml.etree.ElementTree as x; r = x.parse(sys.stdin).getroot(); print(r.attrib["tests"], r.attrib["failures"], r.attrib["errors"], r.attrib["skipped"]); [print(c.attrib["name"], [f.tag for f in c if f.tag in ("failure", "error", "skipped")]) for c in r.iter("testcase")]'
13 3 0 1
engine=native scenario=single-stream []
engine=native scenario=single-stream: accuracy []
engine=native scenario=single-stream: latency []
engine=native scenario=single-stream: latency.p99 []
engine=native scenario=single-stream: na|me<b> []
engine=stopped scenario=single-stream ['skipped']
engine=broken scenario=single-stream ['failure']
engine==cmd|'/C calc'!A0 $x^2 \end{tabular} `x` @you ]]> | --- | scenario=single-stream []
engine==cmd|'/C calc'!A0 $x^2 \end{tabular} `x` @you ]]> | --- | scenario=single-stream: accuracy []
engine==cmd|'/C calc'!A0 $x^2 \end{tabular} `x` @you ]]> | --- | scenario=single-stream: latency ['failure']
engine==cmd|'/C calc'!A0 $x^2 \end{tabular} `x` @you ]]> | --- | scenario=single-stream: latency.p99 ['failure']
engine==cmd|'/C calc'!A0 $x^2 \end{tabular} `x` @you ]]> | --- | scenario=single-stream: na|me<b> []
engine=native scenario=single-stream (2) []

$ reef report --format csv --all | python3 -c 'import csv, sys; [print(r["id"], r["status"], r["option.engine"], r["latency"], r["latency.upper"], r["latency.n"]) for r in csv.DictReader(sys.stdin)]'
$RUN ok native 5.0481e-05 5.0518e-05 1000
$RUN interrupted stopped   
$RUN failed broken   
$RUN ok '=cmd|'/C calc'!A0 $x^2 \end{tabular} `x` @you ]]>
| --- | 0.$DIGEST 0.000121262 1000
$RUN ok native 0.$DIGEST 0.$DIGEST 1000

$ reef report --format latex 20260101-000000-0001 20260101-000000-0002
% Needs \usepackage{booktabs}. Percentiles with their 95 % order-statistic intervals; of repeated runs the median.
% Percentile p of n values is the element at index floor(n p) when they are sorted.
\\begin{tabular}{lrrrr}
\\toprule
engine & latency [us] & latency.p99 [us] & accuracy & na\textbar{}me\textless{}b\textgreater{} [a\textbar{}b] \\
\\midrule
native & 101 (101--101.1) & 102 (102--102) & 0.98 & 1 \\
=cmd\textbar{}'/C calc'!A0 \$x\textasciicircum{}2 \textbackslash{}end\{tabular\} `x` @you ]]\textgreater{} \textbar{} -{}-{}-{} \textbar{} & 121.2 (121.1--121.3) & 122.4 (122.4--122.4) & 0.98 & 1 \\
\\bottomrule
\\end{tabular}

$ reef report --format gbench --all | python3 -c 'import json, sys; [print(b["name"], b["real_time"], b["time_unit"], b.get("error_occurred")) for b in json.load(sys.stdin)["benchmarks"]]'
a|b<img src=x onerror=alert(1)>/benchmark/engine:native $TIME None
a|b<img src=x onerror=alert(1)>/benchmark/engine:stopped None ns True
a|b<img src=x onerror=alert(1)>/benchmark/engine:broken None ns True
a|b<img src=x onerror=alert(1)>/benchmark/engine:=cmd|'/C calc'!A0 $x^2 \end{tabular} `x` @you ]]>
| --- | $TIME None
a|b<img src=x onerror=alert(1)>/benchmark/engine:native $TIME None

$ reef report --format hyperfine 20260101-000000-0002 | python3 -c 'import json, sys; [print(r["command"], r["mean"], len(r["times"])) for r in json.load(sys.stdin)["results"]]'
reef run benchmark 'a|b<img src=x onerror=alert(1)>@=1.0.0' --with 'engine==cmd|'\''/C calc'\''!A0 $x^2 \end{tabular} `x` @you ]]>
| --- |' --scenario=single-stream 0.$DIGEST 1000

$ reef report --format github-benchmark 20260101-000000-0002 | python3 -c 'import json, sys; [print(b["name"], b["unit"], b["value"], b.get("range")) for b in json.load(sys.stdin)]'
a|b<img src=x onerror=alert(1)>/benchmark/engine:=cmd|'/C calc'!A0 $x^2 \end{tabular} `x` @you ]]>
| --- | latency s 0.$DIGEST 0.000121135 .. 0.000121262
a|b<img src=x onerror=alert(1)>/benchmark/engine:=cmd|'/C calc'!A0 $x^2 \end{tabular} `x` @you ]]>
| --- | latency.p99 s 0.000122373 0.000122355 .. 0.000122394
! note: 1 value is left out, a file has one direction: `--better higher` writes the others
! note: 1 value is left out: nobody declared whether a higher or a lower one is better

$ reef report --format github-benchmark --better higher 20260101-000000-0002 --quiet | python3 -c 'import json, sys; print([b["name"].split()[-1] for b in json.load(sys.stdin)])'
['accuracy']

$ reef report --format mlperf 20260101-000000-0002 --output logs; cat logs/mlperf_log_summary.txt; python3 -c 'import json; lines = open("logs/mlperf_log_detail.txt").read().splitlines(); print([json.loads(l.split(" ", 1)[1])["value"] for l in lines if "result_validity" in l or "90.00_perc" in l])'
================================================
MLPerf Results Summary
================================================
SUT name : a|b<img src=x onerror=alert(1)> 1.0.0 (measured by reef, not an official MLPerf result)
Scenario : SingleStream
Mode     : PerformanceOnly
90th percentile latency (ns) : 122176
Result is : VALID
  Min duration satisfied : Yes
  Min queries satisfied : Yes
  Early stopping satisfied: Yes
Early Stopping Result:
 * Processed at least 64 queries (1000).
 * Early stopping 90th percentile estimate: 122214
 * Early stopping 99th percentile estimate: 122397

================================================
Additional Stats
================================================
Min latency (ns)                : 120003
Max latency (ns)                : 122398
Mean latency (ns)               : 121210
50.00 percentile latency (ns)   : 121207
90.00 percentile latency (ns)   : 122176
95.00 percentile latency (ns)   : 122291
97.00 percentile latency (ns)   : 122321
99.00 percentile latency (ns)   : 122373
99.90 percentile latency (ns)   : 122398

================================================
Test Parameters Used
================================================
query_count : 1000

No warnings encountered during test.

No errors encountered during test.
['VALID', 122176.0]

$ reef report --format mlperf --all
! error: LoadGen's files are of one run, 5 were given
! hint: name one: `reef report last --format mlperf`
? 3

# Timings of different processors say nothing about the software.
$ reef report 20260101-000000-0001 20260101-000000-0005
! error: timings of different processors say nothing about the software: `$RUN` ran on Fast & Furious 9000, `$RUN` on Slow <1>
! hint: `--across-hosts` compares them all the same
? 3

$ reef report 20260101-000000-0001 20260101-000000-0005 --across-hosts | grep latency | head -n 1
| benchmark | latency | 🟢 **faster** | 0.5 times (0.497 .. 0.502) | 1000 | $TIME | $TIME |  |

$ reef compare 20260101-000000-0001 20260101-000000-0005
A  $RUN
B  $RUN

METRIC            A        B  B IS         CHANGE (99 % INTERVAL)
accuracy       0.98     0.98  same
latency  $TIME  $TIME  cannot tell                          not compared: another processor
latency.p99  $TIME  $TIME  cannot tell                          not compared: another processor
na|me<b>      1 a|b    1 a|b  same

what differs (A, B):
  host cpu_model: Fast & Furious 9000, Slow <1>

Timings of different processors were not compared; `--across-hosts` compares them all the same.

# A gate.
$ reef report 20260101-000000-0001 20260101-000000-0002 --fail-on slower --metric latency >/dev/null
! gate: $RUN: latency is slower
? 1

$ reef report 20260101-000000-0001 20260101-000000-0002 --fail-on slower >/dev/null
! note: the gate leaves out `na|me<b>`: nobody declared which direction is better
! gate: $RUN: latency is slower
! gate: $RUN: latency.p99 is slower
? 1

$ reef report 20260101-000000-0001 20260101-000000-0002 --fail-on slower --metric 'latency,na|me<b>' >/dev/null
! error: `na|me<b>` cannot be in a gate: nobody declared which direction is better
! hint: declare it in the manifest: `"metrics": {"na|me<b>": {"better": "lower"}}`, or name the metrics that count: `--metric latency`
? 3
$ reef compare 20260101-000000-0001 20260101-000000-0002 --fail-on slower >/dev/null
! note: the gate leaves out `na|me<b>`: nobody declared which direction is better
! gate: latency is slower
! gate: latency.p99 is slower
? 1

# A gate that judged nothing does not pass: metrics without a verdict, other processors, a run that failed.
$ reef compare 20260101-000000-0001 20260101-000000-0005 --fail-on slower --metric latency,accuracy
! error: `latency` cannot be in a gate: timings of different processors say nothing about the software
! hint: `--across-hosts` compares them all the same; `--metric NAME` names what counts
? 3
$ reef report 20260101-000000-0001 20260101-000000-0004 --fail-on slower --metric latency >/dev/null
! gate: $RUN: interrupted: interrupted
? 1
$ reef report 20260101-000000-0001 20260101-000000-0001 --fail-on slower --metric latency >/dev/null
! error: the gate has nothing to judge: no other run is `benchmark` of a|b<img src=x onerror=alert(1)> in the scenario `single-stream`, as the baseline `$RUN` is
! hint: `reef runs` lists all runs
? 3

$ cp -r $REEF_HOME other; sed -i 's/, "tolerance": 0.005//' other/records/*/record.json; sed -i 's/"value": 0.98/"value": 0.9/' other/records/20260101-000000-0002/record.json; REEF_HOME=other reef compare 20260101-000000-0001 20260101-000000-0002 --fail-on slower --metric accuracy
! error: the gate could judge none of its metrics: `accuracy` (one number a run, and no declared tolerance)
! hint: declare a `tolerance` for what is one number a run, or name metrics that were compared: `--metric latency`
? 3

# Latencies that are gone are no empty list, and a run without them is said to be left out.
$ cp -r $REEF_HOME gone; rm -f gone/records/20260101-000000-0001/samples.bin; REEF_HOME=gone reef report 20260101-000000-0001 --format hyperfine
! error: the latencies of the run `$RUN` cannot be read: cannot open `$DIR/gone/records/$RUN/samples.bin`: No such file or directory
! hint: formats that show a summary of them, such as `md`, still can be written
? 6
$ reef report 20260101-000000-0004 --format hyperfine
{
  "results": []
}
! note: the run `$RUN` is left out, it is interrupted

$ reef report last --fail-on slower
! error: `--fail-on` needs a baseline
! hint: name it: `--against RUN`
? 2

$ reef report --format junitt
! error: unknown format `junitt`, expected `md`, `junit`, `csv`, `latex`, `gbench`, `hyperfine`, `mlperf` or `github-benchmark`
! hint: did you mean `junit`?
? 2

$ reef report --package nowhere
! error: no run has the package `nowhere`
! hint: there is `a|b<img src=x onerror=alert(1)>`
? 4

$ reef report --where 'latncy < 1ms'
! --where:1:1: error: there is no `latncy` to compare
!   1 | latncy < 1ms
!     | ^
! hint: did you mean `latency`?
? 4

$ reef runs --sort latncy
! error: no run has the metric `latncy`
! hint: did you mean `latency`?
? 4

$ reef runs --package hostil
! error: no run has the package `hostil`
! hint: there is `a|b<img src=x onerror=alert(1)>`
? 4

$ reef runs --status faild
! error: unknown status `faild`, expected `ok`, `failed`, `invalid` or `interrupted`
! hint: did you mean `failed`?
? 3

# `-` is standard output, and no file.
$ reef report --format csv --limit 1 --output - | head -n 1 | cut -c 1-18; ls ./-
id,started,package
! ls: cannot access './-': No such file or directory
? 2

# What a metric means depends on the scenario: another one is no better or worse. With one of the same among them, that
# one is judged.
$ export REEF_HOME=$PWD/scenarios; python3 make.py scenarios; reef compare 20260101-000000-0001 20260101-000000-0006
A  $RUN
B  $RUN

METRIC            A       B  B IS         CHANGE (99 % INTERVAL)
accuracy       0.98    0.98  same
latency  $TIME  $TIME  cannot tell                          not compared: another scenario
latency.p99  $TIME  $TIME  cannot tell                          not compared: another scenario
na|me<b>      1 a|b   1 a|b  same

what differs (A, B):
  scenario: single-stream, server

$ export REEF_HOME=$PWD/scenarios; reef compare 20260101-000000-0001 20260101-000000-0006 --fail-on slower --metric latency >/dev/null
! error: `latency` cannot be in a gate: the two runs have different scenarios, in which it means different things
! hint: compare runs of one scenario; `--metric NAME` names what counts
? 3

$ export REEF_HOME=$PWD/scenarios; reef report 20260101-000000-0001 20260101-000000-0006 --fail-on slower >/dev/null
! error: the gate has nothing to judge: no other run is `benchmark` of a|b<img src=x onerror=alert(1)> in the scenario `single-stream`, as the baseline `$RUN` is
! hint: `reef runs` lists all runs
? 3

$ export REEF_HOME=$PWD/scenarios; reef report 20260101-000000-0001 20260101-000000-0002 20260101-000000-0006 --fail-on slower --metric latency --format junit | grep -c compare
4
! note: 1 run of the scenario `server` is not compared: the baseline is `single-stream`
! gate: $RUN: latency is slower

$ export REEF_HOME=$PWD/scenarios; reef pareto --where "engine == native" --all | sed -n '1,/^$/p'
          engine  latency  accuracy  RUN
frontier  native  $TIME  0.98  $RUN
\
! note: points of the processor `Fast & Furious 9000` only; 1 point of the processor `Slow <1>` is not compared with them: `--where "processor == 'NAME'"` chooses
! note: points of the scenario `server` only; 1 point of the scenario `single-stream` is not compared with them: `--where "scenario == 'NAME'"` chooses

# So it is with another load: another rate, another number of samples per query. Every setting that differs is named.
$ export REEF_HOME=$PWD/loads; python3 make.py loads; reef compare 20260101-000000-0008 20260101-000000-0009
A  $RUN
B  $RUN

METRIC            A       B  B IS         CHANGE (99 % INTERVAL)
accuracy       0.98    0.98  same
latency  $TIME  $TIME  cannot tell                          not compared: another load
latency.p99  $TIME  $TIME  cannot tell                          not compared: another load
na|me<b>      1 a|b   1 a|b  same

what differs (A, B):
  setting bound: p99=$TIME, p99=$TIME
  setting order: rounds, loadgen
  setting pacing: sleep, spin
  setting rate: 500, 50000
  setting seed: 1, 2
  setting warmup: 10, 20

$ export REEF_HOME=$PWD/loads; reef compare 20260101-000000-000b 20260101-000000-000c | grep -e latency -e setting
latency  $TIME  $TIME  cannot tell                          not compared: another load
latency.p99  $TIME  $TIME  cannot tell                          not compared: another load
  setting samples_per_query: 8, 64

# Two searches are one choice; what each measured at the rate that it found is no more alike for that.
$ export REEF_HOME=$PWD/loads; reef compare 20260101-000000-000d 20260101-000000-000e | grep -e latency -e setting
latency  $TIME  $TIME  cannot tell                          not compared: each at the rate that its search found
latency.p99  $TIME  $TIME  cannot tell                          not compared: each at the rate that its search found

$ export REEF_HOME=$PWD/loads; reef compare 20260101-000000-0008 20260101-000000-0009 --fail-on slower --metric latency >/dev/null
! error: `latency` cannot be in a gate: the two runs have different loads, under which it means different things
! hint: compare runs of one rate and one number of samples per query; `--metric NAME` names what counts
? 3

$ export REEF_HOME=$PWD/loads; reef report 20260101-000000-0008 20260101-000000-0009 --fail-on slower >/dev/null
! error: the gate has nothing to judge: no other run is `benchmark` of a|b<img src=x onerror=alert(1)> in the scenario `server` with rate 500, as the baseline `$RUN` is
! hint: `reef runs` lists all runs
? 3

$ export REEF_HOME=$PWD/loads; reef report 20260101-000000-0008 20260101-000000-0009 20260101-000000-000a --format md | sed '/^## Hosts/,$d'
\# a&#124;b&lt;img src=x onerror=alert(1)&gt; 1.0.0

## Verdicts: 4 same

Against `$RUN` (rate=500).

| run | metric | verdict | change, 99 % interval | n | before | now | note |
| --- | --- | --- | --- | ---: | ---: | ---: | ---: |
| rate=500 | accuracy | **same** |  | 1 | 0.98 | 0.98 |  |
| rate=500 | latency | **same** | +0.0277 % (-0.435 .. +0.492 %) | 1000 | $TIME | $TIME |  |
| rate=500 | latency.p99 | **same** | +0.00196 % (-0.0562 .. +0.0544 %) | 1000 | $TIME | $TIME |  |
| rate=500 | na&#124;me&lt;b&gt; | **same** |  | 1 | 1 a&#124;b | 1 a&#124;b |  |

## Results

| run | choice | n | latency | latency.p99 | accuracy | na&#124;me&lt;b&gt; |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| `$RUN` | rate=500 | 1000 | $TIME ($TIME .. $TIME) | $TIME ($TIME .. $TIME) | 0.98 | 1 a&#124;b |
| `$RUN` | rate=50000 | 1000 | $TIME ($TIME .. $TIME) | $TIME ($TIME .. $TIME) | 0.98 | 1 a&#124;b |
| `$RUN` | rate=500 | 1000 | $TIME ($TIME .. $TIME) | $TIME ($TIME .. $TIME) | 0.98 | 1 a&#124;b |
\
! note: 1 run with another load (rate 50000) is not compared: the baseline has rate 500

$ export REEF_HOME=$PWD/loads; reef pareto --where 'scenario == "server"' | sed -n '1,/^$/p'
          engine  latency  accuracy  RUN
frontier  native  $TIME  0.98  $RUN
\
! note: points of rate peak only; 1 point of rate 500, 1 point of rate 50000 are not compared with them: `--where "rate == VALUE"` chooses
! note: each point is one run, whose interval does not hold the differences between runs: `reef sweep --repeat 5` measures those
! note: 2 older runs are left out: `--all` draws every run

$ export REEF_HOME=$PWD/loads; for where in 'rate == 500' 'rate == peak'; do reef pareto --all --where "scenario == 'server' and $where" 2>&1 >/dev/null | grep 'points of'; done
note: points of the rate 1100 that a search found only; 1 point of the rate 900 that a search found is not compared with them: `--x peak_rate` compares what searches found, `latency` what was measured at one rate, with `--rate N`

# Which step has which load is part of it.
$ export REEF_HOME=$PWD/steps; python3 make.py steps; reef pareto --x a.latency --y b.latency 2>&1 >/dev/null | grep 'points of'
note: points of a.rate 2000, b.rate 200 only; 1 point of a.rate 200, b.rate 2000 is not compared with them: `--where` with `a.rate` or `b.rate` chooses

$ export REEF_HOME=$PWD/steps; reef pareto --x latency --y accuracy --where 'engine == native' 2>&1 >/dev/null | grep 'no scenario'
note: points of the scenario `server` only; 1 point of no scenario, 1 point of the scenario `single-stream` are not compared with them: `--where "scenario == 'NAME'"` chooses

$ export REEF_HOME=$PWD/loads; reef runs --where 'rate == 500 or samples_per_query == 64' --json | grep -e matching -e '"id"'
  "matching": 3,
      "id": "$RUN",
      "id": "$RUN",
      "id": "$RUN",

$ export REEF_HOME=$PWD/loads; for format in github-benchmark gbench; do reef report --where 'scenario in ("server", "multi-stream")' --format $format | grep -o '"name": .*' | grep -v -e p99 -e accuracy; done
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:server/rate:peak latency",
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:multi-stream/samples_per_query:64 latency",
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:multi-stream/samples_per_query:8 latency",
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:server/rate:500 latency",
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:server/rate:50000 latency",
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:server/rate:peak",
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:multi-stream/samples_per_query:64",
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:multi-stream/samples_per_query:8",
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:server/rate:500",
"name": "a|b<img src=x onerror=alert(1)>/benchmark/engine:native/scenario:server/rate:50000",
! note: 5 values are left out, a file has one direction: `--better higher` writes the others
! note: 5 values are left out: nobody declared whether a higher or a lower one is better

$ export REEF_HOME=$PWD/loads; reef report --where 'scenario in ("server", "multi-stream")' --format csv | tr -d '\r' | cut -d, -f 7,8,9 ; reef report --where 'scenario == "multi-stream"' --format junit | grep -o ' name="[^"]*" time'; reef report --where 'scenario == "multi-stream"' --format latex | grep ' & '
scenario,rate,samples_per_query
server,peak,
multi-stream,,64
multi-stream,,8
server,500,
server,50000,
 name="engine=native samples_per_query=64 scenario=multi-stream" time
 name="engine=native samples_per_query=8 scenario=multi-stream" time
samples\_per\_query & latency [us] & latency.p99 [us] & accuracy & na\textbar{}me\textless{}b\textgreater{} [a\textbar{}b] \\
64 & 777.7 (777.2--778.2) & 785.2 (785.2--785.4) & 0.98 & 1 \\
8 & 101 (101--101.1) & 102 (102--102) & 0.98 & 1 \\

# A record that cannot be read may be the newest of its choice, and one that was changed says what nobody measured:
# neither passes for a number.
$ export REEF_HOME=$PWD/torn; python3 make.py; rm -r $REEF_HOME/records/*-000[345]; sed -i 's/{"format"/{"digest": "00", "format"/' $REEF_HOME/records/*-0002/record.json; cp -r $REEF_HOME/records/20260101-000000-0001 $REEF_HOME/records/20260101-000000-0008; truncate -s 9 $REEF_HOME/records/*-0008/record.json; reef report | sed '/^## Hosts/,$d'
\# a&#124;b&lt;img src=x onerror=alert(1)&gt; 1.0.0

## Not measured

| run | choice | status | reason |
| --- | --- | --- | --- |
| `$RUN` | engine==cmd&#124;'/C calc'\!A0 \$x^2 \\end{tabular} \`x\` &#64;you \]\]&gt; &#124; --- &#124; | changed | the record was changed after it was made |
| - | - | unreadable | the record \`$RUN\` cannot be read |

## Results

| run | choice | n | latency | latency.p99 | accuracy | na&#124;me&lt;b&gt; |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| `$RUN` | engine=native | 1000 | $TIME ($TIME .. $TIME) | $TIME ($TIME .. $TIME) | 0.98 | 1 a&#124;b |
\
! warning: the record `$RUN` was changed after it was made
! hint: its numbers are not those that were measured; run it again
! warning: the record `$RUN` cannot be read: $DIR/torn/records/$RUN/record.json:1:10: this is not JSON: unexpected end of input; expected ':'
! hint: `reef runs remove $RUN` throws it away

$ export REEF_HOME=$PWD/torn; reef report --against 20260101-000000-0001 --fail-on slower --format junit 2>gate | python3 -c 'import sys, xml.etree.ElementTree as x; [print(c.attrib["classname"], [f.tag + " " + f.attrib["type"] for f in c if f.tag == "error"]) for c in x.parse(sys.stdin).getroot().iter("testcase")]'; grep gate gate
a|b<img src=x onerror=alert(1)>.benchmark ['error changed']
a|b<img src=x onerror=alert(1)>.benchmark []
reef.records ['error unreadable']
gate: the record `$RUN` cannot be read: $DIR/torn/records/$RUN/record.json:1:10: this is not JSON: unexpected end of input; expected ':'
gate: $RUN: changed: the record was changed after it was made

$ export REEF_HOME=$PWD/torn; reef report --all --against 20260101-000000-0002 --fail-on slower >/dev/null
! error: the gate has no baseline: the record `$RUN` was changed after it was made
! hint: its numbers are not those that were measured: take another, or run it again
? 3

# Columns have one name each, and a record's own fields are not hidden by what a program calls its metrics.
$ export REEF_HOME=$PWD/names; python3 make.py names; reef report --format csv 20260101-000000-0007 | head -n 1 | tr -d '\r'
id,started,package,version,action,status,scenario,rate,samples_per_query,cpu_model,reason,runs,noise,option.engine,latency,latency.lower,latency.upper,latency.n,latency.unit,latency.p99,latency.p99.lower,latency.p99.upper,latency.p99.n,latency.p99.unit,accuracy,accuracy.lower,accuracy.upper,accuracy.n,accuracy.unit,metric.accuracy.lower,metric.accuracy.lower.lower,metric.accuracy.lower.upper,metric.accuracy.lower.n,metric.accuracy.lower.unit,metric.id,metric.id.lower,metric.id.upper,metric.id.n,metric.id.unit,na|me<b>,na|me<b>.lower,na|me<b>.upper,na|me<b>.n,na|me<b>.unit,metric.status,metric.status.lower,metric.status.upper,metric.status.n,metric.status.unit

$ export REEF_HOME=$PWD/names; reef runs --where 'id == "20260101-000000-0007" and status == ok' --json | grep matching
  "matching": 1,

# Repeats of one sweep are one line: the median, and an interval that holds what differs between the runs. The shorter
# round of a search is none of them.
$ export REEF_HOME=$PWD/repeats; python3 make.py repeats; reef report --where 'engine == native' --limit 1 | sed -n '/^## Results/,/^## Hosts/p;/^Of several/p'
## Results

| run | choice | runs | n | latency | latency.p99 | accuracy | na&#124;me&lt;b&gt; |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
| `$RUN` | engine=native | 3 | 3000 | $TIME ($TIME .. $TIME) | $TIME ($TIME .. $TIME) | 0.98 | 1 a&#124;b |

## Hosts
Of several runs the value is their median, with its 95 % order-statistic interval; of fewer than six, which have none, the hull of their intervals.

$ export REEF_HOME=$PWD/repeats; reef pareto --where 'engine == native'
          engine  latency  accuracy  RUNS  RUN
frontier  native  $TIME  0.98     3  $RUN

frontier: no other run on it is at least as good in all and better in one; `frontier?`: not beyond the intervals
differences of accuracy up to 0.005, its declared tolerance, count as none
a point of several runs has their median, and an interval that holds what differs between them
! note: points of the processor `Fast & Furious 9000` only; 1 point of the processor `Slow <1>` is not compared with them: `--where "processor == 'NAME'"` chooses
! note: 2 older runs are left out: `--all` draws every run
! note: 1 run that is not ok is left out in favour of others of the same choice

$ export REEF_HOME=$PWD/repeats; reef pareto --where 'engine == native' --json | python3 -c 'import json, sys; p = json.load(sys.stdin)["points"][0]; print(p["runs"], [round(1e6 * x) for x in (p["values"]["latency"], *p["intervals"]["latency"])])'
['$RUN', '$RUN', '$RUN'] [111, 101, 131]

$ export REEF_HOME=$PWD/repeats; for format in gbench hyperfine; do reef report --where 'engine == native' --limit 1 --format $format | grep -e '"repetition' -e '"median"'; done; reef report --where 'engine == native' --limit 1 --format github-benchmark | grep extra; reef report --where 'engine == native' --limit 1 --format csv | cut -d , -f 1,12
      "repetition_index": 0,
      "repetitions": 3,
      "repetition_index": 1,
      "repetitions": 3,
      "repetition_index": 2,
      "repetitions": 3,
      "median": 0.000131258,
      "median": 0.000101018,
      "median": 0.$DIGEST,
    "extra": "record $RUN, n 3000, the median of 3 runs",
    "extra": "record $RUN, n 3000, the median of 3 runs",
id,runs
$RUN,3
! note: 1 value is left out, a file has one direction: `--better higher` writes the others
! note: 1 value is left out: nobody declared whether a higher or a lower one is better

# What is asked of a metric is asked of the point: a condition chooses no repeats.
$ export REEF_HOME=$PWD/repeats; reef pareto --where 'engine == native and processor == "Fast & Furious 9000" and latency < 105us'; reef pareto --where 'engine == native and latency < 115us' 2>/dev/null | head -2; reef report --where 'latency < 115us' --format csv | cut -d , -f 12
          engine  latency  accuracy  RUNS  RUN
frontier  native  $TIME  0.98     3  $RUN
runs
3
! error: no run that is ok matches
! hint: measure some: `reef run benchmark PACKAGE`

# A baseline of several runs is all of them, among what is reported or not.
$ export REEF_HOME=$PWD/repeats; for where in 'engine != broken' 'engine not in (native, broken)'; do reef report --where "$where and processor == 'Fast & Furious 9000'" --against 20260101-000000-0011 | grep -e '| latency |'; done
| engine==cmd&#124;'/C calc'\!A0 \$x^2 \\end{tabular} \`x\` &#64;you \]\]&gt; &#124; --- &#124; | latency | **cannot tell** | +9.16 % (-7.77 .. +20.1 %) | 1000 | $TIME | $TIME | resolves 14 % |
| run | choice | runs | n | latency | latency.p99 | accuracy | na&#124;me&lt;b&gt; |
| engine==cmd&#124;'/C calc'\!A0 \$x^2 \\end{tabular} \`x\` &#64;you \]\]&gt; &#124; --- &#124; | latency | **cannot tell** | +9.16 % (-7.77 .. +20.1 %) | 1000 | $TIME | $TIME | resolves 14 % |
| run | choice | n | latency | latency.p99 | accuracy | na&#124;me&lt;b&gt; |
! note: the baseline is the median of 3 runs: `$RUN` and its repeats
! note: the baseline is the median of 3 runs: `$RUN` and its repeats

# A repeat that was edited is left out, were it the newest.
$ export REEF_HOME=$PWD/repeats; sed -i 's/{"format"/{"digest": "00", "format"/' $REEF_HOME/records/*-0013/record.json; reef pareto --where 'engine == native' | sed -n '1,/^$/p'; reef report --where 'engine == native and sweep == "sweep-1" and status == ok' --format csv | cut -d , -f 12
          engine  latency  accuracy  RUNS  RUN
frontier  native  $TIME  0.98     2  $RUN

runs
2
! warning: the record `$RUN` was changed after it was made
! hint: its numbers are not those that were measured; run it again
! note: 1 edited run is left out
! note: points of the processor `Fast & Furious 9000` only; 1 point of the processor `Slow <1>` is not compared with them: `--where "processor == 'NAME'"` chooses
! note: 2 older runs are left out: `--all` draws every run
! note: 1 run that is not ok is left out in favour of others of the same choice
! note: 1 edited run is left out

# A point of which nobody knows the value does not keep those of another load off the frontier.
$ export REEF_HOME=$PWD/few; python3 make.py few; reef pareto --x latency.p99 --y accuracy --where "scenario == server" | sed -n '1,/^$/p'
          engine  latency.p99  accuracy  RUN
frontier  native  $TIME  0.98  $RUN
\
! note: points of rate 500 only; 1 point of rate 900 is not compared with them: `--where "rate == VALUE"` chooses
! note: each point is one run, whose interval does not hold the differences between runs: `reef sweep --repeat 5` measures those

# Conditions that somebody edited are shown as far as they are such.
$ export REEF_HOME=$PWD/edited; python3 make.py loads; sed -i 's/"conditions": null/"conditions": {"grade": "noisy", "findings": [1, {"text": 2}], "energy": 3}/' edited/records/*-0008/record.json; reef runs show 0008 | grep noise
  noise       noisy

# Outliers are told, with what is known of their cause.
$ sed -i 's/"modified_z_outliers": 0/"modified_z_outliers": 3/; s/"samples": 10,/"samples": 10, "first_is_outlier": true,/' edited/records/*-0008/record.json; reef runs show 0008 | grep outliers
              3 of 1000 latencies are outliers (kept), up to $TIME; likely: the first query, a cold start, the noise below
