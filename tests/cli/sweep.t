# Every choice is measured once, in an order of its own; what cannot be on this host is no failure.
$ reef sweep bake --with fuel=* --param trays=1..4*2 --quiet
POINT               cost  taste  crumbs  RUN
fuel=wood trays=1  $SIZE  99       7  $RUN
fuel=wood trays=2  $SIZE  98       7  $RUN
fuel=wood trays=4  $SIZE  96       7  $RUN
fuel=gas trays=1  $SIZE  99       7  $RUN
fuel=gas trays=2  $SIZE  98       7  $RUN
fuel=gas trays=4  $SIZE  96       7  $RUN

not possible on this host:
  oven 1.0.0 with `fuel = fusion` needs fusion-reactor, nothing provides `fusion-reactor` (reef.json:10:63)
    fuel=fusion trays=4
    fuel=fusion trays=2
    fuel=fusion trays=1

sweep-$DIGEST: 6 measured, 0 failed, 3 not possible
next: `reef pareto --sweep sweep-$DIGEST`

# The same again measures nothing; the order of the table is that of the choices.
$ reef sweep bake --with fuel=* --param trays=1..4*2 --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["counts"], sorted(p["earlier"] for p in r["points"]), len(set(p["id"] for p in r["points"] if p["id"])))'
{'failed': 0, 'impossible': 3, 'measured': 6, 'waiting': 0} [False, False, False, True, True, True, True, True, True] 6

# Its runs alone on the page.
$ reef run bake --quiet >/dev/null; reef dashboard --sweep $(reef runs --limit 0 --json | python3 -c 'import json, sys; print([r["sweep"] for r in json.load(sys.stdin)["runs"] if r["sweep"]][0])') --json | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["matching"], d["filter"]["sweep"][:6])'; reef dashboard --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["matching"])'
6 sweep-
7

# Zipped, with a condition, some now and the rest by the same command. Progress goes to standard error.
$ reef sweep bake --with fuel=wood,gas --param trays=2,8 --zip fuel,trays --points 1 2>&1 >/dev/null | sed 's/fuel=.*: cost/fuel=...: cost/'
1/2  fuel=...: cost 25; about $TIME left

$ reef sweep bake --with fuel=wood,gas --param trays=2,8 --zip fuel,trays --quiet | tail -n 3

sweep-$DIGEST: 2 measured, 0 failed, 0 not possible; 1 of them by an earlier call
next: `reef pareto --sweep sweep-$DIGEST`

$ reef sweep bake --with fuel=wood,gas --param trays=1..3 --where 'fuel != gas or trays == 1' --json | python3 -c 'import json, sys; print(sorted(p["choice"] for p in json.load(sys.stdin)["points"]))'
['fuel=gas trays=1', 'fuel=wood trays=1', 'fuel=wood trays=2', 'fuel=wood trays=3']

# A failed point is a failed point: the others are measured, the exit status is 1, the record says why.
$ reef sweep bake --param mood=* --quiet
POINT       cost  taste  crumbs  RUN
mood=good  $SIZE  99       7  $RUN

failed:
  `sh` failed: exit status 3
    mood=bad

sweep-$DIGEST: 1 measured, 1 failed, 0 not possible
? 1

$ reef runs --where 'status == failed and mood == bad' --json | python3 -c 'import json, sys; print([(r["status"], r["sweep"][:6], r["reason"]) for r in json.load(sys.stdin)["runs"]])'
[('failed', 'sweep-', '`sh` failed: exit status 3')]

# Killed in the middle, it repeats no point that was measured.
$ (reef sweep bake --param trays=1..5 --param nap=0.6 --quiet >/dev/null 2>&1 & echo $! >pid); for i in $(seq 300); do [ "$(reef runs --where 'nap == 0.6' --json 2>/dev/null | grep -c '"id"')" -ge 2 ] && break; sleep 0.05; done; kill -9 $(cat pid); reef sweep bake --param trays=1..5 --param nap=0.6 --json >out; python3 -c 'import json; r = json.load(open("out")); print(r["counts"]["measured"], 1 < sum(p["earlier"] for p in r["points"]) < 5)'; reef runs --where 'nap == 0.6' --json | python3 -c 'import collections, json, sys; print(sorted(collections.Counter(r["parameters"]["trays"] for r in json.load(sys.stdin)["runs"]).items()))'
5 True
[(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]

# What failed is measured again when that is asked for, and nothing else.
$ reef sweep bake --param mood=* --quiet | tail -n 3
sweep-$DIGEST: 1 measured, 1 failed, 0 not possible; 2 of them by an earlier call
nothing was left to measure; `--again` measures all of it anew
`--retry-failed` measures again what failed

$ reef sweep bake --param mood=* --quiet --retry-failed | tail -n 1
sweep-$DIGEST: 1 measured, 1 failed, 0 not possible; 1 of them by an earlier call

# A package of a registry may be edited without a new version, and so may what it depends on: the numbers of another
# build are not those of this one. Back again, they are.
$ mkdir -p all/flour all/bread; echo '{"reef": 1, "name": "flour", "version": "1.0.0", "kind": "library", "summary": "S", "license": "MIT", "exports": {"env": {"GRAMS": "500"}}}' > all/flour/reef.json; echo '{"reef": 1, "name": "bread", "version": "1.0.0", "kind": "program", "summary": "S", "license": "MIT", "dependencies": {"flour": {"package": "flour", "version": "*"}}, "actions": {"weigh": {"parameters": {"loaves": {"type": "integer", "default": 1}}, "run": [["sh", "-c", "echo \"{\\\"mass\\\": $GRAMS}\" > \"$REEF_METRICS\""]], "metrics": {"mass": {"unit": "g"}}}}}' > all/bread/reef.json
$ export REEF_PACKAGES=all; reef sweep weigh bread --param loaves=1,2 --quiet | head -n 3
POINT      mass  RUN
loaves=1  500 g  $RUN
loaves=2  500 g  $RUN

$ export REEF_PACKAGES=all; sed -i s/500/750/ all/flour/reef.json; reef sweep weigh bread --param loaves=1,2 2>&1 | sed 's/loaves=[12]: mass/loaves=...: mass/'
note: 2 points are measured again: flour is another build now
note: flour 1.0.0 is built again: its files changed
note: bread 1.0.0 is built again: dependency flour changed
1/2  loaves=...: mass 750; about $TIME left
2/2  loaves=...: mass 750
POINT      mass  RUN
loaves=1  750 g  $RUN
loaves=2  750 g  $RUN

sweep-$DIGEST: 2 measured, 0 failed, 0 not possible
next: `reef pareto --sweep sweep-$DIGEST`

$ export REEF_PACKAGES=all; sed -i s/750/500/ all/flour/reef.json; reef sweep weigh bread --param loaves=1,2 --quiet
POINT      mass  RUN
loaves=1  500 g  $RUN
loaves=2  500 g  $RUN

sweep-$DIGEST: 2 measured, 0 failed, 0 not possible; 2 of them by an earlier call
nothing was left to measure; `--again` measures all of it anew
next: `reef pareto --sweep sweep-$DIGEST`

# Only its sources are what a project is made of; a file that lies beside them is nothing to it.
$ reef sweep bake --param trays=1..4*2 --quiet | tail -n 2; echo plot > beside.svg; reef sweep bake --param trays=1..4*2 --quiet | tail -n 3
sweep-$DIGEST: 3 measured, 0 failed, 0 not possible
next: `reef pareto --sweep sweep-$DIGEST`
sweep-$DIGEST: 3 measured, 0 failed, 0 not possible; 3 of them by an earlier call
nothing was left to measure; `--again` measures all of it anew
next: `reef pareto --sweep sweep-$DIGEST`

# A sweep that varies nothing has one point, which is what it is.
$ reef sweep bake 2>&1 >/dev/null
note: oven 1.0.0 is built again: its files changed
1/1  (as it is): cost 300

# What cannot be swept is said before anything is measured.
$ reef sweep bake --with fule=*
! error: `oven` has no variation `fule`
! hint: did you mean `fuel`?
? 4

$ reef sweep bake --with fuel=wod
! error: `fuel` of `oven` has no option `wod`
! hint: did you mean `wood`?
! hint: it has `wood`, `gas` and `fusion`
? 4

$ reef sweep bake --param trays=0..3
! error: expected a whole number from 1 to 64, got `0`
!   while reading parameter `trays`
? 3

$ reef sweep bake --param trais=1
! error: the action `bake` has no parameter `trais`
! hint: did you mean `trays`?
? 2

$ reef sweep bake --param nap=*
! error: `*` means every choice, and the parameter `nap` declares none
! hint: say which: `--param nap=1,2,4`, `--param nap=1..8`
? 3

$ reef sweep bake --with fuel=* --where 'fuel == coal'
! error: no point is left: none of the 3 meets `fuel == coal`
! hint: loosen `--where`, or give more values
? 3

$ reef sweep bake --with fuel=fusion
! error: no point is possible on this host: oven 1.0.0 with `fuel = fusion` needs fusion-reactor, nothing provides `fusion-reactor` (reef.json:10:63)
! hint: `reef doctor` says what is missing
? 5

$ reef sweep bake --param nap=0..99999 --param trays=1..64 --with fuel=*
! error: 19200000 points are asked for, 100000 are the most: at a second each they would take 222 days
! hint: take a sample: `--random 500`
! hint: or let some axes advance together (`--zip`), or leave some values out
? 3

$ reef sweep bake --where "$(printf '%10000s' | tr ' ' '(')" --with fuel=wood
! --where:1:65: error: nested deeper than 64 levels
! hint: the place is after `((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((`
? 3

$ reef sweep bake --param trays=1..4 --where 'trays > many'
! --where:1:9: error: `>` needs a number, got `many`
!   1 | trays > many
!     |         ^
! hint: a text to be ordered by its letters is quoted: 'many'
? 3

$ reef sweep bake --param trays=1..4 --where 'tray > 1'
! --where:1:1: error: there is no `tray` to compare
!   1 | tray > 1
!     | ^
! hint: did you mean `trays`?
? 4

# Ten million points can be sampled.
$ reef sweep bake --param nap=0..1e-3:99999 --param trays=1..64 --with fuel=wood,gas --random 3 --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["size"], r["counts"]["measured"])'
12799872 3

# A search: the best that meets the conditions, and a plain word on what that is worth.
$ reef sweep bake --with fuel=wood,gas --param trays=1..30 --minimize cost --subject-to 'taste >= 90' --points 60 --quiet | tail -n 6

best: fuel=gas trays=10  cost $SIZE
A good point, found by halving a random sample; that no other is better is not proved.

sweep-$DIGEST: 60 measured, 0 failed, 0 not possible
next: `reef pareto --sweep sweep-$DIGEST`

$ reef sweep bake --with fuel=gas --param trays=1,2 --minimize cost --subject-to 'taste >= 1000' --quiet | grep best
best: none of the measured points has a value of `cost` and meets `taste >= 1000`

$ reef sweep bake --with fuel=gas --param trays=1,2 --minimize cost --subject-to 'taste >= 1000' --quiet > /dev/null 2>&1
? 1

$ reef pareto --x cost --y taste --action bake --subject-to 'taste >= 1000' > /dev/null
? 1

$ reef pareto --x cost --y taste --action bake --subject-to 'taste >= 1000' | sed -n '/misses/,$p' | sed 's/: .*not/: ... not/; s/ [a-z]*=.*:/ CHOICE:/'
misses a condition:
  $RUN  CHOICE: ... not `taste >= 1000`
  $RUN  CHOICE: ... not `taste >= 1000`
  $RUN  CHOICE: ... not `taste >= 1000`
  and 65 more

not to be compared:
  $RUN  CHOICE: exit status 3

best under `taste >= 1000`: no run meets it

$ reef sweep bake --with fuel=gas --random 0
! error: `--random` needs a sample of 1 at least
? 2
$ reef sweep bake --with fuel=gas --repeat 0
! error: `--repeat` needs 1 at least
? 2
$ reef sweep bake --with fuel=gas --repeat 3 --minimize cost
! error: a search has no `--repeat`: it measures longer whatever remains
! hint: `reef sweep` without `--minimize` measures every point 3 times
? 2

$ reef sweep bake --with fuel=wood --param trays=1,2 --minimize cots
! error: the action `bake` declares no metric `cots`
! hint: did you mean `cost`?
! hint: one that its program reports all the same is declared in the manifest: `"metrics": {"cots": {}}`
? 4

$ reef sweep bake --with fuel=gas --param trays=1,2 --minimize taste
! error: `taste` is better when it is higher
! hint: `--maximize taste`
? 2

$ reef sweep bake --with fuel=gas --param trays=1,2 --maximize taste --subject-to 'tast > 1'
! --subject-to:1:1: error: there is no `tast` to compare
!   1 | tast > 1
!     | ^
! hint: did you mean `taste`?
? 4

$ reef sweep time --param trays=1,2 --minimize latency.p50
! error: no benchmark measures `latency.p50`
! hint: did you mean `latency.p90`?
? 4
$ reef sweep time --param trays=1,2 --minimize latency --subject-to 'trays < 2 and lateny < 1s'
! --subject-to:1:15: error: there is no `lateny` to compare
!   1 | trays < 2 and lateny < 1s
!     |               ^
! hint: did you mean `latency`?
? 4
$ reef sweep bake --with fuel=wood --show tase,crumbs
! error: the action `bake` declares no metric `tase`
! hint: did you mean `taste`?
! hint: one that its program reports all the same is declared in the manifest: `"metrics": {"tase": {}}`
? 4
$ reef sweep bake --with fuel=wood --show nothing --quiet; reef sweep bake --with fuel=wood --show nothing 2>&1 >/dev/null
POINT      nothing  RUN
fuel=wood        -  $RUN

sweep-$DIGEST: 1 measured, 0 failed, 0 not possible
note: no point has a metric `nothing`

# A benchmark is measured shortly at first, and longer what was good.
$ reef sweep time --param trays=1,2,3,4,5,6 --minimize latency --json | python3 -c 'import collections, json, sys; r = json.load(sys.stdin); print(collections.Counter(p["round"] for p in r["points"])); print([p["parameters"]["trays"] < 4 for p in r["points"] if p["id"] == r["best"]])'
Counter({0: 6, 1: 2})
[True]

# The frontier of a sweep: conditions, what binds, and a drawing.
$ sweep=$(reef sweep bake --with fuel=* --param trays=1..4*2 --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["sweep"])'); reef pareto --sweep $sweep --x cost --y taste --subject-to 'taste >= 98 and trays < 60' --plot
taste (higher is better)
     100 +
         |
         |
         |
      99 +                                   O               .
         |
         |
         |
      98 +                  O       .
         |
         |
      97 +
         |
         |
         |
      96 +         x    x
         |
         |
         |
      95 +
           +----------------+----------------+---------------+----------------+
           0               100              200             300              400
           cost, B (lower is better)

O frontier   * its knee   o possible within the intervals   . dominated   x misses a condition

          fuel  trays   cost  taste  RUN
frontier  gas   2  $SIZE  98  $RUN
          wood  2  $SIZE  98  $RUN
frontier  gas   1  $SIZE  99  $RUN
          wood  1  $SIZE  99  $RUN

misses a condition:
  $RUN  fuel=wood trays=4: taste is 96, not `taste >= 98`
  $RUN  fuel=gas trays=4: taste is 96, not `taste >= 98`

frontier: no other run on it is at least as good in all and better in one; `frontier?`: not beyond the intervals
differences of taste up to 0.5, its declared tolerance, count as none
best under `taste >= 98 and trays < 60`: fuel=gas trays=2 with cost $SIZE ($RUN)
  what binds: without `taste >= 98` it would be 50 % better: fuel=gas trays=4 with cost $SIZE ($RUN)

$ sweep=$(reef runs --where 'trays == 4 and fuel == gas' --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["sweep"])'); reef pareto --sweep $sweep --x cost --y taste --svg plot.svg --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["hypervolume"] is not None, r["knee"] is not None); import xml.etree.ElementTree as x; print(x.parse("plot.svg").getroot().attrib["aria-label"])'
True True
cost and taste of oven: 60 points, 22 on the frontier

# Points that were measured several times have them all.
$ sweep=$(reef sweep bake --param trays=1,2 --repeat 3 --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["sweep"])'); reef pareto --sweep $sweep --x cost --y taste
          trays   cost  taste  RUNS  RUN
frontier  2  $SIZE  98     3  $RUN
frontier  1  $SIZE  99     3  $RUN

frontier: no other run on it is at least as good in all and better in one; `frontier?`: not beyond the intervals
differences of taste up to 0.5, its declared tolerance, count as none
a point of several runs has their median, and an interval that holds what differs between them

# Interleaved: constant numbers need no statistics, and a gate says what it found.
$ reef compare --interleaved '. fuel=wood trays=2' '. fuel=gas trays=2' --action bake --pairs 2 --quiet --metric cost,taste --fail-on slower
A  . fuel=wood trays=2
B  . fuel=gas trays=2
2 pairs, interleaved

METRIC      A      B  B IS    CHANGE (99 % INTERVAL)
cost  $SIZE  $SIZE  better                          the same in every run of a side
taste      98     98  same

runs: `reef runs --sweep compare-$DIGEST`

$ reef compare --interleaved '. fuel=gas' '. fuel=wood trays=1' --action bake --pairs 2 --quiet --fail-on slower
A  . fuel=gas
B  . fuel=wood trays=1
2 pairs, interleaved

METRIC      A      B  B IS   CHANGE (99 % INTERVAL)
cost  $SIZE  $SIZE  worse                          the same in every run of a side
crumbs      7      7  same
taste      99     99  same

runs: `reef runs --sweep compare-$DIGEST`
! note: the gate leaves out `crumbs`: nobody declared which direction is better
! gate: cost is worse
? 1

# What a named metric lacks is told before the first pair.
$ reef compare --interleaved '. fuel=gas' '. fuel=wood' --action bake --quiet --metric cots; reef compare --interleaved '. fuel=gas' '. fuel=wood' --action bake --quiet --metric crumbs --fail-on slower
! error: the two sides have no metric `cots` in common
! hint: did you mean `cost`?
! error: `crumbs` cannot be in a gate: nobody declared which direction is better
! hint: declare it in the manifest: `"metrics": {"crumbs": {"better": "lower"}}`, or name the metrics that count: `--metric latency`
? 3

$ reef compare --interleaved '. fuel=gas' '. fule=wood' --action bake
! error: `oven` has no variation, and its action `bake` no parameter `fule`
! hint: did you mean `fuel`?
? 4

$ reef compare last last --fail-on slowr
! error: `--fail-on` takes `slower` or `cannot-tell`, got `slowr`
? 2

$ reef compare last last --metric cots
! error: the two sides have no metric `cots` in common
! hint: did you mean `cost`?
? 4

# One run beside itself.
$ reef compare last last | head -n 2
A  $RUN
B  $RUN (the same run)

$ reef compare last last --fail-on slower
! error: the gate has nothing to judge: both sides are the run `$RUN`
? 3

# A sweep all of whose points failed.
$ reef sweep bake --param mood=bad --param trays=1,2 --quiet

failed:
  `sh` failed: exit status 3
    mood=bad trays=2
    mood=bad trays=1

sweep-$DIGEST: 0 measured, 2 failed, 0 not possible
? 1
