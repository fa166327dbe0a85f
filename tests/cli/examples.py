#!/usr/bin/env python3
"""examples.py REEF: every command that the README of an example names works, in a copy of the example."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
REEF = None
SECONDS = 300


def commands_of(readme):
    block = re.search(r"^```sh\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.S | re.M)
    return [shlex.split(line) for line in block.group(1).splitlines()] if block else []


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = pathlib.Path(tempfile.mkdtemp(prefix="reef-examples-"))
        cls.addClassCleanup(cls.remove)

    @classmethod
    def remove(cls):
        subprocess.run(["chmod", "-R", "u+w", str(cls.top)], check=False)
        shutil.rmtree(cls.top, ignore_errors=True)

    def reef(self, folder, *arguments):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.top), "REEF_HOME": str(self.top / "home")}
        done = subprocess.run([REEF, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=SECONDS, check=False)
        self.assertEqual(done.returncode, 0, f"reef {shlex.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def copy_of(self, name):
        folder = self.top / name
        shutil.copytree(EXAMPLES / name, folder)
        return folder

    def last_record(self, folder):
        return json.loads(self.reef(folder, "runs", "show", "last", "--json"))

    def follow_readme(self, name):
        folder = self.copy_of(name)
        commands = commands_of(folder / "README.md")
        self.assertGreater(len(commands), 2)
        for command in commands:
            self.assertEqual(command[0], "reef")
            self.reef(folder, *command[1:])
        return folder

    def test_every_example_is_tested(self):
        names = {entry.name for entry in EXAMPLES.iterdir() if entry.is_dir()}
        self.assertEqual(names, {"c-system", "hello-model", "python-report", "pinned-project"})

    def test_hello_model(self):
        folder = self.follow_readme("hello-model")
        self.reef(folder, "run", "benchmark", "--duration", "50ms", "--json")
        record = self.last_record(folder)
        self.assertEqual(record["metrics"]["accuracy"]["value"], 1)
        self.assertIn("7: odd\n8: even\n", self.reef(folder, "run", "test"))

    def test_c_system(self):
        folder = self.follow_readme("c-system")
        self.assertEqual((folder / "src/reef/system.h").read_text(),
                         (EXAMPLES.parent / "include/reef/system.h").read_text())
        record = self.last_record(folder)
        self.assertEqual(record["load"]["mode"], "accuracy")
        self.assertEqual(record["metrics"]["accuracy"]["value"], 1)
        self.reef(folder, "run", "benchmark", "--rate", "500", "--min-duration", "300ms", "--bound", "p90=1s")
        record = self.last_record(folder)
        self.assertEqual((record["scenario"], record["load"]["system"], record["load"]["valid"]),
                         ("server", "library", True))

    def test_python_report(self):
        folder = self.follow_readme("python-report")
        self.reef(folder, "run", "report")
        record = self.last_record(folder)
        self.assertEqual([file["path"] for file in record["outputs"]], ["output/write/report.md"])
        self.assertAlmostEqual(record["metrics"]["summarise.mean"]["value"], 10, delta=0.5)

    def test_pinned_project(self):
        lock = (EXAMPLES / "pinned-project" / "reef.lock").read_text()
        folder = self.follow_readme("pinned-project")
        self.assertEqual((folder / "reef.lock").read_text(), lock)
        self.assertIn("digits 1.0.0", self.reef(folder, "tree"))


if __name__ == "__main__":
    REEF = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
