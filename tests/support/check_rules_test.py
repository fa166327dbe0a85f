#!/usr/bin/env python3
"""The tree tests/data/rules/tree breaks every rule of scripts/check_rules.py: it must find these lines and no others."""

import difflib
import pathlib
import subprocess
import sys

top = pathlib.Path(__file__).resolve().parents[2]
rules = top / "tests/data/rules"
done = subprocess.run([sys.executable, top / "scripts/check_rules.py", rules / "tree"], text=True, capture_output=True)
expected = (rules / "expected.txt").read_text().splitlines()
difference = list(difflib.unified_diff(expected, done.stdout.splitlines(), "expected.txt", "found", lineterm=""))
print("\n".join(difference) + done.stderr)
sys.exit(1 if difference or done.stderr or done.returncode != 1 else 0)
