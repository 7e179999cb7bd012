"""COCO's functions, which nobody here tuned for: bbob (24 of floats) and bbob-mixint (the same with four of five parameters integer).

An instance is the same function moved, turned and lifted; its number is the seed. A name is `bbob-f01-d05`: suite, function, dimension.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import chdir
from functools import lru_cache
from typing import Any

from functions import Function, Parameter

SUITES = ["bbob", "bbob-mixint"]
DIMENSIONS = [5, 10]
FORM = re.compile(r"(?P<suite>bbob(?:-mixint)?)-f(?P<function>\d+)-d(?P<dimension>\d+)")


def names(suite: str, dimension: int) -> list[str]:
    return [f"{suite}-f{number:02}-d{dimension:02}" for number in range(1, 25)]


def problem(name: str, instance: int) -> Any:
    """COCO's own object. Raises ImportError without `coco-experiment`."""
    import cocoex  # type: ignore[import-not-found, unused-ignore]

    found = FORM.fullmatch(name)
    assert found, f"a function of COCO is named like bbob-f01-d05; got {name}"
    suite = cocoex.Suite(found["suite"], "", f"dimensions: {int(found['dimension'])} instance_indices: {instance}")
    return suite.get_problem_by_function_dimension_instance(int(found["function"]), int(found["dimension"]), instance)


def function(name: str, instance: int) -> Function:
    coco = problem(name, instance)
    integers = coco.number_of_integer_variables
    bounds = zip(coco.lower_bounds, coco.upper_bounds, strict=True)
    parameters = [Parameter(f"x{i}", "int" if i < integers else "float", float(low), float(high)) for i, (low, high) in enumerate(bounds)]

    def evaluate(configuration: Mapping[str, Any]) -> float:
        return float(coco([float(configuration[parameter.name]) for parameter in parameters]))

    return Function(name, parameters, evaluate, optimum(name, instance))


@lru_cache(maxsize=None)
def optimum(name: str, instance: int) -> float:
    """The lowest value: COCO tells where it is only by a file, which it writes into the working directory."""
    coco = problem(name, instance)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        coco._best_parameter("print")
        (file,) = os.listdir()
        with open(file) as text:
            return float(coco([float(word) for word in text.read().split()]))
