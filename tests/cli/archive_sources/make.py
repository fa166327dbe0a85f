"""Writes a package whose sources are a file and a git repository of this folder."""
import json
import os
import sys

commit, digest = sys.argv[1:]
here = os.getcwd()
os.mkdir("project")
manifest = {
    "reef": 1, "name": "model", "version": "1.0.0", "kind": "model", "license": "MIT",
    "sources": [
        {"url": f"file://{here}/weights.bin", "sha256": digest, "size": 5000},
        {"git": f"file://{here}/tools", "commit": commit, "to": "tools"},
        {"path": "test.sh"},
    ],
    "actions": {
        "build": {"run": [["cp", "weights.bin", "${prefix}/weights.bin"], ["cp", "-r", "tools", "${prefix}/tools"],
                          {"script": "test.sh", "args": ["${prefix}"]}]},
        "test": {"run": [["sh", "${prefix}/tools/say"], ["cmp", "-n", "5000", "${prefix}/weights.bin", "${prefix}/weights.bin"]],
                 "metrics": {}},
    },
}
with open("project/reef.json", "w") as file:
    json.dump(manifest, file, indent=2)
with open("project/test.sh", "w") as file:
    file.write('#!/bin/bash\necho "installed in $1" >"$1/where"\n')
os.chmod("project/test.sh", 0o755)
