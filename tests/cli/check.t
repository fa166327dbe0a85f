# Every problem of a manifest in one run.
$ reef check bad
! bad/reef.json:3:11: error: `Bad Name` cannot be the name of a package, expected lower-case letters, digits, `-`, `_`, `.` and `+`, starting with a letter or digit, at most 100 of them
!   3 |   "name": "Bad Name",
!     |           ^
! hint: write `bad-name`
! bad/reef.json:4:14: error: `1.0` is not a version: it must have three numbers, as in `1.2.0`
!   4 |   "version": "1.0",
!     |              ^
! hint: did you mean `1.0.0`?
! bad/reef.json:5:11: error: unknown kind `modle`
!   5 |   "kind": "modle",
!     |           ^
! hint: did you mean `model`?
! bad/reef.json:6:3: error: unknown key `licence`
!   6 |   "licence": "MIT",
!     |   ^
! hint: did you mean `license`?
! bad/reef.json:8:59: error: `>=eleven` is not a version range: `eleven` is not a version or a part of one
!   8 |     "compiler": {"capability": "c++-compiler", "version": ">=eleven"}
!     |                                                           ^
! hint: ranges look like `^1.2`, `~1.2`, `>=1, <3`, `1.*`, `=1.2.3`, `1.2 || >=3` or `*`
! bad/reef.json:11:24: error: unknown name `${prefx}`
!   11 |     "test": {"run": [["${prefx}/bin/program"]]}
!      |                        ^
! hint: did you mean `prefix`?
! hint: a name is `prefix`, `work`, `output`, `metrics` or `jobs`, or begins with `parameters.`, `with.`, `platform.` or a role
! bad/reef.json: 6 problems
? 3
$ reef check bad --json | head -n 12
{
  "files": [
    {
      "file": "bad/reef.json",
      "package": null,
      "problems": [
        {
          "code": "invalid_input",
          "context": [],
          "hints": [
            "write `bad-name`"
          ],
$ reef check bad/reef.json --quiet 2>&1 | tail -n 1
bad/reef.json: 6 problems

# Files that the manifest names, and things that somebody will miss.
$ reef check files
! files/reef.json:6:15: error: the source `scr` is not in `files`
!   6 |   "sources": [{"path": "scr"}, {"path": "run.sh"}],
!     |               ^
! hint: did you mean `src`?
! files/reef.json:11:22: error: the script `rnu.sh` is not in `files`
!   11 |     "test": {"run": [{"script": "rnu.sh"}]},
!      |                      ^
! hint: did you mean `run.sh`?
! files/reef.json:12:23: error: the script `loose.sh` is in no source of the package
!   12 |     "other": {"run": [{"script": "loose.sh"}]}
!      |                       ^
! hint: add it to "sources": {"path": "loose.sh"}
! files/reef.json: warning: there is no `license`: nobody else may use the package
! hint: say "license": "Apache-2.0", or another SPDX name
! files/reef.json: warning: there is no `summary`: `reef search` has nothing to show
! hint: say in one line what the package is
! files/reef.json:8:5: warning: the catalogue has no package or tool called `digts`
!   8 |     "digits": {"package": "digts"}
!     |     ^
! hint: did you mean `digits`?
! files/reef.json: 3 problems
? 3
$ reef check good
good/reef.json: good is good
$ reef check good good --json
{
  "files": [
    {
      "file": "good/reef.json",
      "package": "good",
      "problems": [],
      "warnings": []
    },
    {
      "file": "good/reef.json",
      "package": "good",
      "problems": [],
      "warnings": []
    }
  ],
  "good": true
}

# What cannot be read.
$ reef check nowhere
! error: cannot open `$DIR/nowhere`: No such file or directory
!   while reading the manifest
! nowhere: 1 problem
? 4
$ reef check nowhere.json
! error: cannot open `$DIR/nowhere.json`: No such file or directory
!   while reading the manifest
! nowhere.json: 1 problem
? 4
$ reef check empty
! error: there is no `reef.json` or `reef.yaml` in `$DIR/empty`
! hint: `reef init` makes one
! empty: 1 problem
? 4
$ reef check two
! error: `$DIR/two` has both `reef.json` and `reef.yaml`
! hint: keep one of the two
! two: 1 problem
? 3
$ reef check broken.json
! broken.json:2:1: error: this is not JSON: unexpected end of input; expected string literal
! broken.json: 1 problem
? 3
$ reef check good --al
! error: `reef check` has no flag `--al`
! hint: `reef check --help` explains it
? 2
$ reef chek good
! error: `chek` is not a verb of reef
! hint: did you mean `check`?
? 2

# No HOME is needed to check a text.
$ env -i REEF_HOME=$REEF_HOME "$(command -v reef)" check good/reef.json
good/reef.json: good is good

# A duplicate key hides no other problem, in either notation.
$ mkdir twice && echo '{"reef": 1, "name": "a", "name": "b", "versoin": "1.0.0", "kind": "program"}' > twice/reef.json
$ reef check twice
! twice/reef.json:1:1: error: missing key `version`
!   1 | {"reef": 1, "name": "a", "name": "b", "versoin": "1.0.0", "kind": "program"}
!     | ^
! twice/reef.json:1:26: error: duplicate key `name`
!   1 | {"reef": 1, "name": "a", "name": "b", "versoin": "1.0.0", "kind": "program"}
!     |                          ^
! hint: keep one of the two
! twice/reef.json:1:39: error: unknown key `versoin`
!   1 | {"reef": 1, "name": "a", "name": "b", "versoin": "1.0.0", "kind": "program"}
!     |                                       ^
! hint: did you mean `version`?
! twice/reef.json: 3 problems
? 3
$ printf 'reef: 1\nname: a\nname: b\nversoin: 1.0.0\nkind: program\n' > twice/reef.yaml && rm twice/reef.json
$ reef check twice
! twice/reef.yaml:1:1: error: missing key `version`
!   1 | reef: 1
!     | ^
! twice/reef.yaml:3:1: error: duplicate key `name`
!   3 | name: b
!     | ^
! hint: keep one of the two
! twice/reef.yaml:4:1: error: unknown key `versoin`
!   4 | versoin: 1.0.0
!     | ^
! hint: did you mean `version`?
! twice/reef.yaml: 3 problems
? 3

# A verb below a verb has its neighbours, too.
$ reef runs shwo x
! error: `reef runs` has no verb `shwo`
! hint: did you mean `show`?
! hint: `reef runs --help` explains it
? 2
$ reef store lst
! error: `reef store` has no verb `lst`
! hint: it has `path`, `size`, `verify`, `pin`, `unpin`
! hint: `reef store --help` explains it
? 2

# A file that is not there keeps none of the others from being looked at.
$ printf 'reef: 1\nname: num\nversion: 1.0\nkind: program\nlicense: 1.10\nsummary: 0644\n' > num.yaml
$ reef check nowhere num.yaml hello elsewhere
! error: cannot open `$DIR/nowhere`: No such file or directory
!   while reading the manifest
! nowhere: 1 problem
! num.yaml:3:10: error: expected a string, got a number
!   3 | version: 1.0
!     |          ^
! hint: write it in quotes; `1.0` is not a version: it must have three numbers, as in `1.2.0`
! hint: did you mean `1.0.0`?
! num.yaml:5:10: error: expected a string, got a number
!   5 | license: 1.10
!     |          ^
! hint: write it in quotes: "1.10"
! num.yaml:6:10: error: expected a string, got a number
!   6 | summary: 0644
!     |          ^
! hint: write it in quotes: "0644"
! num.yaml: 3 problems
! error: cannot open `$DIR/hello`: No such file or directory
!   while reading the manifest
! hello: 1 problem
! error: cannot open `$DIR/elsewhere`: No such file or directory
!   while reading the manifest
! elsewhere: 1 problem
? 4
$ reef check hello nowhere --json
{
  "files": [
    {
      "file": "hello",
      "package": null,
      "problems": [
        {
          "code": "not_found",
          "context": [
            "reading the manifest"
          ],
          "hints": [],
          "message": "cannot open `$DIR/hello`: No such file or directory",
          "place": null
        }
      ],
      "warnings": []
    },
    {
      "file": "nowhere",
      "package": null,
      "problems": [
        {
          "code": "not_found",
          "context": [
            "reading the manifest"
          ],
          "hints": [],
          "message": "cannot open `$DIR/nowhere`: No such file or directory",
          "place": null
        }
      ],
      "warnings": []
    }
  ],
  "good": false
}
? 4

# A script that nothing can run; a script that is missing, whatever else is wrong.
$ mkdir -p mute/s && echo 'print(1)' > mute/s/c.py
$ echo '{"reef": 1, "name": "mute", "version": "1.0.0", "kind": "program", "sources": [{"path": "s"}], "actions": {"a": {"run": [{"script": "s/c.py"}]}}}' > mute/reef.json
$ reef check mute 2>&1 | grep -v warning
mute/reef.json:1:122: error: the script `s/c.py` does not say what runs it
  1 | {"reef": 1, "name": "mute", "version": "1.0.0", "kind": "program", "sources": [{"path": "s"}], "actions": {"a": {"run": [{"script": "s/c.py"}]}}}
    |                                                                                                                          ^
hint: begin it with a line such as `#!/usr/bin/env python3`
hint: say "license": "Apache-2.0", or another SPDX name
hint: say in one line what the package is
mute/reef.json: 1 problem
$ sed -i 's/"a": {/"b": {"run": [{"script": "s\/d.py"}]}, "a": {"tset": 1, /' mute/reef.json; reef check mute 2>&1 | grep error
mute/reef.json:1:122: error: the script `s/d.py` is not in `mute`
mute/reef.json:1:152: error: unknown key `tset`

# Steps run actions and no workflows; addresses have no blanks.
$ mkdir nested; printf '{"reef": 1, "name": "nested", "version": "1.0.0", "kind": "program",\n "sources": [{"url": "file:///tmp/a b", "sha256": "%064d"}],\n "actions": {"x": {"steps": {"a": {"run": [["true"]]}}},\n             "w": {"steps": {"a": {"action": "x"}}}}}\n' 0 >nested/reef.json; reef check nested
! nested/reef.json:2:22: error: an address has no blanks, got `file:///tmp/a b`
!   2 |  "sources": [{"url": "file:///tmp/a b", "sha256": "$DIGEST"}],
!     |                      ^
! hint: write a space as `%20`
! nested/reef.json:4:30: error: the step `a` runs the workflow `x`: workflows do not nest
!   4 |              "w": {"steps": {"a": {"action": "x"}}}}}
!     |                              ^
! hint: name its steps here, each with the action that it runs
! nested/reef.json: 2 problems
? 3
# A licence in words that tools do not know; the case of letters does not matter.
$ mkdir words; for license in 'Apache-2' 'ours, all rights reserved' 'mit or (ISC and LicenseRef-Ours)'; do printf 'reef: 1\nname: words\nversion: 1.0.0\nkind: dataset\nlicense: %s\nsummary: x\nsources: [{path: reef.yaml}]\n' "$license" > words/reef.yaml; reef check words; done
words/reef.yaml: words is good
words/reef.yaml: words is good
words/reef.yaml: words is good
! words/reef.yaml: warning: the license `Apache-2` is no expression of SPDX: tools will not know it
! hint: did you mean `Apache-2.0`?
! words/reef.yaml: warning: the license `ours, all rights reserved` is no expression of SPDX: tools will not know it
! hint: one of your own is `LicenseRef-NAME`; https://spdx.org/licenses lists the others

# What a folder holds, and the package does not.
$ mkdir -p notes/src/__pycache__ notes/.venv notes/data/raw && cd notes && touch .env .venv/x src/a.py src/__pycache__/a.pyc data/raw/1 data/2
$ printf '{"reef": 1, "name": "notes", "version": "1.0.0", "kind": "program", "license": "MIT", "summary": "s",\n"exclude": ["__pycache__", ".venv", "/data/raw", "x.sh"], "sources": [{"path": "src"}], "actions": {"run": {"run": [["find", "."], {"script": "x.sh"}]}}}' > reef.json
$ reef check; sed -i 's/, {"script": "x.sh"}//' reef.json
! reef.json:2:132: error: the script `x.sh` is left out by `x.sh` in `exclude`
!   2 | "exclude": ["__pycache__", ".venv", "/data/raw", "x.sh"], "sources": [{"path": "src"}], "actions": {"run": {"run": [["find", "."], {"script": "x.sh"}]}}}
!     |                                                                                                                                    ^
! reef.json: warning: `.env` is packed and published with the package
! hint: leave it out: "exclude": [".env"]
! reef.json: 1 problem
$ reef run run --quiet; cat "$REEF_HOME"/records/*/log.txt
.
\$ find .
.
$ reef pack -o notes.reef --quiet && reef unpack notes.reef --quiet && cd notes-1.0.0/packages/* && find . | sort
$DIR/notes/notes.reef
$DIR/notes/notes-1.0.0
.
./.env
./data
./data/2
./reef.json
./reef.lock
./src
./src/a.py
$ cd ../../..; rm -r notes-1.0.0; touch data/raw/2 src/__pycache__/b.pyc; reef why-rebuild
notes 1.0.0 is installed: nothing of its key changed
  $REEF_HOME/store/$DIGEST-notes-1.0.0
$ printf '{"reef": 1, "name": "dots", "version": "1.0.0", "kind": "program", "license": "MIT", "summary": "s",\n"exclude": [".*"], "sources": [{"path": "./"}], "actions": {"build": {"run": [["cp", "-r", ".", "${prefix}/all"]]}, "run": {"run": [["ls", "-A", "${prefix}/all"], {"script": "./src/x.sh"}]}}}' > reef.json; echo 'echo hi' > src/x.sh; rm -r data .venv notes.reef
$ reef check && reef run run --quiet; touch .hidden; reef run run 2>&1 | grep again; cat "$REEF_HOME"/records/*/log.txt | tail -n 5
reef.json: dots is good
reef.json
src
hi
\$ ls -A $REEF_HOME/store/$DIGEST-dots-1.0.0/all
reef.json
src
\$ bash -euo pipefail $REEF_HOME/store/$DIGEST-dots-1.0.0/./src/x.sh
hi
! reef.json: warning: `src/__pycache__` is packed and published with the package
! hint: leave it out: "exclude": ["__pycache__"]
$ mkdir -p src/node_modules && touch src/node_modules/x && reef pack -o ../dots.reef 2>&1 | grep packed
note: `src/__pycache__` is packed with the package; leave it out: "exclude": ["__pycache__"]
note: `src/node_modules` is packed with the package; leave it out: "exclude": ["node_modules"]
dots 1.0.0: 1 package, 0 tools, 0 sources, 0 records; $SIZE unpacked
