#!/usr/bin/env python3
"""dashboard_test.py REEF: what `reef dashboard` prints, writes and serves, without a browser."""

import base64
import gzip
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "tests/support/sweep_records.py"
SCHEMA = json.loads((ROOT / "schemas/dashboard.schema.json").read_text(encoding="utf-8"))
REEF = None


def columns_of(value, rows):
    """Every column of a document that is not as long as there are runs, by its place."""
    def visit(value, place):
        if isinstance(value, dict) and set(value) == {"values", "at"}:
            if len(value["at"]) != rows or any(at is not None and at >= len(value["values"]) for at in value["at"]):
                yield place
        elif isinstance(value, dict):
            for key, member in value.items():
                yield from visit(member, f"{place}/{key}")
        elif isinstance(value, list) and len(value) != rows:
            yield place
    for part in ("runs", "options", "parameters", "times", "provenance"):
        yield from visit(value[part], part)
    for metric in value["metrics"]:
        for key in ("value", "lower", "upper", "tolerance", "n"):
            yield from visit(metric[key], f"metrics/{metric['name']}/{key}")
    yield from visit(value["latency"]["quantiles"], "latency/quantiles")


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = pathlib.Path(tempfile.mkdtemp(prefix="reef-dashboard-"))
        cls.addClassCleanup(shutil.rmtree, cls.top, ignore_errors=True)

    def home(self, count, *arguments):
        folder = self.top / "-".join(map(str, (count, *arguments)))
        if not folder.exists():
            folder.mkdir()
            subprocess.run([sys.executable, GENERATOR, folder, str(count), *arguments], check=True)
        return folder

    def environment(self, home):
        return {"PATH": os.environ["PATH"], "HOME": str(self.top), "REEF_HOME": str(home)}

    def reef(self, home, *arguments, status=0):
        done = subprocess.run([REEF, *arguments], cwd=self.top, env=self.environment(home), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, status, f"reef {arguments}\n{done.stderr}")
        return done

    def document(self, home, *arguments):
        return json.loads(self.reef(home, "dashboard", "--json", *arguments).stdout)


class Document(Case):
    def test_what_is_printed_satisfies_the_schema(self):
        check = jsonschema.Draft7Validator(SCHEMA)
        check.check_schema(SCHEMA)
        for home in (self.home(0), self.home(60), self.home(40, "--hostile"), self.home(30, "--repeat", "3")):
            document = self.document(home)
            self.assertEqual([f"{'/'.join(map(str, error.path))}: {error.message}" for error in check.iter_errors(document)], [])
            self.assertEqual(list(columns_of(document, document["matching"])), [])

    def test_numbers_are_those_of_the_records(self):
        home = self.home(60)
        document = self.document(home)
        metrics = {metric["name"]: metric for metric in document["metrics"]}
        for row, run in enumerate(document["runs"]["id"]):
            record = json.loads((home / "records" / run / "record.json").read_text(encoding="utf-8"))
            for name, metric in record["metrics"].items():
                for key in ("value", "lower", "upper"):
                    column = metrics[name][key]
                    seen = column[row] if column else None
                    if metric[key] is None:
                        self.assertIsNone(seen, f"{run} {name}")
                    else:
                        self.assertAlmostEqual(seen, metric[key], delta=1e-6 * abs(metric[key]), msg=f"{run} {name}")
            quantiles = document["latency"]["quantiles"][row]
            if record["latency"] is None:
                self.assertIsNone(quantiles)
            else:
                sums = [sum(quantiles[:i + 1]) for i in range(len(quantiles))]
                at = dict(zip(document["latency"]["levels"], sums))
                self.assertAlmostEqual(at[0.9], record["latency"]["percentiles"][1]["value"] * 1e9, delta=0.5)
                self.assertAlmostEqual(at[1], record["latency"]["max"] * 1e9, delta=0.5)

    def test_values_that_differ_do_not_become_equal(self):
        home = self.home(3, "--seed", "7")
        wanted = [1.0, 1.0000000002, 1.0000000004]
        for folder, value in zip(sorted((home / "records").iterdir()), wanted):
            record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
            record["metrics"]["throughput"]["value"] = value
            (folder / "record.json").write_text(json.dumps(record), encoding="utf-8")
        metrics = self.document(home)["metrics"]
        self.assertEqual(sorted(next(metric for metric in metrics if metric["name"] == "throughput")["value"]), wanted)

    def test_without_samples_the_summary_gives_the_quantiles(self):
        home = self.home(3)
        before = self.document(home)["latency"]["quantiles"]
        for samples in home.glob("records/*/samples.bin"):
            samples.write_bytes(b"torn")
        after = self.document(home)["latency"]["quantiles"]
        levels = self.document(home)["latency"]["levels"]
        for one, other in zip(before, after):
            known = {level: sum(x for x in other[:i + 1] if x is not None) for i, level in enumerate(levels) if other[i] is not None}
            self.assertEqual(sorted(known), [0, 0.5, 0.9, 0.95, 0.97, 0.99, 0.999, 1])
            self.assertEqual([sum(one[:levels.index(level) + 1]) for level in known], list(known.values()))

    def test_filters_and_limits(self):
        home = self.home(60)
        self.assertEqual(self.document(home, "--with", "engine=native")["options"]["engine"]["values"], ["native"])
        self.assertEqual(self.document(home, "--status", "failed")["runs"]["status"]["values"], ["failed"])
        limited = self.document(home, "--limit", "5")
        self.assertEqual((limited["matching"], len(limited["runs"]["id"])), (60, 5))
        self.reef(home, "dashboard", "--json", "nothing", status=4)

    def test_a_metric_in_where_chooses_points_and_not_their_repeats(self):
        home = self.home(12, "--repeat", "3")
        def groups(*arguments):
            document = self.document(home, *arguments)
            latency = next(metric for metric in document["metrics"] if metric["name"] == "latency")["value"]
            out = {}
            for run, group, value in zip(document["runs"]["id"], document["runs"]["repeats"]["at"], latency):
                if group is not None and value is not None:
                    out.setdefault(min(run, *[r for r, g in zip(document["runs"]["id"], document["runs"]["repeats"]["at"])
                                             if g == group]), []).append(value)
            return out
        all_of_them = {name: sorted(values) for name, values in groups().items() if len(values) == 3}
        name, values = next(iter(sorted(all_of_them.items())))
        found = groups("--where", f"latency < {(values[1] + values[2]) / 2}")
        self.assertEqual(sorted(found[name]), values)
        self.assertNotIn(name, groups("--where", f"latency < {(values[0] + values[1]) / 2}"))

    def test_a_record_that_cannot_be_read_is_a_problem_not_the_end(self):
        home = self.home(4)
        torn = sorted((home / "records").iterdir())[1]
        text = (torn / "record.json").read_text(encoding="utf-8")
        (torn / "record.json").write_text(text[:len(text) // 2], encoding="utf-8")
        time.sleep(0.01)
        document = self.document(home)
        self.assertEqual(len(document["runs"]["id"]), 3)
        self.assertEqual(len(document["problems"]), 1)

    def test_the_replay_command_says_everything_and_is_one_command(self):
        document = self.document(self.home(40, "--hostile"))
        replays = document["runs"]["replay"]["values"]
        self.assertIn("reef run benchmark digits-classifier@=1.0.0 --with compiler=gcc,engine=native,model=mlp-64,optimize=O3 "
                      "--threads=1 --scenario=single-stream", replays)
        hostile = [text for text in replays if "onerror" in text]
        self.assertGreater(len(hostile), 0)
        for text in hostile:
            words = subprocess.run(["bash", "-c", f"printf '%s\\0' {text}"], capture_output=True, check=True, cwd=self.top).stdout.decode().split("\0")
            self.assertEqual(words[:3], ["reef", "run", "benchmark"])
            self.assertIn("<img src=x onerror=\"document.title='owned'\">", words[3])
            self.assertIn("--note='; rm -rf / #\n`id` $(id)", words)


COMPARE_ALL = """
import { readFileSync } from "node:fs";
const [module, data, ids] = process.argv.slice(1);
const { Dataset } = await import(`${module}/dataset.js`);
const { compareRuns } = await import(`${module}/comparison.js`);
const dataset = new Dataset(JSON.parse(readFileSync(data, "utf8")));
const rows = ids.split(",").map((id) => dataset.rowOf.get(id));
const told = ({ metric, verdict, note, compared }) => [metric.key, { verdict, note, ...compared }];
const all = rows.map((a) => rows.map((b) => Object.fromEntries(compareRuns(dataset, a, b).metrics.map(told))));
console.log(JSON.stringify(all));
"""


@unittest.skipUnless(shutil.which("node"), "the page's functions need node")
class Comparison(Case):
    def test_the_page_says_of_two_runs_what_compare_says(self):
        home = self.home(40, "--repeat", "5")
        data = self.top / "compared.json"
        data.write_text(self.reef(home, "dashboard", "--json", "--status", "ok").stdout, encoding="utf-8")
        # Repeats of two choices.
        ids = json.loads(data.read_text(encoding="utf-8"))["runs"]["id"][:9]
        page = json.loads(subprocess.run(["node", "--input-type=module", "--eval", COMPARE_ALL, str(ROOT / "dashboard/src"), data,
                                          ",".join(ids)], capture_output=True, text=True, check=True, timeout=60).stdout)
        seen = {}
        for i, a in enumerate(ids):
            for j, b in enumerate(ids):
                wanted = json.loads(self.reef(home, "compare", a, b, "--json").stdout)["metrics"]
                self.assertEqual(sorted(page[i][j]), sorted(wanted))
                for name, metric in wanted.items():
                    shown = page[i][j][name]
                    self.assertEqual(shown["verdict"], metric["verdict"], f"{name} of {a} and {b}")
                    for key in ("lower", "upper"):
                        if key in metric:
                            self.assertAlmostEqual(shown[key], metric[key], delta=1e-3 * metric[key])
                    holm = "not among" if "Holm" in (metric["note"] or "") else ""
                    self.assertIn(holm, shown["note"])
                    seen[metric["verdict"] + holm] = seen.get(metric["verdict"] + holm, 0) + 1
        print(f"verdicts: {seen}", file=sys.stderr)
        for verdict in ("faster", "slower", "same", "cannot tell", "cannot tellnot among"):
            self.assertGreater(seen.get(verdict, 0), 0, verdict)


@unittest.skipUnless(shutil.which("node") and (ROOT / "dashboard/node_modules").exists(), "the page needs node to be built")
class Page(Case):
    def test_the_exported_page_holds_the_document_and_says_how_large_it_is(self):
        home = self.home(60)
        done = self.reef(home, "dashboard", "--export", "page.html")
        self.assertRegex(done.stdout, r"^page\.html: 60 runs, \d+ KiB\n$")
        page = (self.top / "page.html").read_text(encoding="utf-8")
        data = re.search(r'<script type="application/octet-stream" id="data">([A-Za-z0-9+/=]+)</script>', page)
        shown = json.loads(gzip.decompress(base64.b64decode(data.group(1))))
        printed = self.document(home)
        self.assertEqual(shown | {"made": ""}, printed | {"made": ""})
        self.assertIn("connect-src 'none'", page)
        self.assertNotIn("@reef-", page)
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page).group(1)
        for word in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*"):
            self.assertNotIn(word, policy)

    def test_2500_runs_are_less_than_600_kB(self):
        done = self.reef(self.home(2500), "dashboard", "--export", "large.html", "--json")
        size = json.loads(done.stdout)["bytes"]
        print(f"page of 2,500 runs: {size} bytes", file=sys.stderr)
        self.assertLess(size, 600_000)

    def test_names_of_records_cannot_end_the_element_that_holds_them(self):
        self.reef(self.home(40, "--hostile"), "dashboard", "--export", "hostile.html")
        page = (self.top / "hostile.html").read_text(encoding="utf-8")
        self.assertNotIn("onerror=\"document.title", page)

    def test_a_folder_that_is_not_there_is_an_error_with_its_name(self):
        done = self.reef(self.home(0), "dashboard", "--export", "nowhere/page.html", status=4)
        self.assertIn("nowhere", done.stderr)


@unittest.skipUnless(shutil.which("node") and (ROOT / "dashboard/node_modules").exists(), "the page needs node to be built")
class Server(Case):
    def setUp(self):
        self.process = subprocess.Popen([REEF, "dashboard"], cwd=self.top, env=self.environment(self.home(12)), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        self.url = self.process.stdout.readline().strip()
        self.port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/", self.url).group(1))

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=20)
        return self.process.returncode, errors

    def ask(self, path="/", method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self.addCleanup(connection.close)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(data)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer

    def test_it_serves_the_page_with_a_strict_policy_and_the_data(self):
        answer, page = self.ask()
        self.assertEqual(answer.status, 200)
        policy = answer.headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none'; script-src 'sha256-"), policy)
        self.assertTrue(policy.endswith("connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"), policy)
        self.assertIn(b'data-mode="live"', page)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        answer, data = self.ask("/data?x=1")
        self.assertEqual(json.loads(data)["matching"], 12)
        answer, body = self.ask("/", "HEAD")
        self.assertEqual((answer.status, body), (200, b""))
        self.assertEqual(self.ask("/records")[0].status, 404)
        self.assertEqual(self.ask("/../../etc/passwd")[0].status, 404)

    def test_it_answers_its_own_pages_only_and_writes_nothing(self):
        own = f"127.0.0.1:{self.port}"
        self.assertEqual(self.ask(Host="evil.example")[0].status, 403)
        self.assertEqual(self.ask(Host=f"evil.example:{self.port}")[0].status, 403)
        self.assertEqual(self.ask(Host="127.0.0.1:1")[0].status, 403)
        self.assertEqual(self.ask(Host=f"localhost:{self.port}")[0].status, 200)
        self.assertEqual(self.ask(Origin="http://evil.example")[0].status, 403)
        self.assertEqual(self.ask(Origin="null")[0].status, 403)
        self.assertEqual(self.ask(Origin=f"http://{own}")[0].status, 200)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            answer, _ = self.ask(method=method)
            self.assertEqual((method, answer.status, answer.headers["Allow"]), (method, 405, "GET, HEAD"))

    def test_malformed_requests_get_an_answer_and_harm_nobody(self):
        host = f"Host: 127.0.0.1:{self.port}\r\n".encode()
        for data, status in ((b"\r\n\r\n", 400), (b"GET /\r\n\r\n", 400), (b"GET / HTTP/2\r\n" + host + b"\r\n", 400),
                             (b"GET / HTTP/1.1\r\n\r\n", 403), (b"GET / HTTP/1.1\r\n" + host + host + b"\r\n", 400),
                             (b"GET / HTTP/1.1\r\n" + host + b"no colon\r\n\r\n", 400), (b"GET data HTTP/1.1\r\n" + host + b"\r\n", 400),
                             (b"GET / HTTP/1.1\r\nX: " + b"a" * 20000, 431), (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400)):
            self.assertEqual(int(self.raw(data).split(b" ")[1]), status, data[:60])
        self.assertEqual(self.ask("/state")[0].status, 200)

    def test_silent_and_slow_clients_hold_nobody_up(self):
        silent = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(20)]
        silent[0].sendall(b"GET /st")
        start = time.monotonic()
        self.assertEqual(self.ask("/state")[0].status, 200)
        self.assertLess(time.monotonic() - start, 5)
        for connection in silent:
            connection.close()

    def test_the_state_changes_with_the_runs(self):
        _, before = self.ask("/state")
        self.assertEqual(self.ask("/state")[1], before)
        record = next((self.home(12) / "records").iterdir())
        shutil.move(record, self.top / record.name)
        time.sleep(0.01)
        self.assertNotEqual(self.ask("/state")[1], before)
        shutil.move(self.top / record.name, record)

    def test_ctrl_c_ends_it_at_once_and_silently(self):
        self.ask("/state")
        start = time.monotonic()
        status, errors = self.end()
        self.assertEqual((status, errors), (-signal.SIGINT, "open it in a browser; Ctrl-C ends it\n"))
        self.assertLess(time.monotonic() - start, 5)

    def test_a_port_that_is_taken_is_named(self):
        done = self.reef(self.home(12), "dashboard", "--port", str(self.port), status=7)
        self.assertIn(f"cannot listen on 127.0.0.1:{self.port}", done.stderr)
        self.assertEqual(self.reef(self.home(12), "dashboard", "--port", "70000", status=2).stdout, "")


if __name__ == "__main__":
    REEF = os.path.abspath(sys.argv.pop(1))
    unittest.main()
