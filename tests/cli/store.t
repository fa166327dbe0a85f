# What is installed, how much it takes, and who keeps it.
$ export REEF_PACKAGES=$PWD/packages REEF_CLOCK=1700000000
$ reef store
nothing is installed: `reef install PACKAGE` does it
$ reef install whole
built part 1.2.0
built whole 1.0.0
$REEF_HOME/store/$DIGEST-whole-1.0.0
$ reef install whole --with size=l --quiet
$REEF_HOME/store/$DIGEST-whole-1.0.0
$ reef store
PACKAGE      KEY           SIZE  FILES  KEPT BY        OPTIONS
part 1.2.0  $DIGEST  $SIZE  2  package whole  -
whole 1.0.0  $DIGEST  $SIZE  1  package whole  size = l
whole 1.0.0  $DIGEST  $SIZE  1  package whole  size = s
3 installed, $SIZE
$ reef store path whole
$REEF_HOME/store/$DIGEST-whole-1.0.0
$ cat "$(reef store path whole --with size=l)/text"
one
text
large
$ reef store path part --json
{
  "key": "$DIGEST",
  "name": "part",
  "path": "$REEF_HOME/store/$DIGEST-part-1.2.0",
  "version": "1.2.0"
}
$ reef store path clock
! error: clock 1.0.0 is not installed with these choices
! hint: `reef install clock` builds it
? 4
$ reef store size
WHAT  SIZE
packages  $SIZE  3 packages
downloads  $SIZE  0 files
records  $SIZE  `reef runs` lists them
logs  $SIZE  of builds
stage  $SIZE  being built, or left by killed processes
replays  $SIZE  of 0 archives, each with a store of its own
other  $SIZE  caches of what was found on this host, states of workflows
all  $SIZE  $REEF_HOME
`reef gc` would free $SIZE

# Every byte is read.
$ reef store verify
3 packages are as installed
$ reef store verify part
1 package is as installed
$ reef store verify prat
! error: `prat` is not in the store
! hint: did you mean `part`?
? 4

# A file that was changed: the verb names it, and the next install does not believe what it finds.
$ chmod u+w "$(reef store path part)/data/two.txt" && echo TWO > "$(reef store path part)/data/two.txt"
$ reef store path part
! error: part 1.2.0 is damaged: `data/two.txt` was changed
! hint: `reef store verify --repair` builds it again
? 6
$ reef store verify
part 1.2.0 is damaged
  $REEF_HOME/store/$DIGEST-part-1.2.0
  `data/two.txt` was changed
! hint: `reef store verify --repair` removes what is damaged, and builds again what it can
? 6
$ reef store verify --json
{
  "damaged": 1,
  "entries": [
    {
      "damages": [
        "`data/two.txt` was changed"
      ],
      "name": "part 1.2.0",
      "note": "",
      "path": "$REEF_HOME/store/$DIGEST-part-1.2.0",
      "state": "damaged"
    },
    {
      "damages": [],
      "name": "whole 1.0.0",
      "note": "",
      "path": "$REEF_HOME/store/$DIGEST-whole-1.0.0",
      "state": "whole"
    },
    {
      "damages": [],
      "name": "whole 1.0.0",
      "note": "",
      "path": "$REEF_HOME/store/$DIGEST-whole-1.0.0",
      "state": "whole"
    }
  ],
  "removed": 0,
  "repaired": 0,
  "verified": 3
}
? 6
$ reef why-rebuild part
part 1.2.0 would be built: it is damaged: `data/two.txt` was changed
$ reef install part
built part 1.2.0
$REEF_HOME/store/$DIGEST-part-1.2.0
! note: part 1.2.0 is built again: it is damaged: `data/two.txt` was changed
$ reef store verify
3 packages are as installed

# A repair.
$ chmod u+w "$(reef store path whole)" && touch "$(reef store path whole)/more"
$ reef store verify whole
whole 1.0.0 is damaged
  $REEF_HOME/store/$DIGEST-whole-1.0.0
  `more` was added
! hint: `reef store verify --repair` removes what is damaged, and builds again what it can
? 6
$ reef store verify whole --repair
whole 1.0.0 was damaged: built again
  $REEF_HOME/store/$DIGEST-whole-1.0.0
  `more` was added
everything else is whole
$ reef store verify
3 packages are as installed

# So is what the store itself keeps of it.
$ part=$(reef store path part)/.reef; chmod u+w $part $part/*; echo junk > $part/package; reef store verify part
part 1.2.0 is damaged
  $REEF_HOME/store/$DIGEST-part-1.2.0
  the list of its package's files was changed
! hint: `reef store verify --repair` removes what is damaged, and builds again what it can
? 6
$ reef store verify part --repair
part 1.2.0 was damaged: built again
  $REEF_HOME/store/$DIGEST-part-1.2.0
  the list of its package's files was changed
everything else is whole
$ whole=$(reef store path whole)/.reef; chmod u+w $whole $whole/*; sed -i 's/"option size": "s"/"option size": "l"/' $whole/prefix.json; reef store verify whole
whole 1.0.0 is damaged
  $REEF_HOME/store/$DIGEST-whole-1.0.0
  its description was changed
! hint: `reef store verify --repair` removes what is damaged, and builds again what it can
? 6
$ reef store verify whole --repair
whole 1.0.0 was damaged: built again
  $REEF_HOME/store/$DIGEST-whole-1.0.0
  its description was changed
everything else is whole

# A description that cannot be read is damage too; what has no options, or the usual ones, is built again all the same.
$ chmod u+w "$(reef store path part)/.reef/prefix.json" && echo '{' > "$(reef store path part)/.reef/prefix.json"
$ reef store size | tail -2
1 folder cannot be read: `reef store verify` tells more
`reef gc` would free $SIZE
$ reef store verify
$DIGEST-part-1.2.0 is damaged
  $REEF_HOME/store/$DIGEST-part-1.2.0
  its description cannot be read: this is not JSON: unexpected end of input; expected string literal
! hint: `reef store verify --repair` removes what is damaged, and builds again what it can
? 6
$ reef store verify --repair
$DIGEST-part-1.2.0 was damaged: built again
  $REEF_HOME/store/$DIGEST-part-1.2.0
  its description cannot be read: this is not JSON: unexpected end of input; expected string literal
everything else is whole
$ reef store verify
3 packages are as installed

# A home that was moved or copied: what its files name is elsewhere now, so that is built again; the rest stays.
$ mkdir placed && cat > placed/reef.json <<'END'
> {"reef": 1, "name": "placed", "version": "1.0.0", "kind": "program", "summary": "Knows where it is", "license": "MIT",
>  "dependencies": {"data": {"package": "part"}},
>  "actions": {"build": {"run": [["sh", "-c", "echo cat $1/data/one.txt > $2/run", "sh", "${data.prefix}", "${prefix}"]]},
>              "show": {"run": [["sh", "${prefix}/run"]]}}}
> END
$ reef install ./placed --quiet > /dev/null; cp -a "$REEF_HOME" "$REEF_HOME-copy"; export first=$REEF_HOME REEF_HOME=$REEF_HOME-copy; reef store verify
placed 1.0.0 is damaged
  $REEF_HOME-copy/store/$DIGEST-placed-1.0.0
  `run` names `$REEF_HOME/store`, where it was installed before the home was moved or copied
! hint: `reef store verify --repair` removes what is damaged, and builds again what it can
? 6
$ reef pack ./placed --with-builds --records none --quiet -o placed.reef; reef install ./placed
$DIR/placed.reef
nothing to do: 2 packages are installed
$REEF_HOME-copy/store/$DIGEST-placed-1.0.0
$ reef store verify; reef run show ./placed --quiet; grep -c "$REEF_HOME/store/" "$(reef store path ./placed)/run"
4 packages are as installed
one
1
$ mv "$REEF_HOME" "$first-moved"; export REEF_HOME=$first-moved; reef store verify placed --repair
placed 1.0.0 was damaged: built again
  $REEF_HOME-moved/store/$DIGEST-placed-1.0.0
  `run` names `$REEF_HOME-copy/store`, where it was installed before the home was moved or copied
everything else is whole
$ ln -s "$REEF_HOME" "$first-link"; REEF_HOME=$first-link reef store verify
4 packages are as installed
$ chmod -R u+w "$REEF_HOME" placed; rm -r "$REEF_HOME" "$first-link" placed; export REEF_HOME=$first; reef gc --quiet
freed $SIZE, kept 3 packages

# Nothing refers to what was used long ago, except for what is pinned.
$ reef install whole --quiet
$REEF_HOME/store/$DIGEST-whole-1.0.0
$ reef store pin part
part 1.2.0 stays until `reef store unpin part`
$ reef gc
freed $SIZE, kept 3 packages
$ reef gc --dry-run --unused 0
no root any more: part: not used since 2023-11-14
no root any more: whole: not used since 2023-11-14
no root any more: whole size=l: not used since 2023-11-14
would remove whole 1.0.0 ($SIZE, $DIGEST)
would remove whole 1.0.0 ($SIZE, $DIGEST)
would free $SIZE, kept 1 package
$ reef gc --unused 0
no root any more: part: not used since 2023-11-14
no root any more: whole: not used since 2023-11-14
no root any more: whole size=l: not used since 2023-11-14
removed whole 1.0.0 ($SIZE, $DIGEST)
removed whole 1.0.0 ($SIZE, $DIGEST)
freed $SIZE, kept 1 package
$ reef gc --unused 0 --json
{
  "bytes": 0,
  "contents": {
    "bytes": 0,
    "removed": 0
  },
  "downloads": {
    "bytes": 0,
    "in_use": false,
    "left_bytes": 0,
    "removed": 0
  },
  "dry_run": false,
  "forgotten_roots": [],
  "kept": 1,
  "kept_by_processes": 0,
  "leftovers": 0,
  "removed": [],
  "replays": {
    "bytes": 0,
    "removed": 0
  },
  "roots": [
    {
      "choice": "part",
      "file": "",
      "kind": "pin",
      "name": "part",
      "used": "2023-11-14T22:13:20Z"
    }
  ]
}
$ reef store
PACKAGE     KEY           SIZE  FILES  KEPT BY   OPTIONS
part 1.2.0  $DIGEST  $SIZE  2  pin part  -
1 installed, $SIZE
$ reef store unpin prat
! error: `prat` is not pinned
! hint: did you mean `part`?
? 4
$ reef store unpin part
part is not pinned any more
$ reef gc --unused 0
removed part 1.2.0 ($SIZE, $DIGEST)
freed $SIZE, kept 0 packages
$ reef store pin whole
! error: whole 1.0.0 is not installed with these choices
! hint: `reef install whole` builds it
? 4

# A project keeps what its lock means, until it is gone.
$ mkdir project && cd project && reef init --template program --name mine > /dev/null && reef add part --quiet && reef install --quiet > /dev/null && cd ..
$ reef gc --unused 0
freed $SIZE, kept 2 packages
$ reef store
PACKAGE     KEY               SIZE  FILES  KEPT BY       OPTIONS
mine 0.1.0  $DIGEST  $SIZE  1  project mine  optimize = O2
part 1.2.0  $DIGEST  $SIZE  2  project mine  -
2 installed, $SIZE
$ rm -r project && reef gc
no root any more: mine: `$DIR/project/reef.json` is gone, or has another lock now
removed mine 0.1.0 ($SIZE, $DIGEST)
removed part 1.2.0 ($SIZE, $DIGEST)
freed $SIZE, kept 0 packages
$ reef store
nothing is installed: `reef install PACKAGE` does it

# Words that mean nothing.
$ reef gc --unused soon
! error: expected a duration such as `30d`, `12h` or `0`, got `soon`
!   while reading `--unused`
? 3
$ reef gc --cache-limit much
! error: expected a size such as `$SIZE`, got `much`
!   while reading `--cache-limit`
? 3
$ reef gc --unused -5d
! error: expected a duration such as `30d`, `12h` or `0`, got `-5d`
!   while reading `--unused`
? 3
$ REEF_CACHE_LIMIT=foo reef gc
! error: expected a size such as `$SIZE`, got `foo`
!   while reading `REEF_CACHE_LIMIT`
? 3
$ reef gc --cache-limit 1GiB --unused 1d
freed $SIZE, kept 0 packages

# A tool is found, not built.
$ reef store path tar
! error: `tar` is a tool: it is found on this host, not built
! hint: `reef detect tar` tells which one
? 2
$ reef store pin tar
! error: `tar` is a tool: it is found on this host, not built
! hint: `reef detect tar` tells which one
? 2
$ reef why-rebuild tar
! error: `tar` is a tool: it is found on this host, not built
! hint: `reef detect tar` tells which one
? 2
$ reef verify --rebuild tar
! error: `tar` is a tool: it is found on this host, not built
! hint: `reef detect tar` tells which one
? 2

# What a project needs is built again from its folder, and when that has changed it is said who builds it.
$ cp -r packages/part pen && sed -i 's/"part"/"pen"/' pen/reef.json && reef install ./pen --quiet > /dev/null
$ pen=$(echo "$REEF_HOME"/store/*-pen-*); chmod u+w $pen; touch $pen/more; reef store verify pen --repair
pen 1.2.0 was damaged: built again
  $REEF_HOME/store/$DIGEST-pen-1.2.0
  `more` was added
everything else is whole
$ pen=$(echo "$REEF_HOME"/store/*-pen-*); chmod u+w $pen; touch $pen/more; echo more > pen/data/more.txt; reef store verify pen --repair
pen 1.2.0 was damaged: removed
  $REEF_HOME/store/$DIGEST-pen-1.2.0
  `more` was added
  not built again: run `reef install $DIR/pen`
everything else is whole
? 6
$ reef install ./pen --quiet > /dev/null; pen=$(echo "$REEF_HOME"/store/*-pen-*); chmod u+w $pen; touch $pen/more; echo more >> pen/data/more.txt; reef store verify pen --repair --json | grep -e '"damaged"' -e '"repaired"' -e '"removed"' -e '"state"'
  "damaged": 0,
      "state": "removed"
  "removed": 1,
  "repaired": 0,
