"""chain.py N [broken] [both]: packages p0 -> p1 -> ... -> p(N-1), each needing the next one while it runs.

broken: the last one needs one more, which is not there; both: they need each other to be built, too.
"""
import json
import pathlib
import sys

count = int(sys.argv[1])
for i in range(count):
    folder = pathlib.Path("packages") / f"p{i}"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"reef": 1, "name": f"p{i}", "version": "1.0.0", "kind": "library"}
    if i + 1 < count or "broken" in sys.argv:
        manifest["dependencies"] = {"next": {"package": f"p{i + 1}", "for": "both" if "both" in sys.argv else "run"}}
    (folder / "reef.json").write_text(json.dumps(manifest) + "\n")
