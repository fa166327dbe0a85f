#!/usr/bin/env python3
"""registry_reader.py REEF: reads a published registry as docs/registry-index.md describes it, and nothing else.

The catalogue is published; then everything in it is checked with this reader of its own: schemas, digests of files
and of packages, the inverted index of capabilities, packages made of their blobs (with the program `zstd`, where it is
installed), and that the same packages give the same bytes elsewhere.
"""
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
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


def blob(registry, entry):
    data = (registry / "blobs" / entry["sha256"][:2] / entry["sha256"]).read_bytes()
    assert sha256(data) == entry["sha256"] and len(data) == entry["size"]
    return data


def unpack(registry, tree, folder):
    """Makes a package of its blobs."""
    folder.mkdir()
    if "layer" in tree:
        tar = subprocess.run(["zstd", "-dc"], input=blob(registry, tree["layer"]), stdout=subprocess.PIPE, check=True).stdout
        assert len(tar) == tree["layer"]["tar_bytes"]
        with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
            archive.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(folder)
    for entry in tree["apart"]:
        (folder / entry["path"]).write_bytes(blob(registry, entry))
        (folder / entry["path"]).chmod(0o755 if entry["executable"] else 0o644)


def check_contents(registry, version, scratch):
    tree = version["tree"]
    assert tree["sha256"] == version["digest"]
    for entry in [*([tree["layer"]] if "layer" in tree else []), *tree["apart"]]:
        blob(registry, entry)
    if shutil.which("zstd") is None:
        return
    unpack(registry, tree, scratch)
    assert package_digest(scratch) == version["digest"], version
    paths = list(scratch.rglob("*"))
    assert len(paths) == tree["entries"]
    assert sum(path.stat().st_size for path in paths if path.is_file() and not path.is_symlink()) == tree["bytes"]
    shutil.rmtree(scratch)


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
    named = set()
    for name, digest in root["packages"].items():
        package = read(registry, "index/{0}/" + name + ".{1}.json", digest)
        check(package, "index-package")
        assert package["name"] == name
        for version in package["versions"]:
            assert package_digest((registry / version["manifest"]).parent) == version["digest"], name
            check_contents(registry, version, registry.parent / "scratch")
            named |= {entry["sha256"] for entry in [version["tree"].get("layer"), *version["tree"]["apart"]] if entry}
            for capability in [*version.get("provides", {}), *version.get("finds", [])]:
                providers.setdefault(capability, set()).add(name)
            if version["kind"] == "tool" and name not in tools:
                tools.append(name)
    assert {key: set(value) for key, value in root["capabilities"].items()} == providers
    assert root["tools"] == sorted(tools)
    files = [path for path in (registry / "index").rglob("*") if path.is_file() and path.name != ".lock"]
    assert len(files) == len(root["packages"]) + 1, "files that nobody names"
    assert {path.name for path in (registry / "blobs").rglob("*") if path.is_file()} == named, "blobs that nobody names"
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
