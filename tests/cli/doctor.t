# What a package needs and whether it is here.
$ export REEF_PACKAGES=$REEF_GOLDEN_SOURCE/tests/cli/catalogue PATH=$REEF_GOLDEN_SOURCE/tests/cli/tools:$PATH
$ reef doctor letter
ok  ink 1.2.0: in the catalogue
ok  quill 3.0.2: found: $SOURCE/tests/cli/tools/quill-3
ok  letter 1.1.0: in the catalogue
warning style = gilded: needs feather >=1, this host has none
warning style = ancient: needs quill <1, this host has 2.1, 3.0.2
warning style = underwater: exists only when os is windows, this host is linux
everything it needs is here
$ reef doctor letter --quiet
warning style = gilded: needs feather >=1, this host has none
warning style = ancient: needs quill <1, this host has 2.1, 3.0.2
warning style = underwater: exists only when os is windows, this host is linux
$ reef doctor letter --with style=gilded
problem letter: there is no solution:
            you asked for letter with `style = gilded`
            letter 1.1.0 with `style = gilded` needs feather >=1, this host has none ($SOURCE/tests/cli/catalogue/letter/reef.json:22:28)
          -> it works with `--with style=plain` instead of `gilded`
? 5
$ reef doctor letter --with style=ancient --json
{
  "findings": [
    {
      "level": "problem",
      "remedies": [
        "this host needs quill <1",
        "it works with `--with style=plain` instead of `ancient`"
      ],
      "subject": "letter",
      "text": "there is no solution:\n  you asked for letter with `style = ancient`\n  letter 1.1.0 with `style = ancient` needs quill <1, this host has 3.0.2 and 2.1 ($SOURCE/tests/cli/catalogue/letter/reef.json:26:28)"
    }
  ],
  "well": false
}
? 5
$ reef doctor digits
ok      digits 1.0.0: in the catalogue
everything it needs is here
$ reef doctor lettre
! error: there is no package `lettre` in the packages in `$SOURCE/tests/cli/catalogue` and `$SOURCE/packages`
! hint: did you mean `letter`?
? 4
$ reef doctor --with style=plain
! error: `--with` needs a package
! hint: `reef doctor PACKAGE --with group=option`
? 2

# Reef itself: a home that cannot be written, a catalogue with a broken manifest, no PATH.
$ touch file; REEF_HOME=$PWD/file/home reef doctor --quiet | grep -A 1 home
problem home folder: `$DIR/file` is not a folder
          -> set REEF_HOME to a folder that can be written
$ REEF_HOME=$PWD/file/home reef doctor >report
? 5
$ mkdir -p packages/broken && echo '{"reef": 1, "name": "broken"' >packages/broken/reef.json
$ REEF_PACKAGES=$PWD/packages reef doctor --quiet | grep -A 1 broken
problem broken: $DIR/packages/broken/reef.json:2: this is not JSON: unexpected end of input; expected '}'
          -> reef check $DIR/packages/broken/reef.json
$ env -u PATH "$(command -v reef)" doctor --quiet | grep -A 1 PATH | head -n 2
problem PATH: is not set: only tools at fixed places are found
          -> export PATH=/usr/local/bin:/usr/bin:/bin
$ REEF_PACKAGES=$PWD/nowhere reef doctor
! error: REEF_PACKAGES names `$DIR/nowhere`, which is not a folder
? 4
