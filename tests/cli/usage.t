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
