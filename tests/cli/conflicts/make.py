"""make.py NAME='{"more": "keys"}'...: writes packages below packages/, each with version 1.0.0 unless NAME@VERSION."""
import json
import pathlib
import sys

for argument in sys.argv[1:]:
    name, text = argument.split("=", 1)
    name, _, version = name.partition("@")
    folder = pathlib.Path("packages") / f"{name}-{version or '1.0.0'}"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"reef": 1, "name": name, "version": version or "1.0.0", "kind": "library", **json.loads(text)}
    if manifest["kind"] == "tool":
        del manifest["version"]
    lines = [f'  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}' for key, value in manifest.items()]
    (folder / "reef.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
