# Deep closures, many versions, many options: nothing overflows, and what is shown can be read.
$ export REEF_PACKAGES=$PWD/packages; python3 chain.py 5000
$ reef tree p0 | tail -n 2 | sed 's/^ *//'
`-- next (run): p63 1.0.0
`-- next (run): p64 1.0.0 ... `reef tree p64` shows what it needs

$ reef tree p0 --json | python3 -c 'import json, sys; t = json.load(sys.stdin); n = 0
> while t["dependencies"]: t = t["dependencies"][0]; n += 1
> print(n, t["name"], t["cut"])'
64 p64 True

$ reef why p4999 --package p0 | tail -n 3 | sed 's/^ *//'
p4998 1.0.0 needs p4999 to run: p4999 1.0.0 ($DIR/packages/p4998/reef.json:1)

p4999 1.0.0: the only version

$ reef install p0 --dry-run --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["packages"]))'
5000

# Five times as deep takes a few times as long, not 25 times, also where all of them take part in each build.
$ rm -r packages; cat >grows.py <<'END'
> import resource, subprocess
> def used():
>     return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
> def seconds(count):
>     subprocess.run(["python3", "chain.py", str(count), "both"], check=True)
>     times = []
>     for _ in range(4):  # the first one reads the folders
>         before = used()
>         subprocess.run(["reef", "install", "p0", "--dry-run", "--quiet"], check=True, stdout=subprocess.DEVNULL)
>         times.append(used() - before)
>     return min(times)
> short, long = seconds(800), seconds(4000)
> print("no square" if long < 17 * short else f"800: {short:.2f} s, 4000: {long:.2f} s")
> END
$ python3 grows.py; rm -r packages grows.py
no square

# Its end is missing.
$ python3 chain.py 5000 broken; reef install p0 2>&1 | tail -n 3
  p4998 1.0.0 needs p4999 (packages/p4998/reef.json:1:86)
  p4999 1.0.0 needs p5000, there is no package `p5000` (packages/p4999/reef.json:1:86)
hint: did you mean `p1000`?

$ reef install p0 --json 2>/dev/null | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["error"]["conflict"]["reasons"]))'
5002

# Ten thousand versions of one package; the nearest to what was asked for is named.
$ rm -r packages; python3 - <<'END'
> import json, pathlib
> def write(name, version, **more):
>     folder = pathlib.Path("packages") / f"{name}-{version}"
>     folder.mkdir(parents=True)
>     (folder / "reef.json").write_text(json.dumps({"reef": 1, "name": name, "version": version, "kind": "library", **more}))
> for i in range(10000):
>     write("many", f"1.{i}.0")
> write("ask", "1.0.0", dependencies={"many": {"package": "many", "version": "<1.1500"}})
> write("far", "1.0.0", dependencies={"many": {"package": "many", "version": ">=2"}})
> options = {f"o{i}": {"dependencies": {"none": {"package": f"missing{i}"}}} for i in range(199)}
> write("choice", "1.0.0", variations={"group": {"options": {**options, "last": {}}}})
> END
$ reef tree ask
ask 1.0.0
`-- many: many 1.1499.0

$ reef install far
! error: there is no solution:
!   far 1.0.0 needs many >=2, there are 10000 others, the nearest 1.9999.0 (packages/far-1.0.0/reef.json:1:84)
! hint: it would work if far took many 1.9999.0 (packages/far-1.0.0/reef.json:1:84)
? 5

$ reef why-not many@1.1999.0 --package ask
many 1.1999.0 cannot be chosen:
  ask 1.0.0 needs many <1.1500 (packages/ask-1.0.0/reef.json:1:84)

$ reef tree choice
choice 1.0.0  group = last
choice: `group = o0` was skipped: needs missing0, there is no package `missing0`
choice: `group = o1` was skipped: needs missing1, there is no package `missing1`
choice: `group = o2` was skipped: needs missing2, there is no package `missing2`
choice: `group = o3` was skipped: needs missing3, there is no package `missing3`
choice: 195 more choices were skipped; `reef why choice --package choice` lists them
