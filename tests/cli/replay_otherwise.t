# Packed builds serve only where this host would choose what they were built of.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin mine; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .; ./tool mason 1.0; ./tool snake 3.1
$ python3 make.py 'mason={"kind": "tool", "detect": {"programs": ["mason"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "mason ([0-9.]+)"}]}}' 'snake={"kind": "tool", "detect": {"programs": ["snake"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "snake ([0-9.]+)"}]}}'
$ cat >mine/reef.json <<'END'
> {
>   "reef": 1, "name": "mine", "version": "0.1.0", "kind": "program",
>   "dependencies": {"mason": {"package": "mason", "for": "build"}, "snake": {"package": "snake"}},
>   "sources": [{"path": "new", "when": {"package": {"snake": ">=3"}}}, {"path": "old", "when": {"package": {"snake": "<3"}}}],
>   "actions": {
>     "build": {"run": [["sh", "-c", "cat */way >${prefix}/way"]]},
>     "run": {"run": [["cat", "${prefix}/way"]]}
>   }
> }
> END
$ cd mine; mkdir new old; echo new >new/way; echo old >old/way; reef run run --quiet; reef pack --quiet --with-builds -o ../built.reef >../said; cd ..; rm bin/mason
new
$ ./tool snake 3.0; reef replay built.reef | grep -E '^(built|taken|  )'
taken     mine 0.1.0 (built as packed)
! note: mason 1.0 is not on this host: what it built is taken from the archive
! note: snake 3.1 was locked, it is 3.0 now: this host no longer has 3.1
$ ./tool snake 2.0; reef replay built.reef
! error: there is no solution:
!   mine 0.1.0 needs mason, this host has none (packages/mine-0.1.0/reef.json:3:20)
! hint: the lock holds mason 1.0, which this host no longer has
! hint: it works without mason (packages/mine-0.1.0/reef.json:3:20)
? 5
