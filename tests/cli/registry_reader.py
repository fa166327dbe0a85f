#!/usr/bin/env python3
"""registry_reader.py REEF: reads a published registry as docs/registry-index.md describes it, and nothing else.

The catalogue is published; then everything in the index is checked with this reader of its own: schemas, digests of files
and of packages, the inverted index of capabilities, and that the same packages give the same bytes elsewhere.
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import jsonschema

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def package_digest(folder):
    entries = {}
    for top, folders, files in os.walk(folder):
        for name in folders + files:
            path = pathlib.Path(top, name)
            entries[path.relative_to(folder).as_posix().encode()] = path
    whole = hashlib.sha256()
    for name, path in sorted(entries.items()):
        if name.split(b"/")[0] in (b".git", b".reef", b"reef.lock"):
            continue
        if path.is_symlink():
            kind, mark, content = b"l", b"-", os.readlink(path).encode()
        elif path.is_dir():
            kind, mark, content = b"d", b"-", b""
        else:
            kind, mark = b"f", b"x" if path.stat().st_mode & 0o111 else b"-"
            content = sha256(path.read_bytes()).encode()
        whole.update(kind + b" " + mark + b" " + name + b"\0" + content + b"\0")
    return whole.hexdigest()


def read(registry, name, digest):
    data = (registry / name.format(digest[:2], digest[:16])).read_bytes()
    assert sha256(data) == digest, name
    return json.loads(data)


def check(document, schema):
    jsonschema.Draft7Validator(json.loads((SOURCE / "schemas" / f"{schema}.schema.json").read_text())).validate(document)


def check_registry(registry):
    root = json.loads((registry / "registry.json").read_bytes())
    check(root, "index-root")
    search = read(registry, "index/search.{1}.json", root["search"])
    check(search, "index-search")
    assert [each["name"] for each in search["packages"]] == sorted(root["packages"])
    providers = {}
    tools = []
    for name, digest in root["packages"].items():
        package = read(registry, "index/{0}/" + name + ".{1}.json", digest)
        check(package, "index-package")
        assert package["name"] == name
        for version in package["versions"]:
            assert package_digest((registry / version["manifest"]).parent) == version["digest"], name
            for capability in [*version.get("provides", {}), *version.get("finds", [])]:
                providers.setdefault(capability, set()).add(name)
            if version["kind"] == "tool" and name not in tools:
                tools.append(name)
    assert {key: set(value) for key, value in root["capabilities"].items()} == providers
    assert root["tools"] == sorted(tools)
    files = [path for path in (registry / "index").rglob("*") if path.is_file()]
    assert len(files) == len(root["packages"]) + 1, "files that nobody names"
    return len(root["packages"])


def main():
    reef = sys.argv[1]
    with tempfile.TemporaryDirectory() as top:
        roots = []
        for name in ("one", "an other"):
            registry = pathlib.Path(top, name)
            shutil.copytree(SOURCE / "packages", registry)
            (registry / "tools/gcc/run.sh").write_text("#!/bin/sh\n")
            (registry / "tools/gcc/run.sh").chmod(0o755)
            (registry / "tools/gcc/link").symlink_to("run.sh")
            environment = {"HOME": top, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
            subprocess.run([reef, "registry", "build", str(registry)], env=environment, check=True)
            count = check_registry(registry)
            assert count > 40
            roots.append((registry / "registry.json").read_bytes())
        assert roots[0] == roots[1], "the same packages, other bytes"
        print(f"{count} packages read")


main()
