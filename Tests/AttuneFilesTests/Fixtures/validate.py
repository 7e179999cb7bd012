"""Validates files against the schema: those of the first folder and those named last must pass, those of the second must not."""
import json
import pathlib
import re
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """Numbers as YAML 1.2 reads them: 1e-5 is one."""


Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"), list("-+.0123456789"))

schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
wrong = []
valid = [*pathlib.Path(sys.argv[2]).iterdir(), *map(pathlib.Path, sys.argv[4:])]
invalid = [*pathlib.Path(sys.argv[3]).iterdir()]
for paths, is_valid in ((valid, True), (invalid, False)):
    for path in sorted(paths):
        problems = [error.message for error in validator.iter_errors(yaml.load(path.read_text(), Loader))]
        if is_valid == bool(problems):
            wrong.append(f"{path.name}: {problems or 'passes'}")
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
