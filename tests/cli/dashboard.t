# Without a page on screen: the data that the page shows, and what goes wrong before there is one.
$ reef dashboard --help
Look at recorded runs in a browser, or write them as one page
Usage: reef dashboard [OPTIONS] [package]

Positionals:
  package TEXT              Only runs of this package

Options:
  -h,--help                 Print this help message and exit
  --action TEXT             Only runs of this action
  --status TEXT             Only ok, failed, invalid or interrupted ones
  --with TEXT ...           Only runs with these options: group=option,...
  --sweep TEXT              Only runs of this sweep or interleaved comparison
  --where TEXT              Only runs that match, as for `reef runs`
  --limit NUMBER=5000       At most this many, the newest; 0: all
  --export TEXT             Write one HTML file that opens from disk and makes no request; `-`: to standard output
  --port NUMBER=0           Port on 127.0.0.1; 0: any free one
  --json                    Print one JSON record on stdout, nothing else
  -q,--quiet                Results only: no progress, notes or summaries
  --offline                 Use no network

Without --export the page is served on 127.0.0.1 until Ctrl-C, and takes new runs as they come.
--json alone prints the data that the page shows (schemas/dashboard.schema.json).

# No run is no error: the page says so itself.
$ reef dashboard --json | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["format"], d["matching"], d["runs"]["id"], d["metrics"])'
1 0 [] []

$ python3 $REEF_GOLDEN_SOURCE/tests/support/sweep_records.py "$REEF_HOME" 12

# A slip in a filter is no empty page.
$ reef dashboard --sweep sweep-nobody --json >/dev/null
! error: no run has the sweep `sweep-nobody`
? 4
$ reef dashboard digits --export page.html
! error: no run has the package `digits`
! hint: there is `digits-classifier`
? 4
$ reef dashboard --with engine=nosuch --export page.html
! error: no run matches
! hint: `reef runs` lists all of them
? 4
$ reef dashboard --where 'acuracy > 0.9' --export page.html
! --where:1:1: error: there is no `acuracy` to compare
!   1 | acuracy > 0.9
!     | ^
! hint: did you mean `accuracy`?
? 4
$ reef dashboard --where 'engine == native' --json | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["filter"]["where"], d["matching"], len(d["runs"]["id"]))'
engine == native 3 3

# The columns of one metric, and the command that runs the first of these again.
$ reef dashboard digits-classifier --with engine=native --json >data.json
$ python3 - <<'END'
> import json
> d = json.load(open("data.json"))
> print(d["filter"])
> print(d["runs"]["id"])
> print([m for m in d["metrics"] if m["name"] == "accuracy"])
> print(d["runs"]["replay"]["values"][0])
> END
{'action': None, 'options': {'engine': 'native'}, 'package': 'digits-classifier', 'status': None, 'sweep': None, 'where': None}
['$RUN', '$RUN', '$RUN']
[{'better': 'higher', 'disputed': False, 'lower': None, 'n': None, 'name': 'accuracy', 'problems': {}, 'tolerance': [0.005, 0.005, 0.005], 'unit': '1', 'upper': None, 'value': [0.978, 0.978, 0.978]}]
reef run benchmark digits-classifier@=1.0.0 --with compiler=any,engine=native,model=mlp-64,optimize=O3 --threads=1 --scenario=single-stream

# The page to standard output.
$ reef dashboard --export - --quiet | head -2; ls ./-
<!DOCTYPE html>
<html lang="en" data-mode="export">
! ls: cannot access './-': No such file or directory
? 2
$ reef dashboard --export - --json
{
  "error": {
    "code": "usage",
    "context": [],
    "hints": [
      "name a file after `--export`, or leave it away for the data alone"
    ],
    "message": "`--json` and a page on standard output: one of them",
    "place": null
  }
}
! error: `--json` and a page on standard output: one of them
! hint: name a file after `--export`, or leave it away for the data alone
? 2

# A status that is none, a filter that is none, a port that is none.
$ reef dashboard --status good
! error: unknown status `good`, expected `ok`, `failed`, `invalid` or `interrupted`
? 3
$ reef dashboard --with native
! error: expected `group=option` after `--with`, got `native`
? 2
$ reef dashboard --port 70000
! error: expected a port up to 65535 after `--port`, got 70000
? 2
$ reef dashboard --exprot page.html
! error: `reef dashboard` has no flag `--exprot`
! hint: did you mean `--export`?
! hint: `reef dashboard --help` explains it
? 2
