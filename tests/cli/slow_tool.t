# A tool that gives no answer in time is neither gone nor forgotten: the next command asks it again.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin old project; export PATH=$PWD/bin:$PWD/old:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .
$ python3 make.py 'snake={"kind": "tool", "detect": {"programs": ["snake"], "ask": {"arguments": [["-v"]], "timeout": "2s"}, "version": [{"pattern": "snake ([0-9.]+)"}]}}'
$ ./tool snake 3.11.0; mv bin/snake old; ./tool snake 3.13.0
$ cd project; echo '{"reef": 1, "name": "mine", "version": "0.1.0", "kind": "library", "dependencies": {"python": {"package": "snake"}}}' > reef.json; reef lock --quiet
$ mv ../bin/snake ../fast; printf '#!/bin/sh\nexec sleep 100\n' > ../bin/snake; chmod +x ../bin/snake
$ reef detect snake
TOOL  VERSION  PATH  PROVIDES
snake  3.11.0  $DIR/old/snake
! note: `$DIR/bin/snake` is left out this time: `snake -v`: no answer within $TIME; it printed nothing
$ reef install; grep -o "3[.]1[0-9.]*" reef.lock
built mine 0.1.0
$REEF_HOME/store/$DIGEST-mine-0.1.0
3.13.0
! note: snake 3.13.0 was locked, it is 3.11.0 now: `$DIR/bin/snake` is left out this time: `snake -v`: no answer within $TIME; it printed nothing
! note: reef.lock stays as it is, for snake may be found again; `reef lock` writes it anew
$ (cd ..; python3 make.py 'ink@1.0.0={}'); reef add ink 2>&1 | grep -v note:; grep -c ink reef.json
error: snake gave no answer, and the lock would lose it; reef.json is unchanged
hint: run the same again, or `reef detect --explain snake`
0
? 1
$ mv ../old/snake ..; reef detect snake
TOOL  VERSION  PATH  PROVIDES
snake  -  no answer from $DIR/bin/snake
! note: `$DIR/bin/snake` is left out this time: `snake -v`: no answer within $TIME; it printed nothing
? 4
$ mv ../fast ../bin/snake; reef detect snake
TOOL  VERSION  PATH  PROVIDES
snake  3.13.0  $DIR/bin/snake
