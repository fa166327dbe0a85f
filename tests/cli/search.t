# Words are looked for in names, tags and summaries.
$ export REEF_PACKAGES=$REEF_GOLDEN_SOURCE/tests/cli/catalogue PATH=$REEF_GOLDEN_SOURCE/tests/cli/tools:$PATH

$ reef search letter
NAME     VERSION  KIND     SUMMARY
letter   1.1.0    program  Writes a letter to a friend
feather  -        tool     Gilds capital letters
stamp    0.3.0    program  Pays for a letter
$ reef search night blac
NAME  VERSION  KIND     SUMMARY
ink   1.2.0    library  Black as night
$ reef search WRITING night
NAME  VERSION  KIND     SUMMARY
ink   1.2.0    library  Black as night
$ reef search ink --json
{
  "packages": [
    {
      "kind": "library",
      "name": "ink",
      "provides": [],
      "summary": "Black as night",
      "tags": [
        "writing",
        "colour"
      ],
      "version": "1.2.0"
    }
  ]
}

# A slip of the fingers has a neighbour; the exit status tells that nothing was found.
$ reef search lettre
! error: nothing in the catalogue matches `lettre`
! hint: did you mean `letter`?
! hint: `reef search` without words lists everything
? 4
$ reef search lettre --json
{
  "error": {
    "code": "not_found",
    "context": [],
    "hints": [
      "did you mean `letter`?",
      "`reef search` without words lists everything"
    ],
    "message": "nothing in the catalogue matches `lettre`",
    "place": null
  }
}
! error: nothing in the catalogue matches `lettre`
! hint: did you mean `letter`?
! hint: `reef search` without words lists everything
? 4
$ reef search 'two  words' --quiet
! error: nothing in the catalogue matches `two words`
! hint: `reef search` without words lists everything
? 4

# Tools have no version of their own: the host decides.
$ reef search goose-quill
! error: nothing in the catalogue matches `goose-quill`
! hint: `reef search` without words lists everything
? 4
$ reef search parchment
NAME   VERSION  KIND  SUMMARY
quill  -        tool  Writes on parchment

$ reef serach letter
! error: `serach` is not a verb of reef
! hint: did you mean `search`?
? 2
$ reef serach letter --json
{
  "error": {
    "code": "usage",
    "context": [],
    "hints": [
      "did you mean `search`?"
    ],
    "message": "`serach` is not a verb of reef",
    "place": null
  }
}
! error: `serach` is not a verb of reef
! hint: did you mean `search`?
? 2
$ reef search --jsn letter
! error: `reef search` has no flag `--jsn`
! hint: did you mean `--json`?
! hint: `reef search --help` explains it
? 2
$ reef --foo
! error: `reef` has no flag `--foo`
! hint: `reef --help` explains it
? 2

$ reef search --json -x
{
  "error": {
    "code": "usage",
    "context": [],
    "hints": [
      "`reef search --help` explains it"
    ],
    "message": "`reef search` has no flag `-x`",
    "place": null
  }
}
! error: `reef search` has no flag `-x`
! hint: `reef search --help` explains it
? 2

$ reef install -q foo bar
! error: `bar` was not expected: `reef install` takes 1 word: `package`
! hint: `reef install --help` explains it
? 2

$ reef search >/dev/full
! error: cannot write to standard output: No space left on device
? 7

$ reef search | true
