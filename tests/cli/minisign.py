#!/usr/bin/env python3
"""minisign.py REEF: keys and signatures of reef and of Debian's minisign, each accepted by the other.

Skipped where minisign is not installed. Python's standard library only.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

REEF = None


@unittest.skipUnless(shutil.which("minisign"), "minisign is not installed")
class Minisign(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="reef-minisign-"))
        self.addCleanup(shutil.rmtree, self.top)
        (self.top / "file").write_bytes(os.urandom(300000))

    def call(self, *words, expected=0, text=None, **variables):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.top), "REEF_HOME": str(self.top / "home"), **variables}
        done = subprocess.run([*map(str, words)], env=environment, cwd=self.top, input=text, capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual(done.returncode, expected, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def reef(self, *words, **more):
        return self.call(REEF, *words, **more)

    def minisign(self, *words, **more):
        return self.call("minisign", *words, **more)

    def test_minisign_accepts_ours(self):
        self.reef("key", "generate", "ours")
        self.reef("sign", "file", "--key", "ours", "--comment", "ours, with a comment")
        self.assertIn("ours, with a comment", self.minisign("-V", "-p", "ours.pub", "-m", "file"))
        self.minisign("-V", "-P", (self.top / "ours.pub").read_text().splitlines()[1], "-m", "file")
        with open(self.top / "file", "ab") as file:
            file.write(b"x")
        self.minisign("-V", "-p", "ours.pub", "-m", "file", expected=1)

    def test_minisign_signs_with_our_secret_key(self):
        self.reef("key", "generate", "plain")
        self.minisign("-S", "-s", "home/keys/plain.key", "-m", "file")
        self.reef("verify", "--key", "plain", "file")
        self.reef("key", "generate", "closed", REEF_KEY_PASSPHRASE="sesame")
        self.minisign("-S", "-s", "home/keys/closed.key", "-m", "file", text="sesame\n")
        self.reef("verify", "--key", "closed", "file")

    def test_we_accept_minisigns(self):
        self.minisign("-G", "-W", "-p", "theirs.pub", "-s", "theirs.key")
        for flags in ([], ["-l"]):  # prehashed, and of the file's bytes
            self.minisign("-S", *flags, "-s", "theirs.key", "-m", "file", "-t", "a comment of theirs")
            self.assertIn("a comment of theirs", self.reef("verify", "--key", "theirs.pub", "file"))
        self.reef("sign", "file", "--key", "./theirs.key")
        self.minisign("-V", "-p", "theirs.pub", "-m", "file")

    def test_we_open_minisigns_protected_key(self):
        self.minisign("-G", "-p", "theirs.pub", "-s", "theirs.key", text="open\nopen\n")
        self.reef("sign", "file", "--key", "./theirs.key", REEF_KEY_PASSPHRASE="open")
        self.minisign("-V", "-p", "theirs.pub", "-m", "file")
        self.reef("sign", "file", "--key", "./theirs.key", expected=6, REEF_KEY_PASSPHRASE="shut")


if __name__ == "__main__":
    REEF = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
