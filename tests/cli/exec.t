# The environment of a tool of the host is what was found: nothing of it is installed.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .
$ python3 make.py 'quill={"kind": "tool", "detect": {"programs": ["quill"], "ask": {"arguments": [["-v"]]}, "version": [{"pattern": "quill ([0-9.]+)"}], "exports": {"env": {"QUILL": "${path}"}}}}'; ./tool quill 3.1
$ reef exec quill -- sh -c 'echo "$QUILL" "${REEF_PREFIX-no prefix}"'
$DIR/bin/quill no prefix
$ reef install quill
nothing to do: quill 3.1 is a tool of this host
$DIR/bin/quill
$ reef install quill --quiet
$DIR/bin/quill

# A range means the versions of this host.
$ mkdir old && printf '#!/bin/sh\necho quill 2.9\n' > old/quill && chmod +x old/quill; export PATH=$PATH:$PWD/old
$ reef exec quill -- sh -c 'echo "$QUILL"'; reef exec quill@2 -- sh -c 'echo "$QUILL"'
$DIR/bin/quill
$DIR/old/quill
$ reef tree 'quill@<3'; reef info quill@2.9 | tail -n 2
quill 2.9  $DIR/old/quill
quill 3.1 was skipped: you asked for quill <3
VERSION  PATH  PROVIDES
2.9  $DIR/old/quill
$ reef exec quill@4 -- true
! error: this host has no `quill` in `4`
! hint: it has `3.1` and `2.9`
? 4
