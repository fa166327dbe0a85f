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
