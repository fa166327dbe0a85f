# A build is another one where conditions on what is around take other sources, or run other commands.
$ export REEF_PACKAGES=$PWD/packages; mkdir mine; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py .
$ mkdir -p packages/hold-1.0.0/dry packages/hold-1.0.0/wet; echo grain >packages/hold-1.0.0/dry/load; echo oil >packages/hold-1.0.0/wet/load
$ python3 make.py 'paint={}' 'paint@2.0.0={}' 'hold={"sources": [{"path": "dry", "when": {"package": {"paint": "<2"}}}, {"path": "wet", "when": {"package": {"paint": ">=2"}}}], "actions": {"build": {"run": [["cp", "-r", ".", "${prefix}/load"], {"argv": ["touch", "${prefix}/new"], "when": {"package": {"paint": ">=2"}}}]}}}'
$ echo '{"reef": 1, "name": "mine", "version": "0.1.0", "kind": "program", "dependencies": {"hold": {"package": "hold"}, "paint": {"package": "paint", "version": "*"}}, "actions": {"show": {"run": [["find", "${hold.prefix}", "-type", "f", "-printf", "%P\\n"]]}}}' >mine/reef.json; cd mine
$ reef run show | sort; sed -i 's/"\*"/"<2"/' reef.json; reef run show | sort
.reef/contents
.reef/package
.reef/prefix.json
load/wet/load
new
.reef/contents
.reef/package
.reef/prefix.json
load/dry/load
! show of mine 0.1.0: ok
! record $RUN
! note: paint 2.0.0 was locked, it is 1.0.0 now
! note: hold 1.0.0 is built again: source 1: left out -> dry; source 2: wet -> left out
! note: mine 0.1.0 is built again: dependency hold changed; dependency paint changed; its files changed
! show of mine 0.1.0: ok
! record $RUN
$ reef why-rebuild hold | head -1
hold 1.0.0 would be built: source 1: dry -> left out
