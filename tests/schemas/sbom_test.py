#!/usr/bin/env python3
"""sbom_test.py REEF: what `reef sbom` writes is valid by the schema of CycloneDX 1.6 (tests/data/cyclonedx)."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLOSURES = [  # a catalogue, and a package of it
    (ROOT / "packages", "digits-classifier", ["--with", "engine=native"]),
    (ROOT / "packages", "digits", []),
    (ROOT / "tests/cli/sbom/packages", "whole", []),
]


def validator():
    folder = ROOT / "tests/data/cyclonedx"
    schemas = {}
    for path in folder.glob("*.schema.json"):
        schema = json.loads(path.read_text())
        schemas[schema["$id"]] = schema
    schema = schemas["http://cyclonedx.org/schema/bom-1.6.schema.json"]
    return jsonschema.Draft7Validator(schema, resolver=jsonschema.RefResolver(schema["$id"], schema, store=schemas))


def main():
    check = validator()
    wrong = []
    for catalogue, package, options in CLOSURES:
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "REEF_HOME": home, "REEF_PACKAGES": str(catalogue)}
            text = subprocess.run([sys.argv[1], "sbom", package, *options], env=environment, stdout=subprocess.PIPE,
                                  check=True).stdout
        bom = json.loads(text)
        wrong += [f"{package}: {list(error.absolute_path)}: {error.message}" for error in check.iter_errors(bom)]
        bom["metadata"]["component"]["type"] = "no type"
        if check.is_valid(bom):
            wrong.append(f"{package}: a type of component that there is not was accepted: the test tells nothing")
    print("\n".join(wrong) if wrong else f"{len(CLOSURES)} closures are valid")
    return 1 if wrong else 0


sys.exit(main())
