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
