#!/usr/bin/env python3
"""archive.py REEF [MIB]: packing, verifying and unpacking beside tar, zstd and sha256sum on the same bytes.

Half of MIB (1024) are files that do not compress, half are sources. Everything is made in a temporary folder (TMPDIR)
and stays in the page cache. Each line is the best of three: seconds, CPU seconds, the largest resident set of one
process. On a busy machine only the CPU seconds say something.
"""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

RUNS = 3


def run(command, cwd, env=None):
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               shell=isinstance(command, str), executable="/bin/bash" if isinstance(command, str) else None)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command}: {errors.decode()}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(name, command, cwd, env=None, before=lambda: None):
    best = None
    for _ in range(RUNS):
        before()
        seconds, cpu, memory = run(command, cwd, env)
        if best is None or seconds < best[0]:
            best = (seconds, cpu, memory)
    print(f"  {name:<44} {best[0]:7.3f} s  CPU {best[1]:7.3f} s  {best[2]:6.0f} MiB", flush=True)
    return best


def ratio(what, ours, floor, goal):
    print(f"  -> {what}: {ours[0] / floor[0]:.2f} times its time, {ours[1] / floor[1]:.2f} times its CPU time (goal {goal})")


def source_text(size):
    chooser = random.Random(1)
    words = [bytes(chooser.choices(b"abcdefghijklmnopqrstuvwxyz_", k=chooser.randint(2, 12))) for _ in range(4000)]
    lines = [b" ".join(chooser.choices(words, k=8)) + b";\n" for _ in range(20000)]
    out = bytearray()
    while len(out) < size:
        out += b"".join(chooser.sample(lines, 2000))
    return bytes(out[:size])


def project(folder, weights, sources, source_size):
    folder.mkdir()
    (folder / "reef.json").write_text('{"reef": 1, "name": "bench", "version": "1.0.0", "kind": "model"}\n')
    (folder / "reef.lock").write_text(
        '{"format": 1, "root": "bench", "platforms": {"linux-x86_64": {"packages": {"bench": {"version": "1.0.0", '
        '"kind": "model", "origin": "path", "path": ".", "options": {}, "dependencies": {}, "sources": []}}, "host": {}}}}\n')
    for i, size in enumerate(weights):
        with open(folder / f"weights-{i}.bin", "wb") as file:
            for _ in range(size):
                file.write(os.urandom(1 << 20))
    text = source_text(8 << 20)
    for i in range(sources):
        below = folder / "src" / f"{i % 100:02}"
        below.mkdir(parents=True, exist_ok=True)
        at = (i * 7919) % (len(text) - source_size)
        (below / f"{i}.cpp").write_bytes(text[at:at + source_size])


def size_of(path):
    return path.stat().st_size


def compare(reef, top, env, what, folder, packing=True):
    name = folder.name
    archive, tar = top / f"{name}.reef", top / f"{name}.tar.zst"
    out, peer = top / "out", top / "peer"

    def clean():
        for path in (out, peer):
            shutil.rmtree(path, ignore_errors=True)

    print(what)
    ours = measure("reef pack", [reef, "pack", str(folder), "--records", "none", "-o", str(archive)], top, env)
    floor = measure("tar --sort=name | zstd -T0 -3", f"set -o pipefail; tar --sort=name -cf - {name} | zstd -q -T0 -3 -f -o {tar}", top)
    ratio("pack", ours, floor, "<= 1.1")
    print(f"  -> size: {size_of(archive) / size_of(tar):.3f} times (goal <= 1.02)")
    measure("reef verify", [reef, "verify", str(archive)], top, env)
    ours = measure("reef unpack (every byte verified)", [reef, "unpack", str(archive), str(out)], top, env, clean)
    floor = measure("zstd -d | tar x, and sha256sum beside it",
                    f"set -o pipefail; mkdir peer; sha256sum {tar} & zstd -q -d -c {tar} | tar xf - -C peer; wait", top, None, clean)
    ratio("unpack", ours, floor, "<= 1.1")
    clean()


def main():
    reef = str(pathlib.Path(sys.argv[1]).resolve())
    mib = int(sys.argv[2]) if len(sys.argv) > 2 else 1024
    top = pathlib.Path(tempfile.mkdtemp(prefix="reef-bench-"))
    env = {"PATH": "/usr/bin:/bin", "HOME": str(top), "REEF_HOME": str(top / "home")}
    try:
        half = mib // 2
        project(top / "mixed", [half // 4] * 4 if half >= 4 else [half], half * 16, 65536)
        compare(reef, top, env, f"{mib} MiB: half weights, half sources of 64 KiB", top / "mixed")
        shutil.rmtree(top / "mixed")
        project(top / "small", [], 20000, 3000)
        compare(reef, top, env, "20,000 files of 3 kB", top / "small")
        shutil.rmtree(top / "small")
        project(top / "weights", [half], 1, 100)
        print(f"{half} MiB of weights")
        archive = top / "weights.reef"
        measure("reef pack", [reef, "pack", str(top / "weights"), "--records", "none", "-o", str(archive)], top, env)
        measure("reef verify", [reef, "verify", str(archive)], top, env)
        measure("reef unpack", [reef, "unpack", str(archive), str(top / "out")], top, env,
                lambda: shutil.rmtree(top / "out", ignore_errors=True))
        measure("cp", ["cp", str(archive), str(top / "copy")], top)
        measure("openssl dgst -sha256 (one core)", ["openssl", "dgst", "-sha256", str(archive)], top)
        measure("sha256sum", ["sha256sum", str(archive)], top)
    finally:
        shutil.rmtree(top)


if __name__ == "__main__":
    main()
