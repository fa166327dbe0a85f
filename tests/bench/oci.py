#!/usr/bin/env python3
"""oci.py REEF [MIB]: an archive pushed to and pulled from a real OCI registry on this machine, beside curl and the same blob.

The archive holds MIB (256) of bytes that do not compress, in one file. The registry is Debian's docker-registry, in a
folder of its own on the same disk (TMPDIR). Runs are in pairs, ours and curl's in turn; each line is the median of the
ratios and the best of each. On a busy machine the CPU seconds say more than the others. Memory is a bound: this program's
own counts, too (some 20 MiB), since the system carries it over to a program that it starts.
"""
import filecmp
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import oci_registry  # noqa: E402

PAIRS = 5


def run(command, cwd, env):
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command}: {errors.decode()}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def pairs(what, goal, ours, floor):
    """ours, floor: functions that run once and give (seconds, CPU seconds, MiB)."""
    runs = [(ours(), floor()) for _ in range(PAIRS)]
    for name, index in (("reef", 0), ("curl", 1)):
        best = [min(pair[index][i] for pair in runs) for i in (0, 1)]
        memory = max(pair[index][2] for pair in runs)
        print(f"  {what:<24} {name:<6} {best[0]:7.3f} s  CPU {best[1]:7.3f} s  {memory:6.1f} MiB")
    wall, cpu = (statistics.median(a[i] / b[i] for a, b in runs) for i in (0, 1))
    print(f"  -> {what}: {wall:.2f} times its time, {cpu:.2f} times its CPU time{goal}", flush=True)


def main():
    reef = str(pathlib.Path(sys.argv[1]).resolve())
    mib = int(sys.argv[2]) if len(sys.argv) > 2 else 256
    reason = oci_registry.missing()
    if reason:
        sys.exit(reason)
    top = pathlib.Path(tempfile.mkdtemp(prefix="reef-bench-"))
    env = {"PATH": "/usr/bin:/bin", "HOME": str(top), "REEF_HOME": str(top / "home")}
    try:
        with oci_registry.OciRegistry() as server:
            measure(reef, mib, top, env, server)
    finally:
        shutil.rmtree(top)


def measure(reef, mib, top, env, server):
    project = top / "weights"
    project.mkdir()
    (project / "reef.json").write_text('{"reef": 1, "name": "weights", "version": "1.0.0", "kind": "dataset"}\n')
    with open(project / "weights.bin", "wb") as file:
        for _ in range(mib):
            file.write(os.urandom(1 << 20))
    archive = top / "weights.reef"
    run([reef, "pack", str(project), "--records", "none", "-o", str(archive)], top, env)
    place = f"oci://{server.host}/bench/weights"
    blob = top / "blob"
    shutil.copy(project / "weights.bin", blob)
    digest = subprocess.run(["sha256sum", str(blob)], check=True, capture_output=True, text=True).stdout.split()[0]
    print(f"{mib} MiB that do not compress, docker-registry on the loopback")

    # To a repository that has nothing, each time: the registry's own store of blobs would keep them.
    number = 0

    def push():
        nonlocal number
        number += 1
        return run([reef, "push", str(archive), f"oci://{server.host}/push{number}/weights"], top, env)

    def curl_push():
        nonlocal number
        number += 1
        url = f"http://{server.host}/v2/push{number}/weights/blobs/uploads/"
        head = subprocess.run(["curl", "-s", "-D", "-", "-o", "/dev/null", "-X", "POST", url], check=True, capture_output=True,
                              text=True).stdout
        location = next(line.split(": ", 1)[1].strip() for line in head.splitlines() if line.lower().startswith("location:"))
        return run(["curl", "-sf", "-o", "/dev/null", "-T", str(blob), "-H", "Content-Type: application/octet-stream", "-H",
                    "Expect:", f"{location}&digest=sha256:{digest}"], top, env)

    pairs("push", "", push, curl_push)
    run([reef, "push", str(archive), place], top, env)
    out, file = top / "out.reef", top / "curl.out"

    def pull():
        out.unlink(missing_ok=True)
        return run([reef, "pull", place, "-o", str(out)], top, env)

    def curl_pull():
        file.unlink(missing_ok=True)
        return run(["curl", "-sf", "-o", str(file), f"http://{server.host}/v2/bench/weights/blobs/sha256:{digest}"], top, env)

    pairs("pull", " (goal <= 1.15)", pull, curl_pull)
    assert filecmp.cmp(out, archive, shallow=False)

    # Killed about half way, then pulled again: what both take together, less the start.
    def resumed():
        out.unlink(missing_ok=True)
        part, half = top / "out.reef.part", archive.stat().st_size // 2
        start = time.monotonic()
        process = subprocess.Popen([reef, "pull", place, "-o", str(out)], cwd=top, env=env, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while process.poll() is None and not (part.exists() and part.stat().st_blocks * 512 > half):
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = -signal.SIGKILL
        first = time.monotonic() - start
        seconds, cpu, memory = run([reef, "pull", place, "-o", str(out)], top, env)
        return first + seconds, usage.ru_utime + usage.ru_stime + cpu, memory

    pairs("pull, killed and resumed", " (goal <= 1.15)", resumed, curl_pull)
    assert filecmp.cmp(out, archive, shallow=False)


if __name__ == "__main__":
    main()
