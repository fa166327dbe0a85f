"""make.py N: packages/ of N guests for N-1 rooms, one guest a room: no closure, and long to prove; `hotel` needs all."""
import json
import pathlib
import sys


def write(name, version, needs):
    folder = pathlib.Path("packages") / f"{name}-{version}"
    folder.mkdir(parents=True)
    dependencies = {other: {"package": other, "version": f"={wanted}" if wanted else "*"} for other, wanted in needs}
    manifest = {"reef": 1, "name": name, "version": version, "kind": "library", "dependencies": dependencies}
    (folder / "reef.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


count = int(sys.argv[1])
write("hotel", "1.0.0", [(f"guest-{guest}", None) for guest in range(count)])
for room in range(1, count):
    for guest in range(count):
        write(f"guest-{guest}", f"{room}.0.0", [(f"room-{room}", f"{guest}.0.0")])
        write(f"room-{room}", f"{guest}.0.0", [])
