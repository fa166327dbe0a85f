# What is asked of `reef` itself, for people and for programs.
$ reef --version
reef 0.1.0
$ reef --version --json
{
  "version": "0.1.0"
}
$ reef --json -V
{
  "version": "0.1.0"
}
$ reef --help --json | python3 -c 'import json, sys; answer = json.load(sys.stdin); print(sorted(answer), "Usage: reef" in answer["usage"])'
['usage'] True
$ reef tree --help --json | python3 -c 'import json, sys; answer = json.load(sys.stdin); print(sorted(answer), "Usage: reef tree" in answer["usage"])'
['usage'] True
$ reef --json | python3 -c 'import json, sys; print(sorted(json.load(sys.stdin)))'
['usage']

# A verb below a verb is named whole, and its flags have neighbours.
$ reef registry add
! error: `reef registry add` needs `name`
! hint: `reef registry add --help` explains it
? 2
$ reef registry add a b --prefx c
! error: `reef registry add` has no flag `--prefx`
! hint: did you mean `--prefix`?
! hint: `reef registry add --help` explains it
? 2
$ reef registry add a b --of-line
! error: `reef registry add` has no flag `--of-line`
! hint: did you mean `--offline`?
! hint: `reef registry add --help` explains it
? 2
$ reef runs show
! error: `reef runs show` needs `id`
! hint: `reef runs show --help` explains it
? 2
$ reef registry remove --json
{
  "error": {
    "code": "usage",
    "context": [],
    "hints": [
      "`reef registry remove --help` explains it"
    ],
    "message": "`reef registry remove` needs `name`",
    "place": null
  }
}
! error: `reef registry remove` needs `name`
! hint: `reef registry remove --help` explains it
? 2

# Numbers, and words too many: what was not expected, and what would be.
$ reef runs --limit x
! error: `--limit` needs a whole number, got `x`
! hint: `reef runs --help` explains it
? 2
$ reef runs --limit -1
! error: `--limit` needs a whole number, got `-1`
! hint: `reef runs --help` explains it
? 2
$ reef lock --resolve-timeout -1
! error: `--resolve-timeout` needs a whole number, got `-1`
! hint: `reef lock --help` explains it
? 2
$ reef exec digits ls -l
! error: `ls` was not expected: `reef exec` takes 1 word: `package`
! hint: a command stands behind `--`: `reef exec digits -- ls -l`
! hint: `reef exec --help` explains it
? 2
$ reef why digits one two
! error: `two` was not expected: `reef why` takes 2 words: `name` and `version`
! hint: `reef why --help` explains it
? 2
$ reef gc now
! error: `now` was not expected: `reef gc` takes no words
! hint: `reef gc --help` explains it
? 2
$ reef run ok . extra --n 2
! error: `extra` was not expected: `reef run` takes 2 words: `action` and `package`
! hint: `reef run --help` explains it
? 2
$ reef run ok . -n 2
! error: `reef run` has no flag `-n`
! hint: `reef run --help` explains it
? 2

# As other programs have it.
$ reef help | head -2
Portable packages, builds and benchmarks for machine learning
Usage: reef [OPTIONS] [SUBCOMMAND]
$ reef help runs show | head -2
Everything that is known of one run
Usage: reef runs show [OPTIONS] id
$ reef help rnus
! error: `rnus` is not a verb of reef
! hint: did you mean `runs`?
? 2
