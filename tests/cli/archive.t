# One file with a package, all it needs and its records; what it holds, and whether it is whole.
$ export REEF_PACKAGES=$PWD/catalogue
$ cd project
$ reef pack --records none
letter-opener 1.0.0: 2 packages, 0 tools, 0 sources, 0 records; $SIZE unpacked
$SIZE in the file, manifest sha256:$DIGEST
$DIR/project/letter-opener-1.0.0.reef
! note: wrote reef.lock
$ reef pack --quiet --records none --check
$DIR/project/letter-opener-1.0.0.reef
packed again with umask 077, another locale, time zone and user name, another folder, 1 thread, a copy of the project, with other times: the same bytes
$ reef inspect letter-opener-1.0.0.reef
letter-opener 1.0.0
Opens letters

manifest   sha256:$DIGEST
platforms  linux-x86_64
unpacked  $SIZE in 4 files

PACKAGE              KIND     LICENCE  ENTRIES   SIZE
letter-opener 1.0.0  program  MIT            2  $SIZE
ink 1.2.0            library  CC0-1.0        2  $SIZE

no records: a replay can run, and has nothing to compare with

licences:
  CC0-1.0: ink
  MIT: letter-opener
$ reef inspect --json letter-opener-1.0.0.reef | python3 -c 'import json, sys; print(*json.load(sys.stdin))'
builds bytes_read format lock manifest name options packages platforms provenance records sources version
$ reef verify letter-opener-1.0.0.reef
good: every byte of $SIZE
letter-opener 1.0.0: 2 packages, 0 tools, 0 sources, 0 records; $SIZE unpacked
manifest sha256:$DIGEST

# From a pipe, of which 64 KiB are enough.
$ head -c 65536 letter-opener-1.0.0.reef | reef inspect - | head -1
letter-opener 1.0.0
$ cat letter-opener-1.0.0.reef | reef verify - --quiet
$ cat letter-opener-1.0.0.reef | reef replay /dev/stdin
! error: `/dev/stdin` is no file, and the archive is read more than once
! hint: save it first: `cat > FILE.reef`
? 3

# An archive in the package's folder is no part of it.
$ cp letter-opener-1.0.0.reef .. && reef pack --quiet --records none && cmp ../letter-opener-1.0.0.reef letter-opener-1.0.0.reef
$DIR/project/letter-opener-1.0.0.reef

# The same bytes whatever the umask, the folder, the times and the locale.
$ cp -r . ../elsewhere && cd ../elsewhere && touch -d 2001-02-03 reef.json && chmod 600 open.sh && chmod 700 open.sh
$ (umask 077; LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo reef pack --quiet --records none --output ../again.reef --threads 1)
$DIR/again.reef
$ cd ../project && cmp letter-opener-1.0.0.reef ../again.reef

# Any tar shows it; the folder that it unpacks to appears whole.
$ tar tf letter-opener-1.0.0.reef | head -2
oci-layout
index.json
$ reef unpack letter-opener-1.0.0.reef ../unpacked
letter-opener 1.0.0: 2 packages, 0 tools, 0 sources, 0 records; $SIZE unpacked
$DIR/unpacked
$ cd .. && find unpacked -type f | LC_ALL=C sort
unpacked/archive.json
unpacked/packages/ink-1.2.0/ink.txt
unpacked/packages/ink-1.2.0/reef.json
unpacked/packages/letter-opener-1.0.0/open.sh
unpacked/packages/letter-opener-1.0.0/reef.json
unpacked/packages/letter-opener-1.0.0/reef.lock
unpacked/provenance.json
$ reef unpack project/letter-opener-1.0.0.reef unpacked
! error: `$DIR/unpacked` is there already
! hint: name a folder that is not there yet
? 2
$ cd unpacked/packages/letter-opener-1.0.0 && REEF_PACKAGES=$PWD/.. reef run open && cd ../../..
ink 1.2
open of letter-opener 1.0.0: ok

METRIC  VALUE  95 % INTERVAL  N  BETTER
pages       3                    higher

record $RUN

# What was changed is named.
$ python3 spoil.py project/letter-opener-1.0.0.reef changed.reef
$ reef verify changed.reef
! error: `packages/ink-1.2.0` was changed: its SHA-256 is $DIGEST, expected $DIGEST
!   while reading `packages/ink-1.2.0`
!   while reading the archive `changed.reef`
? 6
$ reef unpack changed.reef nowhere; ls nowhere
! error: `packages/ink-1.2.0` was changed: its SHA-256 is $DIGEST, expected $DIGEST
!   while reading `packages/ink-1.2.0`
!   while reading the archive `changed.reef`
! ls: cannot access 'nowhere': No such file or directory
? 2
$ head -c 70000 project/letter-opener-1.0.0.reef >short.reef; reef verify short.reef
good: every byte of $SIZE
letter-opener 1.0.0: 2 packages, 0 tools, 0 sources, 0 records; $SIZE unpacked
manifest sha256:$DIGEST
$ reef inspect project/reef.json
! error: it is no `.reef` archive, nor the beginning of one
!   while reading the archive `project/reef.json`
? 6
$ reef inspect nowhere.reef
! error: cannot open `nowhere.reef`: No such file or directory
? 4

# A lock that pins another package.
$ echo more >>catalogue/ink-1.2/ink.txt
$ reef pack ./project
! error: ink 1.2.0 in `$DIR/catalogue/ink-1.2` is not the package that `reef.lock` pins: its digest is $DIGEST, expected $DIGEST
! hint: restore the package, or accept the change with `cd project && reef lock`
? 6

# A tar of an OCI image layout in another form, as `skopeo copy ... oci-archive:FILE` writes it.
$ mkdir layout && tar xf project/letter-opener-1.0.0.reef -C layout oci-layout index.json blobs 2>/dev/null; tar cf o.reef -C layout blobs index.json oci-layout; reef inspect o.reef
! error: it is an OCI archive (a tar with `oci-layout` and `index.json`), and not in the one form that a `.reef` file has
!   while reading the archive `o.reef`
! hint: `reef pull oci://HOST/REPOSITORY` brings a `.reef` file from the registry
? 6
$ tar cf o.reef -C layout ./oci-layout ./index.json ./blobs; reef verify o.reef 2>&1 | head -n 1
error: it is an OCI archive (a tar with `oci-layout` and `index.json`), and not in the one form that a `.reef` file has

# Records that the archive cannot have.
$ echo "ink 1.2" >catalogue/ink-1.2/ink.txt; reef pack ./project --record nothing
! error: there is no record `nothing`
! hint: `reef runs` lists all records
? 4
$ reef pack ./project --records some
! error: expected `--records all`, `latest` or `none`, or else `--record ID`
? 2

# An archive cannot be streamed, and no file is called `-`.
$ reef pack -o -
! error: an archive cannot be packed to standard output: its head is written last
! hint: name a file: `-o NAME.reef`; one that is called so: `-o ./-`
? 2

# What is no archive is not replaced, nor is what is no regular file; a folder gets the usual name.
$ reef pack ./project --records none -o project/open.sh
! error: `$DIR/project/open.sh` is there and is no archive of reef: it is not replaced
! hint: name another file, or remove that one first
? 2
$ mkfifo pipe; reef pack ./project --records none -o pipe; test -p pipe
! error: `$DIR/pipe` is no regular file: an archive cannot be written into it
! hint: name a file: `-o NAME.reef`
$ reef pack ./project --records none -o nowhere/
! error: there is no folder `$DIR/nowhere`
! hint: make it first: `mkdir -p`
? 4
$ reef pack ./project --records none -o project/letters
! error: `$DIR/project/letters` would be a file of the package that is packed
! hint: in its folder the names of archives end with `.reef`
? 2
$ mkdir out && reef pack ./project --quiet --records none -o out
$DIR/out/letter-opener-1.0.0.reef
$ mkfifo bom; cat bom > got & reef sbom ./project -o bom; wait; grep -c bomFormat got; test -p bom
wrote bom: 2 components
1

# Archives are no part of the package wherever they lie; another file of that name is, for everybody.
$ cp out/letter-opener-1.0.0.reef again.reef; mkdir project/dist; cd project; for i in 1 2; do reef pack --quiet --records none -o dist/$i.reef; done; cmp dist/1.reef dist/2.reef; rm -r dist
$DIR/project/dist/1.reef
$DIR/project/dist/2.reef
$ for i in 1 2 3 4 5 6; do reef pack --quiet --records none -o p$i.reef > /dev/null & done; wait; for i in 1 2 3 4 5 6; do cmp p$i.reef ../again.reef; done; rm p*.reef
$ reef pack ink --quiet --records none -o other.reef; echo weights > data.reef; reef pack --quiet --records none -o ../out; cd ..
$DIR/project/other.reef
$DIR/out/letter-opener-1.0.0.reef
$ reef unpack out/letter-opener-1.0.0.reef with-data --quiet && ls with-data/packages/letter-opener-1.0.0
$DIR/with-data
data.reef
open.sh
reef.json
reef.lock
$ mv project catalogue/letter-opener && reef registry build catalogue | head -1 && reef install letter-opener --quiet
wrote $DIR/catalogue/registry.json: 2 packages, 3 versions
$REEF_HOME/store/$DIGEST-letter-opener-1.0.0

# Nor is the signature of a file that is none, nor a lock that lies in a package of a registry: it may lead anywhere.
$ mkdir odd; echo '{"reef": 1, "name": "odd", "version": "1.0.0", "kind": "program", "summary": "s", "license": "MIT", "exclude": ["x.reef"], "actions": {"run": {"run": [["true"]]}}}' > odd/reef.json; echo text > odd/x.reef; echo signature > odd/x.reef.minisig; reef pack ./odd --quiet -o odd.reef > /dev/null; reef verify odd.reef --quiet
$ mkdir odds; mv odd odds/odd-1.0.0; echo secret > outside; ln -sf $PWD/outside odds/odd-1.0.0/reef.lock; REEF_PACKAGES=$REEF_PACKAGES:$PWD/odds reef pack odd --quiet -o odd.reef > /dev/null

# A record of other source code stays out.
$ cp -r catalogue/letter-opener project; cd project; reef run open --quiet > /dev/null; echo "# changed" >> open.sh; reef pack --quiet; reef pack 2>&1 | grep note
$DIR/project/letter-opener-1.0.0.reef
note: `other.reef` is an archive and stays out: what `sources` names is packed
note: 2 records of other source code stay out: the package was changed since, run it again
$ reef pack --record "$(reef runs --json | sed -n 's/.*"id": "\(.*\)".*/\1/p' | head -1)"
! error: record `$RUN` was made of other source code than `letter-opener` has now
! hint: measure what is packed: `reef run open`
? 2

# A record that was made with other dependencies than the lock has stays out, too.
$ cp -r ../catalogue/ink-1.2 ../catalogue/ink-1.3; sed -i 's/1.2.0/1.3.0/' ../catalogue/ink-1.3/reef.json; reef run open --quiet >/dev/null; reef registry build ../catalogue >/dev/null; reef lock --upgrade ink --quiet; reef pack 2>&1 | grep -e dependencies -e '; '
note: 1 record of other dependencies stays out (ink 1.2.0 -> 1.3.0): run it again, or `--record ID` packs one
letter-opener 1.0.0: 2 packages, 0 tools, 0 sources, 0 records; $SIZE unpacked
$ reef pack --records all 2>&1 | grep -e dependencies -e '; '
note: a replay compares nothing with record `$RUN`, which was made with other dependencies (ink 1.2.0 -> 1.3.0)
letter-opener 1.0.0: 2 packages, 0 tools, 0 sources, 1 record; $SIZE unpacked
$ reef run open --quiet >/dev/null; reef pack 2>&1 | grep -e dependencies -e '; '
letter-opener 1.0.0: 2 packages, 0 tools, 0 sources, 1 record; $SIZE unpacked

# A signature that lies beside the archive is of the one that it was made of.
$ reef pack --records none --quiet >/dev/null; touch letter-opener-1.0.0.reef.minisig; reef pack --records none 2>&1 | grep sign; echo "# more" >> open.sh; reef pack --records none 2>&1 | grep sign; rm *.minisig
note: `letter-opener-1.0.0.reef.minisig` signs the archive that was there before: `reef sign letter-opener-1.0.0.reef` signs this one

# A name that no archive can hold: told when it is recorded, and by `pack` with the record that has it.
$ echo 'touch "$REEF_OUTPUT/aux.txt"' >> open.sh; reef run open 2>&1 | grep note
note: letter-opener 1.0.0 is built again: its files changed
note: `reef pack` cannot take this record: the name `aux.txt` is reserved on Windows, at the entry `aux.txt`
$ reef pack
! error: the name `aux.txt` is reserved on Windows
!   while at the entry `output/aux.txt`
!   while packing `$REEF_HOME/records/$RUN/output/aux.txt`
!   while packing the record `$RUN` of the action `open`
! hint: `--records none` packs no record, `--record ID` only those that you name
? 3
$ reef pack --records none --quiet
$DIR/project/letter-opener-1.0.0.reef

# An archive where a package is asked for.
$ cp letter-opener-1.0.0.reef one.reef; reef run open one.reef
! error: `$DIR/project/one.reef` is an archive, not a package's folder
! hint: `reef replay` runs it again, `reef unpack` makes a folder of it, `reef push` sends it to an OCI registry
? 2
$ for verb in add remove why run why-not "lock --upgrade"; do reef $verb one.reef 2>&1 | head -1; done
error: `$DIR/project/one.reef` is an archive, not a package's folder
error: `$DIR/project/one.reef` is an archive, not a package's folder
error: `$DIR/project/one.reef` is an archive, not a package's folder
error: `$DIR/project/one.reef` is an archive, not a package's folder
error: `$DIR/project/one.reef` is an archive, not a package's folder
error: `$DIR/project/one.reef` is an archive, not a package's folder
$ reef check one.reef
! error: `$DIR/project/one.reef` is an archive, not a package's folder
! hint: `reef replay` runs it again, `reef unpack` makes a folder of it, `reef push` sends it to an OCI registry
! one.reef: 1 problem
? 2
$ reef publish one.reef --to ../catalogue
! error: `$DIR/project/one.reef` is an archive, not a package's folder
! hint: `reef replay` runs it again, `reef unpack` makes a folder of it, `reef push` sends it to an OCI registry
? 2
