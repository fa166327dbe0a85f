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
