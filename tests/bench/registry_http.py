#!/usr/bin/env python3
"""registry_http.py REEF [MIB]: a registry on a web site of this machine, beside curl of the same bytes.

The registry has 200 packages of ten versions and one with MIB (256) of files that do not compress. Each line is the best of
three: seconds, CPU seconds, the largest resident set of one process. The server is Python's, and the same for both. On a
busy machine only the CPU seconds say something.
"""
import json
import multiprocessing
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from archive import measure, ratio  # noqa: E402
from registry_server import RegistryServer, write  # noqa: E402

PACKAGES = 200
VERSIONS = 10


def manifest(name, version, **more):
    return json.dumps({"reef": 1, "name": name, "version": version, "kind": "library", "summary": name, "license": "MIT",
                       "sources": [{"path": "data"}], **more})


def packages(folder, mib):
    for i in range(PACKAGES):
        for minor in range(VERSIONS):
            needs = {f"r{k}": {"package": f"p{i - k}", "version": "^1"} for k in (1, 2) if i >= k}
            write(folder / f"p{i}-{minor}/reef.json", manifest(f"p{i}", f"1.{minor}.0", dependencies=needs))
            write(folder / f"p{i}-{minor}/data/text", f"{i} {minor}\n" * 50)
    write(folder / "weights/reef.json", manifest("weights", "1.0.0"))
    (folder / "weights/data").mkdir()
    for i in range(4):
        (folder / f"weights/data/{i}.bin").write_bytes(os.urandom(mib << 18))


def serve(folder, pipe):
    with RegistryServer(folder) as server:
        pipe.send(server.url)
        pipe.recv()


def main():
    reef = str(pathlib.Path(sys.argv[1]).resolve())
    mib = int(sys.argv[2]) if len(sys.argv) > 2 else 256
    top = pathlib.Path(tempfile.mkdtemp(prefix="reef-bench-"))
    home = top / "home"
    env = {"PATH": "/usr/bin:/bin", "HOME": str(top), "REEF_HOME": str(home)}
    registry = top / "registry"
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(registry, theirs), daemon=True)
    try:
        packages(registry, mib)
        print(f"{PACKAGES * VERSIONS + 1} versions, {mib} MiB of weights")

        def forget_index():
            for name in ("registry.json", "index", "blobs"):
                path = registry / name
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

        measure("reef registry build (first)", [reef, "registry", "build", str(registry)], top, env, forget_index)
        measure("reef registry build (nothing changed)", [reef, "registry", "build", str(registry)], top, env)
        server.start()
        url = ours.recv()

        def cache(*names):
            def forget():
                for name in names:
                    shutil.rmtree(home / name, ignore_errors=True)

            return forget

        measure("reef --version", [reef, "--version"], top, env)
        measure("curl of the root", ["curl", "-sf", "-o", "/dev/null", url + "/registry.json"], top)
        measure("reef registry add", [reef, "registry", "add", "lab", url], top, env,
                lambda: (home / "registries.json").unlink(missing_ok=True))
        measure("reef registry update (304)", [reef, "registry", "update"], top, env)
        last = f"p{PACKAGES - 1}"
        names = sorted(str(path.relative_to(registry)) for path in (registry / "index").rglob("p*.json"))
        several = [word for name in names for word in ("-o", "/dev/null", f"{url}/{name}")]
        measure(f"reef tree, {PACKAGES} packages, nothing here", [reef, "tree", last], top, env, cache("cache"))
        measure(f"curl of their {len(names)} index files, one connection", ["curl", "-sf", *several], top)
        measure("the same again", [reef, "tree", last], top, env)
        blobs = sorted((registry / "blobs").rglob("*"), key=lambda path: -path.stat().st_size)[:4]
        large = [word for path in blobs for word in ("-o", str(top / path.name), f"{url}/{path.relative_to(registry)}")]
        a = measure(f"reef install weights, {mib} MiB, nothing here", [reef, "install", "weights"], top, env, cache("cache", "store"))
        b = measure("curl of the same blobs to files", ["curl", "-sf", *large], top)
        ratio("install, checked, unpacked and built", a, b, "-")
        measure("reef install weights again", [reef, "install", "weights"], top, env)
    finally:
        if server.is_alive():
            ours.send("end")
            server.join(5)
        shutil.rmtree(top)


if __name__ == "__main__":
    main()
