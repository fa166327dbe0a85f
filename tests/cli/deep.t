# Deep closures, many versions, many options: nothing overflows, and what is shown can be read.
$ export REEF_PACKAGES=$PWD/packages; python3 chain.py 5000
$ reef tree p0 | tail -n 2 | sed 's/^ *//'

$ reef tree p0 --json | python3 -c 'import json, sys; t = json.load(sys.stdin); n = 0
> while t["dependencies"]: t = t["dependencies"][0]; n += 1
> print(n, t["name"], t["cut"])'

$ reef why p4999 --package p0 | tail -n 3 | sed 's/^ *//'

$ reef install p0 --dry-run --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["packages"]))'

# Its end is missing.
$ python3 chain.py 5000 broken; reef install p0 2>&1 | tail -n 3

$ reef install p0 --json 2>/dev/null | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["error"]["conflict"]["reasons"]))'

# Ten thousand versions of one package; the nearest to what was asked for is named.
$ rm -r packages; python3 - <<'END'
> import json, pathlib
> def write(name, version, **more):
>     folder = pathlib.Path("packages") / f"{name}-{version}"
>     folder.mkdir(parents=True)
>     (folder / "reef.json").write_text(json.dumps({"reef": 1, "name": name, "version": version, "kind": "library", **more}))
> for i in range(2000):
>     write("many", f"1.{i}.0")
> write("ask", "1.0.0", dependencies={"many": {"package": "many", "version": "<1.1500"}})
> write("far", "1.0.0", dependencies={"many": {"package": "many", "version": ">=2"}})
> options = {f"o{i}": {"dependencies": {"none": {"package": f"missing{i}"}}} for i in range(199)}
> write("choice", "1.0.0", variations={"group": {"options": {**options, "last": {}}}})
> END
$ reef tree ask

$ reef install far

$ reef why-not many@1.1999.0 --package ask

$ reef tree choice
