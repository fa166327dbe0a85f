# A package that runs at once.
$ mkdir hello && cd hello
$ reef init
made `hello`, a program
  reef.json
  src/main.cpp
next:
  reef run test
  reef run greet --who you
  reef run benchmark
$ reef check
reef.json: hello is good
$ reef info . | grep ACTION
Actions (reef run ACTION)
ACTION     PARAMETER  TYPE    DEFAULT  MEANING
$ reef run test --quiet
the greeting is right
$ reef run greet --who 'you & me' --quiet
Hello, you & me!

# It may be called by its name, as long as no registry has that name too.
$ reef run test hello --quiet
the greeting is right
$ cd src && reef why-rebuild hello | head -n 1; cd ..
hello 0.1.0 is installed: nothing of its key changed

# Nothing that is there is overwritten.
$ reef init
! error: `reef.json` and `src/main.cpp` are already there, and `reef init` overwrites nothing
! hint: name a new folder: `reef init FOLDER`
? 2
$ cd ..
$ mkdir taken && echo mine >taken/check.sh
$ reef init taken --template dataset
! error: `check.sh` is already there, and `reef init` overwrites nothing
! hint: name a new folder: `reef init FOLDER`
? 2
$ cat taken/check.sh; ls taken
mine
check.sh

# Every template is good, and does what it says.
$ for kind in program model dataset tool; do reef init all/$kind --template $kind --quiet && reef check all/$kind; done
all/program/reef.json: program is good
all/model/reef.json: model is good
all/dataset/reef.json: dataset is good
all/tool/reef.json: tool is good
$ cd all/dataset && reef run test --quiet
6 rows are right
$ cd ../model && reef run test 2>&1 | grep -o "accuracy 0[.][89]"
accuracy 0.9
$ cd ../..

# Names.
$ reef init digits --template model
! error: the package cannot be called `digits`: it needs the package `digits`
! hint: say `--name my-digits`
? 2
$ reef init 'My First Model'
! error: `My First Model` cannot be the name of a package, expected lower-case letters, digits, `-`, `_`, `.` and `+`, starting with a letter or digit, at most 100 of them
! hint: say `--name my-first-model`
? 2
$ reef init 'My First Model' --name my-model --json
{
  "files": [
    "reef.json",
    "src/main.cpp"
  ],
  "folder": "$DIR/My First Model",
  "name": "my-model",
  "template": "program"
}
$ reef init other --name 'No Name'
! error: `No Name` cannot be the name of a package, expected lower-case letters, digits, `-`, `_`, `.` and `+`, starting with a letter or digit, at most 100 of them
! hint: say `--name no-name`
? 2
$ reef init other --template modle
! error: `--template` needs `dataset`, `model`, `program` or `tool`, got `modle`
! hint: did you mean `model`?
? 2
$ reef init other --template
! error: `--template` needs a value
! hint: `reef init --help` explains it
? 2
$ reef init other --nam x
! error: `reef init` has no flag `--nam`
! hint: did you mean `--name`?
! hint: `reef init --help` explains it
? 2
$ ls other
! ls: cannot access 'other': No such file or directory
? 2
$ touch file && reef init file
! error: cannot create the folder `$DIR/file`: it is a file
? 7

# A tool of one's own is looked for on this host; it is never locked or installed.
$ mkdir own && cd own && reef init --template tool --quiet
$ reef lock
! error: `own` is a tool: it is found on a host, not resolved or installed
! hint: `reef detect .` looks for it here
? 2
$ test -e reef.lock
? 1
$ reef install
! error: `own` is a tool: it is found on a host, not resolved or installed
! hint: `reef detect .` looks for it here
? 2
$ reef doctor .
problem own: this host has none
          -> apt install own
? 5
$ cd .. && reef tree ./own
! error: `own` is a tool: it is found on a host, not resolved or installed
! hint: `reef detect ./own` looks for it here
? 2

# A log of the very command may be written beside the manifest.
$ mkdir logged && cd logged && reef init --quiet && sleep 2.1
$ reef run test --quiet 2>&1 | tee log.txt; echo ${PIPESTATUS[0]}
the greeting is right
0
$ echo new > note.txt
$ reef run test 2>&1 | tee log.txt | head -n 2; echo ${PIPESTATUS[0]}
note: logged 0.1.0 is built again: its files changed
the greeting is right
0

# Without a terminal a shell reads commands, and prompts nobody.
$ echo 'echo "in $REEF_SHELL"' | reef shell --quiet
in logged
$ SHELL=/no/such reef shell </dev/null
! error: there is no shell `/no/such`
! hint: set SHELL to one that is there: `SHELL=/bin/sh reef shell`
? 4

# An edit, a build at once, and a log beside the manifest: what the build reads is as it was when it was looked at.
$ reef init edited --quiet && cd edited && reef run test --quiet
the greeting is right
$ sed -i 's/Greets people/Greets everybody/' reef.json; echo '// more' >> src/main.cpp; reef run test --quiet > log 2>&1; echo $?; cat log
0
the greeting is right
