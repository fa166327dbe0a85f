#!/usr/bin/env python3
"""oci_packages.py REEF: packages published to real OCI registries, taken from them, and used without them. The registries
run on 127.0.0.1 and end with the test; skipped where they are not installed. Python's standard library only.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import oci_registry  # noqa: E402
from oci_registry import OciRegistry  # noqa: E402

REEF = None
SKIP = oci_registry.missing()
NOW = 1_800_000_000


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@unittest.skipIf(SKIP, SKIP)
class Packages(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="reef-oci-packages-")).resolve()
        self.addCleanup(shutil.rmtree, self.top, True)
        self.now = NOW
        self.said = ""
        self.project = self.top / "letter"
        write(self.project / "reef.json", json.dumps({
            "reef": 1, "name": "letter", "version": "1.0.0", "kind": "program", "license": "MIT", "summary": "A letter",
            "dependencies": {"pen": {"package": "pen", "version": "^2"}},
            "actions": {"write": {"run": [["cat", "${pen.prefix}/data/text"]]}}}))

    def package(self, name, version, large=True, **more):
        folder = self.top / "packages" / f"{name}-{version}"
        write(folder / "reef.json", json.dumps({
            "reef": 1, "name": name, "version": version, "kind": "library", "summary": f"The {name}", "license": "MIT",
            "sources": [{"path": "data"}], **more}))
        write(folder / "data/text", f"{name} {version}\n")
        if large:
            (folder / "data/large").write_bytes(os.urandom(1_100_000))
        return folder

    def ink_and_pen(self):
        return [self.package("ink", "1.0.0"), self.package("ink", "1.1.0"),
                self.package("pen", "2.0.0", dependencies={"ink": {"package": "ink", "version": "^1"}})]

    def serve(self, mode="open"):
        server = OciRegistry(mode)
        server.__enter__()
        self.addCleanup(server.stop)
        return server

    def start(self, *words, home="home", **variables):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.top), "REEF_HOME": str(self.top / home),
                       "LC_ALL": "C.UTF-8", "REEF_CLOCK": str(self.now), "NO_COLOR": "1", **variables}
        return subprocess.Popen([REEF, *map(str, words)], env=environment, cwd=self.project, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, process, words, expected=0):
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, expected, f"{words}: {out}{err}")
        self.said += out + err
        return out + err

    def reef(self, *words, expected=0, **more):
        return self.end(self.start(*words, **more), words, expected)

    def later(self, seconds=100):
        self.now += seconds

    def test_from_publish_to_a_run_without_the_registry(self):
        server = self.serve()
        place = f"oci://{server.host}/team/packages"
        self.assertEqual(self.reef("registry", "add", "lab", place + "/"),
                         f"added lab: {place}, 0 packages\n"
                         "  nothing was published there yet: `reef publish PACKAGE --to lab`\n")
        ink, newer, pen = self.ink_and_pen()
        self.assertEqual(self.reef("publish", ink, "--to", "lab"), "published ink 1.0.0 to lab\n")
        self.assertEqual(self.reef("publish", newer, "--to", place), f"published ink 1.1.0 to {place}\n")
        self.reef("publish", pen, "--to", "lab")
        # What was published is there for this user's next command, and for others.
        self.assertIn("ink   1.1.0", self.reef("search", "ink"))
        self.assertIn("added lab: " + place + ", 2 packages",
                      self.reef("registry", "add", "lab", place, home="other"))
        self.assertIn(f"lab        oci     0         {place}", self.reef("registry", "list"))
        self.assertEqual(json.loads(self.reef("registry", "list", "--json"))["registries"][-1]["kind"], "oci")
        info = self.reef("info", "ink", home="other")
        self.assertIn("versions  1.1.0, 1.0.0", info)
        self.assertIn("registry  lab", info)
        self.reef("lock", home="other")
        lock = (self.project / "reef.lock").read_text()
        for word in ("127.0.0.1", "lab", "oci"):
            self.assertNotIn(word, lock)
        self.assertIn("pen 2.0.0", self.reef("run", "write", "--locked", home="other"))
        server.stop()
        self.reef("run", "write", "--locked", "--offline", home="other")
        shutil.rmtree(self.top / "other/store")
        self.assertIn("pen 2.0.0", self.reef("run", "write", "--locked", "--offline", home="other"))
        # Without `--offline` the registry is missed, once a minute, and done without.
        self.later()
        note = f"note: cannot list the tags of `{place}/reef-names`: cannot connect to"
        self.assertIn(note, self.reef("run", "write", "--locked", home="other"))
        self.assertNotIn(note, self.reef("info", "ink", home="other"))
        self.assertIn("cannot connect", self.reef("registry", "update", home="other", expected=8))
        self.assertIn("cannot connect", self.reef("publish", ink, "--to", "lab", expected=8))
        self.assertIn("offline, and nothing is known of the registry `lab`",
                      self.reef("registry", "add", "lab", place, "--offline", home="third") +
                      self.reef("info", "ink", "--offline", home="third", expected=8))

    def test_what_was_published_never_changes(self):
        server = self.serve()
        place = f"oci://{server.host}/packages"
        ink = self.package("ink", "1.0.0")
        self.reef("publish", ink, "--to", place)
        blobs = set(server.blobs())
        again = self.reef("publish", ink, "--to", place)
        self.assertEqual(again, f"ink 1.0.0 is in {place} already, with the same content\n")
        self.assertEqual(set(server.blobs()), blobs)
        # The next version sends only what is new: not the large file.
        self.package("ink", "1.1.0", large=False)
        shutil.copy(ink / "data/large", self.top / "packages/ink-1.1.0/data/large")
        self.reef("publish", self.top / "packages/ink-1.1.0", "--to", place)
        new = [path.stat().st_size for digest, path in server.blobs().items() if digest not in blobs]
        self.assertLess(sum(new), 100_000)
        write(ink / "data/text", "something else")
        self.assertEqual(self.reef("publish", ink, "--to", place, expected=6),
                         f"error: `ink` 1.0.0 is in `{place}` already, with different content\n"
                         "hint: what was published never changes: give the package another version\n")
        self.assertEqual(self.reef("publish", ink, "--to", place, "--offline", expected=8),
                         f"error: offline: nothing is sent to `{place}`\nhint: run it without `--offline`\n")

    def test_a_version_that_is_yanked(self):
        server = self.serve()
        place = f"oci://{server.host}/packages"
        for folder in self.ink_and_pen():
            self.reef("publish", folder, "--to", place)
        self.reef("registry", "add", "lab", place)
        self.reef("lock")
        self.later(1)
        self.assertEqual(self.reef("publish", "--yank", "ink@1.1.0", "--to", "lab"),
                         "yanked ink 1.1.0 in lab: only locks that name it, and commands about exactly it, still get it\n")
        self.assertEqual(self.reef("publish", "--yank", "ink@1.1.0", "--to", "lab"),
                         "ink 1.1.0 is yanked in lab already\n")
        self.assertIn("ink 1.1.0", self.reef("tree"))
        self.reef("run", "write", "--locked")
        (self.project / "reef.lock").unlink()
        self.assertIn("ink 1.0.0", self.reef("tree"))
        self.reef("publish", "--yank", "ink@1.1.0", "--undo", "--to", place)
        self.later()
        self.assertIn("ink 1.1.0", self.reef("tree"))
        self.assertEqual(self.reef("publish", "--yank", "ink@9.0.0", "--to", "lab", expected=4),
                         f"error: `ink` 9.0.0 is not in `{place}`\nhint: there is `1.1.0` and `1.0.0`\n")

    def test_a_registry_that_is_pinned_to_a_key(self):
        server = self.serve()
        place = f"oci://{server.host}/signed"
        ink, newer, pen = self.ink_and_pen()
        self.reef("key", "generate", "alice")
        shutil.copy(self.project / "alice.pub", self.top / "alice.pub")
        self.reef("publish", ink, "--to", place, "--sign", "alice")
        self.reef("publish", newer, "--to", place)
        self.reef("publish", pen, "--to", place)
        self.reef("registry", "add", "lab", place, "--key", self.top / "alice.pub", "--prefix", "ink", home="reader")
        info = self.reef("info", "ink", home="reader")
        self.assertIn("versions  1.0.0\n", info)
        self.reef("registry", "remove", "lab", home="reader")
        self.reef("registry", "add", "lab", place, "--key", self.top / "alice.pub", home="reader")
        refused = self.reef("lock", home="reader", expected=6)
        self.assertIn("pen 2.0.0 of the registry `lab` is not signed, and the registry is pinned to keys", refused)
        self.assertIn("`reef publish --sign KEY`", refused)
        # Signed later, and with another key: the one is believed, the other is not.
        self.reef("key", "generate", "bob")
        self.reef("publish", pen, "--to", place, "--sign", "bob")
        self.later()
        self.assertIn("is signed with the key", self.reef("lock", home="reader", expected=6))
        self.assertIn("already, with the same content, and is signed now",
                      self.reef("publish", pen, "--to", place, "--sign", "alice"))
        blobs = set(server.blobs())
        self.reef("publish", pen, "--to", place, "--sign", "alice")
        self.assertEqual(set(server.blobs()), blobs, "a good signature was made again")
        self.later()
        self.reef("lock", home="reader")
        # Bob's signature is still there, and a version that nobody signed is told to be.
        self.reef("registry", "add", "lab", place, "--key", self.project / "bob.pub", home="bobs")
        self.assertRegex(self.reef("search", "pen", home="bobs"), "pen +2.0.0")
        self.assertIn("hint: one that is there is not believed: ink 1.1.0 of the registry `lab` is not signed",
                      self.reef("info", "ink@1.1.0", home="reader", expected=4))
        # Whoever pinned it cannot publish without a signature by mistake.
        self.reef("registry", "add", "lab", place, "--key", "alice")
        self.assertIn("`--sign KEY`", self.reef("publish", newer, "--to", "lab", expected=2))
        # minisign says the same of the entry and its signature, as they lie there.
        if shutil.which("minisign"):
            self.assert_minisign_accepts(server, "signed/ink", "1.0.0")

    def assert_minisign_accepts(self, server, repository, tag):
        def manifest(name):
            text = (server.folder / f"store/docker/registry/v2/repositories/{repository}/_manifests/tags/{name}/current/link"
                    ).read_text()
            return json.loads(server.blobs()[text.removeprefix("sha256:")].read_text())

        def blob(descriptor):
            return server.blobs()[descriptor["digest"].removeprefix("sha256:")].read_bytes()

        key = (self.top / "alice.pub").read_text().splitlines()[0].split()[-1]
        (self.top / "entry").write_bytes(blob(manifest(tag)["config"]))
        (self.top / "entry.minisig").write_bytes(blob(manifest(f"minisig.{tag}.{key}")["layers"][0]))
        subprocess.run(["minisign", "-V", "-p", self.top / "alice.pub", "-m", self.top / "entry"], check=True,
                       capture_output=True)

    def test_publishers_that_come_at_once_lose_nothing(self):
        server = self.serve()
        place = f"oci://{server.host}/packages"
        folders = [self.package(f"p{i % 4}", f"1.{i // 4}.0", large=False) for i in range(12)]
        started = [(folder, self.start("publish", folder, "--to", place, home=f"home{i % 3}"))
                   for i, folder in enumerate(folders)]
        for folder, process in started:
            self.end(process, folder)
        self.reef("registry", "add", "lab", place, home="reader")
        for i in range(4):
            self.assertIn("versions  1.2.0, 1.1.0, 1.0.0", self.reef("info", f"p{i}", home="reader"))

    def test_a_publisher_that_is_killed_is_finished_by_the_next(self):
        server = self.serve()
        place = f"oci://{server.host}/packages"
        ink = self.package("ink", "1.0.0")
        for delay in (0.0, 0.01, 0.02, 0.04, 0.08):
            process = self.start("publish", ink, "--to", place)
            try:
                process.communicate(timeout=delay)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate(timeout=60)
        self.reef("publish", ink, "--to", place)
        self.reef("registry", "add", "lab", place)
        self.assertIn("versions  1.0.0", self.reef("info", "ink"))

    def test_logins_are_found_and_never_told(self):
        for mode in ("login", "token"):
            server = self.serve(mode)
            place = f"oci://{server.host}/team"
            home = f"home-{mode}"
            ink = self.package("ink", "1.0.0")
            self.assertIn("wants a login", self.reef("publish", ink, "--to", place, home=home, expected=8))
            self.reef("registry", "add", "lab", place, "--offline", home=home)
            wrong = {"REEF_REGISTRY_LAB_USER": "ci", "REEF_REGISTRY_LAB_PASSWORD": "hunter2"}
            self.assertIn("refused the login `ci` from `$REEF_REGISTRY_LAB_USER`",
                          self.reef("publish", ink, "--to", "lab", home=home, expected=8, **wrong))
            right = {"REEF_REGISTRY_LAB_USER": "ci", "REEF_REGISTRY_LAB_PASSWORD": "secret"}
            self.reef("publish", ink, "--to", "lab", home=home, **right)
            # As `docker login` keeps it.
            auth = base64.b64encode(b"ci:secret").decode()
            write(self.top / ".docker/config.json", json.dumps({"auths": {server.host: {"auth": auth}}}))
            self.assertIn("versions  1.0.0", self.reef("info", "ink", home=home))
            (self.top / ".docker/config.json").unlink()
            for path in (self.top / home).rglob("*"):
                if path.is_file():
                    for secret in (b"hunter2", b"ci:secret", auth.encode()):
                        self.assertNotIn(secret, path.read_bytes(), path)
        for secret in ("hunter2", "secret", auth):
            self.assertNotIn(secret, self.said)

    def test_a_prefix_claims_its_names_also_while_the_registry_is_down(self):
        server = self.serve()
        place = f"oci://{server.host}/packages"
        self.reef("publish", self.package("acme-ink", "1.0.0"), "--to", place)
        self.reef("registry", "add", "lab", place, "--prefix", "acme-", "--priority", "5")
        shelf = self.top / "shelf"
        shutil.copytree(self.package("acme-ink", "9.0.0", large=False), shelf / "acme-ink")
        self.reef("registry", "add", "shelf", shelf)
        self.assertIn("versions  1.0.0\n", self.reef("info", "acme-ink"))
        server.stop()
        self.later()
        self.assertIn("versions  1.0.0\n", self.reef("info", "acme-ink"))

    def test_a_damaged_registry_is_noticed(self):
        server = self.serve()
        place = f"oci://{server.host}/packages"
        self.reef("publish", self.package("pen", "2.0.0"), "--to", place)
        self.reef("registry", "add", "lab", place)
        largest = max(server.blobs().values(), key=lambda path: path.stat().st_size)
        whole = largest.read_bytes()
        largest.write_bytes(b"damage" + whole[6:])
        said = self.reef("install", expected=6)
        self.assertIn(f"pen 2.0.0 from `{place}/pen` is not what it should be: its SHA-256 is", said)
        largest.unlink()
        self.assertIn("the content of pen 2.0.0 is not there", self.reef("install", expected=6))
        largest.write_bytes(whole)
        self.reef("install")


if __name__ == "__main__":
    REEF = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
