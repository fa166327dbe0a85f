#!/usr/bin/env python3
"""Holds the records that we write against their schema: check_schema.py SCHEMA PROGRAM

PROGRAM prints records, one a line. Every record must satisfy the schema, every key that is written must be
described in it, and every key that is described must be written.
"""
import json
import subprocess
import sys

import jsonschema


def resolved(schema, root):
    while "$ref" in schema:
        target = root
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part]
        schema = target
    for branch in schema.get("anyOf", []):
        inner = resolved(branch, root)
        if inner.get("type") in ("object", "array"):
            return inner
    return schema


def undescribed(value, schema, root, place):
    """Pointers of members without a description, and of described members that are missing."""
    schema = resolved(schema, root)
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from undescribed(item, schema.get("items", {}), root, f"{place}/{i}")
    if not isinstance(value, dict) or "properties" not in schema:
        if isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
            for key, member in value.items():
                yield from undescribed(member, schema["additionalProperties"], root, f"{place}/{key}")
        return
    for key in sorted(set(value) ^ set(schema["properties"])):
        yield f"{place}/{key}"
    for key in set(value) & set(schema["properties"]):
        if "description" not in schema["properties"][key]:
            yield f"{place}/{key} has no description"
        yield from undescribed(value[key], schema["properties"][key], root, f"{place}/{key}")


def broken(record):
    """Changed records that the schema must refuse."""
    for change in ({"format": 2}, {"format": None}, {"status": "fine"}, {"package": None}, {"id": 7},
                   {"metrics": {"x": {"value": "fast"}}}, {"times": {}}, {"files": [{"size": 1}]}):
        yield {**record, **change}
    yield {key: value for key, value in record.items() if key != "id"}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failures = []
    printed = subprocess.run([sys.argv[2]], check=True, capture_output=True, text=True).stdout
    records = [json.loads(line) for line in printed.splitlines()]
    for record in records:
        failures += [f"{error.json_path}: {error.message}" for error in validator.iter_errors(record)]
        failures += undescribed(record, schema, schema, "")
        failures += [f"accepted: {bad}" for bad in broken(record) if validator.is_valid(bad)]
    failures += [f"example: {error.message}" for example in schema["examples"]
                 for error in validator.iter_errors(example)]
    print("\n".join(failures) or f"{len(records)} records satisfy {sys.argv[1]}")
    return 1 if failures or len(records) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
