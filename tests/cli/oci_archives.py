#!/usr/bin/env python3
"""oci_archives.py REEF: archives pushed to real OCI registries and pulled from them, with logins and TLS, interrupted, and
by skopeo. The registries run on 127.0.0.1 and end with the test; skipped where they are not installed. Python's standard
library only.
"""

import base64
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

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import oci_registry  # noqa: E402
from oci_registry import OciRegistry  # noqa: E402

REEF = None
SKIP = oci_registry.missing()


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="reef-oci-")).resolve()
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        project = cls.shared / "weights"
        project.mkdir()
        noise = random.Random(1).randbytes
        (project / "reef.json").write_text(json.dumps({
            "reef": 1, "name": "weights", "version": "1.2.0+a", "kind": "dataset", "license": "MIT", "summary": "Some weights",
            "sources": [{"path": "data"}]}))
        (project / "data").mkdir()
        (project / "data/large.bin").write_bytes(noise(40_000_001))
        (project / "data/small.bin").write_bytes(noise(2_000_000))
        (project / "data/text").write_text("some text\n" * 1000)
        cls.archive = cls.shared / "weights.reef"
        subprocess.run([REEF, "pack", "-o", cls.archive], cwd=project, check=True, capture_output=True,
                       env={"PATH": "/usr/bin:/bin", "HOME": str(cls.shared), "REEF_HOME": str(cls.shared / "home")})
        cls.bytes = cls.archive.read_bytes()

    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="reef-oci-")).resolve()
        self.addCleanup(shutil.rmtree, self.top, True)
        self.archive = shutil.copy(self.shared / "weights.reef", self.top / "weights.reef")

    def serve(self, mode="open"):
        server = OciRegistry(mode)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def environment(self, **variables):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.top), "LC_ALL": "C.UTF-8", "NO_COLOR": "1", **variables}

    def start(self, *words, **variables):
        return subprocess.Popen([REEF, *map(str, words)], env=self.environment(**variables), cwd=self.top,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def reef(self, *words, expected=0, **variables):
        process = self.start(*words, **variables)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, expected, f"{words}: {out}{err}")
        self.everything_said = getattr(self, "everything_said", "") + out + err
        return out + err

    def json(self, *words, **more):
        return json.loads(self.reef(*words, "--json", **more))

    def assert_pulled(self, path):
        self.assertTrue(pathlib.Path(path).read_bytes() == self.bytes, f"{path} is another file")
        self.assertFalse(list(self.top.glob("*.part*")))

    @staticmethod
    def variables(server, **values):
        part = "".join(c if c.isalnum() else "_" for c in server.host).upper()
        return {f"REEF_REGISTRY_{part}_{name}": value for name, value in values.items()}


@unittest.skipIf(SKIP, SKIP)
class Archives(Case):
    def test_what_was_pushed_is_pulled_byte_for_byte(self):
        server = self.serve()
        place = f"oci://{server.host}/team/weights"
        pushed = self.json("push", self.archive, place)
        self.assertEqual(pushed["reference"], place + ":1.2.0_a")
        self.assertEqual(pushed["blobs_sent"], pushed["blobs"])
        again = self.json("push", self.archive, place)
        self.assertEqual((again["blobs_sent"], again["sent"], again["pushed"]), (0, 0, False))
        pulled = self.json("pull", place, "-o", "out.reef")
        self.assertEqual(pulled["manifest"], pushed["manifest"])
        self.assertEqual(pulled["reference"], place + ":1.2.0_a")
        self.assert_pulled(self.top / "out.reef")
        by_digest = self.json("pull", f"{place}@sha256:{pushed['manifest']}")
        self.assertEqual(by_digest["file"], str(self.top / "weights-1.2.0+a.reef"))
        self.assert_pulled(by_digest["file"])
        self.reef("verify", "out.reef")
        # A file that is whole is not pulled again; one that was damaged is.
        self.assertFalse(self.json("pull", place, "-o", "out.reef")["pulled"])
        with open(self.top / "out.reef", "r+b") as file:
            file.seek(-1000, os.SEEK_END)
            file.write(b"damage")
        self.assertTrue(self.json("pull", place, "-o", "out.reef")["pulled"])
        self.assert_pulled(self.top / "out.reef")

    def other_archive(self):
        other = self.shared / "other.reef"
        if not other.exists():
            (self.shared / "weights/data/text").write_text("other text")
            subprocess.run([REEF, "pack", "-o", other], cwd=self.shared / "weights", check=True, capture_output=True,
                           env={"PATH": "/usr/bin:/bin", "HOME": str(self.shared), "REEF_HOME": str(self.shared / "home")})
        return other

    def test_a_version_is_not_replaced_unless_its_tag_is_written(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        self.reef("push", self.archive, place)
        other = self.other_archive()
        self.assertIn("is another archive already", self.reef("push", other, place, expected=6))
        moved = self.json("push", other, place + ":1.2.0_a")
        self.assertIsNotNone(moved["replaced"])
        # Only what differs was sent: the large file is there.
        self.assertLess(moved["sent"], 1_000_000)
        self.reef("pull", place + ":1.2.0_a", "-o", "out.reef")
        self.assertEqual((self.top / "out.reef").read_bytes(), other.read_bytes())

    def test_another_archive_is_not_replaced_by_one_that_is_pulled(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        self.reef("push", self.archive, place)
        other = shutil.copy(self.other_archive(), self.top / "weights-1.2.0+a.reef")
        said = self.reef("pull", place, expected=2)
        self.assertIn(f"`{other}` is there and is another archive than `{place}:1.2.0_a`: it is not replaced", said)
        self.assertEqual(other.read_bytes(), self.other_archive().read_bytes())
        self.reef("pull", place, "-o", "mine.reef")
        self.assert_pulled(self.top / "mine.reef")

    def test_an_archive_that_is_pushed_meanwhile_is_not_replaced(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        other = self.other_archive()
        process = self.start("push", self.archive, place)
        end = time.monotonic() + 60
        while "POST /v2/weights/blobs/uploads/" not in server.log() and time.monotonic() < end:
            time.sleep(0.002)
        process.send_signal(signal.SIGSTOP)
        self.reef("push", other, place)
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 6, out + err)
        self.assertIn("is another archive already", err)
        self.reef("pull", place, "-o", "out.reef")
        self.assertEqual((self.top / "out.reef").read_bytes(), other.read_bytes())

    def test_logins(self):
        for mode in ("login", "token"):
            server = self.serve(mode)
            place = f"oci://{server.host}/a/weights"
            none = self.reef("push", self.archive, place, expected=8)
            self.assertIn(f"the registry `{server.host}` wants a login to push to `a/weights`, and there is none", none)
            wrong = self.reef("push", self.archive, place, expected=8,
                              **self.variables(server, USER="ci", PASSWORD="hunter2"))
            self.assertIn("refused the login `ci` from `$REEF_REGISTRY_127_0_0_1_", wrong)
            right = self.variables(server, USER="ci", PASSWORD="secret")
            self.reef("push", self.archive, place, **right)
            if mode == "token":
                self.assertEqual([scopes for user, scopes in server.tokens.given if user == "ci"],
                                 [["repository:a/weights:pull,push"]])
                self.reef("pull", place, "-o", "anonymous.reef")  # everybody may
                self.assert_pulled(self.top / "anonymous.reef")
            else:
                self.reef("pull", place, expected=8)
            self.reef("pull", place, "-o", f"{mode}.reef", **right)
            self.assert_pulled(self.top / f"{mode}.reef")
            auth = base64.b64encode(b"ci:secret").decode()
            (self.top / ".config/containers").mkdir(parents=True, exist_ok=True)
            (self.top / ".config/containers/auth.json").write_text(
                json.dumps({"auths": {f"{server.host}/other": {"auth": "bm86bm8="}, f"{server.host}/a": {"auth": auth}}}))
            self.reef("pull", place, "-o", f"{mode}2.reef")
            self.assert_pulled(self.top / f"{mode}2.reef")
            (self.top / ".config/containers/auth.json").unlink()
        for secret in ("hunter2", "secret", auth):
            self.assertNotIn(secret, self.everything_said)

    def test_a_certificate_must_be_trusted(self):
        server = self.serve("tls")
        place = f"oci://{server.host}/weights"
        self.assertIn("cannot trust", self.reef("push", self.archive, place, expected=8))
        for variable in ("SSL_CERT_FILE", "CURL_CA_BUNDLE"):
            trust = {variable: str(server.certificate)}
            self.reef("push", self.archive, place, **trust)
            self.reef("pull", place, "-o", f"{variable}.reef", **trust)
            self.assert_pulled(self.top / f"{variable}.reef")
        self.assertIn("cannot", self.reef("pull", place.replace("oci:", "oci+http:"), expected=8))

    def test_what_is_asked_in_vain(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        self.assertIn(f"there is no `{place}`", self.reef("pull", place, expected=4))
        self.reef("push", self.archive, place)
        self.assertEqual(self.reef("pull", place + ":1.2.0", expected=4),
                         f"error: there is no tag `1.2.0` in `{place}`\nhint: it has `1.2.0_a`\n")
        self.reef("pull", f"{place}@sha256:{'0' * 64}", expected=4)
        self.assertIn("offline", self.reef("pull", place, "--offline", expected=8))
        self.assertIn("is no reference to a registry", self.reef("pull", "docker://x/y", expected=3))
        self.assertEqual(self.reef("pull", place, "-o", "a/b.reef", expected=4),
                         f"error: there is no folder `{self.top}/a`\nhint: make it first: `mkdir -p`\n")
        (self.top / "notes").write_text("notes")
        self.assertIn("is no archive of reef: it is not replaced", self.reef("pull", place, "-o", "notes", expected=2))
        damaged = bytearray(self.bytes)
        damaged[-5000] ^= 1
        (self.top / "bad.reef").write_bytes(damaged)
        refused = self.reef("push", "bad.reef", f"oci://{server.host}/bad", expected=6)
        self.assertIn("the registry got other bytes than its digest", refused)
        self.assertIn(f"there is no `oci://{server.host}/bad`", self.reef("pull", f"oci://{server.host}/bad", expected=4))

    def test_a_damaged_registry_is_noticed(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        self.reef("push", self.archive, place)
        largest = max(server.blobs().values(), key=lambda path: path.stat().st_size)
        with open(largest, "r+b") as file:
            file.seek(1000)
            file.write(b"damage")
        said = self.reef("pull", place, expected=6)
        self.assertIn("`packages/weights-1.2.0+a/data/large.bin`", said)
        self.assertIn("is not what it should be: its SHA-256 is", said)
        self.assertFalse(list(self.top.glob("weights-*.reef")))

    def test_a_pull_that_is_killed_goes_on(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        self.reef("push", self.archive, place)
        random.seed(7)
        for _ in range(12):
            process = self.start("pull", place, "-o", "out.reef")
            time.sleep(random.uniform(0.0, 0.25))
            process.send_signal(random.choice((signal.SIGKILL, signal.SIGINT)))
            process.communicate(timeout=60)
            self.assertIn(process.returncode, (0, 130, -signal.SIGKILL, -signal.SIGINT))
            # It may end just after the file got its name; then it is whole.
            if process.returncode == 0 or (self.top / "out.reef").exists():
                self.assert_pulled(self.top / "out.reef")
                (self.top / "out.reef").unlink()
        self.reef("pull", place, "-o", "out.reef")
        self.assert_pulled(self.top / "out.reef")

    def test_a_pull_that_is_cut_keeps_what_came(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        self.reef("push", self.archive, place)
        # What a killed pull leaves: the beginning of the file, and the log that says so.
        pulled = self.json("pull", place, "-o", "out.reef")
        largest, size = max(((digest, path.stat().st_size) for digest, path in server.blobs().items()), key=lambda x: x[1])
        (self.top / "out.reef").rename(self.top / "out.reef.part")
        with open(self.top / "out.reef.part", "r+b") as file:
            file.truncate(len(self.bytes) - 10_000_000)
        (self.top / "out.reef.part.log").write_text(f"{pulled['manifest']}\n{largest} {size - 10_000_000}\n")
        again = self.json("pull", place, "-o", "out.reef")
        self.assertGreater(again["kept"], 25_000_000)
        self.assert_pulled(self.top / "out.reef")
        # A log that lies costs time, nothing else.
        (self.top / "out.reef").rename(self.top / "out.reef.part")
        with open(self.top / "out.reef.part", "r+b") as file:
            file.seek(len(self.bytes) - 20_000_000)
            file.write(b"x" * 1000)
        (self.top / "out.reef.part.log").write_text(f"{pulled['manifest']}\n{largest} {size}\nrubbish\n{largest} x\n")
        self.reef("pull", place, "-o", "out.reef")
        self.assert_pulled(self.top / "out.reef")

    def test_a_network_that_breaks_again_and_again_is_pulled_through(self):
        server = self.serve()
        self.reef("push", self.archive, f"oci://{server.host}/weights")
        with oci_registry.CuttingProxy(server.host, 15_000_000) as proxy:
            self.reef("pull", f"oci://{proxy.host}/weights", "-o", "out.reef")
        self.assertGreaterEqual(proxy.cuts, 2)
        self.assert_pulled(self.top / "out.reef")
        with oci_registry.CuttingProxy(server.host, 100_000) as proxy:
            said = self.reef("pull", f"oci://{proxy.host}/weights", "-o", "other.reef", expected=8)
        self.assertIn("hint: run the same again: what was transferred is kept", said)
        self.reef("pull", f"oci://{server.host}/weights", "-o", "other.reef")
        self.assert_pulled(self.top / "other.reef")

    def test_a_push_that_is_killed_goes_on(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        random.seed(8)
        for _ in range(8):
            process = self.start("push", self.archive, place)
            time.sleep(random.uniform(0.0, 0.3))
            process.kill()
            process.communicate(timeout=60)
        self.reef("push", self.archive, place)
        self.reef("pull", place, "-o", "out.reef")
        self.assert_pulled(self.top / "out.reef")

    def test_two_pulls_to_one_file(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        self.reef("push", self.archive, place)
        ends = [process.communicate(timeout=60) + (process.returncode,)
                for process in [self.start("pull", place, "-o", "out.reef") for _ in range(4)]]
        self.assertIn(0, [code for _, _, code in ends])
        for _, err, code in ends:
            self.assertIn(code, (0, 9), err)
        self.assert_pulled(self.top / "out.reef")

    def test_a_signature_goes_with_its_archive(self):
        server, file = self.serve(), self.top / "weights.reef"
        place, alice, bob = f"oci://{server.host}/team/signed", str(self.top / "alice"), str(self.top / "bob")
        out = self.top / "got.reef"
        signature = pathlib.Path(f"{out}.minisig")
        self.reef("push", file, place)
        said = self.reef("pull", place, "-o", out, "--key", "trusted", expected=4, REEF_HOME=bob)
        self.assertIn(f"`{place}:1.2.0_a` is not signed", said)
        self.assertFalse(out.exists())
        self.reef("key", "generate", "alice", REEF_HOME=alice)
        self.reef("sign", file, "--key", "alice", REEF_HOME=alice)
        self.assertIn("with the signature of alice (", self.reef("push", file, place, REEF_HOME=alice))
        # Who knows no key gets both files, and hears whose it is.
        said = self.reef("pull", place, "-o", out, REEF_HOME=bob)
        self.assertIn("signed by the key ", said)
        self.assert_pulled(out)
        self.assertEqual(signature.read_text(), pathlib.Path(f"{file}.minisig").read_text())
        out.unlink(), signature.unlink()
        said = self.reef("pull", place, "-o", out, "--key", "trusted", expected=6, REEF_HOME=bob)
        self.assertIn("which is not trusted here", said)
        self.assertFalse(out.exists() or signature.exists())
        self.reef("key", "trust", self.top / "alice.pub", "--name", "her", REEF_HOME=bob)
        self.assertIn("as her (", self.reef("pull", place, "-o", out, "--key", "trusted", REEF_HOME=bob))
        self.assert_pulled(out)
        self.reef("verify", "--key", "her", out, REEF_HOME=bob)
        signature.unlink()
        pulled = self.json("pull", place, "-o", out, "--key", "her", REEF_HOME=bob)
        self.assertEqual((pulled["pulled"], pulled["signature_verified"]), (False, True))
        self.assertTrue(signature.exists())
        signature.write_text("something else")
        self.assertNotIn("signed by", self.reef("pull", place, "-o", out, REEF_HOME=bob))
        self.assertEqual(signature.read_text(), "something else")
        self.reef("pull", place, "-o", out, "--key", "her", REEF_HOME=bob)
        self.reef("verify", "--key", "her", out, REEF_HOME=bob)
        self.reef("key", "generate", "bob", REEF_HOME=bob)
        shutil.copy(file, self.top / "his.reef")
        self.reef("sign", "his.reef", "--key", "bob", REEF_HOME=bob)
        self.assertRegex(self.reef("push", "his.reef", place, REEF_HOME=bob), "note: the signature of the key .* is no more")
        self.assertIn("note: the signature", self.reef("push", file, place, REEF_HOME=alice))
        # A signature of other bytes is not sent, and one that lies there is of no use.
        pathlib.Path(f"{file}.minisig").write_text(self.signature_of_other(alice))
        self.assertIn("was changed", self.reef("push", file, place, expected=6, REEF_HOME=alice))
        self.reef("push", file, place, REEF_HOME=str(self.top / "nobody"))
        out.unlink(), signature.unlink()
        self.reef("pull", place, "-o", out, "--key", "her", expected=6, REEF_HOME=bob)
        self.assertFalse(out.exists() or signature.exists())
        self.reef("key", "revoke", "her", REEF_HOME=bob)
        self.assertIn("was revoked", self.reef("pull", place, "-o", out, expected=6, REEF_HOME=bob))

    def signature_of_other(self, home):
        other = self.top / "other"
        other.write_text("other bytes")
        self.reef("sign", other, "--key", "alice", REEF_HOME=home)
        return pathlib.Path(f"{other}.minisig").read_text()

    def test_an_archive_replaces_nothing_but_archives(self):
        server, home = self.serve(), str(self.top / "home")
        self.reef("publish", self.shared / "weights", "--to", f"oci://{server.host}/team", REEF_HOME=home)
        place = f"oci://{server.host}/team/weights"
        for to in (place, f"{place}:1.2.0_a"):
            said = self.reef("push", self.archive, to, expected=6)
            self.assertIn(f"`{place}:1.2.0_a` is a published package, and an archive does not replace it", said)
        self.reef("registry", "add", "team", f"oci://{server.host}/team", REEF_HOME=home)
        self.reef("info", "weights", REEF_HOME=home)

    def test_something_else_is_no_archive(self):
        server = self.serve()
        page = self.top / "page.html"
        page.write_text("hello")
        layout = self.top / "layout"
        config, layer = b"{}", b"hello"
        write_layout(layout, config, "application/vnd.oci.empty.v1+json", layer, "application/x")
        self.skopeo("copy", "--dest-tls-verify=false", f"oci:{layout}:x", f"docker://{server.host}/other:x")
        said = self.reef("pull", f"oci://{server.host}/other:x", expected=3)
        self.assertIn("it is no archive of reef", said)

    def skopeo(self, *words):
        if shutil.which("skopeo") is None:
            self.skipTest("skopeo is not installed")
        done = subprocess.run(["skopeo", "--insecure-policy", *map(str, words)], env=self.environment(), capture_output=True,
                              text=True, check=False, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_skopeo_copies_ours_and_we_pull_what_skopeo_pushed(self):
        server = self.serve()
        place = f"oci://{server.host}/weights"
        pushed = self.json("push", self.archive, place)
        # From the registry to a folder, and from there to another registry.
        self.skopeo("copy", "--src-tls-verify=false", f"docker://{server.host}/weights:1.2.0_a", f"oci:{self.top}/copy:v")
        other = self.serve("token")
        self.skopeo("copy", "--dest-tls-verify=false", "--dest-creds", "ci:secret", f"oci:{self.top}/copy:v",
                    f"docker://{other.host}/b/weights:v")
        pulled = self.json("pull", f"oci://{other.host}/b/weights:v", "-o", "out.reef")
        self.assertEqual(pulled["manifest"], pushed["manifest"])
        self.assert_pulled(self.top / "out.reef")
        # The file itself is a layout, too.
        self.skopeo("copy", "--dest-tls-verify=false", f"oci-archive:{self.archive}", f"docker://{server.host}/direct:v")
        self.reef("pull", f"oci://{server.host}/direct:v", "-o", "direct.reef")
        self.assert_pulled(self.top / "direct.reef")


def write_layout(folder, config, config_type, layer, layer_type):
    """An OCI image layout with one artifact."""
    import hashlib
    blobs = folder / "blobs/sha256"
    blobs.mkdir(parents=True)

    def put(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"mediaType": kind, "digest": "sha256:" + digest, "size": len(data)}

    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": "application/x",
                "config": put(config, config_type), "layers": [put(layer, layer_type)]}
    one = put(json.dumps(manifest).encode(), manifest["mediaType"])
    one["annotations"] = {"org.opencontainers.image.ref.name": "x"}
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [one]}))


if __name__ == "__main__":
    REEF = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
