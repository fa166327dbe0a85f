# Tools of the host, found by name or by what they provide.
$ export REEF_PACKAGES=$REEF_GOLDEN_SOURCE/tests/cli/catalogue PATH=$REEF_GOLDEN_SOURCE/tests/cli/tools:$PATH
$ reef detect quill
TOOL  VERSION  PATH  PROVIDES
quill  2.1  $SOURCE/tests/cli/tools/quill  pen 2.1
       3.0.2  $SOURCE/tests/cli/tools/quill-3  pen 3.0.2
$ reef detect pen --quiet
TOOL  VERSION  PATH  PROVIDES
quill  2.1  $SOURCE/tests/cli/tools/quill  pen 2.1
       3.0.2  $SOURCE/tests/cli/tools/quill-3  pen 3.0.2
$ reef detect --explain quill
quill: Writes on parchment
  taken  $SOURCE/tests/cli/tools/quill: version 2.1, provides pen 2.1
  refused $SOURCE/tests/cli/tools/quill-9: really a ballpoint
  refused $SOURCE/tests/cli/tools/quill-7: `quill-7 --version`: exit status 1; it printed nothing
  taken  $SOURCE/tests/cli/tools/quill-3: version 3.0.2, provides pen 3.0.2
$ reef detect quill --json
{
  "tools": [
    {
      "found": [
        {
          "exports": {
            "env": {
              "QUILL": "$SOURCE/tests/cli/tools/quill"
            },
            "values": {}
          },
          "files": {},
          "name": "quill",
          "path": "$SOURCE/tests/cli/tools/quill",
          "provides": {
            "pen": "2.1"
          },
          "real_path": "$SOURCE/tests/cli/tools/quill",
          "sha256": "$DIGEST",
          "version": "2.1"
        },
        {
          "exports": {
            "env": {
              "QUILL": "$SOURCE/tests/cli/tools/quill-3"
            },
            "values": {}
          },
          "files": {},
          "name": "quill",
          "path": "$SOURCE/tests/cli/tools/quill-3",
          "provides": {
            "pen": "3.0.2"
          },
          "real_path": "$SOURCE/tests/cli/tools/quill-3",
          "sha256": "$DIGEST",
          "version": "3.0.2"
        }
      ],
      "install": null,
      "name": "quill",
      "summary": "Writes on parchment"
    }
  ]
}

# One that is not here: exit status 4.
$ reef detect feather
TOOL     VERSION  PATH       PROVIDES
feather  -        not found
? 4
$ reef detect --explain feather
feather: Gilds capital letters
  nothing here is called `feather-that-nobody-has`
? 4
$ reef detect feather --json --explain
{
  "tools": [
    {
      "attempts": [],
      "found": [],
      "install": null,
      "name": "feather",
      "summary": "Gilds capital letters"
    }
  ]
}
? 4
$ reef detect feather quill
TOOL  VERSION  PATH  PROVIDES
feather  -  not found
quill  2.1  $SOURCE/tests/cli/tools/quill  pen 2.1
         3.0.2  $SOURCE/tests/cli/tools/quill-3  pen 3.0.2

# A tool that vanishes is noticed at once, and so is one that comes.
$ mkdir bin && cp $REEF_GOLDEN_SOURCE/tests/cli/tools/quill bin/quill-5
$ PATH=$PWD/bin:$PATH reef detect quill
TOOL  VERSION  PATH  PROVIDES
quill  2.1  $SOURCE/tests/cli/tools/quill  pen 2.1
       2.1  $DIR/bin/quill-5  pen 2.1
       3.0.2  $SOURCE/tests/cli/tools/quill-3  pen 3.0.2
$ rm bin/quill-5; PATH=$PWD/bin:$PATH reef detect quill
TOOL  VERSION  PATH  PROVIDES
quill  2.1  $SOURCE/tests/cli/tools/quill  pen 2.1
       3.0.2  $SOURCE/tests/cli/tools/quill-3  pen 3.0.2

# A tool that is being written is looked for where it lies.
$ reef init wand --template tool
made `wand`, a tool in wand
  reef.json
next:
  cd wand
  reef detect --explain .
  edit `detect` in reef.json until it finds the tool
  reef check
$ reef detect ./wand
TOOL  VERSION  PATH                            PROVIDES
wand  -        not found (`apt install wand`)
? 4
$ printf '#!/bin/sh\necho wand version 4.2\n' >bin/wand; chmod +x bin/wand
$ PATH=$PWD/bin:$PATH reef detect --explain ./wand
wand: What wand is, in one line
  taken  $DIR/bin/wand: version 4.2

# Slips.
$ reef detect quil
! error: no tool or capability is called `quil`
! hint: did you mean `quill`?
! hint: `reef detect` lists the tools
? 4
$ reef detect letter
! error: `letter` is a program, not a tool of the host
! hint: `reef info letter` tells what it is
? 2
$ reef detect ./nowhere
! error: there is no `reef.json` or `reef.yaml` in `$DIR/nowhere`
! hint: `reef init` makes one
? 4
$ reef detect --explian quill
! error: `reef detect` has no flag `--explian`
! hint: did you mean `--explain`?
! hint: `reef detect --help` explains it
? 2
$ env -u PATH "$(command -v reef)" detect quill
TOOL   VERSION  PATH       PROVIDES
quill  -        not found
? 4

# A pipe that has the name of a tool keeps nobody waiting.
$ mkdir pipes; mkfifo -m 755 pipes/gcc; PATH=$PWD/pipes:$PATH timeout 20 reef detect gcc --explain | grep pipes
  refused $DIR/pipes/gcc: cannot be started: cannot start `$DIR/pipes/gcc`: Permission denied
