# A compiler of the host is found, used, upgraded, changed in place, and deleted: never served from memory.
$ export REEF_PACKAGES=$PWD/catalogue; mkdir bin; export PATH=$PWD/bin:$PATH; ./make-brush 2.0 bin/brush; cd project

$ reef detect brush | sed "s|  *| |g"
TOOL VERSION PATH PROVIDES
brush 2.0 $DIR/bin/brush paint-compiler 2.0

$ reef run show
a sunset
painted with brush 2.0
! show of picture 1.0.0: ok
! record $RUN

$ reef run show
a sunset
painted with brush 2.0
! show of picture 1.0.0: ok
! record $RUN

$ reef lock
reef.lock is up to date

# Upgraded: what the old one built is not what is wanted now.
$ ../make-brush 2.5 ../bin/brush; reef run show --dry-run
PACKAGE  VERSION  OPTIONS  STATE
brush  2.5  -  found: $DIR/bin/brush
picture  1.0.0  -  to build again (compiler: brush 2.0 -> 2.5)
note: brush 2.0 was locked, it is 2.5 now: this host no longer has 2.0
why:
  brush 2.5: picture needs paint-compiler >=2 to build; the only version on this host
  picture 1.0.0: you asked for it; your own folder

would build:
  picture 1.0.0:
    $DIR/bin/brush src/picture.txt '${prefix}/picture'

would run `show` of picture 1.0.0:
  cat '${prefix}/picture'

$ reef lock --check
reef.lock holds here
! note: brush 2.0 was locked, it is 2.5 now: this host no longer has 2.0

$ reef install
built picture 1.0.0
$REEF_HOME/store/$DIGEST-picture-1.0.0
! note: brush 2.0 was locked, it is 2.5 now: this host no longer has 2.0
! note: picture 1.0.0 is built again: compiler: brush 2.0 -> 2.5
! note: wrote reef.lock

$ reef run show
a sunset
painted with brush 2.5
! show of picture 1.0.0: ok
! record $RUN

# The same version, another program: one byte is enough.
$ echo '# patched' >> ../bin/brush; reef run show
a sunset
painted with brush 2.5
! note: picture 1.0.0 is built again: compiler: another brush 2.5
! show of picture 1.0.0: ok
! record $RUN

# What comes with it counts as much.
$ echo '#!/bin/sh' > ../bin/varnish && chmod +x ../bin/varnish && reef install --quiet > /dev/null && echo echo shiny >> ../bin/varnish
$ reef why-rebuild | sed "s/, built .*//"
picture 1.0.0 would be built: compiler: another $DIR/bin/varnish
  compared with picture 1.0.0
  file of tool compiler $DIR/bin/varnish:
    - $DIR/bin/varnish sha256:$DIGEST
    + $DIR/bin/varnish sha256:$DIGEST
$ reef run show
a sunset
painted with brush 2.5
! note: picture 1.0.0 is built again: compiler: another $DIR/bin/varnish
! show of picture 1.0.0: ok
! record $RUN
$ rm ../bin/varnish

# Back to the first one: it is in the store still.
$ ../make-brush 2.0 ../bin/brush; reef install
nothing to do: picture 1.0.0 is installed
$REEF_HOME/store/$DIGEST-picture-1.0.0
! note: brush 2.5 was locked, it is 2.0 now: this host no longer has 2.5
! note: wrote reef.lock

# A lock that holds says what it has otherwise, and what is written anew.
$ ../make-brush 2.0.1 ../bin/brush; reef lock --check
reef.lock holds here
! note: brush 2.0 was locked, it is 2.0.1 now: this host no longer has 2.0
$ reef lock
updated reef.lock
  brush: locked 2.0, this host has 2.0.1
! note: brush 2.0 was locked, it is 2.0.1 now: this host no longer has 2.0
$ ../make-brush 2.0 ../bin/brush; reef lock
updated reef.lock
  brush: locked 2.0.1, this host has 2.0
! note: brush 2.0.1 was locked, it is 2.0 now: this host no longer has 2.0.1

# Too old for the package.
$ ../make-brush 1.9 ../bin/brush; reef run show
! error: there is no solution:
!   picture 1.0.0 needs paint-compiler >=2, this host has brush 1.9 (reef.json:6:20)
! hint: the lock holds brush 2.0, which this host no longer has
! hint: this host needs paint-compiler >=2: `apt install brush` installs the distribution's version
! hint: it works with paint-compiler >=1.9 (brush 1.9): `reef add 'paint-compiler@>=1.9'` changes `>=2` at reef.json:6:20
? 5

# Two of them: the newest that fits, whatever its name.
$ ../make-brush 3.1 ../bin/brush-3; reef run show
a sunset
painted with brush 3.1
! note: brush 2.0 was locked, it is 3.1 now: this host no longer has 2.0
! note: picture 1.0.0 is built again: compiler: brush 2.5 -> 3.1
! show of picture 1.0.0: ok
! record $RUN

# Moved away, and then deleted.
$ mv ../bin/brush-3 ../bin/brush-old; reef run show
! error: there is no solution:
!   picture 1.0.0 needs paint-compiler >=2, this host has brush 1.9 (reef.json:6:20)
! hint: the lock holds brush 3.1, which this host no longer has
! hint: this host needs paint-compiler >=2: `apt install brush` installs the distribution's version
! hint: it works with paint-compiler >=1.9 (brush 1.9): `reef add 'paint-compiler@>=1.9'` changes `>=2` at reef.json:6:20
? 5

$ rm ../bin/*; reef run show
! error: there is no solution:
!   picture 1.0.0 needs paint-compiler >=2, this host has none (reef.json:6:20)
! hint: the lock holds brush 3.1, which this host no longer has
! hint: `apt install brush` would install paint-compiler
? 5

$ reef detect brush | sed "s|  *| |g"
TOOL VERSION PATH PROVIDES
brush - not found (`apt install brush`)

$ reef install
! error: there is no solution:
!   picture 1.0.0 needs paint-compiler >=2, this host has none (reef.json:6:20)
! hint: the lock holds brush 3.1, which this host no longer has
! hint: `apt install brush` would install paint-compiler
? 5

$ reef run show --json 2>/dev/null | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["error"]["code"], r["error"]["hints"])'
no_solution ['the lock holds brush 3.1, which this host no longer has', '`apt install brush` would install paint-compiler']

# What was recorded.
$ reef runs --json | python3 -c 'import json, sys; print(sorted({(r["action"], r["status"]) for r in json.load(sys.stdin)["runs"]}))'
[('show', 'ok')]
