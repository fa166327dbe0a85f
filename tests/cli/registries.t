# Registries that a user adds: folders and git repositories (web sites: registry_http.py).
$ reef registry list
NAME  KIND  PRIORITY  LOCATION
catalogue  folder  first  $SOURCE/packages
$ reef registry add share packages
added share: $DIR/packages, 2 packages
$ reef registry list
NAME  KIND  PRIORITY  LOCATION
catalogue  folder  first  $SOURCE/packages
share  folder  0  $DIR/packages
$ reef search glue
NAME  VERSION  KIND     SUMMARY
glue  1.0.0    library  Holds things together
$ reef info glue | head -n 8
glue 1.0.0 (library)
Holds things together
  licence   MIT
  tags      stationery
  versions  1.0.0
  registry  share

Needs nothing
$ reef info glue --json | grep -E '"(registry|folder)"'
  "folder": null,
  "registry": "share",

# Of a plain folder too; a second one of that name is refused.
$ reef registry add share other
! error: there is a registry `share` already: $DIR/packages
! hint: `reef registry remove share` removes it
? 2
$ reef registry add Share other
! error: `Share` cannot be the name of a registry: use a letter, then lower-case letters, digits and `-`
? 2
$ reef registry add more other
added more: $DIR/other, 2 packages
$ reef registry remove more > /dev/null; reef registry add more other --json --priority 7 --prefix paper- --prefix paper-
{
  "commit": null,
  "keys": [],
  "kind": "folder",
  "location": "$DIR/other",
  "name": "more",
  "packages": 2,
  "prefixes": [
    "paper-"
  ],
  "priority": 7,
  "ref": null,
  "warnings": []
}
$ cat $REEF_HOME/registries.json
{
  "format": 1,
  "registries": [
    {
      "location": "$DIR/packages",
      "name": "share"
    },
    {
      "location": "$DIR/other",
      "name": "more",
      "prefixes": [
        "paper-"
      ],
      "priority": 7
    }
  ]
}

# A name is the first registry's that has it; names with a prefix come from those that declare it.
$ cd project && reef tree
album 0.1.0
|-- glue: glue 1.0.0
`-- paper: paper-thin 3.0.0
$ reef tree --json | grep -B4 '"registry"' | grep -E '"(name|registry)"'
      "name": "glue",
      "registry": "share",
      "name": "paper-thin",
      "registry": "more",
  "name": "album",
  "registry": null,
$ cd .. && reef registry remove more && reef registry add more other --prefix paper- --prefix glue- && cd project && reef tree
removed more: $DIR/other
added more: $DIR/other, 2 packages
  only paper-*, glue-* come from here, and from nowhere else
album 0.1.0
|-- glue: glue 1.0.0
`-- paper: paper-thin 3.0.0
# Another registry's package of such a name is not taken: whose it would have to be is told.
$ reef info paper-thick
! error: there is no package `paper-thick` in the packages in `$SOURCE/packages` and the registry `share` ($DIR/packages) and the registry `more` ($DIR/other)
! hint: names that begin with `paper-` come from the registry `more` only: `reef registry list` shows it
! hint: did you mean `paper-thin`?
? 4
$ reef add paper-thick
! error: no package, tool or capability is called `paper-thick`
! hint: names that begin with `paper-` come from the registry `more` only: `reef registry list` shows it
! hint: did you mean `paper-thin`?
? 4
$ sed 's/: "glue"/: "paper-thick"/' reef.json > ../thick.json && reef check ../thick.json
../thick.json: album is good
! ../thick.json:4:5: warning: the catalogue has no package or tool called `paper-thick`
!   4 |     "glue": {"package": "paper-thick"},
!     |     ^
! hint: names that begin with `paper-` come from the registry `more` only: `reef registry list` shows it
! hint: did you mean `paper-thin`?
$ cp reef.json ../kept.json && cp ../thick.json reef.json && reef tree; cp ../kept.json reef.json
! error: there is no solution:
!   album 0.1.0 needs paper-thick, there is no package `paper-thick` (reef.json:4:5)
! hint: names that begin with `paper-` come from the registry `more` only: `reef registry list` shows it
! hint: did you mean `paper-thin`?
! hint: it works without paper-thick (reef.json:4:5)
$ reef registry remove more && reef tree
removed more: $DIR/other
album 0.1.0
|-- glue: glue 1.0.0
`-- paper: paper-thin 1.0.0
$ reef registry add more $OLDPWD/other --priority -1 && reef why glue | head -n 3
added more: $DIR/other, 2 packages
1 way to `glue`:

  album 0.1.0 needs glue: glue 1.0.0 (reef.json:4)
$ reef lock && grep -c -E 'share|more|registry' reef.lock
wrote reef.lock: 3 packages and tools
2

# What cannot be a registry.
$ cd .. && mkdir empty && reef registry add none empty
! error: there is no package in `$DIR/empty`
! hint: `reef registry build $DIR/empty` makes an empty registry of it
? 4
$ reef registry build empty && reef registry add none empty && reef registry remove none
wrote $DIR/empty/registry.json: 0 packages, 0 versions
  1 file of the index written, 0 versions packed, 0 files removed
added none: $DIR/empty, 0 packages
removed none: $DIR/empty
$ reef registry add none nowhere
! error: the registry `none` ($DIR/nowhere) is not there: `$DIR/nowhere` is no folder
!   while looking at the registry `none`
? 4
$ reef registry add none https://ann:secret@example.org
! error: the address of `https://example.org` holds a user name or password, which would be kept in a file and shown
! hint: leave it out: `REEF_REGISTRY_NAME_USER` and `REEF_REGISTRY_NAME_PASSWORD`, or `REEF_REGISTRY_NAME_TOKEN`, of the environment are used where NAME is the registry's
? 3
$ reef registry add none ftp://example.org
! error: `ftp://example.org` is not a kind of registry that is known
! hint: a registry is a folder, `https://...`, `oci://...`, `git+https://...`, `git+ssh://...` or `git+file:///...`
? 2
$ reef registry add none packages --ref main
! error: `--ref` is for git repositories, and `$DIR/packages` is a folder
! hint: a git repository is written `git+https://...` or `git+file:///...`
? 2
$ reef registry add none packages --prefix Paper
! error: no name of a package begins with `Paper`
! hint: a prefix is the start of names, such as `acme-`
? 2
$ reef registry add none packages --priority high
! error: `--priority` needs a whole number, got `high`
! hint: registries with a higher one are asked first; without it it is 0
? 2
$ reef registry add catalogue packages
! error: `catalogue` is the one that came with reef: choose another name
? 2
$ reef registry remove shear
! error: there is no registry `shear`
! hint: `reef registry list` lists them
? 4
$ reef registry update shear
! error: there is no registry `shear`
! hint: `reef registry list` lists them
? 4

# A folder that is gone is told with what helps.
$ mv other gone; reef search glue
NAME  VERSION  KIND     SUMMARY
glue  1.0.0    library  Holds things together
! note: the registry `more` is left out: the registry `more` ($DIR/other) is not there: `$DIR/other` is no folder
$ mv gone other; reef registry remove more
removed more: $DIR/other

# A git repository: the commit is pinned, and moved by `update` only.
$ git init -q -b main repository && cp -r packages/* repository/ && cd repository && git add . && git -c user.name=a -c user.email=a@example.invalid commit -q -m one && git tag first && cd ..
$ reef registry remove share && reef registry add team git+file://$PWD/repository
removed share: $DIR/packages
added team: git+file://$DIR/repository at $DIGEST, 2 packages
$ reef info glue | head -n 1
glue 1.0.0 (library)
$ cd repository && sed -i 's/"1.0.0"/"1.0.1"/' glue/reef.json && git -c user.name=a -c user.email=a@example.invalid commit -q -a -m two && cd ..
$ reef info glue | head -n 1
glue 1.0.0 (library)
$ reef registry update && reef info glue | head -n 1
team: $DIGEST -> $DIGEST
glue 1.0.1 (library)
$ reef registry update team
team: up to date
$ reef registry remove team && reef registry add team git+file://$PWD/repository --ref first && reef info glue --offline | head -n 1
removed team: git+file://$DIR/repository
added team: git+file://$DIR/repository at $DIGEST, 2 packages
glue 1.0.0 (library)
$ reef registry list
NAME  KIND  PRIORITY  LOCATION
catalogue  folder  first  $SOURCE/packages
team  git  0  git+file://$DIR/repository  at $DIGEST of first
$ reef registry add other git+file://$PWD/repository --ref nothing
! error: the git repository `file://$DIR/repository` has no branch or tag `nothing`
!   while looking at the registry `other`
? 4
$ reef registry add other git+file://$PWD/nowhere
! error: there is no git repository `file://$DIR/nowhere`: '$DIR/nowhere' does not appear to be a git repository
!   while looking at the registry `other`
! hint: a private repository looks the same to us: we never ask for a password
? 4
$ printf 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n' > repository/glue/weights; cd repository && git add . && git -c user.name=a -c user.email=a@example.invalid commit -q -m three && cd ..
$ reef registry add other git+file://$PWD/repository && reef registry remove other
added other: git+file://$DIR/repository at $DIGEST, 2 packages
removed other: git+file://$DIR/repository
! warning: `glue/weights` of `file://$DIR/repository` is a pointer of Git LFS, whose contents are not fetched: a `url` source with the SHA-256 that the pointer has brings such a file
$ mv repository gone; reef info glue | head -n 1; reef registry update
glue 1.0.0 (library)
! error: there is no git repository `file://$DIR/repository`: '$DIR/repository' does not appear to be a git repository
!   while updating the registry `team`
! hint: a private repository looks the same to us: we never ask for a password
? 4
$ rm -r $REEF_HOME/cache; reef info glue
! error: there is no git repository `file://$DIR/repository`: '$DIR/repository' does not appear to be a git repository
!   while fetching `the registry `team` (git+file://$DIR/repository at $DIGEST)`
!   while opening the registry `team`
!   while looking for `glue`
! hint: a private repository looks the same to us: we never ask for a password
! hint: to do without it: `reef registry remove team`
? 4
$ reef registry remove team
removed team: git+file://$DIR/repository

# A git repository that was published, with a package that somebody changed afterwards: nobody is led into the cache.
$ cp -r packages published && reef registry build published > /dev/null && echo more > published/glue/more
$ cd published && git init -q && git add . && git -c user.name=a -c user.email=a@example.invalid commit -q -m one && cd ..
$ reef registry add team git+file://$PWD/published && reef install glue
added team: git+file://$DIR/published at $DIGEST, 2 packages
! error: `glue` 1.0.0 in `$REEF_HOME/cache/registries/git/$DIGEST/glue` is not what the registry published: its content is $DIGEST, expected $DIGEST
! hint: tell those who publish `team`, then `reef registry update team`
! hint: if it was changed here: remove `$REEF_HOME/cache/registries/git/$DIGEST`, and it is brought again
? 6
$ reef registry build --replace $REEF_HOME/cache/registries/git/*/
! error: `$REEF_HOME/cache/registries/git/$DIGEST` is in reef's own cache, a copy of what is published elsewhere
! hint: publish where it came from: of a git repository, in a clone of it
? 2
$ reef publish packages/glue --to $REEF_HOME/cache/registries/git/*/
! error: `$REEF_HOME/cache/registries/git/$DIGEST` is in reef's own cache, a copy of what is published elsewhere
! hint: publish where it came from: of a git repository, in a clone of it
? 2
$ reef registry remove team
removed team: git+file://$DIR/published

# Publishing.
$ mkdir first && reef publish packages/glue --to first && reef publish project --to first
published glue 1.0.0 to $DIR/first
published album 0.1.0 to $DIR/first
! packages/glue/reef.json: warning: the package has neither sources nor actions: there is nothing to install or to run
! hint: add an action, e.g. "actions": {"test": {"run": [["true"]]}}
! project/reef.json:5:5: warning: the catalogue has no package or tool called `paper-thin`
!   5 |     "paper": {"package": "paper-thin"}
!     |     ^
$ mkdir shelf && reef publish project --to shelf
published album 0.1.0 to $DIR/shelf
! project/reef.json:4:5: warning: the catalogue has no package or tool called `glue`
!   4 |     "glue": {"package": "glue"},
!     |     ^
! project/reef.json:5:5: warning: the catalogue has no package or tool called `paper-thin`
!   5 |     "paper": {"package": "paper-thin"}
!     |     ^
$ reef publish project --to shelf
album 0.1.0 is in $DIR/shelf already, with the same content
! project/reef.json:4:5: warning: the catalogue has no package or tool called `glue`
!   4 |     "glue": {"package": "glue"},
!     |     ^
! project/reef.json:5:5: warning: the catalogue has no package or tool called `paper-thin`
!   5 |     "paper": {"package": "paper-thin"}
!     |     ^
$ find shelf -name reef.json; ls shelf
shelf/album-0.1.0/reef.json
album-0.1.0
blobs
index
registry.json
$ reef registry add shelf shelf && reef publish packages/glue --to shelf --json
added shelf: $DIR/shelf, 1 package
{
  "digest": "$DIGEST",
  "package": "glue",
  "published": true,
  "registry": "shelf",
  "version": "1.0.0",
  "warnings": [
    {
      "code": "invalid_input",
      "context": [],
      "hints": [
        "add an action, e.g. \"actions\": {\"test\": {\"run\": [[\"true\"]]}}"
      ],
      "message": "the package has neither sources nor actions: there is nothing to install or to run",
      "place": {
        "column": null,
        "file": "packages/glue/reef.json",
        "line": null
      }
    }
  ]
}
$ echo more > packages/glue/more; reef publish packages/glue --to shelf
! error: `glue` 1.0.0 is in `$DIR/shelf` already, with different content
! hint: what was published never changes: give the package another version
? 6
$ rm packages/glue/more; sed -i 's/"licence"/"license"/; s/"version": "1.0.0"/"version": "1.0"/' packages/glue/reef.json; reef publish packages/glue --to shelf
! packages/glue/reef.json:2:41: error: `1.0` is not a version: it must have three numbers, as in `1.2.0`
!   2 |   "reef": 1, "name": "glue", "version": "1.0", "kind": "library", "summary": "Holds things together", "license": "MIT",
!     |                                         ^
! hint: did you mean `1.0.0`?
? 3
$ reef publish packages/glue --to shelv
! error: there is no registry `shelv`
! hint: did you mean `shelf`?
? 4
$ reef publish packages/glue --to ./nowhere
! error: there is no folder `$DIR/nowhere`
! hint: make it first: `mkdir -p`; the packages go into it, each in a folder of its own
? 4
$ sed -i 's/"version": "1.0"/"version": "1.0.0"/' packages/glue/reef.json; reef publish packages/glue --to https://example.org/x
! error: `https://example.org/x` is a web site of static files: nothing can be sent to it
! hint: where its files are: `reef publish $DIR/packages/glue --to FOLDER`, then serve the folder as before
? 2
$ reef publish packages/glue --to git+https://example.org/x
! error: `git+https://example.org/x` is a git repository: reef makes no commits
! hint: in a clone of it: `reef publish $DIR/packages/glue --to CLONE`, then commit and push
? 2
$ reef publish packages/glue
! error: `reef publish` needs `--to`
! hint: `reef publish --help` explains it
? 2
$ mkdir packages/glue/shelf && reef publish packages/glue --to packages/glue/shelf; rmdir packages/glue/shelf
! error: the registry `$DIR/packages/glue/shelf` is inside the package
! hint: what is published would hold the registry itself: move that elsewhere
$ touch 'packages/glue/a\b'; sed -i 's/"version": "1.0.0"/"version": "1.1.0"/' packages/glue/reef.json; reef publish packages/glue --to shelf; ls -A shelf
album-0.1.0
blobs
glue-1.0.0
index
registry.json
! error: the name holds a backslash
!   while at the entry `a\b`
!   while packing `$DIR/packages/glue/a\b`

# Yanking: the content stays, for those whose lock names it.
$ rm 'packages/glue/a\b'; reef publish packages/glue --to shelf
published glue 1.1.0 to shelf
! packages/glue/reef.json: warning: the package has neither sources nor actions: there is nothing to install or to run
! hint: add an action, e.g. "actions": {"test": {"run": [["true"]]}}
$ reef publish --yank glue@1.1.0 --to shelf && cat shelf/yanked.json && reef publish --yank glue@1.1.0 --to shelf
yanked glue 1.1.0 in shelf: only locks that name it, and commands about exactly it, still get it
{
  "format": 1,
  "yanked": {
    "glue": [
      "1.1.0"
    ]
  }
}
glue 1.1.0 is yanked in shelf already
$ reef info glue | grep versions
  versions  1.1.0 (yanked), 1.0.0
$ reef tree glue && reef tree glue@1.1.0
glue 1.0.0
glue 1.1.0
! note: glue 1.1.0 was yanked by its author
$ reef install glue@1.1.0 && reef install 'glue@>=1.1.0'
built glue 1.1.0
$REEF_HOME/store/$DIGEST-glue-1.1.0
! note: glue 1.1.0 was yanked by its author
! error: there is no solution:
!   you asked for glue >=1.1.0, there is only 1.0.0 (1.1.0 is yanked)
! hint: glue was withdrawn by its author: only a lock that holds it already, or a command about exactly that version, takes it; no dependency does
! hint: it works with glue 1.0.0: ask for `glue@1.0.0`
? 5
$ reef publish packages/glue --to shelf
glue 1.1.0 is in shelf already, with the same content
! packages/glue/reef.json: warning: the package has neither sources nor actions: there is nothing to install or to run
! hint: add an action, e.g. "actions": {"test": {"run": [["true"]]}}
$ reef publish --yank glue@1.1.0 --undo --to shelf --json && reef tree glue && cat shelf/yanked.json
{
  "changed": true,
  "package": "glue",
  "registry": "shelf",
  "version": "1.1.0",
  "yanked": false
}
glue 1.1.0
{
  "format": 1,
  "yanked": {}
}
$ reef publish --yank glue --to shelf
! error: `glue` names no version
! hint: say which: `--yank glue@1.0.0`
? 2
$ reef publish --yank glue@9.0.0 --to shelf
! error: `glue` 9.0.0 is not in `$DIR/shelf`
! hint: there is `1.1.0` and `1.0.0`
? 4
$ reef publish --yank gluw@1.0.0 --to shelf
! error: there is no package `gluw` in `$DIR/shelf`
! hint: did you mean `glue`?
? 4
$ reef publish packages/glue --yank glue@1.0.0 --to shelf
! error: `--yank` is about a version that was published: `packages/glue` has no part in it
? 2
$ reef publish packages/glue --undo --to shelf
! error: `--undo` needs `--yank NAME@VERSION`
? 2
$ reef publish --yank glue@1.0.0 --to https://example.org/x
! error: `https://example.org/x` is a web site of static files: nothing can be sent to it
! hint: where its files are: `reef publish --yank glue@1.0.0 --to FOLDER`, then serve the folder as before
? 2

# Those who publish the same at once wait for each other.
$ mkdir many; for i in 1 2 3 4; do reef publish project --to many > out$i 2>&1 & done; wait; grep -h album out? | sort | uniq -c; rm -r out? many
      3 album 0.1.0 is in $DIR/many already, with the same content
      1 published album 0.1.0 to $DIR/many

# What was published never changes, also when something else is published beside it.
$ echo more > shelf/glue-1.1.0/more; reef publish project --to shelf
! error: `glue` 1.1.0 in `$DIR/shelf/glue-1.1.0` is not what was published: its content has changed
! hint: put it back as it was, or give it another version: locks that name it would fail
! hint: `reef registry build --replace $DIR/shelf` publishes it all the same
? 6
$ reef registry build shelf
! error: `glue` 1.1.0 in `$DIR/shelf/glue-1.1.0` is not what was published: its content has changed
! hint: put it back as it was, or give it another version: locks that name it would fail
! hint: `reef registry build --replace $DIR/shelf` publishes it all the same
? 6
$ reef registry build shelf --replace && rm shelf/glue-1.1.0/more && reef registry build shelf --replace | head -n 1
wrote $DIR/shelf/registry.json: 2 packages, 3 versions
  1 file of the index written, 1 version packed, 2 files removed
wrote $DIR/shelf/registry.json: 2 packages, 3 versions
$ mv shelf/glue-1.0.0 kept; reef registry build shelf; mv kept shelf/glue-1.0.0; reef registry build shelf > /dev/null
wrote $DIR/shelf/registry.json: 2 packages, 2 versions
  1 file of the index written, 0 versions packed, 2 files removed
! warning: `glue@1.0.0` was published, and is not in `$DIR/shelf` any more: locks that name it fail
! hint: bring it back, then take the offer back: `reef publish --yank glue@1.0.0 --to $DIR/shelf`

# A neighbour that cannot be read: nothing is published, and nothing stays.
$ mkdir shelf/broken; echo '{' > shelf/broken/reef.json; sed -i 's/"version": "1.1.0"/"version": "1.1.9"/' packages/glue/reef.json; reef publish packages/glue --to shelf --quiet; ls -A shelf
album-0.1.0
blobs
broken
glue-1.0.0
glue-1.1.0
index
registry.json
yanked.json
! $DIR/shelf/broken/reef.json:2:1: error: this is not JSON: unexpected end of input; expected string literal
!   while publishing `broken`
$ rm -r shelf/broken; reef publish packages/glue --to shelf --quiet; rm -r shelf/glue-1.1.9; sed -i 's/"version": "1.1.9"/"version": "1.1.0"/' packages/glue/reef.json; reef registry build shelf --quiet > /dev/null
published glue 1.1.9 to shelf

# Signed registries.
$ reef key generate alice > /dev/null && reef registry build shelf --sign alice
up to date: $DIR/shelf/registry.json: 2 packages, 3 versions
  0 files of the index written, 0 versions packed, 3 files removed
  signed: $DIR/shelf/registry.json.minisig
$ reef registry build shelf
! error: the registry in `$DIR/shelf` is signed, and would not be any more
! hint: name the key: `--sign KEY`; or remove `registry.json.minisig`
? 2
$ reef publish packages/glue --to shelf
! error: the registry in `$DIR/shelf` is signed, and would not be any more
! hint: name the key: `--sign KEY`
? 2
$ sed -i 's/"version": "1.1.0"/"version": "1.2.0"/' packages/glue/reef.json; reef publish packages/glue --to shelf
! error: the registry in `$DIR/shelf` is signed, and would not be any more
! hint: name the key: `--sign KEY`
? 2
$ reef publish packages/glue --to shelf --sign alice
published glue 1.2.0 to shelf
! packages/glue/reef.json: warning: the package has neither sources nor actions: there is nothing to install or to run
! hint: add an action, e.g. "actions": {"test": {"run": [["true"]]}}
$ reef registry remove shelf && reef registry add shelf shelf --key alice && reef info glue | head -n 1
removed shelf: $DIR/shelf
added shelf: $DIR/shelf, 2 packages
  pinned to 1 key
glue 1.2.0 (library)
$ echo '{"format": 1, "packages": {}, "search": "0000000000000000000000000000000000000000000000000000000000000000"}' > shelf/registry.json; reef info glue
! error: `registry.json` is not what was signed: it was changed, or another key of the same id signed it
!   while opening the registry `shelf`
!   while looking for `glue`
! hint: to do without it: `reef registry remove shelf`
? 6
$ reef registry build shelf --sign alice && reef info glue | head -n 1
wrote $DIR/shelf/registry.json: 2 packages, 4 versions
  0 files of the index written, 4 versions packed, 2 files removed
  signed: $DIR/shelf/registry.json.minisig
glue 1.2.0 (library)
$ rm shelf/registry.json.minisig; rm -r $REEF_HOME/cache; reef info glue | head -n 1
glue 1.2.0 (library)
$ REEF_CLOCK=1900000000 reef key revoke alice --reason test > /dev/null; reef info glue 2>&1 | sed -E 's/[0-9A-F]{16}/KEY/'
error: the key KEY (alice) was revoked on 2030-03-17T17:46:40Z: test
  while opening the registry `shelf`
  while looking for `glue`
hint: to do without it: `reef registry remove shelf`
$ reef registry list | grep shelf | sed 's/;.*//'; reef registry list --json | grep -A2 revoked_keys | tail -n 3
shelf  folder  0  $DIR/shelf  signed by alice (revoked)
      "revoked_keys": [
        "alice"
      ],

# One that cannot be reached stops nobody who asks for what comes before it; lists are without it, and say so.
$ reef registry remove shelf > /dev/null; reef registry build shelf > /dev/null; reef registry add shelf shelf > /dev/null; reef registry add off http://127.0.0.1:1/ --offline
added off: http://127.0.0.1:1, not looked at yet
$ reef info digits | head -n 1
digits 1.0.0 (dataset)
$ reef info glue | head -n 1
glue 1.2.0 (library)
$ reef search digits-weights
NAME            VERSION  KIND   SUMMARY
digits-weights  1.0.0    model  Four small networks for the digits data set, trained while installing, the same bits everywhere
! note: the registry `off` is left out: cannot fetch `http://127.0.0.1:1/registry.json`: cannot connect to `127.0.0.1:1`
$ reef info gleu
! error: cannot fetch `http://127.0.0.1:1/registry.json`: cannot connect to `127.0.0.1:1`
!   while opening the registry `off`
!   while looking for `gleu`
! hint: to do without it: `reef registry remove off`
? 8
$ reef registry remove off > /dev/null; reef registry add off http://127.0.0.1:1/ --offline --prefix acme-
added off: http://127.0.0.1:1, not looked at yet
  only acme-* comes from here, and from nowhere else
$ reef info gleu
! note: the registry `off` is left out: cannot fetch `http://127.0.0.1:1/registry.json`: cannot connect to `127.0.0.1:1`
! error: there is no package `gleu` in the packages in `$SOURCE/packages` and the registry `shelf` ($DIR/shelf) and the registry `off` (http://127.0.0.1:1)
! hint: did you mean `glue`?
? 4
$ reef info acme-tools
! error: cannot fetch `http://127.0.0.1:1/registry.json`: cannot connect to `127.0.0.1:1`
!   while opening the registry `off`
!   while looking for `acme-tools`
! hint: to do without it: `reef registry remove off`
? 8
$ reef registry remove off
removed off: http://127.0.0.1:1

# Another content under a version that is locked is no edit where it comes from a repository.
$ mkdir -p theirs/nib/d mine; echo good > theirs/nib/d/x; echo '{"reef": 1, "name": "nib", "version": "1.0.0", "kind": "dataset", "sources": [{"path": "d"}]}' > theirs/nib/reef.json
$ echo '{"reef": 1, "name": "mine", "version": "1.0.0", "kind": "program", "dependencies": {"nib": {"package": "nib"}}, "actions": {"show": {"run": [["cat", "${nib.prefix}/d/x"]]}}}' > mine/reef.json
$ cd theirs && git init -q -b main && git add . && git -c user.name=a -c user.email=a@example.invalid commit -q -m one && cd ..; reef registry add theirs git+file://$PWD/theirs | cut -d: -f1; cd mine; reef lock -q; cp reef.lock ../good.lock
added theirs
$ cd ../theirs && echo evil > nib/d/x && git -c user.name=a -c user.email=a@example.invalid commit -q --amend -a -m one && cd ..; reef registry update theirs | cut -d: -f1; cd mine; reef run show; cmp reef.lock ../good.lock
theirs
! error: nib 1.0.0 of the registry `theirs` is not the one in `reef.lock`: its digest is $DIGEST, locked is $DIGEST
! hint: what was published must never change: ask those who publish it what happened
! hint: to take it as it is now, after having looked: `reef lock --upgrade nib`
