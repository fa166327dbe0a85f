# What a package is, what can be chosen on this host and what cannot, what it does, and what it needs.
$ export REEF_PACKAGES=$REEF_GOLDEN_SOURCE/tests/cli/catalogue PATH=$REEF_GOLDEN_SOURCE/tests/cli/tools:$PATH
$ reef info letter
letter 1.1.0 (program)
Writes a letter to a friend
  licence  MIT
  authors  A. Friend
  tags  writing
  versions  1.1.0
  provides  message 1.0.0
  folder  $SOURCE/tests/cli/catalogue/letter

Variations (--with GROUP=OPTION,...)
VARIATION  OPTION      POSSIBLE HERE                                           MEANING
style      plain       yes, chosen                                             words only
           gilded      no: needs feather >=1, this host has none               with golden capitals
           ancient     no: needs quill <1, this host has 2.1, 3.0.2            as the monks did
           underwater  no: exists only when os is windows, this host is linux
postage    none        yes, chosen
           paid        yes                                                     with a stamp

Actions (reef run ACTION letter)
ACTION  PARAMETER  TYPE             DEFAULT     MEANING
test                                            Reads it aloud
send                                            Sends it
        --to       string           (required)  who gets it
        --copies   integer, 1 to 9  1           how many
        --speed    slow | fast      slow        of the horse
        --secret   boolean          false       sealed with wax

Needs
ROLE  NEEDS  FOR  WHEN  HERE
ink  ink ^1  both  always  ink 1.2.0
pen  pen >=2  build  always  quill 3.0.2, $SOURCE/tests/cli/tools/quill-3
gold  feather >=1  both  style = gilded  no: this host has none
old  quill <1  both  style = ancient  no: this host has 2.1, 3.0.2
stamp  stamp  both  postage = paid  stamp 0.3.0
$ reef info letter --with postage=paid
letter 1.1.0 (program)
Writes a letter to a friend
  licence  MIT
  authors  A. Friend
  tags  writing
  versions  1.1.0
  provides  message 1.0.0
  folder  $SOURCE/tests/cli/catalogue/letter

Variations (--with GROUP=OPTION,...)
VARIATION  OPTION      POSSIBLE HERE                                           MEANING
style      plain       yes, chosen                                             words only
           gilded      no: needs feather >=1, this host has none               with golden capitals
           ancient     no: needs quill <1, this host has 2.1, 3.0.2            as the monks did
           underwater  no: exists only when os is windows, this host is linux
postage    none        yes
           paid        yes, chosen                                             with a stamp

Actions (reef run ACTION letter)
ACTION  PARAMETER  TYPE             DEFAULT     MEANING
test                                            Reads it aloud
send                                            Sends it
        --to       string           (required)  who gets it
        --copies   integer, 1 to 9  1           how many
        --speed    slow | fast      slow        of the horse
        --secret   boolean          false       sealed with wax

Needs
ROLE  NEEDS  FOR  WHEN  HERE
ink  ink ^1  both  always  ink 1.2.0
pen  pen >=2  build  always  quill 3.0.2, $SOURCE/tests/cli/tools/quill-3
gold  feather >=1  both  style = gilded  no: this host has none
old  quill <1  both  style = ancient  no: this host has 2.1, 3.0.2
stamp  stamp  both  postage = paid  stamp 0.3.0

# The same for programs.
$ reef info letter --json
{
  "actions": [
    {
      "help": "",
      "name": "build",
      "parameters": []
    },
    {
      "help": "Reads it aloud",
      "name": "test",
      "parameters": []
    },
    {
      "help": "Sends it",
      "name": "send",
      "parameters": [
        {
          "choices": [],
          "default": null,
          "help": "who gets it",
          "maximum": null,
          "minimum": null,
          "name": "to",
          "required": true,
          "type": "string"
        },
        {
          "choices": [],
          "default": 1,
          "help": "how many",
          "maximum": 9.0,
          "minimum": 1.0,
          "name": "copies",
          "required": false,
          "type": "integer"
        },
        {
          "choices": [
            "slow",
            "fast"
          ],
          "default": "slow",
          "help": "of the horse",
          "maximum": null,
          "minimum": null,
          "name": "speed",
          "required": false,
          "type": "string"
        },
        {
          "choices": [],
          "default": false,
          "help": "sealed with wax",
          "maximum": null,
          "minimum": null,
          "name": "secret",
          "required": false,
          "type": "boolean"
        }
      ]
    }
  ],
  "authors": [
    "A. Friend"
  ],
  "cite": {},
  "conflict": null,
  "folder": "$SOURCE/tests/cli/catalogue/letter",
  "found": [],
  "homepage": null,
  "install": null,
  "kind": "program",
  "license": "MIT",
  "name": "letter",
  "needs": [
    {
      "capability": null,
      "for": "both",
      "install": null,
      "met_by": "ink 1.2.0",
      "package": "ink",
      "path": null,
      "problem": null,
      "role": "ink",
      "version": "^1",
      "when": null
    },
    {
      "capability": "pen",
      "for": "build",
      "install": null,
      "met_by": "quill 3.0.2",
      "package": null,
      "path": "$SOURCE/tests/cli/tools/quill-3",
      "problem": null,
      "role": "pen",
      "version": ">=2",
      "when": null
    },
    {
      "capability": null,
      "for": "both",
      "install": null,
      "met_by": null,
      "package": "feather",
      "path": null,
      "problem": "this host has none",
      "role": "gold",
      "version": ">=1",
      "when": "style = gilded"
    },
    {
      "capability": null,
      "for": "both",
      "install": null,
      "met_by": null,
      "package": "quill",
      "path": null,
      "problem": "this host has 2.1, 3.0.2",
      "role": "old",
      "version": "<1",
      "when": "style = ancient"
    },
    {
      "capability": null,
      "for": "both",
      "install": null,
      "met_by": "stamp 0.3.0",
      "package": "stamp",
      "path": null,
      "problem": null,
      "role": "stamp",
      "version": "*",
      "when": "postage = paid"
    }
  ],
  "options": [
    {
      "available": true,
      "chosen": true,
      "group": "style",
      "install": null,
      "option": "plain",
      "reason": null,
      "summary": "words only"
    },
    {
      "available": false,
      "chosen": false,
      "group": "style",
      "install": null,
      "option": "gilded",
      "reason": "needs feather >=1, this host has none",
      "summary": "with golden capitals"
    },
    {
      "available": false,
      "chosen": false,
      "group": "style",
      "install": null,
      "option": "ancient",
      "reason": "needs quill <1, this host has 2.1, 3.0.2",
      "summary": "as the monks did"
    },
    {
      "available": false,
      "chosen": false,
      "group": "style",
      "install": null,
      "option": "underwater",
      "reason": "exists only when os is windows, this host is linux",
      "summary": ""
    },
    {
      "available": true,
      "chosen": true,
      "group": "postage",
      "install": null,
      "option": "none",
      "reason": null,
      "summary": ""
    },
    {
      "available": true,
      "chosen": false,
      "group": "postage",
      "install": null,
      "option": "paid",
      "reason": null,
      "summary": "with a stamp"
    }
  ],
  "provides": {
    "message": "1.0.0"
  },
  "registry": null,
  "summary": "Writes a letter to a friend",
  "tags": [
    "writing"
  ],
  "version": "1.1.0",
  "versions": [
    "1.1.0"
  ],
  "yanked": []
}

# A tool: what is found here.
$ reef info quill
quill (tool)
Writes on parchment
  licence  MIT
  tags  writing
  folder  $SOURCE/tests/cli/catalogue/quill

Found on this host
VERSION  PATH  PROVIDES
2.1  $SOURCE/tests/cli/tools/quill  pen 2.1
3.0.2  $SOURCE/tests/cli/tools/quill-3  pen 3.0.2
$ reef info feather
feather (tool)
Gilds capital letters
  licence  MIT
  folder  $SOURCE/tests/cli/catalogue/feather

Not found on this host
`reef detect --explain feather` tells what was looked at

# A version, and a version that there is not.
$ reef info ink@1.0 | head -n 1
ink 1.0.0 (library)
$ reef info ink@3
! error: no version of `ink` is in `3`
! hint: there is `2.0.0-rc.1`, `1.2.0` and `1.0.0`
? 4

# Slips.
$ reef info lettr
! error: there is no package `lettr` in the packages in `$SOURCE/tests/cli/catalogue` and `$SOURCE/packages`
! hint: did you mean `letter`?
? 4
$ reef info letter --with stlye=plain
! error: `letter` has no variation `stlye`
! hint: did you mean `style`?
? 4
$ reef info letter --with style=plane
! error: `style` of `letter` has no option `plane`
! hint: it has `plain`, `gilded`, `ancient` and `underwater`
? 4
$ reef info letter --with plain
! error: expected `group=option` after `--with`, got `plain`
? 2
$ reef info letter --wiht style=plain
! error: `reef info` has no flag `--wiht`
! hint: did you mean `--with`?
! hint: `reef info --help` explains it
? 2
$ reef info
! error: no package was named, and there is no reef.json here or in a folder above
! hint: name one of the catalogue (`reef search` lists them), or make one here: `reef init`
? 2
