#!/usr/bin/env python3
"""store_crash.py REEF: a store under kills at random instants, sixteen processes at once, and a full disk.

Each test runs the real program in a folder of its own and leaves no process behind. Python's standard library only.
"""

import json
import os
import pathlib
import random
import signal
import sys
import time
import unittest

import processes
from processes import alive_with, command_of

KILLS = int(os.environ.get("REEF_TEST_KILLS", "200"))
BUILD = "for i in 1 2 3 4 5 6; do echo $i > \"$REEF_PREFIX/$i\"; done; sleep 0.01; for i in 1 2 3; do echo $i >> \"$REEF_PREFIX/$i\"; done"


class StoreCase(processes.Case):
    def packages_of_three(self):
        """`whole` needs `part`, `other` stands alone; each can be built in several ways."""
        self.package("part", {"build": {"run": [["sh", "-c", BUILD]]}})
        actions = {"build": {"run": [["sh", "-c", BUILD]]},
                   "go": {"run": [["sh", "-c", "echo kept > \"$REEF_OUTPUT/kept\"; echo out"]]}}
        self.package("whole", actions, {"part": {"package": "part"}})
        self.package("other", actions)

    def verifies(self):
        code, out, err = self.reef("store", "verify", "--json")
        self.assertEqual(code, 0, out + err)
        return json.loads(out)["verified"]

    def records_verify(self):
        for record in self.records():
            code, _, err = self.reef("runs", "verify", record["id"])
            self.assertEqual(code, 0, err)


class Killed(StoreCase):
    VERBS = [["install", "whole"], ["run", "go", "whole"], ["run", "go", "other"], ["gc", "--unused", "0"], ["gc"],
             ["store", "verify", "--repair"], ["runs"], ["store", "pin", "whole"], ["verify", "--rebuild", "other"],
             ["pack", "whole", "--with-builds", "-o", "{top}/out/whole.reef"], ["pack", "other", "-o", "{top}/out/other.reef"],
             ["unpack", "{top}/out/whole.reef", "{top}/out/{kill}"], ["replay", "{top}/out/other.reef"],
             ["publish", "{top}/packages/whole", "--to", "{top}/registry"]]

    def test_mixed_verbs_killed_at_random_instants(self):
        self.packages_of_three()
        chance = random.Random(4)
        self.assertEqual(self.reef("run", "go", "whole")[0], 0)
        for folder in ("out", "registry"):
            (self.top / folder).mkdir()
        finished = set()
        for kill in range(KILLS):
            verb = [word.format(top=self.top, kill=kill) for word in chance.choice(self.VERBS)]
            process = self.start(*verb)
            time.sleep(chance.uniform(0, 0.12))
            process.kill()
            code, _, err = self.end(process)
            self.assertIn(code, (0, 4, -signal.SIGKILL), f"{verb}: {err}")  # 4: what is to be pinned was collected, or not packed
            if code == -signal.SIGKILL:
                finished.update(record["id"] for record in self.records() if kill % 20 == 0)
            if kill % 20 == 19:
                self.verifies()
        self.nothing_runs()
        self.verifies()
        self.records_verify()
        self.assertLessEqual(finished, {record["id"] for record in self.records()})
        self.archives_and_registry_are_whole()
        code, out, err = self.reef("install", "whole")
        self.assertEqual(code, 0, err)
        folder = pathlib.Path(out.splitlines()[-1])
        self.assertEqual((folder / "3").read_text(), "3\n3\n")
        code, _, err = self.reef("gc", "--unused", "0", "--json")
        self.assertEqual(code, 0, err)
        for leftover in ("stage", "tmp", "again", "records/.staging", "locks/users"):
            path = self.home / leftover
            self.assertEqual(sorted(path.iterdir()) if path.exists() else [], [], leftover)

    def archives_and_registry_are_whole(self):
        out = self.top / "out"
        for name in ("whole", "other"):
            if (out / f"{name}.reef").exists():
                self.assertEqual(self.reef("verify", str(out / f"{name}.reef"))[0], 0)
            code, _, err = self.reef("pack", name, "-o", str(out / f"{name}.reef"))
            self.assertEqual(code, 0, err)
        code, _, err = self.reef("unpack", str(out / "whole.reef"), str(out / "last"))
        self.assertEqual(code, 0, err)
        whole = {"last", "whole.reef", "other.reef"}
        for folder in sorted(set(path.name for path in out.iterdir()) - whole):
            self.assertRegex(folder, "^[0-9]+$")  # what a killed `unpack` or `pack` left was removed
            self.assertTrue((out / folder / "packages" / "whole-1.0.0" / "reef.json").exists(), folder)
        code, _, err = self.reef("publish", str(self.packages / "whole"), "--to", str(self.top / "registry"))
        self.assertEqual(code, 0, err)
        registry = self.top / "registry"
        self.assertEqual({path.name for path in registry.iterdir()}, {"blobs", "index", "registry.json", "whole-1.0.0"})
        self.assertEqual((registry / "whole-1.0.0" / "reef.json").read_bytes(), (self.packages / "whole" / "reef.json").read_bytes())

    def test_what_a_killed_reef_started_ends_with_it(self):
        # A grandchild too, and what ignores the polite signals.
        self.package("slow", {"build": {"run": [["sh", "-c", "trap '' TERM HUP; sleep 60 & sleep 60"]]},
                              "go": {"run": [["true"]]}})
        self.package("runner", {"wait": {"run": [["sh", "-c", "sleep 60 & sleep 60"]]},
                                "serve": {"benchmark": {"system": ["sleep", "60"]}}})
        for arguments in (["install", "slow"], ["run", "wait", "runner"], ["run", "serve", "runner"],
                          ["exec", "runner", "--", "sleep", "60"]):
            process = self.start(*arguments)
            self.wait_for(lambda: any(command_of(pid) == "sleep" for pid in alive_with(str(self.top))), "the program")
            process.kill()
            self.end(process)
            self.nothing_runs()
        self.assertNotEqual(list((self.home / "tmp").iterdir()), [])
        self.package("small", {"go": {"run": [["true"]]}})
        self.assertEqual(self.reef("run", "go", "small")[0], 0)
        self.assertEqual(list((self.home / "tmp").iterdir()), [])
        self.assertEqual(list((self.home / "records" / ".staging").iterdir()), [])


class Together(StoreCase):
    def test_sixteen_processes_with_mixed_verbs(self):
        self.packages_of_three()
        count = self.top / "builds"
        for name in ("part", "whole", "other"):
            manifest = self.packages / name / "reef.json"
            text = manifest.read_text().replace("for i in 1 2 3 4", f"echo {name} >> {count}; for i in 1 2 3 4", 1)
            manifest.write_text(text)
        verbs = [["install", "whole"], ["run", "go", "whole"], ["run", "go", "other"], ["verify", "--rebuild", "other"],
                 ["gc"], ["store", "verify"], ["gc", "--dry-run"], ["store", "size"]] * 2
        for _ in range(2):
            for verb, (code, _, err) in zip(verbs, [self.end(each) for each in [self.start(*verb) for verb in verbs]]):
                self.assertEqual(code, 0, f"{verb}: {err}")
        again = ["other"] * 4  # each `verify --rebuild`
        self.assertEqual(sorted(count.read_text().split()), again + ["other", "part", "whole"])  # once each
        self.assertEqual(self.verifies(), 3)
        self.assertEqual(len(self.records()), 8)
        self.records_verify()
        self.nothing_runs()

    def test_gc_leaves_what_a_running_process_uses(self):
        self.package("tool", {"build": {"run": [["sh", "-c", "echo data > \"$REEF_PREFIX/data\""]]}})
        code, out, err = self.reef("install", "tool")
        self.assertEqual(code, 0, err)
        fifo = self.top / "fifo"
        os.mkfifo(fifo)
        manifest = self.packages / "tool" / "reef.json"
        process = self.start("exec", "tool", "--", "sh", "-c", f"read line < '{fifo}'; cat '{out.splitlines()[-1]}/data'")
        self.wait_for(lambda: any(command_of(pid) == "sh" for pid in alive_with(str(self.top))), "the program")
        code, report, err = self.reef("gc", "--unused", "0", "--json")
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(report)["removed"], [])
        self.assertEqual(json.loads(report)["kept_by_processes"], 1)
        fifo.write_text("go\n")
        code, answer, err = self.end(process)
        self.assertEqual((code, answer), (0, "data\n"), err)
        code, report, err = self.reef("gc", "--unused", "0", "--json")
        self.assertEqual(len(json.loads(report)["removed"]), 1, report)
        self.assertEqual(self.prefixes(), [])
        self.assertTrue(manifest.exists())


class FullDisk(StoreCase, processes.InNamespace):
    def test_gc_works_on_a_full_disk(self):
        self.packages_of_three()
        self.package("big", {"build": {"run": [["sh", "-c", "head -c 2M /dev/zero > \"$REEF_PREFIX/data\""]]}})
        self.home.mkdir()
        self.mount("-t", "tmpfs", "-o", "size=8m", "none", self.home)
        for name in ("whole", "big"):
            self.assertEqual(self.reef("install", name)[0], 0)
        with open(self.home / "hog", "wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)) == 4096:
                    pass
            except OSError:
                pass
        self.assertEqual(self.reef("store", "verify")[0], 0)
        code, out, err = self.reef("gc", "--unused", "0", "--json")
        self.assertEqual(code, 0, err)
        self.assertEqual(len(json.loads(out)["removed"]), 3)
        self.assertEqual(self.prefixes(), [])
        (self.home / "hog").unlink()
        self.assertEqual(self.reef("install", "whole")[0], 0)


class Output(StoreCase):
    def test_links_fifos_and_sockets_are_not_kept_in_a_record(self):
        script = ("cd \"$REEF_OUTPUT\"; echo data > file; mkdir below; ln -s /etc/passwd below/link; ln -s file latest; "
                  "mkfifo pipe; mkdir closed; echo x > closed/x; chmod 000 closed")
        self.package("odd", {"go": {"run": [["sh", "-c", script]]}})
        code, _, err = self.reef("run", "go", "odd")
        self.assertEqual(code, 0, err)
        for name in ("below/link", "latest", "pipe"):
            self.assertIn(f"`{name}` is ", err)
        record = self.records()[0]
        folder = self.home / "records" / record["id"] / "output"
        self.assertEqual(sorted(str(path.relative_to(folder)) for path in folder.rglob("*")),
                         ["below", "closed", "closed/x", "file"])
        self.assertEqual(self.reef("runs", "verify", record["id"])[0], 0)


if __name__ == "__main__":
    processes.REEF = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
