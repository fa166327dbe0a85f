# The closure as a tree, and the reasons for each part of it.
$ export REEF_PACKAGES=$REEF_GOLDEN_SOURCE/tests/cli/catalogue PATH=$REEF_GOLDEN_SOURCE/tests/cli/tools:$PATH
$ reef tree parcel
parcel 2.0.0
|-- letter: letter 1.1.0  postage = paid, style = plain
|   |-- ink: ink 1.2.0  colour = black
|   |-- pen (build): quill 3.0.2  $SOURCE/tests/cli/tools/quill-3
|   `-- stamp: stamp 0.3.0
|       |-- ink: ink 1.2.0  colour = black
|       `-- pen (build): quill 3.0.2  $SOURCE/tests/cli/tools/quill-3
`-- stamp: stamp 0.3.0 (*)
(*) its dependencies are shown above
letter: `style = gilded` was skipped: needs feather >=1, this host has none, parcel 2.0.0 needs letter ^1
$ reef tree letter --with postage=paid
letter 1.1.0  postage = paid, style = plain
|-- ink: ink 1.2.0  colour = black
|-- pen (build): quill 3.0.2  $SOURCE/tests/cli/tools/quill-3
`-- stamp: stamp 0.3.0
    |-- ink: ink 1.2.0  colour = black
    `-- pen (build): quill 3.0.2  $SOURCE/tests/cli/tools/quill-3
letter: `style = gilded` was skipped: needs feather >=1, this host has none
$ reef tree letter
letter 1.1.0  postage = none, style = plain
|-- ink: ink 1.2.0  colour = black
`-- pen (build): quill 3.0.2  $SOURCE/tests/cli/tools/quill-3
letter: `style = gilded` was skipped: needs feather >=1, this host has none
$ reef tree letter --json | head -n 20
{
  "cut": false,
  "dependencies": [
    {
      "cut": false,
      "dependencies": [],
      "for": "both",
      "kind": "library",
      "name": "ink",
      "options": {
        "colour": "black"
      },
      "path": null,
      "registry": null,
      "repeated": false,
      "role": "ink",
      "version": "1.2.0"
    },
    {
      "cut": false,
$ reef why ink --package parcel
3 ways to `ink`:

  parcel 2.0.0 needs letter ^1: letter 1.1.0 ($SOURCE/tests/cli/catalogue/parcel/reef.json:9)
    letter 1.1.0 needs ink ^1: ink 1.2.0 ($SOURCE/tests/cli/catalogue/letter/reef.json:12)

  parcel 2.0.0 needs stamp >=0.3: stamp 0.3.0 ($SOURCE/tests/cli/catalogue/parcel/reef.json:10)
    stamp 0.3.0 needs ink >=1: ink 1.2.0 ($SOURCE/tests/cli/catalogue/stamp/reef.json:9)

  parcel 2.0.0 needs letter ^1: letter 1.1.0 ($SOURCE/tests/cli/catalogue/parcel/reef.json:9)
    letter 1.1.0 needs stamp, because of `postage=paid`: stamp 0.3.0 ($SOURCE/tests/cli/catalogue/letter/reef.json:35)
      stamp 0.3.0 needs ink >=1: ink 1.2.0 ($SOURCE/tests/cli/catalogue/stamp/reef.json:9)

ink 1.2.0: the newest
  colour = black (the default)
$ reef why pen --package letter
1 way to `pen`:

  letter 1.1.0 needs pen >=2 to build: quill 3.0.2, $SOURCE/tests/cli/tools/quill-3 ($SOURCE/tests/cli/catalogue/letter/reef.json:13)
$ reef why quill --package letter --json
{
  "chains": [
    [
      {
        "capability": "pen",
        "file": "$SOURCE/tests/cli/catalogue/letter/reef.json",
        "for": "build",
        "from": "letter",
        "from_version": "1.1.0",
        "line": 13,
        "option": null,
        "range": ">=2",
        "role": "pen",
        "to": "quill",
        "to_version": "3.0.2"
      }
    ]
  ],
  "chosen": "the newest on this host",
  "more": false,
  "name": "quill",
  "option_reasons": {},
  "package": "letter",
  "skipped": [],
  "version": "3.0.2"
}
$ reef why letter --package letter
`letter` is the package itself

# What is not needed, and slips.
$ reef why stamp --package letter
! error: `stamp` is not part of what letter needs here
! hint: `reef tree letter` shows everything that is
? 4
$ reef why inkk --package letter
! error: no package, tool or capability is called `inkk`
! hint: did you mean `ink`?
! hint: `reef tree letter` shows everything that letter needs
? 4
$ reef why '' --package letter
! error: no package, tool or capability is called ``
! hint: `reef tree letter` shows everything that letter needs
? 4
$ reef why ink
! error: needed by what? there is no reef.json here or in a folder above
! hint: name a package: `reef why ink --package NAME`; `reef search` lists them
? 2
$ reef tree lettre
! error: there is no package `lettre` in the packages in `$SOURCE/tests/cli/catalogue` and `$SOURCE/packages`
! hint: did you mean `letter`?
? 4
$ reef tree letter --with style=gilded
! error: there is no solution:
!   you asked for letter with `style = gilded`
!   letter 1.1.0 with `style = gilded` needs feather >=1, this host has none ($SOURCE/tests/cli/catalogue/letter/reef.json:22:28)
! hint: it works with `--with style=plain` instead of `gilded`
? 5
$ reef tree letter --with style=ancient --json
{
  "error": {
    "code": "no_solution",
    "conflict": {
      "hints": [
        "this host needs quill <1",
        "it works with `--with style=plain` instead of `ancient`"
      ],
      "outcome": "no solution",
      "reasons": [
        {
          "from": [],
          "kind": "need",
          "package": null,
          "place": null,
          "target": "letter",
          "text": "you asked for letter with `style = ancient`"
        },
        {
          "from": [],
          "kind": "need",
          "package": "letter",
          "place": {
            "column": 28,
            "file": "$SOURCE/tests/cli/catalogue/letter/reef.json",
            "line": 26
          },
          "target": "quill",
          "text": "letter 1.1.0 with `style = ancient` needs quill <1, this host has 3.0.2 and 2.1"
        },
        {
          "from": [
            0,
            1
          ],
          "kind": "conclusion",
          "package": null,
          "place": null,
          "target": null,
          "text": "there is no solution"
        }
      ],
      "statistics": {
        "clauses": 8,
        "conflicts": 1,
        "decisions": 0,
        "packages_read": 5,
        "propagations": 6
      },
      "text": "there is no solution:\n  you asked for letter with `style = ancient`\n  letter 1.1.0 with `style = ancient` needs quill <1, this host has 3.0.2 and 2.1 ($SOURCE/tests/cli/catalogue/letter/reef.json:26:28)"
    },
    "context": [],
    "hints": [
      "this host needs quill <1",
      "it works with `--with style=plain` instead of `ancient`"
    ],
    "message": "there is no solution:\n  you asked for letter with `style = ancient`\n  letter 1.1.0 with `style = ancient` needs quill <1, this host has 3.0.2 and 2.1 ($SOURCE/tests/cli/catalogue/letter/reef.json:26:28)",
    "place": null
  }
}
! error: there is no solution:
!   you asked for letter with `style = ancient`
!   letter 1.1.0 with `style = ancient` needs quill <1, this host has 3.0.2 and 2.1 ($SOURCE/tests/cli/catalogue/letter/reef.json:26:28)
! hint: this host needs quill <1
! hint: it works with `--with style=plain` instead of `ancient`
? 5
$ reef why
! error: `reef why` needs `name`
! hint: `reef why --help` explains it
? 2
