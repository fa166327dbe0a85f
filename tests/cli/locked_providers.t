# The provider that the lock has for a dependency stays, whatever else comes into the closure that could serve.
$ export REEF_PACKAGES=$PWD/packages; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py .
$ python3 make.py 'ort@1.16.0={"provides": {"onnx-rt": "1.16.0"}}' 'web@1.14.0={}' 'app={"dependencies": {"web": {"package": "web"}}}'
$ mkdir mine; cd mine; echo '{"reef": 1, "name": "mine", "version": "0.1.0", "kind": "program", "dependencies": {"engine": {"capability": "onnx-rt"}, "app": {"package": "app"}}}' >reef.json; reef lock; cp reef.lock ../before
wrote reef.lock: 4 packages and tools
$ cd ..; python3 make.py 'web@1.18.0={"provides": {"onnx-rt": "1.18.0"}}'; cd mine; reef lock --upgrade web; reef lock --check
updated reef.lock
  web 1.14.0 -> 1.18.0
reef.lock holds here
$ cp ../before reef.lock; reef add web@^1.18 --quiet; reef lock --check; reef tree
reef.lock holds here
mine 0.1.0
|-- engine: ort 1.16.0
|-- app: app 1.0.0
|   `-- web: web 1.18.0
`-- web: web 1.18.0
$ reef lock --upgrade-all
updated reef.lock
  mine: engine ort -> web
  ort 1.16.0: no longer needed

# Also where each of several serves some of those who need it.
$ cd ..; python3 make.py 'old={"provides": {"num": "1.0"}}' 'young={"provides": {"num": "2.0"}}'
$ mkdir two; cd two; echo '{"reef": 1, "name": "two", "version": "0.1.0", "kind": "program", "dependencies": {"a": {"capability": "num", "version": "<2"}, "b": {"capability": "num", "version": ">=2"}}}' >reef.json; reef lock --quiet 2>/dev/null
$ cd ..; python3 make.py 'elder={"provides": {"num": "1.0"}}'; cd two; reef lock --quiet; reef tree --quiet
two 0.1.0
|-- a: old 1.0.0
`-- b: young 1.0.0

# A capability that the lock leaves to the tools of another host stays theirs when a package provides it, too.
$ cd ..; mkdir bin; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .; ./tool mason 1.0
$ python3 make.py 'mason={"kind": "tool", "detect": {"programs": ["mason"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "mason ([0-9.]+)"}], "provides": {"chisel": "${version}"}}}' 'hut={"dependencies": {"c": {"capability": "chisel"}}}' 'house={"dependencies": {"c": {"capability": "chisel"}}}'
$ mkdir yard; cd yard; echo '{"reef": 1, "name": "yard", "version": "0.1.0", "kind": "program", "dependencies": {"hut": {"package": "hut"}}}' >reef.json; reef lock --platform linux-aarch64 --quiet
$ cd ..; python3 make.py 'adze={"provides": {"chisel": "3.0"}}'; cd yard; sed -i s/hut/house/g reef.json; reef lock
updated reef.lock
  house 1.0.0: added
  hut 1.0.0: no longer needed
  yard: no longer needs hut
  yard: now needs house as house
  linux-aarch64: 2 packages; of its host it needs chisel
  linux-x86_64: 2 packages; of its host it needs mason
$ sed -i 's/"linux-x86_64"/"linux-riscv64"/; s/"linux-aarch64"/"linux-x86_64"/' reef.lock; reef add adze --quiet; reef tree --quiet
yard 0.1.0
|-- house: house 1.0.0
|   `-- c: mason 1.0  $DIR/bin/mason
`-- adze: adze 1.0.0
