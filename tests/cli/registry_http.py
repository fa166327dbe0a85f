#!/usr/bin/env python3
"""registry_http.py REEF: registries on a web site, from `registry build` to a run without network, and servers that
misbehave. The servers are Python's, on 127.0.0.1, and end with the test. Python's standard library only.
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
import registry_server as servers  # noqa: E402
from git_server import GitServer  # noqa: E402
from registry_server import RegistryServer, write  # noqa: E402

REEF = None
NOW = 1_800_000_000
SECRET = "s3cr3t-t0ken"


def manifest(name, version, **more):
    return json.dumps({"reef": 1, "name": name, "version": version, "kind": "library", "summary": f"The {name}",
                       "license": "MIT", **more})


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="reef-registry-http-")).resolve()
        self.addCleanup(shutil.rmtree, self.top, True)
        self.packages = self.top / "packages"
        self.home = self.top / "home"
        self.now = NOW
        self.add_package("ink", "1.0.0")
        self.add_package("ink", "1.1.0")
        self.add_package("pen", "2.0.0", dependencies={"ink": {"package": "ink", "version": "^1"}})
        self.build()
        self.project = self.top / "letter"
        write(self.project / "reef.json", json.dumps({
            "reef": 1, "name": "letter", "version": "1.0.0", "kind": "program", "license": "MIT", "summary": "A letter",
            "dependencies": {"pen": {"package": "pen", "version": "^2"}},
            "actions": {"write": {"run": [["cat", "${pen.prefix}/data/text"]]}}}))

    def add_package(self, name, version, registry=None, **more):
        folder = (registry or self.packages) / f"{name}-{version}"
        write(folder / "reef.json", manifest(name, version, sources=[{"path": "data"}, {"path": "tool.sh"}], **more))
        write(folder / "data/text", f"{name} {version}\n")
        write(folder / "tool.sh", "#!/bin/sh\n").chmod(0o755)
        (folder / "data/large").write_bytes(os.urandom(1_100_000))
        return folder

    def environment(self, **variables):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.top), "REEF_HOME": str(self.home), "LC_ALL": "C.UTF-8",
                "REEF_CLOCK": str(self.now), "NO_COLOR": "1", **variables}

    def start(self, *words, cwd=None, **variables):
        return subprocess.Popen([REEF, *map(str, words)], env=self.environment(**variables), cwd=cwd or self.project,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def reef(self, *words, expected=0, cwd=None, **variables):
        process = self.start(*words, cwd=cwd, **variables)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, expected, f"{words}: {out}{err}")
        return out + err

    def build(self, folder=None, *flags):
        return self.reef("registry", "build", folder or self.packages, *flags, cwd=self.top)

    def serve(self, folder=None):
        server = RegistryServer(folder or self.packages)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def later(self, seconds=100):
        self.now += seconds

    def root(self, folder=None):
        return json.loads(((folder or self.packages) / "registry.json").read_text())

    def blobs(self):
        return {f"/{path.relative_to(self.packages)}" for path in (self.packages / "blobs").rglob("*") if path.is_file()}

    def texts_below_home(self):
        for path in self.home.rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()


class Story(Case):
    def test_from_build_to_a_run_without_network(self):
        server = self.serve()
        self.assertIn("added lab: " + server.url, self.reef("registry", "add", "lab", server.url + "/"))
        self.assertEqual(server.paths(), ["/registry.json"])
        server.requests.clear()

        self.assertIn("ink   1.1.0", self.reef("search", "ink"))
        self.assertEqual([path[:13] for path in server.paths()], ["/index/search"])
        server.requests.clear()
        # A lock reads what the index says and the manifests of what is chosen; no contents.
        self.reef("lock")
        names = sorted(path.split("/")[3].split(".")[0] for path in server.paths() if path.startswith("/index"))
        self.assertEqual(names, ["ink", "pen"])
        blobs = [path for path in server.paths() if path.startswith("/blobs")]
        self.assertEqual(len(blobs), 2)
        for path in blobs:
            self.assertIn(b'"reef": 1', (self.packages / path[1:]).read_bytes())
        lock = (self.project / "reef.lock").read_text()
        self.assertNotIn("127.0.0.1", lock)
        self.assertNotIn("lab", lock)
        info = self.reef("info", "pen")
        self.assertIn("registry  lab", info)
        server.requests.clear()

        self.assertIn("pen 2.0.0", self.reef("run", "write", "--locked"))
        fetched = set(server.paths())
        self.assertTrue(fetched <= self.blobs(), fetched)
        self.assertEqual(len(server.paths()), len(fetched), "something was fetched twice")
        server.requests.clear()

        # Everything is here: within a minute nobody is asked, and offline never.
        self.reef("run", "write", "--locked")
        self.assertEqual(server.paths(), [])
        self.later()
        self.reef("run", "write", "--locked", "--offline")
        shutil.rmtree(self.home / "store")
        self.reef("run", "write", "--locked", "--offline")
        self.assertEqual(server.paths(), [])
        self.reef("install", "--locked")
        self.assertEqual(server.requests, [("/registry.json", 304)])

    def test_what_is_not_here_is_named_offline(self):
        server = self.serve()
        self.reef("registry", "add", "lab", server.url)
        said = self.reef("lock", "--offline", expected=8)
        self.assertIn("offline, and not in the download cache: `the index of pen in lab`", said)
        self.reef("lock")
        said = self.reef("install", "--offline", expected=8)
        self.assertIn("offline, and not in the download cache: ", said)
        self.assertIn("ink 1.1.0", said)
        self.assertNotIn(server.url + "/blobs", said)
        self.assertIn("getting ink 1.1.0 from the registry `lab`", said)
        shutil.rmtree(self.home / "cache")
        said = self.reef("tree", "--offline", expected=8)
        self.assertIn(f"offline, and nothing is known of the registry `lab` ({server.url})", said)
        self.assertIn("hint: `reef registry update lab` asks for it once; later it needs no network", said)
        self.reef("install")

    def test_a_registry_that_was_published_anew(self):
        server = self.serve()
        self.reef("registry", "add", "lab", server.url)
        self.reef("install")
        self.add_package("ink", "1.2.0")
        self.build()
        server.requests.clear()
        self.reef("lock", "--upgrade")  # the minute is not over
        self.assertEqual(server.paths(), [])
        self.assertIn("lab: published anew", self.reef("registry", "update"))
        self.assertIn("lab: up to date", self.reef("registry", "update", "lab"))
        self.assertIn("ink 1.2.0", self.reef("lock", "--upgrade") + self.reef("tree"))
        # Only what changed is fetched again: one file of the index, and what of the new version is new.
        self.reef("install")
        index = [path for path in server.paths(200) if path.startswith("/index")]
        self.assertEqual(len(index), 1, index)
        self.later()
        self.add_package("pen", "2.1.0")
        self.build()
        self.assertIn("pen 2.1.0", self.reef("lock", "--upgrade") + self.reef("tree"))

    def test_a_version_that_was_yanked(self):
        server = self.serve()
        self.reef("registry", "add", "lab", server.url)
        self.reef("lock")
        self.assertIn("ink 1.1.0", self.reef("tree"))
        self.reef("publish", "--yank", "ink@1.1.0", "--to", self.packages, cwd=self.top)
        self.reef("registry", "update")
        # Whose lock names it still gets it, with the bytes that it had; nobody else does.
        self.reef("install", "--locked")
        self.assertIn("ink 1.1.0", self.reef("tree"))
        self.assertIn("ink 1.0.0", self.reef("lock", "--upgrade") + self.reef("tree"))
        self.reef("publish", "--yank", "ink@1.1.0", "--undo", "--to", self.packages, cwd=self.top)
        self.later()
        self.assertIn("ink 1.1.0", self.reef("lock", "--upgrade") + self.reef("tree"))

    def test_another_content_under_a_version_that_is_locked(self):
        server = self.serve()
        self.reef("registry", "add", "lab", server.url)
        self.reef("lock")
        lock = (self.project / "reef.lock").read_text()
        write(self.packages / "ink-1.1.0/data/text", "ink of somebody else\n")
        self.build(None, "--replace")
        self.reef("registry", "update")
        for words in (["lock"], ["install"], ["install", "--dry-run"], ["install", "--locked"], ["lock", "--check"],
                      ["tree"], ["lock", "--upgrade", "pen"]):
            said = self.reef(*words, expected=6)
            self.assertRegex(said, r"error: ink 1\.1\.0 of the registry `lab` is not the one in `reef\.lock`: "
                                   r"its digest is [0-9a-f]+, locked is [0-9a-f]+\n"
                                   r"hint: what was published must never change: ask those who publish it what happened\n"
                                   r"hint: to take it as it is now, after having looked: `reef lock --upgrade ink`\n")
        self.assertEqual((self.project / "reef.lock").read_text(), lock)
        self.assertIn("ink 1.1.0: locked content", self.reef("lock", "--upgrade", "ink"))
        self.reef("install", "--locked")

    def test_published_twice_while_somebody_reads(self):
        server = self.serve()
        self.reef("registry", "add", "lab", server.url)
        for version in ("2.0.1", "2.0.2"):
            shutil.rmtree(self.packages / "pen-2.0.0", True)
            self.add_package("pen", version)
            self.build()
        said = self.reef("lock", expected=9)
        self.assertIn(f"`{server.url}/registry.json` was published anew while it was read", said)
        self.assertIn("hint: run the command again", said)
        self.assertIn("pen 2.0.2", self.reef("lock") + self.reef("tree"))

    def test_many_at_once(self):
        server = self.serve()
        self.reef("registry", "add", "lab", server.url)
        server.requests.clear()
        processes = [self.start("run", "write", "--quiet") for _ in range(8)]
        for process in processes:
            out, err = process.communicate(timeout=120)
            self.assertEqual((process.returncode, out), (0, "pen 2.0.0\n"), err)
        self.assertEqual(len(server.paths()), len(set(server.paths())), "something was fetched twice")
        left = [path for path in (self.home / "cache/packages").iterdir() if path.name.startswith(".")]
        self.assertEqual(left, [])

    def test_what_was_damaged_here_is_made_again(self):
        server = self.serve()
        self.reef("registry", "add", "lab", server.url)
        self.reef("install")
        for text in (self.home / "cache/packages").glob("*/data/text"):
            text.write_text("damaged")
        for file in (self.home / "cache/downloads/sha256").glob("*/*"):
            if file.suffix == "":
                file.chmod(0o644)
                file.write_bytes(b"damaged")
        shutil.rmtree(self.home / "store")
        self.assertIn("pen 2.0.0", self.reef("run", "write"))
        for file in (self.home / "cache/registries").iterdir():
            if file.is_file():
                file.write_bytes(b"damaged")
        self.assertIn("pen 2.0.0", self.reef("run", "write"))

    def test_a_server_without_etags(self):
        server = self.serve()
        server.etags = False
        self.reef("registry", "add", "lab", server.url)
        self.reef("install")
        self.later()
        self.reef("install")
        self.assertEqual(server.requests[-1], ("/registry.json", 200))


class Several(Case):
    def setUp(self):
        super().setUp()
        self.other = self.top / "other"
        self.add_package("ink", "9.0.0", self.other)
        self.add_package("acme-glue", "1.0.0", self.other)
        self.add_package("acme-glue", "0.5.0")
        self.build()
        self.build(self.other)
        self.first = self.serve()
        self.second = self.serve(self.other)

    def versions(self, name):
        text = self.reef("info", name, "--json")
        return json.loads(text)["versions"], json.loads(text)["registry"]

    def test_a_name_is_the_first_registrys_that_has_it(self):
        self.reef("registry", "add", "first", self.first.url)
        self.reef("registry", "add", "second", self.second.url)
        self.assertEqual(self.versions("ink"), (["1.1.0", "1.0.0"], "first"))
        self.assertEqual(self.versions("acme-glue"), (["0.5.0"], "first"))
        self.reef("registry", "remove", "second")
        self.reef("registry", "add", "second", self.second.url, "--priority", "10")
        self.assertEqual(self.versions("ink"), (["9.0.0"], "second"))
        self.assertEqual(self.versions("pen"), (["2.0.0"], "first"))
        names = [each["name"] for each in json.loads(self.reef("registry", "list", "--json"))["registries"]]
        self.assertEqual(names, ["catalogue", "second", "first"])

    def test_a_prefix_keeps_public_packages_away(self):
        self.reef("registry", "add", "public", self.first.url)
        self.reef("registry", "add", "acme", self.second.url, "--prefix", "acme-")
        self.assertEqual(self.versions("acme-glue"), (["1.0.0"], "acme"))
        self.assertEqual(self.versions("ink"), (["1.1.0", "1.0.0"], "public"))
        self.reef("registry", "remove", "public")
        self.reef("info", "ink", expected=4)
        # A longer prefix wins; whoever declares it may have nothing.
        self.reef("registry", "add", "public", self.first.url, "--prefix", "acme-g")
        self.assertEqual(self.versions("acme-glue"), (["0.5.0"], "public"))

    def test_folders_of_the_user_come_first(self):
        mine = self.top / "mine"
        self.add_package("acme-glue", "3.0.0", mine)
        self.reef("registry", "add", "acme", self.second.url, "--prefix", "acme-")
        text = self.reef("info", "acme-glue", "--json", REEF_PACKAGES=str(mine))
        self.assertEqual((json.loads(text)["versions"], json.loads(text)["registry"]), (["3.0.0"], None))


class Logins(Case):
    def test_token_and_password(self):
        server = self.serve()
        server.login = "Bearer " + SECRET
        said = self.reef("registry", "add", "my-lab", server.url, expected=8)
        self.assertIn("the server answered 401 Unauthorized", said)
        self.assertIn("`REEF_REGISTRY_MY_LAB_TOKEN`", said)
        said = self.reef("registry", "add", "my-lab", server.url, expected=8, REEF_REGISTRY_MY_LAB_TOKEN="wrong-one")
        self.assertIn("it did not accept what", said)
        self.assertNotIn("wrong-one", said)
        login = {"REEF_REGISTRY_MY_LAB_TOKEN": SECRET}
        said = self.reef("registry", "add", "my-lab", server.url, **login)
        said += self.reef("install", **login) + self.reef("pack", **login) + self.reef("registry", "list", "--json", **login)
        said += self.reef("run", "write", **login)
        self.assertNotIn(SECRET, said)
        for path, text in [*self.texts_below_home(), *((p, p.read_bytes()) for p in self.project.rglob("*") if p.is_file())]:
            self.assertNotIn(SECRET.encode(), text, path)

        server.login = "Basic " + base64.b64encode(b"ann:" + SECRET.encode()).decode()
        self.later()
        shutil.rmtree(self.home / "cache")
        self.reef("lock", REEF_REGISTRY_MY_LAB_USER="ann", REEF_REGISTRY_MY_LAB_PASSWORD=SECRET)
        both = self.reef("lock", expected=3, REEF_REGISTRY_MY_LAB_USER="ann", **login)
        self.assertIn("both `REEF_REGISTRY_MY_LAB_TOKEN` and `REEF_REGISTRY_MY_LAB_USER` are set", both)

    def test_a_login_is_not_sent_on(self):
        elsewhere = self.serve()
        server = self.serve()
        server.login = "Bearer " + SECRET
        self.reef("registry", "add", "lab", server.url, REEF_REGISTRY_LAB_TOKEN=SECRET)
        for path in self.blobs():
            server.faults[path] = servers.redirect(elsewhere.url + path)
        self.reef("install", REEF_REGISTRY_LAB_TOKEN=SECRET)
        self.assertTrue(elsewhere.requests)
        self.assertEqual(set(elsewhere.authorizations), {None})

    def test_git_over_http(self):
        work = self.top / "work"
        shutil.copytree(self.packages, work)
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", "-C", work]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.top), "GIT_CONFIG_NOSYSTEM": "1"}
        for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "one"],
                      ["clone", "-q", "--bare", work, self.top / "git/team.git"]):
            subprocess.run([*git, *words], env=environment, check=True)
        with GitServer(self.top / "git") as server, GitServer(self.top / "git") as moved:
            server.login = "Basic " + base64.b64encode(b"ann:" + SECRET.encode()).decode()
            address = f"git+{server.url}/team.git"
            said = self.reef("registry", "add", "my-lab", address, expected=8)
            self.assertIn("wants a login: ", said)
            self.assertIn("`REEF_REGISTRY_MY_LAB_USER` and `REEF_REGISTRY_MY_LAB_PASSWORD`", said)
            said = self.reef("registry", "add", "my-lab", address, expected=8, REEF_REGISTRY_MY_LAB_TOKEN=SECRET)
            self.assertIn("it did not accept what", said)
            self.assertNotIn(SECRET, said)
            login = {"REEF_REGISTRY_MY_LAB_USER": "ann", "REEF_REGISTRY_MY_LAB_PASSWORD": SECRET}
            said = self.reef("registry", "add", "my-lab", address, **login) + self.reef("registry", "update", **login)
            said += self.reef("lock") + self.reef("install")  # what is here needs no login
            self.assertNotIn(SECRET, said)
            for path, text in self.texts_below_home():
                self.assertNotIn(SECRET.encode(), text, path)
            # It goes to nobody else.
            moved.moved = server.url
            said = self.reef("registry", "add", "other", f"git+{moved.url}/team.git", expected=8,
                             REEF_REGISTRY_OTHER_USER="ann", REEF_REGISTRY_OTHER_PASSWORD=SECRET)
            self.assertIn("a login is sent to none but the one that is named", said)
            moved.moved, server.moved = None, moved.url
            shutil.rmtree(self.home / "cache")
            moved.authorizations.clear()
            self.reef("lock", "--upgrade", expected=8, **login)
            self.assertEqual(moved.authorizations, [])
            said = self.reef("registry", "add", "far", "git+http://git.invalid/x", expected=3, REEF_REGISTRY_FAR_TOKEN=SECRET)
            self.assertIn("would be sent over plain http", said)

    def test_no_password_in_addresses_nor_over_plain_http(self):
        said = self.reef("registry", "add", "lab", f"https://ann:{SECRET}@127.0.0.1/x", expected=3)
        self.assertIn("holds a user name or password", said)
        self.assertIn("REEF_REGISTRY_NAME_TOKEN", said)
        self.assertNotIn(SECRET, said)
        self.assertFalse((self.home / "registries.json").exists())
        said = self.reef("registry", "add", "lab", "http://registry.invalid/x", expected=3, REEF_REGISTRY_LAB_TOKEN=SECRET)
        self.assertIn("would be sent over plain http", said)
        self.assertNotIn(SECRET, said)


class Misbehaving(Case):
    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.reef("registry", "add", "lab", self.server.url)
        self.digest = self.root()["packages"]["pen"]
        self.index = f"/index/{self.digest[:2]}/pen.{self.digest[:16]}.json"

    def fails(self, expected, *texts, words=("lock",)):
        said = self.reef(*words, expected=expected)
        for text in texts:
            self.assertIn(text, said)
        self.server.faults.clear()
        return said

    def test_files_of_the_index(self):
        body = (self.packages / self.index[1:]).read_bytes()
        cases = [
            (servers.page, 6, '`gave a web page, "Please log in",'),
            (servers.wrong_range(body), 8, "the server answered with the wrong range"),
            (servers.status(403), 8, "the server answered 403 Forbidden"),
            (servers.redirect("file:///etc/passwd"), 8, "which is not an http or https URL"),
            (servers.redirect(self.server.url + self.index), 8, "redirected more than 10 times"),
            (lambda handler: handler.answer(200, body + b" "), 6, "has the wrong digest"),
            (servers.status(404), 6, "is missing, though `registry.json` names it"),
        ]
        for fault, expected, text in cases:
            with self.subTest(text):
                self.server.faults[self.index] = fault
                said = self.fails(expected, text.lstrip("`"))
                self.assertNotIn("Traceback", said)
        self.reef("lock")

    def test_what_passes_is_tried_again(self):
        body = (self.packages / self.index[1:]).read_bytes()
        for fault in (servers.status(503, {"Retry-After": "0"}), servers.status(429, {"Retry-After": "0"}),
                      servers.cut(body, len(body) // 2), servers.cut(body, 0)):
            self.server.faults[self.index] = servers.times(1, fault)
            shutil.rmtree(self.home / "cache", True)
            self.reef("lock")
        # Nobody takes the wait for a hang.
        self.server.faults[self.index] = servers.times(1, servers.status(429, {"Retry-After": "2"}))
        shutil.rmtree(self.home / "cache", True)
        self.assertIn("note: a server asks to wait, or gives no good answer: asking again in 2.00 s", self.reef("lock"))
        self.server.faults[self.index] = servers.drip(body, 0.001)
        shutil.rmtree(self.home / "cache")
        self.reef("lock")

    def test_contents(self):
        self.reef("lock")
        body = (self.packages / "pen-2.0.0/data/large").read_bytes()
        large = next(path for path in self.blobs() if (self.packages / path[1:]).read_bytes() == body)
        for path in self.blobs():
            self.server.faults[path] = lambda handler: handler.answer(200, b"x" * 100)
        self.fails(6, "has the wrong size", words=("install",))
        for path in self.blobs():
            self.server.faults[path] = servers.page
        self.fails(6, "gave a web page", words=("install",))
        for path in self.blobs():
            self.server.faults[path] = servers.status(404)
        self.fails(6, "is not there: there is no", words=("install",))
        self.assertEqual([p for p in (self.home / "cache/packages").iterdir() if p.is_dir()], [])
        # A transfer that was cut goes on where it stopped.
        self.server.faults[large] = servers.times(1, servers.cut(body, 700_000))
        self.server.requests.clear()
        self.reef("install")
        self.assertIn((large, 206), self.server.requests)

    def test_the_root(self):
        root = self.packages / "registry.json"
        good = root.read_text()
        for fault, expected, text in [
                (servers.page, 6, "gave a web page"),
                (lambda handler: handler.answer(200, b"{"), 3, "error: this is not JSON"),
                (lambda handler: handler.answer(200, good.encode()[:-100]), 3, "registry.json"),
                (servers.status(404), 4, "there is no `" + self.server.url + "/registry.json`")]:
            with self.subTest(text):
                self.later()
                self.server.faults["/registry.json"] = fault
                self.fails(expected, text, "opening the registry `lab`", "reef registry remove lab")
        # A server that is down: what is known is used, and said.
        for fault in (servers.status(500, {"Retry-After": "0"}), servers.cut(good.encode(), 10)):
            self.later()
            self.server.faults["/registry.json"] = fault
            said = self.reef("lock")
            self.assertIn("note: cannot fetch `" + self.server.url, said)
            self.assertIn("what it said 2027-01-15T", said)
            self.server.requests.clear()
            self.assertNotIn("note:", self.reef("lock"))  # not asked at once again
            self.assertEqual(self.server.requests, [])
            self.server.faults.clear()
        self.later()
        self.assertNotIn("note:", self.reef("lock"))

    def test_what_add_finds_nothing_at(self):
        server = self.serve(self.project)
        said = self.reef("registry", "add", "none", server.url, expected=4)
        self.assertIn("there is no `" + server.url + "/registry.json`: the server answered 404 Not Found", said)
        self.assertIn("hint: `reef registry build FOLDER` writes that file", said)
        self.reef("registry", "add", "none", server.url, "--offline")
        self.reef("registry", "remove", "none")
        said = self.reef("registry", "add", "none", "http://127.0.0.1:1", expected=8)
        self.assertIn("cannot connect to `127.0.0.1:1`", said)


class Signed(Case):
    def setUp(self):
        super().setUp()
        self.publisher = self.top / "publisher"
        self.sign("alice")
        self.server = self.serve()

    def key(self, name):
        if not (self.top / f"{name}.pub").exists():
            self.reef("key", "generate", name, cwd=self.top, REEF_HOME=str(self.publisher))
        return self.top / f"{name}.pub"

    def sign(self, name, folder=None):
        self.key(name)
        return self.reef("registry", "build", folder or self.packages, "--sign", name, cwd=self.top,
                         REEF_HOME=str(self.publisher))

    def test_signed_by_the_right_key(self):
        self.reef("registry", "add", "lab", self.server.url, "--key", self.key("alice"))
        self.reef("install")
        self.assertIn("signed by", self.reef("registry", "list"))
        self.assertIn(f"`{self.packages}` is signed", self.reef("registry", "build", self.packages, expected=2, cwd=self.top))
        before = (self.packages / "registry.json.minisig").read_text()
        self.later()
        self.sign("alice")
        self.assertEqual((self.packages / "registry.json.minisig").read_text(), before)
        if shutil.which("minisign"):
            subprocess.run(["minisign", "-V", "-q", "-p", self.key("alice"), "-m", self.packages / "registry.json"], check=True)

    def test_other_keys_no_signature_and_changes(self):
        said = self.reef("registry", "add", "lab", self.server.url, "--key", self.key("bob"), expected=6)
        self.assertIn("the registry `lab` is signed with the key", said)
        self.reef("registry", "add", "lab", self.server.url, "--key", self.key("alice"))
        self.reef("install")
        root = self.packages / "registry.json"
        signature = self.packages / "registry.json.minisig"
        good = root.read_text(), signature.read_text()
        # Somebody changes what is served, with digests that fit.
        evil = self.top / "evil"
        self.add_package("pen", "2.0.9", evil)
        self.build(evil)
        root.write_text((evil / "registry.json").read_text())
        self.later()
        self.assertIn("`registry.json` is not what was signed", self.reef("install", expected=6))
        signature.unlink()
        self.assertIn("is pinned to keys, and is not signed", self.reef("install", expected=6))
        self.sign("mallory", evil)
        signature.write_text((evil / "registry.json.minisig").read_text())
        self.assertIn("is signed with the key", self.reef("install", expected=6))
        signature.write_text("nonsense")
        self.assertIn("this is not a signature of minisign's form", self.reef("install", expected=6))
        root.write_text(good[0])
        signature.write_text(good[1])
        self.reef("install")

    def test_an_older_root_is_refused(self):
        root = self.packages / "registry.json"
        signature = self.packages / "registry.json.minisig"
        old = root.read_text(), signature.read_text()
        self.reef("registry", "add", "lab", self.server.url, "--key", self.key("alice"))
        self.reef("lock")
        self.later()
        self.add_package("ink", "1.2.0")
        self.sign("alice")
        self.assertIn("ink 1.2.0", self.reef("lock", "--upgrade") + self.reef("tree"))
        root.write_text(old[0])
        signature.write_text(old[1])
        self.later()
        said = self.reef("lock", expected=6)
        self.assertIn("the registry `lab` was rolled back: its root was signed on 2027-01-15T08:00:00Z", said)
        # Without the cache, too.
        shutil.rmtree(self.home / "cache")
        self.assertIn("was rolled back", self.reef("lock", expected=6))
        self.sign("alice")
        self.reef("lock")

    def test_rotation_and_revocation(self):
        self.reef("key", "trust", self.key("alice"), cwd=self.top)
        self.reef("registry", "add", "lab", self.server.url, "--key", "alice")
        self.reef("lock")
        self.later()
        self.add_package("ink", "1.2.0")
        self.sign("alice-2")
        said = self.reef("lock", expected=6)
        self.assertIn("reef key revoke OLD --replaced-by NEW", said)
        self.reef("key", "trust", self.key("alice-2"), cwd=self.top)
        self.reef("lock", expected=6)
        self.reef("key", "revoke", "alice", "--reason", "laptop stolen", "--replaced-by", "alice-2", cwd=self.top)
        self.assertIn("ink 1.2.0", self.reef("lock", "--upgrade") + self.reef("tree"))
        # A thief signs with the old key.
        self.later()
        self.add_package("ink", "1.9.0")
        self.sign("alice")
        self.assertIn("was revoked on", self.reef("lock", expected=6))
        # A revocation holds for what is here already.
        self.sign("alice-2")
        self.reef("lock")
        self.reef("key", "revoke", "alice-2", cwd=self.top)
        self.assertIn("was revoked on", self.reef("lock", "--offline", expected=6))


if __name__ == "__main__":
    REEF = str(pathlib.Path(sys.argv[1]).resolve())
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
