#!/usr/bin/env python3
"""processes.py REEF: what several processes, kills, full disks and read-only folders do to one home.

Each test runs the real program in a folder of its own and leaves no process behind. Python's standard library only.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

REEF = None
SECONDS = 60  # for any one command
MOUNT_PLACE = "REEF_TEST_IN_NAMESPACE"


def alive_with(mark):
    """Ids of processes whose environment or command line has the mark: what a test left behind."""
    out = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            text = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state != "Z" and mark.encode() in text:
            out.append(int(entry.name))
    return out


class Case(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="reef-processes-")).resolve()
        self.home = self.top / "home"
        self.packages = self.top / "packages"
        self.packages.mkdir()
        self.addCleanup(self.clean)

    def clean(self):
        for pid in alive_with(str(self.top)):
            os.kill(pid, signal.SIGKILL)
        subprocess.run(["chmod", "-R", "u+rwX", str(self.top)], check=False, capture_output=True)
        shutil.rmtree(self.top, ignore_errors=True)

    def environment(self, home=None):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.top), "REEF_HOME": str(home or self.home),
                "REEF_PACKAGES": str(self.packages), "LC_ALL": "C.UTF-8"}

    def start(self, *arguments, home=None, cwd=None):
        return subprocess.Popen([REEF, *arguments], env=self.environment(home), cwd=cwd or self.top,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                start_new_session=True, text=True)

    def end(self, process):
        out, err = process.communicate(timeout=SECONDS)
        return process.returncode, out, err

    def reef(self, *arguments, home=None):
        return self.end(self.start(*arguments, home=home))

    def package(self, name, actions, dependencies=None, sources=None):
        folder = self.packages / name
        folder.mkdir(exist_ok=True)
        manifest = {"reef": 1, "name": name, "version": "1.0.0", "kind": "program", "actions": actions,
                    "dependencies": dependencies or {}, "sources": sources or []}
        (folder / "reef.json").write_text(json.dumps(manifest))
        return folder

    def wait_for(self, condition, what, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, f"waited in vain for {what}")
            time.sleep(0.005)

    def nothing_runs(self):
        self.wait_for(lambda: not alive_with(str(self.top)), "the end of all processes", 5)

    def prefixes(self, home=None):
        store = (home or self.home) / "store"
        return sorted(entry.name for entry in store.iterdir()) if store.exists() else []

    def records(self, home=None):
        code, out, err = self.reef("runs", "--limit", "0", "--json", home=home)
        self.assertEqual(code, 0, err)
        return json.loads(out)["runs"]


class Together(Case):
    def test_eight_cold_installs_build_once(self):
        count = self.top / "builds"
        self.package("part", {"build": {"run": [
            ["sh", "-c", f"echo built >> {count}; sleep 0.5; head -c 100000 /dev/zero > \"$REEF_PREFIX/data\""]]}})
        self.package("whole", {"build": {"run": [
            ["sh", "-c", f"echo built >> {count}; cp ${{part.prefix}}/data \"$REEF_PREFIX/data\""]]}},
            {"part": {"package": "part"}})
        ends = [self.end(process) for process in [self.start("install", "whole") for _ in range(8)]]
        for code, out, err in ends:
            self.assertEqual(code, 0, err)
            self.assertTrue(pathlib.Path(out.splitlines()[-1], "data").exists(), out)
        self.assertEqual(count.read_text(), "built\nbuilt\n")
        self.assertEqual(len({out.splitlines()[-1] for _, out, _ in ends}), 1)
        self.assertEqual(len(self.prefixes()), 2)

    def test_a_build_that_fails_is_repeated_by_nobody_who_waited(self):
        count, go = self.top / "builds", self.top / "go"
        self.package("broken", {"build": {"run": [
            ["sh", "-c", f"echo built >> {count}; until [ -e {go} ]; do sleep 0.05; done; exit 3"]]}})
        first = self.start("install", "broken")
        self.wait_for(count.exists, "the build")
        others = [self.start("install", "broken") for _ in range(3)]
        for process in others:
            self.assertIn("is being built by another process: waiting", process.stderr.readline())
        go.touch()
        self.end(first)
        for process in others:
            code, _, err = self.end(process)
            self.assertEqual(code, 7, err)
            self.assertIn("reef.json:1:", err)
            self.assertIn("`sh` failed: exit status 3\n", err)
            self.assertIn("hint: the whole log: ", err)
            self.assertIn("run the same again to try once more", err)
        self.assertEqual(count.read_text(), "built\n")
        self.assertEqual(self.reef("install", "broken")[0], 7)
        self.assertEqual(count.read_text(), "built\nbuilt\n")

    def test_parallel_edits_of_a_project_are_all_kept(self):
        names = [f"part{i}" for i in range(6)]
        for name in names:
            self.package(name, {})
        project = self.top / "project"
        project.mkdir()
        real = self.top / "real.json"  # a link to the manifest stays one
        real.write_text('{"reef": 1, "name": "project", "version": "1.0.0", "kind": "program", "dependencies": {}}')
        (project / "reef.json").symlink_to(real)
        adding = [self.start("add", name, cwd=project) for name in names]
        adding += [self.start("lock", cwd=project) for _ in range(2)]
        for process in adding:
            code, _, err = self.end(process)
            self.assertEqual(code, 0, err)
        self.assertTrue((project / "reef.json").is_symlink())
        self.assertEqual(sorted(json.loads(real.read_text())["dependencies"]), names)
        locked = json.loads((project / "reef.lock").read_text())["platforms"]
        self.assertEqual(sorted(next(iter(locked.values()))["packages"]), sorted([*names, "project"]))
        self.assertEqual(sorted(entry.name for entry in project.iterdir()), ["reef.json", "reef.lock"])
        self.assertEqual(self.reef("gc")[0], 0)
        self.assertEqual(sorted(entry.name for entry in (self.home / "locks").iterdir() if len(entry.name) == 30), [])


class Killed(Case):
    FILES = 40

    def test_a_build_killed_at_any_instant_is_built_by_the_next(self):
        script = ("for i in $(seq 40); do echo $i > \"$REEF_PREFIX/$i\"; done; sleep 0.05; "
                  "for i in $(seq 40); do echo $i >> \"$REEF_PREFIX/$i\"; done")
        self.package("slow", {"build": {"run": [["sh", "-c", script]]}, "show": {"run": [["true"]]}})
        started = time.monotonic()
        self.assertEqual(self.reef("install", "slow", home=self.top / "timing")[0], 0)
        whole = time.monotonic() - started
        chance = random.Random(1)
        for attempt in range(20):
            home = self.top / f"home{attempt}"
            process = self.start("install", "slow", home=home)
            time.sleep(chance.uniform(0, whole * 1.1))
            process.kill()  # itself only: what it started may go on for a while
            self.end(process)
            for name in self.prefixes(home):
                self.assertEqual(len(list((home / "store" / name).glob("[0-9]*"))), self.FILES, name)
            code, out, err = self.reef("install", "slow", home=home)
            self.assertEqual(code, 0, err)
            folder = pathlib.Path(out.splitlines()[-1])
            for number in range(1, self.FILES + 1):
                self.assertEqual((folder / str(number)).read_text(), f"{number}\n{number}\n")
            self.assertEqual(len(self.prefixes(home)), 1)
            shutil.rmtree(home / "cache", ignore_errors=True)
        self.nothing_runs()

    def test_a_killed_run_leaves_no_record_and_the_next_works(self):
        self.package("runner", {"wait": {"run": [["sleep", "30"]]}, "go": {"run": [["true"]]}})
        self.assertEqual(self.reef("install", "runner")[0], 0)
        process = self.start("run", "wait", "runner")
        self.wait_for(lambda: self.running("sleep"), "the program")
        os.killpg(process.pid, signal.SIGKILL)
        self.end(process)
        self.assertEqual([record["status"] for record in self.records()], [])
        self.assertEqual(self.reef("run", "go", "runner")[0], 0)
        self.assertEqual([record["status"] for record in self.records()], ["ok"])

    def running(self, name):
        return [pid for pid in alive_with(str(self.top)) if name in command_of(pid)]


def command_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class Interrupted(Case):
    def interrupt(self, *arguments, number=signal.SIGINT):
        process = self.start(*arguments)
        self.wait_for(lambda: any(command_of(pid) == "sleep" for pid in alive_with(str(self.top))), "the program")
        os.killpg(process.pid, number)
        end = self.end(process)
        self.nothing_runs()
        return end

    def test_a_run(self):
        self.package("runner", {"wait": {"run": [["sh", "-c", "sleep 30 & sleep 30"]]}})
        code, _, err = self.interrupt("run", "wait", "runner")
        self.assertEqual(code, -signal.SIGINT, err)
        self.assertIn("interrupted", err)
        self.assertEqual([record["status"] for record in self.records()], ["interrupted"])

    def test_a_loop_of_a_shell_ends(self):
        self.package("runner", {"wait": {"run": [["sh", "-c", "sleep 30 & sleep 30"]]}})
        process = subprocess.Popen(["bash", "-c", f"for i in 1 2; do {REEF} run wait runner; done"],
                                   env=self.environment(), cwd=self.top, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, text=True)
        self.wait_for(lambda: any(command_of(pid) == "sleep" for pid in alive_with(str(self.top))), "the program")
        os.killpg(process.pid, signal.SIGINT)
        self.assertEqual(self.end(process)[0], -signal.SIGINT)
        self.assertEqual([record["status"] for record in self.records()], ["interrupted"])

    def test_the_first_process_of_a_container_ends_with_the_status_of_it(self):
        apart = ["unshare", "--pid", "--fork", "--mount-proc"]
        if not shutil.which("unshare") or subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
            self.skipTest("no process can be the first here")
        self.package("runner", {"wait": {"run": [["sleep", "30"]]}})
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = subprocess.Popen([*apart, REEF, "run", "wait", "runner"], env=self.environment(), cwd=self.top,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       start_new_session=True, text=True)
            self.wait_for(lambda: any(command_of(pid) == "sleep" for pid in alive_with(str(self.top))), "the program")
            children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            os.kill(int(children[0]), number)
            self.assertEqual(self.end(process)[0], 128 + number)

    def test_a_command_of_exec_dies_of_it_and_we_with_it(self):
        self.package("runner", {})
        for script, end in (("kill -INT $$", -signal.SIGINT), ("exit 130", 130), ("kill -TERM $$", 143)):
            self.assertEqual(self.reef("exec", "runner", "--", "sh", "-c", script)[0], end, script)

    def test_a_run_whose_program_ignores_it(self):
        self.package("deaf", {"wait": {"run": [["sh", "-c", "trap '' INT TERM; sleep 30; sleep 30"]]}})
        code, _, err = self.interrupt("run", "wait", "deaf")
        self.assertEqual(code, -signal.SIGINT, err)

    def test_a_workflow_and_a_benchmark(self):
        self.package("flow", {"flow": {"steps": {"a": {"run": [["sleep", "30"]]}, "b": {"run": [["sleep", "30"]]}}},
                              "bench": {"benchmark": {"system": ["sleep", "30"]}}})
        for action in ("flow", "bench"):
            code, _, err = self.interrupt("run", action, "flow")
            self.assertEqual(code, -signal.SIGINT, err)
        self.assertEqual([record["status"] for record in self.records()], ["interrupted", "interrupted"])

    def test_a_build(self):
        self.package("slow", {"build": {"run": [["sh", "-c", "echo half > \"$REEF_PREFIX/half\"; sleep 30"]]}})
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            code, _, err = self.interrupt("install", "slow", number=number)
            self.assertEqual(code, -number, err)
            self.assertEqual(self.prefixes(), [])
            self.assertEqual(list((self.home / "stage").iterdir()), [])


class Hanging(Case):
    def test_a_step_with_a_time_limit_leaves_no_child(self):
        self.package("hang", {"hang": {"timeout": "300ms", "run": [["sh", "-c", "sleep 30 & sleep 30 & wait"]]},
                              "flow": {"steps": {"it": {"action": "hang"}}}})
        for action in ("hang", "flow"):
            code, _, err = self.reef("run", action, "hang")
            self.assertEqual(code, 124, err)
            self.assertIn("time limit", err)
            self.nothing_runs()


def can_mount():
    """Why no file system can be mounted in a private namespace; empty when one can."""
    if os.geteuid() != 0:
        return "only root can mount"
    if not shutil.which("unshare"):
        return "there is no unshare"
    probe = subprocess.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"], capture_output=True,
                           text=True, check=False)
    return "" if probe.returncode == 0 else f"mounting is not allowed here: {probe.stderr.strip()}"


class InNamespace(Case):
    """Runs itself again in a mount namespace of its own: nothing is mounted for anybody else."""

    def run(self, result=None):
        if os.environ.get(MOUNT_PLACE):
            return super().run(result)
        reason = can_mount()
        again = subprocess.run(["unshare", "-m", sys.executable, sys.argv[0], REEF, self.id().split(".", 1)[1]],
                               env={**os.environ, MOUNT_PLACE: "1"}, capture_output=True, text=True, check=False,
                               timeout=SECONDS) if not reason else None
        result.startTest(self)
        if again is None:
            result.addSkip(self, reason)
        elif again.returncode == 0:
            result.addSuccess(self)
        else:
            sys.stderr.write(again.stdout + again.stderr)
            result.addFailure(self, (AssertionError, AssertionError("failed in its namespace"), None))
        result.stopTest(self)
        return result

    def mount(self, *arguments):
        subprocess.run(["mount", *map(str, arguments)], check=True)


class Mounted(InNamespace):
    def test_a_full_disk_while_building(self):
        self.package("big", {"build": {"run": [["sh", "-c", "head -c 8M /dev/zero > \"$REEF_PREFIX/data\""]]}})
        self.home.mkdir()
        self.mount("-t", "tmpfs", "-o", "size=4m", "none", self.home)
        code, _, err = self.reef("install", "big")
        self.assertNotEqual(code, 0)
        self.assertIn("No space left on device", err)
        self.assertEqual(self.prefixes(), [])
        self.assertEqual(list((self.home / "stage").iterdir()), [])
        self.mount("-o", "remount,size=40m", self.home)
        code, out, err = self.reef("install", "big")
        self.assertEqual(code, 0, err)
        self.assertEqual(pathlib.Path(out.splitlines()[-1], "data").stat().st_size, 8 << 20)

    def test_a_full_disk_while_publishing_and_recording(self):
        # `cat` says why it cannot write; the shell's own `echo` does not.
        self.package("small", {"build": {"run": [["sh", "-c", "echo x | cat > \"$REEF_PREFIX/data\""]]},
                               "go": {"run": [["sh", "-c", "echo kept | cat > \"$REEF_OUTPUT/kept\""]]}})
        self.home.mkdir()
        self.mount("-t", "tmpfs", "-o", "size=6m", "none", self.home)
        hog = self.home / "hog"
        statuses = set()
        for free in list(range(0, 96, 8)) + [128, 256, 512]:  # KiB: it ends somewhere else each time
            for folder in ("store", "stage", "records", "state", "logs", "tmp"):
                shutil.rmtree(self.home / folder, ignore_errors=True)
            with open(hog, "wb", buffering=0) as file:
                try:
                    while file.write(bytes(4096)) == 4096:
                        pass
                except OSError:
                    pass
            os.truncate(hog, max(0, hog.stat().st_size - free * 1024))
            code, _, err = self.reef("run", "go", "small")
            statuses.add(code)
            if code != 0:
                self.assertIn(code, (1, 7), err)  # 1: the program that ran met the full disk, not we
                self.assertIn("No space left on device", err)
            hog.unlink()
            code, _, err = self.reef("run", "go", "small")
            self.assertEqual(code, 0, err)
            for record in self.records():
                self.assertEqual(self.reef("runs", "verify", record["id"])[0], 0)
        self.assertLessEqual({0, 7}, statuses)

    def test_a_read_only_home(self):
        self.package("small", {"build": {"run": [["sh", "-c", "echo x > \"$REEF_PREFIX/data\""]]},
                               "go": {"run": [["true"]]}})
        self.assertEqual(self.reef("run", "go", "small")[0], 0)
        self.mount("--bind", self.home, self.home)
        self.mount("-o", "remount,bind,ro", self.home)
        for verb in (["runs"], ["runs", "show", "last"], ["search", "small"], ["detect", "bash"], ["info", "small"],
                     ["install", "small"], ["run", "go", "small", "--dry-run"], ["doctor", "small"], ["tree", "small"]):
            code, _, err = self.reef(*verb)
            self.assertEqual(code, 0, f"{verb}: {err}")
        code, _, err = self.reef("run", "go", "small")
        self.assertEqual(code, 7, err)
        self.assertIn("Read-only file system", err)
        self.assertIn("hint: ", err)
        self.assertIn("REEF_HOME", err)

    def test_a_home_that_was_never_written_and_cannot_be(self):
        self.package("small", {"go": {"run": [["true"]]}})
        self.home.mkdir()
        self.mount("--bind", self.home, self.home)
        self.mount("-o", "remount,bind,ro", self.home)
        for verb in (["runs"], ["search", "small"], ["detect", "bash"], ["info", "small"], ["tree", "small"],
                     ["install", "small", "--dry-run"]):
            code, _, err = self.reef(*verb)
            self.assertEqual(code, 0, f"{verb}: {err}")
        code, _, err = self.reef("run", "go", "small")
        self.assertEqual(code, 7, err)
        self.assertIn("REEF_HOME", err)


if __name__ == "__main__":
    REEF = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
