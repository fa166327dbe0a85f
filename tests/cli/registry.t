# A folder of packages becomes a registry: an index that can be served as static files.
$ reef registry build packages
wrote $DIR/packages/registry.json: 2 packages, 3 versions
  3 files of the index written, 3 versions packed, 0 files removed

$ reef registry build packages --json
{
  "changed": false,
  "digest": "$DIGEST",
  "file": "$DIR/packages/registry.json",
  "gone": [],
  "packages": 2,
  "packed": 0,
  "removed": 0,
  "repaired": 0,
  "signature": null,
  "versions": 3,
  "warnings": [],
  "written": 0
}

$ cat packages/registry.json
{
  "capabilities": {
    "colour": ["ink"]
  },
  "format": 1,
  "packages": {
    "ink": "$DIGEST",
    "nib": "$DIGEST"
  },
  "search": "$DIGEST",
  "tools": []
}

$ cat packages/index/*/nib.*.json
{"format":1,"name":"nib","versions":[
{"dependencies":[{"column":20,"line":4,"package":"ink","role":"ink","version":"<1.1"}],"digest":"$DIGEST","kind":"library","license":"MIT","manifest":"nib/reef.json","reef":1,"summary":"The point of a pen","tags":["pens"],"tree":{"apart":[{"executable":false,"path":"reef.json","sha256":"$DIGEST","size":207}],"bytes":207,"entries":1,"sha256":"$DIGEST"},"version":"0.9.0"}
]}

# It answers like the folder.
$ export REEF_PACKAGES=$PWD/packages

$ reef search pens
NAME  VERSION  KIND     SUMMARY
nib   0.9.0    library  The point of a pen

$ cd project && reef lock && reef tree
wrote reef.lock: 3 packages and tools
letter 0.1.0
|-- colour: ink 1.0.0
`-- nib: nib 0.9.0
    `-- ink: ink 1.0.0

$ reef info nib | head -n 3
nib 0.9.0 (library)
The point of a pen
  licence   MIT

# Its index has the places of the manifests.
$ sed -i 's/"colour", "version": ">=1"/"colour", "version": ">=1.1"/' reef.json && reef lock
! error: there is no solution:
!   letter 0.1.0 needs colour >=1.1, which only ink 1.1.0 provides (reef.json:4:5)
!   letter 0.1.0 needs nib ^0.9 (reef.json:5:5)
!   nib 0.9.0 needs ink <1.1 ($DIR/packages/nib/reef.json:4:20)
! hint: it works with colour >=1.0 (ink 1.0.0): `reef add 'colour@>=1.0'` changes `>=1.1` at reef.json:4:5
! hint: it works without nib (reef.json:5:5)
? 5

$ sed -i 's/">=1.1"/">=1"/' reef.json && reef lock
reef.lock is up to date

# What is added is there once it is published; the lock holds.
$ cd .. && cp -r new/ink-2.0 packages/ && reef info ink@2 
! error: no version of `ink` is in `2`
! hint: there is `1.1.0` and `1.0.0`
? 4

$ reef registry build packages && cd project && reef lock && reef info ink@2 | head -n 1
wrote $DIR/packages/registry.json: 2 packages, 4 versions
  2 files of the index written, 1 version packed, 0 files removed
reef.lock is up to date
ink 2.0.0 (library)

# A package that differs from what was published is not used.
$ cd .. && cp packages/nib/reef.json kept && sed -i s/point/tip/ packages/nib/reef.json && cd project && reef lock
! error: `nib` 0.9.0 in `$DIR/packages/nib` is not what the registry published: its content is $DIGEST, expected $DIGEST
! hint: put it back as it was, or give it another version
! hint: `reef registry build --replace $DIR/packages` publishes what is there now
? 6

$ cd .. && cp kept packages/nib/reef.json && cd project && reef lock
reef.lock is up to date

# A file of the index that is damaged is named, and made again.
$ rm -r $REEF_HOME/cache/registries; sed -i s/point/tip/ ../packages/index/*/nib.*.json; reef lock
! error: `$DIR/packages/index/7d/nib.$DIGEST.json` is damaged: its SHA-256 begins with $DIGEST, `registry.json` says $DIGEST
! hint: `reef registry build $DIR/packages` writes it anew
? 6

$ cd .. && reef registry build packages && cd project && reef lock
up to date: $DIR/packages/registry.json: 2 packages, 4 versions
  1 file of the index written, 1 version packed, 2 files removed
reef.lock is up to date

$ rm -r $REEF_HOME/cache/registries ../packages/index/*/ink.*; reef lock
! error: `$DIR/packages/index/55/ink.$DIGEST.json` is missing, though `registry.json` names it
! hint: `reef registry build $DIR/packages` writes it anew
? 6

$ cd .. && reef registry build packages && cd project && reef lock
up to date: $DIR/packages/registry.json: 2 packages, 4 versions
  1 file of the index written, 3 versions packed, 0 files removed
reef.lock is up to date

# Caches that are damaged are made again without a word.
$ for file in $REEF_HOME/cache/registries/*; do head -c 300 $file > cut && mv cut $file; done; reef lock
reef.lock is up to date

$ for file in $REEF_HOME/cache/registries/*; do echo nonsense > $file; done; reef lock
reef.lock is up to date

# The root itself.
$ cp ../packages/registry.json kept; head -c 100 kept > ../packages/registry.json; reef lock
! $DIR/packages/registry.json:7:21: error: this is not JSON
!   7 |     "ink": "556acaf3
!     |                     ^
!   while opening the registry
! hint: `reef registry build $DIR/packages` writes it anew
? 3

$ sed 's/"format": 1/"format": 2/' kept > ../packages/registry.json; reef search
! $DIR/packages/registry.json:5:3: error: this registry has format 2, this reef reads format 1
!   5 |   "format": 2,
!     |   ^
!   while opening the registry
! hint: a newer version of `reef` may read it
? 3

$ mv kept ../packages/registry.json; reef lock
reef.lock is up to date

# One version with two contents, in one registry and in two.
$ cd ..; cp -r packages/nib packages/nib-copy; echo more > packages/nib-copy/more; reef registry build packages
! error: `nib` 0.9.0 is in `$DIR/packages/nib` and in `$DIR/packages/nib-copy`, with different content
! hint: give one of them another version, or remove it
? 6

$ mkdir others && mv packages/nib-copy others/; export REEF_PACKAGES=$PWD/others:$PWD/packages; cd project; reef lock
! error: `nib` 0.9.0 is in `$DIR/others/nib-copy` and in `$DIR/packages/nib`, with different content
! hint: give one of them another version, or remove it
? 6

$ rm ../others/nib-copy/more; reef lock
reef.lock is up to date

$ cd .. && sed -i 's/"0.9.0"/"0.9"/' others/nib-copy/reef.json; reef registry build others
! $DIR/others/nib-copy/reef.json:2:40: error: `0.9` is not a version: it must have three numbers, as in `1.2.0`
!   2 |   "reef": 1, "name": "nib", "version": "0.9", "kind": "library", "summary": "The point of a pen", "license": "MIT",
!     |                                        ^
!   while publishing `nib`
! hint: did you mean `0.9.0`?
? 3

# What is no folder of packages.
$ reef registry build packages/nib
! error: `$DIR/packages/nib` is a package, not a folder of packages
! hint: name the folder that holds it
? 3

$ reef registry build nowhere
! error: there is no folder `$DIR/nowhere`
! hint: name the folder that holds the packages, each in a folder of its own
? 4

$ reef registry
NAME  KIND  PRIORITY  LOCATION
(REEF_PACKAGES)  folder  first  $DIR/others
(REEF_PACKAGES)  folder  first  $DIR/packages
catalogue  folder  first  $SOURCE/packages

# Contents that a disk damaged are noticed though nothing else changed, and written again.
$ reef registry build packages > /dev/null; for blob in packages/blobs/*/*; do printf X | dd of=$blob bs=1 seek=20 conv=notrunc status=none; done; reef registry build packages
up to date: $DIR/packages/registry.json: 2 packages, 4 versions
  0 files of the index written, 4 versions packed, 0 files removed
  4 files of `blobs` were damaged, and written again
$ reef registry build packages
up to date: $DIR/packages/registry.json: 2 packages, 4 versions

# A link out of the folder is not published, and the whole machine is no registry.
$ mkdir -p secret/key && sed 's/"nib"/"key"/' packages/nib/reef.json > secret/key/reef.json && ln -s ../secret packages/more; reef registry build packages
! error: `$DIR/packages/more/key` leads out of the registry, to `$DIR/secret/key`
! hint: what is published lies in the folder itself: copy the package there
? 3
$ rm packages/more; reef registry build /
! error: `/` is the whole machine, no folder of packages
? 2
