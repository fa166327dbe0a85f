#!/usr/bin/env python3
"""The schemas of manifests, locks and registries accept and refuse what the reader does.

The unit tests show that the reader accepts tests/data/good and refuses tests/data/bad. Here the schemas must do
the same; where draft-07 cannot say a rule, the file is listed in the `reader-only.txt` beside it, and the schema
must accept it, so that the list does not grow stale. Every package of the catalogue must pass as well.
"""
import json
import pathlib
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


class StrictLoader(yaml.SafeLoader):
    """YAML without dates: our reader knows the core schema only."""


StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def document(path):
    text = path.read_bytes().decode("utf-8-sig")
    return yaml.load(text, StrictLoader) if path.suffix == ".yaml" else json.loads(text)


def validator(name):
    schemas = {path.name: json.loads(path.read_text()) for path in (ROOT / "schemas").glob("*.schema.json")}
    schema = schemas[name]
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema, resolver=jsonschema.RefResolver("", schema, store=schemas))


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".yaml"))


def lines(path):
    return {line for line in path.read_text().splitlines() if line and not line.startswith("#")}


def main():
    wrong = []
    count = 0
    for kind in ("manifest", "lock", "index-root", "index-package", "index-search", "registries",
                 "yanked"):
        check = validator(f"{kind}.schema.json")
        good = files(ROOT / "tests/data/good" / kind)
        if kind == "manifest":
            good += sorted((ROOT / "packages").rglob("reef.json")) + sorted((ROOT / "packages").rglob("reef.yaml"))
        for path in good:
            count += 1
            wrong += [f"{path}: refused: {error.message}" for error in check.iter_errors(document(path))]
        bad = ROOT / "tests/data/bad" / kind
        reader_only = lines(bad / "reader-only.txt")
        wrong += [f"{bad / name}: listed but not there" for name in reader_only if not (bad / name).exists()]
        for path in files(bad):
            count += 1
            try:
                accepted = check.is_valid(document(path))
            except (UnicodeDecodeError, json.JSONDecodeError, yaml.YAMLError):
                accepted = path.name in reader_only  # no schema is ever asked about it
            if accepted != (path.name in reader_only):
                wrong.append(f"{path}: {'accepted' if accepted else 'refused, though listed as reader-only'}")
    print("\n".join(wrong))
    print(f"{count} files, {len(wrong)} where schema and reader differ")
    return 1 if wrong or count < 100 else 0


sys.exit(main())
