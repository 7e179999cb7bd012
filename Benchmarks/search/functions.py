"""What is minimised: each function with its search space, the same for every library."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """One dimension. `values` makes it a choice; otherwise it is a range of floats or ints."""

    name: str
    type: str
    lower: float = 0
    upper: float = 1
    log: bool = False
    values: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Function:
    name: str
    parameters: list[Parameter]
    evaluate: Callable[[Mapping[str, Any]], float]


def of_floats(name: str, bounds: list[tuple[float, float]], formula: Callable[[list[float]], float]) -> Function:
    parameters = [Parameter(f"x{i}", "float", low, high) for i, (low, high) in enumerate(bounds)]
    return Function(name, parameters, lambda c: formula([c[p.name] for p in parameters]))


def branin(x: list[float]) -> float:
    a, b = x
    return float((b - 5.1 / (4 * math.pi**2) * a * a + 5 / math.pi * a - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10)


HARTMANN_A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
HARTMANN_P = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
]
HARTMANN_ALPHA = [1.0, 1.2, 3.0, 3.2]


def hartmann6(x: list[float]) -> float:
    return -sum(
        alpha * math.exp(-sum(a * (v - 1e-4 * p) ** 2 for a, p, v in zip(row, centre, x, strict=True)))
        for alpha, row, centre in zip(HARTMANN_ALPHA, HARTMANN_A, HARTMANN_P, strict=True)
    )


def rosenbrock(x: list[float]) -> float:
    return float(sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1)))


def ackley(x: list[float]) -> float:
    n = len(x)
    return -20 * math.exp(-0.2 * math.sqrt(sum(v * v for v in x) / n)) - math.exp(sum(math.cos(2 * math.pi * v) for v in x) / n) + 20 + math.e


# Off the centre, which every symmetric search would find.
ACKLEY_OPTIMUM = [-10, 7, 3, -15, 12, -4, 9, 1, -8, 14]

SOLVER_RATE = {"sgd": -1.0, "adam": -3.0, "rmsprop": -3.2, "adagrad": -1.7}
SOLVER_LOSS = {"sgd": 0.10, "adam": 0.0, "rmsprop": 0.05, "adagrad": 0.30}
BATCH_LOSS = {16: 0.20, 32: 0.05, 64: 0.0, 128: 0.05, 256: 0.20}


def mixed6(c: Mapping[str, Any]) -> float:
    """A network's tuning in small: 0 at lr 1e-3, 4 layers, 512 units, dropout 0.25, adam, batch 64."""
    rate = (math.log10(c["lr"]) - SOLVER_RATE[c["opt"]]) ** 2
    size = 0.5 * ((c["layers"] - 4) / 3) ** 2 + (math.log2(c["units"]) - (9 - 0.5 * (c["layers"] - 4))) ** 2 / 8
    return float(rate + size + 4 * (c["dropout"] - 0.25) ** 2 + SOLVER_LOSS[c["opt"]] + BATCH_LOSS[c["batch"]])


FUNCTIONS = [
    of_floats("branin", [(-5, 10), (0, 15)], branin),
    of_floats("hartmann6", [(0, 1)] * 6, hartmann6),
    of_floats("rosenbrock5", [(-5, 10)] * 5, rosenbrock),
    of_floats("ackley10s", [(-32.768, 32.768)] * 10, lambda x: ackley([v - o for v, o in zip(x, ACKLEY_OPTIMUM, strict=True)])),
    Function(
        "mixed6",
        [
            Parameter("lr", "float", 1e-5, 1, log=True),
            Parameter("layers", "int", 1, 8),
            Parameter("units", "int", 8, 1024, log=True),
            Parameter("dropout", "float", 0, 0.7),
            Parameter("opt", "choice", values=list(SOLVER_RATE)),
            Parameter("batch", "choice", values=list(BATCH_LOSS)),
        ],
        mixed6,
    ),
]
BY_NAME = {function.name: function for function in FUNCTIONS}
