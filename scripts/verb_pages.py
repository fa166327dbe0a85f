#!/usr/bin/env python3
"""verb_pages.py --reef PROGRAM [--check]: writes docs/verbs/, a page for each verb, from what `reef VERB --help` prints.

--check writes nothing; the exit status is 1 when a page is missing, differs, or is of a verb that is no more.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PAGES = pathlib.Path(__file__).resolve().parents[1] / "docs" / "verbs"
NOTE = "<!-- Written by scripts/verb_pages.py from `reef {} --help`; change it there. -->\n"


class Reef:
    def __init__(self, program, home):
        self.program = program
        self.environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "REEF_HOME": home + "/reef", "LC_ALL": "C.UTF-8"}

    def run(self, *arguments):
        return subprocess.run([self.program, *arguments], env=self.environment, check=True, capture_output=True, text=True).stdout

    def verbs(self, *before):
        """(name, meaning) of the verbs that could follow."""
        answer = json.loads(self.run("complete", "--json", "--", *before, ""))
        return [(each["word"], each["meaning"]) for each in answer["candidates"]]


def help_of(reef, *verb):
    return "```text\n" + reef.run(*verb, "--help").strip() + "\n```\n"


def page(reef, verb, meaning):
    text = NOTE.format(verb) + f"\n# reef {verb}\n\n{meaning}.\n\n" + help_of(reef, verb)
    if verb in ("key", "runs", "store"):
        for name, below in reef.verbs(verb):
            text += f"\n## reef {verb} {name}\n\n{below}.\n\n" + help_of(reef, verb, name)
    return text


def pages(reef):
    verbs = reef.verbs()
    index = "<!-- Written by scripts/verb_pages.py; change it there. -->\n" + "\n# Verbs\n\n| verb | what it does |\n|---|---|\n"
    index += "".join(f"| [`reef {verb}`]({verb}.md) | {meaning} |\n" for verb, meaning in verbs)
    index += "\nEvery verb knows `--json` (one JSON record on stdout, nothing else), `--quiet` and `--offline`.\n"
    return {"README.md": index, **{f"{verb}.md": page(reef, verb, meaning) for verb, meaning in verbs}}


def differences(wanted):
    there = {path.name for path in PAGES.glob("*.md")}
    for name in sorted(there | wanted.keys()):
        if name not in wanted:
            yield f"{name}: no such verb any more"
        elif name not in there:
            yield f"{name}: missing"
        elif (PAGES / name).read_text(encoding="utf-8") != wanted[name]:
            yield f"{name}: out of date"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--reef", required=True, help="the program")
    parser.add_argument("--check", action="store_true", help="write nothing, tell what differs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        wanted = pages(Reef(str(pathlib.Path(options.reef).resolve()), home))
    if options.check:
        found = list(differences(wanted))
        for line in found:
            print(f"docs/verbs/{line}")
        if found:
            print("write them anew: scripts/verb_pages.py --reef build/dev/bin/reef")
        return 1 if found else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for path in PAGES.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (PAGES / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
