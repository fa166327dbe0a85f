# Sources travel by digest: a file, and the tree of a git commit. What was built travels when it is asked for.
$ export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_AUTHOR_DATE=2020-01-01T00:00:00Z GIT_COMMITTER_DATE=2020-01-01T00:00:00Z
$ git init -q tools && mkdir tools/bin && echo 'echo from git' >tools/bin/say && chmod +x tools/bin/say && ln -s bin/say tools/say && git -C tools add . && git -C tools commit -qm one
$ head -c 5000 /dev/zero | tr '\0' w >weights.bin
$ python3 make.py "$(git -C tools rev-parse HEAD)" "$(sha256sum weights.bin | cut -d' ' -f1)"
$ reef run test ./project --quiet
from git
$ reef pack ./project --with-builds --check | sed 's/; .*//'
model 1.0.0: 1 package, 0 tools, 2 sources, 1 record, 1 build
$SIZE in the file, manifest sha256:$DIGEST
$DIR/model-1.0.0.reef
packed again with umask 077, another locale, time zone and user name, another folder, 1 thread, a copy of the project, with other times: the same bytes
$ reef inspect model-1.0.0.reef | sed -n '/SOURCE/,/^$/p'
SOURCE       KIND  OF         SIZE  DIGEST
tools        git   model  $SIZE  $DIGEST
weights.bin  url   model  $SIZE  $DIGEST
\

# Nothing of the machine it was packed on is needed: no repository, no file, no network.
$ rm -rf tools weights.bin project
$ export REEF_HOME=$REEF_HOME-of-another
$ reef replay model-1.0.0.reef
model 1.0.0: 1 package, 0 tools, 2 sources, 1 record, 1 build; $SIZE unpacked
manifest  sha256:$DIGEST
network   $NETWORK
taken     model 1.0.0 (built as packed)

test: record $RUN, repeated as $RUN
nothing else differs

it ran; the archive has no numbers to compare with

# What was unpacked and what is in the store are the same files, but for those that hold the store's path.
$ export REPLAY=$(echo $REEF_HOME/replays/*/) && find $REPLAY/store/*-model-1.0.0 -type f -printf '%P %n links\n' | LC_ALL=C sort; REEF_HOME=$REPLAY reef store verify
.reef/contents 1 links
.reef/prefix.json 1 links
tools/bin/say 2 links
weights.bin 2 links
where 1 links
1 package is as installed
$ reef replay model-1.0.0.reef --quiet && find $REPLAY/archive/builds -type f -printf '%P %n links\n' | LC_ALL=C sort
model 1.0.0: 1 package, 0 tools, 2 sources, 1 record, 1 build; $SIZE unpacked
manifest  sha256:$DIGEST
network   $NETWORK

test: record $RUN, repeated as $RUN
nothing else differs

it ran; the archive has no numbers to compare with
$DIGEST/tools/bin/say 2 links
$DIGEST/weights.bin 2 links
$DIGEST/where 1 links

# `--fresh` builds again, whatever the archive brings.
$ reef replay model-1.0.0.reef --fresh | grep -e ^built -e ^taken
built     model 1.0.0

$ reef unpack model-1.0.0.reef out --quiet
$DIR/out
$ grep -c "@reef:store@" out/builds/*/where
1
$ find out/sources | LC_ALL=C sort | sed 's/[0-9a-f]\{40,\}/HEX/'
out/sources
out/sources/HEX
out/sources/HEX/bin
out/sources/HEX/bin/say
out/sources/HEX/say
out/sources/HEX

# Its sources are found as if they had been fetched: a reader changes the package and builds that.
$ cd out/packages/model-1.0.0; sed -i 's/"name": "model",/"name": "model", "summary": "changed",/' reef.json; REEF_PACKAGES=$PWD/.. reef run test --offline --quiet; cd ../../..
from git
$ cd out/packages/model-1.0.0; grep -c '"summary": "changed"' reef.json; cd ../../..
1

# What the config holds is what the schema says.
$ python3 -c 'import json, jsonschema, os; jsonschema.validate(json.load(open("out/archive.json")), json.load(open(os.environ["REEF_GOLDEN_SOURCE"] + "/schemas/archive.schema.json")))'

# What cannot move is named, with its place.
$ cp -r binary project && reef pack ./project --with-builds
! note: wrote reef.lock
! error: `$REEF_HOME-of-another/store/$DIGEST-binary-1.0.0/program` names the folder of the store at byte 8, and is no text: it cannot move
! hint: build it without absolute paths (`-Wl,-rpath,$ORIGIN`, no debug information), or pack without `--with-builds`
? 3

# An archive is an OCI image layout: skopeo copies it (the answer is the same where it is not installed).
$ python3 skopeo_copy.py model-1.0.0.reef
every blob as it was
