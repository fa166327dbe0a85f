# A paper's archive on a reviewer's host: built and run again without network, in a home of its own, and compared.
$ export REEF_PACKAGES=$PWD/catalogue PATH=$PWD/tools:$PATH
$ cd project && reef run measure --quiet && reef pack --quiet && reef pack --quiet --with-builds -o ../built.reef && cd .. && mv project/*.reef paper.reef && rm -rf project catalogue
METRIC  VALUE  95 % INTERVAL  N  BETTER
accuracy  0.3  higher
pages  3  higher
$DIR/project/picture-1.0.0.reef
$DIR/built.reef
$ export REEF_HOME=$REEF_HOME-of-the-reviewer; unset REEF_PACKAGES
$ reef replay paper.reef
picture 1.0.0: 1 package, 2 tools, 0 sources, 1 record; $SIZE unpacked
manifest  sha256:$DIGEST
network   $NETWORK
built     picture 1.0.0

measure: record $RUN, repeated as $RUN
VALUE                 PACKED          HERE              WHY
accuracy                 0.3           0.3  reproduced  the same value
pages                      3             3  reproduced  the same value
output/pages  $DIGEST  $DIGEST  reproduced  the same bytes
output/picture  $DIGEST  $DIGEST  reproduced  the same bytes
nothing else differs

reproduced: 4 of 4 values reproduced, 0 not reproduced, 0 not comparable

# The second replay builds nothing.
$ reef replay paper.reef --format md --network
\# Replay of picture 1.0.0

**reproduced: 4 of 4 values reproduced, 0 not reproduced, 0 not comparable**

manifest `sha256:$DIGEST`, run with this host's network

## measure

record $RUN, repeated as $RUN

| value | packed | here | | why |
|---|---:|---:|---|---|
| accuracy | 0.3 | 0.3 | reproduced | the same value |
| pages | 3 | 3 | reproduced | the same value |
| output/pages | $DIGEST | $DIGEST | reproduced | the same bytes |
| output/picture | $DIGEST | $DIGEST | reproduced | the same bytes |

# Another compiler is a difference that is stated, and forbids nothing.
$ sed -i 's/1.2.0/1.3.0/' tools/brush
$ reef replay paper.reef
picture 1.0.0: 1 package, 2 tools, 0 sources, 1 record; $SIZE unpacked
manifest  sha256:$DIGEST
network   $NETWORK
built     picture 1.0.0

measure: record $RUN, repeated as $RUN
VALUE                 PACKED          HERE              WHY
accuracy                 0.3           0.3  reproduced  the same value
pages                      3             3  reproduced  the same value
output/pages  $DIGEST  $DIGEST  reproduced  the same bytes
output/picture  $DIGEST  $DIGEST  reproduced  the same bytes

WHAT DIFFERS         PACKED            HERE
toolchain     brush  1.2.0 (fe78e492)  1.3.0 (2b8ebacf)

reproduced: 4 of 4 values reproduced, 0 not reproduced, 0 not comparable
! note: brush 1.2.0 was locked, it is 1.3.0 now: this host no longer has 1.2.0
! note: picture 1.0.0 is built again: compiler: brush 1.2.0 -> 1.3.0

# Another version of what it runs with is another dependency: nothing is reproduced.
$ sed -i 's/2.0.0/2.1.0/' tools/paper
$ reef replay paper.reef --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["verdict"], *[(v["name"], v["verdict"], v["reason"]) for v in r["runs"][0]["values"]], sep="\n")'
not comparable: 0 of 4 values reproduced, 0 not reproduced, 4 not comparable
('accuracy', 'not comparable', 'another dependency: paper 2.0.0 -> 2.1.0')
('pages', 'not comparable', 'another dependency: paper 2.0.0 -> 2.1.0')
('output/pages', 'not comparable', 'another dependency: paper 2.0.0 -> 2.1.0')
('output/picture', 'not comparable', 'another dependency: paper 2.0.0 -> 2.1.0')
$ reef replay paper.reef --quiet >text; echo $?
6

# Other numbers, other bytes, and what the machine decides.
$ sed -i 's/2.1.0/2.0.0/; s/pages=3/pages=4/' tools/paper
$ reef replay paper.reef --fresh
picture 1.0.0: 1 package, 2 tools, 0 sources, 1 record; $SIZE unpacked
manifest  sha256:$DIGEST
network   $NETWORK
built     picture 1.0.0

measure: record $RUN, repeated as $RUN
VALUE                 PACKED          HERE                  WHY
accuracy                 0.3           0.4  reproduced      within the declared tolerance of 0.5
pages                      3             4  not reproduced  differs by 1, and no tolerance is declared
output/pages  $DIGEST  $DIGEST  not reproduced  other bytes
output/picture  $DIGEST  $DIGEST  reproduced      the same bytes

WHAT DIFFERS         PACKED            HERE
toolchain     brush  1.2.0 (fe78e492)  1.3.0 (2b8ebacf)
toolchain     paper  2.0.0 (a8e6ecb3)  2.0.0 (ab6a9918)

not reproduced: 2 of 4 values reproduced, 2 not reproduced, 0 not comparable
! note: brush 1.2.0 was locked, it is 1.3.0 now: this host no longer has 1.2.0
? 6

# What a replay built is kept for the next one, until it was not repeated for a while.
$ reef store size | grep replays
replays  $SIZE  of 1 archive, each with a store of its own
$ reef gc
freed $SIZE, kept 0 packages
$ reef gc --dry-run --unused 0
would remove what the replay of 1 archive made ($SIZE)
would free $SIZE, kept 0 packages
$ reef store size --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["replays"])'
1
$ (flock 9; reef gc --unused 0) 9< $REEF_HOME/replays/*.lock
freed $SIZE, kept 0 packages

# Or for as long as the archive is pinned.
$ reef store pin built.reef
! error: `built.reef` was not replayed here: there is nothing to keep
! hint: `reef replay built.reef` does it
? 4
$ mkdir elsewhere; cp paper.reef elsewhere; reef store pin elsewhere/paper.reef
what the replay of paper.reef made stays until `reef store unpin paper.reef`
$ reef gc --unused 0 --json | grep -e '"removed": 1' -e '"kind"' -e '"name"'
      "kind": "pin",
      "name": "paper.reef",
$ reef store unpin papers.reef
! error: `papers.reef` is not pinned
! hint: did you mean `paper.reef`?
? 4
$ reef store unpin paper.reef
paper.reef is not pinned any more
$ reef gc --unused 0; ls $REEF_HOME/replays $REEF_HOME/tmp
removed what the replay of 1 archive made ($SIZE)
freed $SIZE, kept 0 packages
$REEF_HOME-of-the-reviewer/replays:

$REEF_HOME-of-the-reviewer/tmp:
$ reef replay paper.reef > /dev/null 2>&1; ls $REEF_HOME/replays | wc -l
2

# What this host lacks.
$ rm tools/brush
$ reef replay paper.reef
! error: there is no solution:
!   picture 1.0.0 needs brush, this host has none (packages/picture-1.0.0/reef.json:7:5)
! hint: the lock holds brush 1.2.0, which this host no longer has
! hint: it works without brush (packages/picture-1.0.0/reef.json:7:5)
! hint: what `reef pack --with-builds` packs needs nothing to build with
? 5

# An archive with builds does without what only builds; what it runs with must be here.
$ reef replay built.reef >text; echo $?; grep -E '^(taken|toolchain|not)' text
6
taken     picture 1.0.0 (built as packed)
toolchain     paper  2.0.0 (a8e6ecb3)  2.0.0 (ab6a9918)
not reproduced: 2 of 4 values reproduced, 2 not reproduced, 0 not comparable
! note: brush 1.2.0 is not on this host: what it built is taken from the archive
$ reef replay built.reef --quiet | grep -c reproduced
5
$ reef replay built.reef --fresh
! error: there is no solution:
!   picture 1.0.0 needs brush, this host has none (packages/picture-1.0.0/reef.json:7:5)
! hint: the lock holds brush 1.2.0, which this host no longer has
! hint: it works without brush (packages/picture-1.0.0/reef.json:7:5)
? 5
$ rm tools/paper
$ reef replay built.reef
! error: there is no solution:
!   picture 1.0.0 needs paper, this host has none (packages/picture-1.0.0/reef.json:8:5)
! hint: the lock holds paper 2.0.0, which this host no longer has
! hint: it works without paper (packages/picture-1.0.0/reef.json:8:5)
? 5

# What cannot be asked for.
$ reef replay paper.reef --record 20200101-000000-0000
! error: the archive has no record `$RUN`
! hint: it has `$RUN`
? 2
$ reef replay paper.reef --action train
! error: no record of the archive is of the action `train`
! hint: it has records of `measure`
? 2
$ reef replay nowhere.reef
! error: cannot open `nowhere.reef`: No such file or directory
? 4
$ reef replay paper.reef --format pdf
! error: expected `text`, `md` or `json` after `--format`, got `pdf`
? 2

# What only the replay writes is told, and what was run or not.
$ unset REEF_PACKAGES; mkdir more; printf '{"reef": 1, "name": "more", "version": "1.0.0", "kind": "program", "actions": {\n"go": {"run": [["sh", "-c", "echo x >$REEF_OUTPUT/same; test ! -e %s/marked || echo y >$REEF_OUTPUT/more"]]},\n"fail": {"run": [["false"]]}}}' "$PWD" >more/reef.json
$ reef pack ./more -o none.reef --quiet; reef replay none.reef | tail -n 1
$DIR/none.reef
built; nothing was run: the archive has no record, and the package no action `benchmark`, `test` or `run`, but `go` and `fail`: `--action` runs one
$ reef run fail ./more --quiet; reef pack ./more --records all -o none.reef | grep records
more 1.0.0: 1 package, 0 tools, 0 sources, 0 records; $SIZE unpacked
! more/reef.json:3:18: error: `false` failed: exit status 1
!   3 | "fail": {"run": [["false"]]}}}
!     |                  ^
!   while running the action `fail`
! hint: the whole log: $REEF_HOME-of-the-reviewer/records/$RUN/log.txt
! note: 1 record of runs that are not ok stays out: `--record ID` packs one
$ reef run go ./more --quiet; reef pack ./more -o more.reef --quiet; touch marked; reef replay more.reef
$DIR/more.reef
more 1.0.0: 1 package, 0 tools, 0 sources, 1 record; $SIZE unpacked
manifest  sha256:$DIGEST
network  $NETWORK
built  more 1.0.0

go: record $RUN, repeated as $RUN
VALUE              PACKED          HERE                  WHY
output/more          none  $DIGEST  not reproduced  the packed run did not write it
output/same  $DIGEST  $DIGEST  reproduced      the same bytes
nothing else differs

not reproduced: 1 of 2 values reproduced, 1 not reproduced, 0 not comparable
? 6

# What was no success when it was packed is never reproduced, whatever happens here; beside others it decides nothing.
$ mkdir odd; printf '{"reef": 1, "name": "odd", "version": "1.0.0", "kind": "program", "actions": {\n"good": {"run": [["sh", "-c", "echo x >$REEF_OUTPUT/file"]]},\n"slow": {"run": [["sh", "-c", "echo x >$REEF_OUTPUT/file; test -e %s/fast || sleep 9"]]}}}' "$PWD" >odd/reef.json
$ reef run good ./odd --quiet; reef run slow ./odd --time-limit 1 --quiet 2>/dev/null; reef pack ./odd -o good.reef --quiet; reef inspect good.reef | grep -c STATUS
$DIR/good.reef
0
? 1
$ export SLOW=$(reef runs --action slow --json | sed -n 's/.*"id": "\(.*\)".*/\1/p') GOOD=$(reef runs --action good --json | sed -n 's/.*"id": "\(.*\)".*/\1/p')
$ reef pack ./odd --record $SLOW -o slow.reef --quiet; reef pack ./odd --record $GOOD --record $SLOW -o two.reef; reef inspect two.reef | grep -o -e STATUS -e 'ok$' -e 'failed$'
$DIR/slow.reef
odd 1.0.0: 1 package, 0 tools, 0 sources, 2 records; $SIZE unpacked
$SIZE in the file, manifest sha256:$DIGEST
$DIR/two.reef
STATUS
ok
failed
! note: a replay compares nothing with record `$RUN`, whose run failed: `sh` failed: stopped after $TIME: the time limit
$ touch fast; reef replay slow.reef
odd 1.0.0: 1 package, 0 tools, 0 sources, 1 record; $SIZE unpacked
manifest  sha256:$DIGEST
network   $NETWORK
built     odd 1.0.0

slow: record $RUN, repeated as $RUN
the packed run failed: `sh` failed: stopped after $TIME: the time limit
VALUE              PACKED          HERE                  WHY
output/file  $DIGEST  $DIGEST  not comparable  the packed run was no success

WHAT DIFFERS              PACKED  HERE
status        of the run  failed  ok

not comparable: 0 of 1 value reproduced, 0 not reproduced, 1 not comparable; 1 packed run was no success
? 6
$ reef replay slow.reef --json | grep -E 'packed_failure|"reproduced": [a-z]'
  "reproduced": false,
      "packed_failure": "failed: `sh` failed: stopped after $TIME: the time limit",
$ reef replay two.reef | tail -n 1
reproduced: 1 of 2 values reproduced, 0 not reproduced, 1 not comparable; 1 packed run was no success
$ reef run fail ./more --quiet 2>/dev/null; reef pack ./more --record "$(reef runs --action fail --limit 1 --json | sed -n 's/.*"id": "\(.*\)".*/\1/p')" -o fail.reef --quiet; reef replay fail.reef --network
$DIR/fail.reef
more 1.0.0: 1 package, 0 tools, 0 sources, 1 record; $SIZE unpacked
manifest  sha256:$DIGEST
network  $NETWORK
built  more 1.0.0

fail: record $RUN, repeated as $RUN
packages/more-1.0.0/reef.json:3:18: error: `false` failed: exit status 1
  3 | "fail": {"run": [["false"]]}}}
    |                  ^
  while running the action `fail`
hint: the whole log: $REEF_HOME-of-the-reviewer/replays/$DIGEST/records/$RUN/log.txt
the packed run failed: `false` failed: exit status 1
nothing else differs

not comparable: 1 packed run was no success
? 6

# An archive that nobody locked for this platform is told as that.
$ mkdir -p shelf/pics away; echo '{"reef": 1, "name": "pics", "version": "1.0.0", "kind": "dataset"}' >shelf/pics/reef.json; echo '{"reef": 1, "name": "away", "version": "1.0.0", "kind": "program", "actions": {"run": {"run": [["true"]]}}}' >away/reef.json
$ printf '%s\n' 'cd away; rm -f reef.lock; export REEF_PACKAGES=../shelf; reef lock --platform macos-arm64 --quiet' 'python3 -c "import json; l = json.load(open(\"reef.lock\")); del l[\"platforms\"][\"linux-x86_64\"]; json.dump(l, open(\"reef.lock\", \"w\"))"; reef pack --records none --quiet -o ../away.reef' > pack-away; sh pack-away; reef replay away.reef | tail -n 1
$DIR/away.reef
it ran; the archive has no numbers to compare with
! note: this archive is locked for macos-aarch64; this host is linux-x86_64: nothing of its lock holds here
$ sed -i 's/"actions"/"dependencies": {"pics": {"package": "pics", "version": "1", "when": {"os": "linux"}}}, &/' away/reef.json; sh pack-away; reef replay away.reef
$DIR/away.reef
! error: there is no solution:
!   away 1.0.0 needs pics 1 when os is linux, there is no package `pics` (packages/away-1.0.0/reef.json:1:85)
!   while replaying on linux-x86_64 what is locked for macos-aarch64: nothing of that lock holds here
! hint: where its packages are: `reef lock --platform linux-x86_64`, then `reef pack` again
? 5
$ sed -i 's/"dependencies".*"actions"/"sources": [{"url": "https:\/\/example.org\/x", "sha256": "'$(printf "%064d" 1)'", "when": {"os": "linux"}}], "actions"/' away/reef.json; sh pack-away; reef replay away.reef
$DIR/away.reef
! packages/away-1.0.0/reef.json:1:80: error: offline, and not in the download cache: `x`
!   1 | {"reef": 1, "name": "away", "version": "1.0.0", "kind": "program", "sources": [{"url": "https://example.org/x", "sha256": "$DIGEST
!     |                                                                                ^
!   while replaying on linux-x86_64 what is locked for macos-aarch64: nothing of that lock holds here
! hint: where its packages are: `reef lock --platform linux-x86_64`, then `reef pack` again
? 8

# Older versions ran `build` as an action: an archive may have records of that.
$ mkdir old && echo '{"reef": 1, "name": "old", "version": "1.0.0", "kind": "program", "summary": "Old", "license": "MIT", "actions": {"test": {"run": [["true"]]}}}' > old/reef.json && cd old && export REEF_HOME=$PWD/../author && reef run test --quiet
$ python3 -c 'import json, pathlib, shutil; r = pathlib.Path("../author/records"); new = r / "20260101-000000-0001"; shutil.copytree(next(r.glob("2*")), new); new.chmod(0o755); f = new / "record.json"; f.chmod(0o644); d = json.loads(f.read_text()); del d["digest"]; d.update(id=new.name, action="build"); f.write_text(json.dumps(d))'; reef pack -o ../old.reef --quiet; cd ..
$DIR/old.reef
$ reef replay old.reef | grep -e ^test -e ran
test: record $RUN, repeated as $RUN
it ran; the archive has no numbers to compare with
! note: the record `$RUN` is of a build: to replay it is to build the package, no number of it is compared
$ reef replay old.reef --action build --quiet | tail -n 1
built; there is nothing else of it to repeat
