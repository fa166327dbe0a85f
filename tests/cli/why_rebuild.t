# Nothing to compare with, then nothing to explain.
$ export REEF_PACKAGES=$PWD/packages REEF_CLOCK=1700000000
$ reef why-rebuild whole
whole 1.0.0 would be built: no build of it is in the store to compare with
$ reef install whole --quiet
$REEF_HOME/store/$DIGEST-whole-1.0.0
$ reef why-rebuild whole
whole 1.0.0 is installed: nothing of its key changed
  $REEF_HOME/store/$DIGEST-whole-1.0.0

# An option.
$ reef why-rebuild whole --with size=l
whole 1.0.0 would be built: option size: s -> l
  compared with whole 1.0.0, built 2023-11-14T22:13:20Z
  option size: s -> l
  command 1:
    - sh -c 'cat "$1/data/one.txt" data/text > "$REEF_PREFIX/text"; echo $2 >> "$REEF_PREFIX/text"' sh '${store}/$DIGEST-part-1.2.0' small
    + sh -c 'cat "$1/data/one.txt" data/text > "$REEF_PREFIX/text"; echo $2 >> "$REEF_PREFIX/text"' sh '${store}/$DIGEST-part-1.2.0' large

# A file of the package, and one of a package that it needs.
$ echo more >> packages/whole/data/text && echo x > packages/whole/data/new
$ reef why-rebuild whole
whole 1.0.0 would be built: its files changed
  compared with whole 1.0.0, built 2023-11-14T22:13:20Z
  its files:
    `data/new` was added
    `data/text` was changed
$ rm packages/part/data/two.txt
$ reef why-rebuild whole
whole 1.0.0 would be built: dependency data changed; its files changed
  compared with whole 1.0.0, built 2023-11-14T22:13:20Z
  dependency data: another build of part, see below
  its files:
    `data/new` was added
    `data/text` was changed
  command 1:
    - sh -c 'cat "$1/data/one.txt" data/text > "$REEF_PREFIX/text"; echo $2 >> "$REEF_PREFIX/text"' sh '${store}/$DIGEST-part-1.2.0' small
    + sh -c 'cat "$1/data/one.txt" data/text > "$REEF_PREFIX/text"; echo $2 >> "$REEF_PREFIX/text"' sh '${store}/$DIGEST-part-1.2.0' small
part 1.2.0 would be built: its files changed
  compared with part 1.2.0, built 2023-11-14T22:13:20Z
  its files:
    `data/two.txt` is gone
$ reef why-rebuild whole --json
{
  "packages": [
    {
      "changes": [
        {
          "after": "sh -c 'cat \"$1/data/one.txt\" data/text > \"$REEF_PREFIX/text\"; echo $2 >> \"$REEF_PREFIX/text\"' sh '${store}/$DIGEST-part-1.2.0' small",
          "before": "sh -c 'cat \"$1/data/one.txt\" data/text > \"$REEF_PREFIX/text\"; echo $2 >> \"$REEF_PREFIX/text\"' sh '${store}/$DIGEST-part-1.2.0' small",
          "kind": "command",
          "name": "command 1"
        },
        {
          "after": "$DIGEST",
          "before": "$DIGEST",
          "kind": "dependency",
          "name": "dependency data"
        },
        {
          "after": "$DIGEST",
          "before": "$DIGEST",
          "kind": "package",
          "name": "package"
        }
      ],
      "compared_with": {
        "built_at": "2023-11-14T22:13:20Z",
        "key": "$DIGEST",
        "prefix": "$REEF_HOME/store/$DIGEST-whole-1.0.0",
        "version": "1.0.0"
      },
      "damage": null,
      "dependencies": {
        "data": "part"
      },
      "files": [
        "`data/new` was added",
        "`data/text` was changed"
      ],
      "installed": false,
      "key": "$DIGEST",
      "name": "whole",
      "prefix": "$REEF_HOME/store/$DIGEST-whole-1.0.0",
      "summary": "dependency data changed; its files changed",
      "version": "1.0.0"
    },
    {
      "changes": [
        {
          "after": "$DIGEST",
          "before": "$DIGEST",
          "kind": "package",
          "name": "package"
        }
      ],
      "compared_with": {
        "built_at": "2023-11-14T22:13:20Z",
        "key": "$DIGEST",
        "prefix": "$REEF_HOME/store/$DIGEST-part-1.2.0",
        "version": "1.2.0"
      },
      "damage": null,
      "dependencies": {},
      "files": [
        "`data/two.txt` is gone"
      ],
      "installed": false,
      "key": "$DIGEST",
      "name": "part",
      "prefix": "$REEF_HOME/store/$DIGEST-part-1.2.0",
      "summary": "its files changed",
      "version": "1.2.0"
    }
  ]
}

# The command that builds.
$ reef install whole --quiet
$REEF_HOME/store/$DIGEST-whole-1.0.0
$ sed -i 's/echo \$2/printf $2/' packages/whole/reef.json
$ reef why-rebuild whole
whole 1.0.0 would be built: its files changed
  compared with whole 1.0.0, built 2023-11-14T22:13:20Z
  its files:
    `reef.json` was changed
  command 1:
    - sh -c 'cat "$1/data/one.txt" data/text > "$REEF_PREFIX/text"; echo $2 >> "$REEF_PREFIX/text"' sh '${store}/$DIGEST-part-1.2.0' small
    + sh -c 'cat "$1/data/one.txt" data/text > "$REEF_PREFIX/text"; printf $2 >> "$REEF_PREFIX/text"' sh '${store}/$DIGEST-part-1.2.0' small
$ reef why-rebuild hwole
! error: there is no package `hwole` in the packages in `$DIR/packages` and `$SOURCE/packages`
! hint: did you mean `whole`?
? 4

# Of several builds the nearest is compared with, not the newest.
$ reef install whole --quiet && sed -i 's/printf \$2/echo $2/' packages/whole/reef.json && echo yet more >> packages/whole/data/text
$REEF_HOME/store/$DIGEST-whole-1.0.0
$ reef why-rebuild whole
whole 1.0.0 would be built: its files changed
  compared with whole 1.0.0, built 2023-11-14T22:13:20Z
  its files:
    `data/text` was changed
