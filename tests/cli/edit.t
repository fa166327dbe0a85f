# Dependencies are added and removed; the file keeps its formatting.
$ export REEF_PACKAGES=$REEF_GOLDEN_SOURCE/tests/cli/catalogue PATH=$REEF_GOLDEN_SOURCE/tests/cli/tools:$PATH
$ cat reef.json
{ "reef": 1,
  "name":    "garden",  "version": "0.1.0",
  "kind": "program",   "summary": "oddly formatted, and kept so",
  "dependencies": {},
  "actions": {"test": {"run": [["true"]]}} }
$ reef add ink
added `ink`: ink ^1.2.0 (here: ink 1.2.0)
reef.lock is up to date
$ reef add pen@'>=2' --role writer --for build
added `writer`: pen >=2 (here: quill 3.0.2, $SOURCE/tests/cli/tools/quill-3)
  garden: now needs quill as writer
  quill 3.0.2: added
reef.lock is up to date
$ reef add ink@1.0 --role spare --with colour=blue
! error: there is no solution:
!   garden 0.1.0 needs ink ^1.2.0 (reef.json:5:5)
!   garden 0.1.0 needs ink 1.0
!   while choosing what fits with it; reef.json is unchanged
! hint: it works with ink 1.0 (1.0.0): change `^1.2.0` at reef.json:5:5
! hint: it works with ink ^1.2.0 (1.2.0) instead of `1.0`
? 5
$ cat reef.json
{ "reef": 1,
  "name":    "garden",  "version": "0.1.0",
  "kind": "program",   "summary": "oddly formatted, and kept so",
  "dependencies": {
    "ink": {"package": "ink", "version": "^1.2.0"},
    "writer": {"capability": "pen", "version": ">=2", "for": "build"}
  },
  "actions": {"test": {"run": [["true"]]}} }
$ reef tree
garden 0.1.0
|-- ink: ink 1.2.0  colour = black
`-- writer (build): quill 3.0.2  $SOURCE/tests/cli/tools/quill-3
$ reef remove ink
removed `ink`: ink ^1.2.0
  garden: no longer needs ink
  ink 1.2.0: no longer needed
reef.lock is up to date
$ reef remove spare
! error: `garden` has no dependency `spare`
! hint: it has `writer` and `pen`
? 4
$ reef remove pen --json | grep -v -e prefix -e build_key -e platform
{
  "capability": true,
  "changes": [
    "garden: no longer needs writer",
    "quill 3.0.2: no longer needed"
  ],
  "edit": "removed",
  "for": "build",
  "lock": "$DIR/reef.lock",
  "manifest": "$DIR/reef.json",
  "name": "pen",
  "notes": [],
  "package": "garden",
  "packages": [
    {
      "built_again": null,
      "chosen": "your own folder",
      "dependencies": [],
      "installed": false,
      "kind": "program",
      "name": "garden",
      "option_reasons": {},
      "options": {},
      "registry": null,
      "version": "0.1.0"
    }
  ],
  "role": "writer",
  "skipped": [],
  "version": ">=2"
}
$ cat reef.json
{ "reef": 1,
  "name":    "garden",  "version": "0.1.0",
  "kind": "program",   "summary": "oddly formatted, and kept so",
  "dependencies": {},
  "actions": {"test": {"run": [["true"]]}} }

# Without a solution nothing changes.
$ cp reef.json before.json
$ reef add feather
! error: there is no solution:
!   garden 0.1.0 needs feather, this host has none
!   while choosing what fits with it; reef.json is unchanged
! hint: it works without feather
? 5
$ reef add quill@'<1'
! error: there is no solution:
!   garden 0.1.0 needs quill <1, this host has 3.0.2 and 2.1
!   while choosing what fits with it; reef.json is unchanged
! hint: this host needs quill <1
! hint: it works with quill >=3.0.2 (3.0.2): `reef add 'quill@>=3.0.2'`
? 5
$ cmp reef.json before.json

# Slips.
$ reef add inc
! error: no package, tool or capability is called `inc`
! hint: did you mean `ink`?
? 4
$ reef add pne --capability
! error: nothing in the catalogue provides `pne`
! hint: did you mean `pen`?
? 4
$ reef add letter --capability
! error: nothing in the catalogue provides `letter`
! hint: `letter` is a package: leave `--capability` out
? 4
$ reef add ink@9
! error: no version of `ink` is in `9`
! hint: there is `2.0.0-rc.1`, `1.2.0` and `1.0.0`
? 4
$ reef add ink@x.y
! error: `x.y` is not a version range: `x.y` is not a version or a part of one
! hint: ranges look like `^1.2`, `~1.2`, `>=1, <3`, `1.*`, `=1.2.3`, `1.2 || >=3` or `*`
? 3
$ reef add ink --with colour=bleu
! error: `colour` of `ink` has no option `bleu`
! hint: did you mean `blue`?
! hint: it has `black` and `blue`
? 4
$ reef add pen --with colour=blue
! error: `--with` asks for options of a package, and `pen` is a capability
? 2
$ reef add ink --role 'The Ink'
! error: `The Ink` cannot be a name, expected lower-case letters, digits, `-` and `_`, starting with a letter or digit, at most 100 of them
!   while naming the role; `--role` gives it another name
! hint: write `the-ink`
? 3
$ reef add ink --for ever
! error: expected `build`, `run` or `both` after `--for`, got `ever`
? 2
$ reef add garden
! error: `garden` cannot depend on itself
? 2
$ reef add
! error: `reef add` needs `name`
! hint: `reef add --help` explains it
? 2
$ reef remove inkk
! error: `garden` has no dependency `inkk`
! hint: it has none
? 4
$ cmp reef.json before.json

# Roles are names that templates can say.
$ reef add pen --capability --quiet && reef add quill --role quill --for run --quiet && grep -A 3 dependencies reef.json
  "dependencies": {
    "pen": {"capability": "pen"},
    "quill": {"package": "quill", "for": "run"}
  },
# With a range, what is there gets it: nothing else of the file changes.
$ cp reef.json before; reef add pen@'>=3'; diff before reef.json; mv before reef.json
changed `pen`: pen >=3, was any version (here: quill 3.0.2, $SOURCE/tests/cli/tools/quill-3)
  quill: locked as *, now >=3.0.0
reef.lock is up to date
5c5
<  "pen": {"capability": "pen"},
---
\>  "pen": {"version": ">=3", "capability": "pen"},

$ reef add pen
`pen` is already there: pen; `--role NAME` adds it again
  quill: locked as >=3.0.0, now *
reef.lock is up to date

# What is there already, under whatever role, is not added again unless a role is given.
$ reef add ink --role black --quiet; cp reef.json before
$ reef add ink; reef add ink@^1.2.0
`ink` is already there, as `black`: ink ^1.2.0; `--role NAME` adds it again
`ink` is already there, as `black`: ink ^1.2.0; `--role NAME` adds it again
$ cmp reef.json before; reef add ink@1 --json | grep '"edit"'
  "edit": "changed",
$ reef add ink --for build
! error: `ink` is already there, as `black`, for `both`
! hint: `--role NAME` adds it again; to change the one that is there, edit reef.json:7
? 2
$ reef add ink --with colour=blue
! error: `ink` is already there, as `black`, with other options
! hint: `--role NAME` adds it again; to change the one that is there, edit reef.json:7
? 2
$ reef add ink --role more --quiet; reef add ink@1.0
! error: `ink` is already there, as `black` and `more`
! hint: `--role NAME` adds it again; to change one of them, edit reef.json:7
! hint: `--role black` changes that one
? 2
$ reef remove nosuch
! error: `garden` has no dependency `nosuch`
! hint: it has `pen`, `quill`, `black`, `ink` and `more`
? 4
$ reef remove more --quiet; reef remove black --quiet

$ reef remove quill --quiet; reef remove pen --quiet; cmp reef.json before.json

# A role that the manifest still uses stays.
$ cd used && reef remove ink
! reef.json:7:41: error: `${ink.prefix}`: unknown role `ink`
!   7 |   "actions": {"test": {"run": [["cat", "${ink.prefix}/ink.txt"]]}}
!     |                                         ^
!   while removing `ink`; reef.json is unchanged
? 3
$ cd ..

# Outside of a project.
$ mkdir -p $HOME/empty && cd $HOME/empty && reef add ink
! error: there is no reef.json here or in a folder above
! hint: make a project here: `reef init`
? 2
