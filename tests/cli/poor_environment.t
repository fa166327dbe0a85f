# Nothing of the usual surroundings: what can work works, the rest says what is missing.
$ export reef=$(command -v reef); mkdir hello; cd hello
$ cat > reef.json <<'END'
> {"reef": 1, "name": "hello", "version": "1.0.0", "kind": "program", "license": "MIT", "summary": "Greets",
>  "actions": {"greet": {"run": [["echo", "hello"]]}, "home": {"run": [["sh", "-c", "test -d \"$HOME\" && test -d \"$TMPDIR\" && echo \"$LANG\""]]}}}
> END

# No environment at all: the password database knows a home; here REEF_HOME is given.
$ env -i REEF_HOME="$REEF_HOME" "$reef" run greet
hello
! greet of hello 1.0.0: ok
! record $RUN

$ env -i REEF_HOME="$REEF_HOME" "$reef" run home --quiet
C.UTF-8

$ env -i "$reef" --version
reef 0.1.0

$ env -i REEF_HOME="$REEF_HOME" "$reef" runs | wc -l
3

$ env -i REEF_HOME="$REEF_HOME" TERM= PATH= LC_ALL=tlh_QO.bogus "$reef" run greet --quiet
hello

$ env -u HOME XDG_DATA_HOME="$TMPDIR/data" REEF_HOME= "$reef" run greet --quiet; ls "$TMPDIR/data/reef" | head -n 2 | sed "s|  *| |g"
hello
cache
locks

# A home that is a file, lies below one, or cannot be written.
$ touch file; REEF_HOME=$PWD/file reef run greet
! error: cannot create the folder `$DIR/hello/file`: it is a file
!   while opening the store
! hint: `$DIR/hello/file` must be a folder that you can write to; REEF_HOME names another one
? 7

$ REEF_HOME=$PWD/file/below reef run greet
! error: cannot create the folder `$DIR/hello/file`: it is a file
!   while opening the store
! hint: `$DIR/hello/file/below` must be a folder that you can write to; REEF_HOME names another one
? 7

$ REEF_HOME=$PWD/file/below reef runs
no runs yet: `reef run benchmark PACKAGE` makes one

$ REEF_HOME=/proc/nowhere reef run greet
! error: cannot create the folder `/proc/nowhere`: No such file or directory
!   while opening the store
! hint: `/proc/nowhere` must be a folder that you can write to; REEF_HOME names another one
? 7

$ REEF_HOME=/proc/nowhere reef search digits --quiet | head -n 1 | sed "s|  *| |g"
NAME VERSION KIND SUMMARY

$ REEF_HOME=relative/home reef run greet --quiet && ls relative/home | head -n 1 | sed "s|  *| |g"
hello
cache

# TMPDIR is nobody's business but that of the programs: reef keeps what is temporary in its home.
$ TMPDIR=/nowhere reef run greet --quiet
hello

# The current folder is deleted.
$ (mkdir gone; cd gone; rmdir ../gone; reef run greet)
! error: the current folder was removed
! hint: change to one that exists: `cd`
? 7

$ (mkdir gone; cd gone; rmdir ../gone; reef search digits --quiet | head -n 1 | sed 's|  *| |g')
! error: the current folder was removed
! hint: change to one that exists: `cd`

# Standard streams that are closed or full. What was asked for did not arrive: that is an error.
$ reef runs >&-
! error: cannot write to standard output: Bad file descriptor
? 7

$ reef runs >/dev/full
! error: cannot write to standard output: No space left on device
? 7

$ reef runs --json >/dev/full
! error: cannot write to standard output: No space left on device
? 7

$ reef --help >/dev/full
! error: cannot write to standard output: No space left on device
? 7

$ reef run greet 2>&-
hello

$ reef runs show nowhere 2>&-
? 4

$ reef runs show nowhere 2>/dev/full
? 4

$ reef run greet <&- >&- 2>&-
? 7

$ reef search '' | head -n 1 | sed "s|  *| |g"
NAME VERSION KIND SUMMARY

$ reef search '' | true; echo ${PIPESTATUS[0]}
0

# REEF_PACKAGES that leads nowhere.
$ REEF_PACKAGES=$PWD/nowhere reef search digits
! error: REEF_PACKAGES names `$DIR/hello/nowhere`, which is not a folder
? 4

$ REEF_PACKAGES=:::$PWD:: reef search hello --quiet | head -n 2 | sed "s|  *| |g"
NAME VERSION KIND SUMMARY
hello 1.0.0 program Greets

# No time of day.
$ SOURCE_DATE_EPOCH=soon reef run greet --quiet
hello
