"""What is minimised: each function with its search space, the same for every library."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
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

    def draw(self, random: Random) -> Any:
        """A value, uniform on the parameter's scale."""
        if self.type == "choice":
            return random.choice(self.values)
        if self.type == "int" and not self.log:
            return random.randint(int(self.lower), int(self.upper))
        # Half a unit more on either side gives the first and the last integer as much room as the others.
        margin = 0.5 if self.type == "int" else 0
        low, high = self.lower - margin, self.upper + margin
        value = math.exp(random.uniform(math.log(low), math.log(high))) if self.log else random.uniform(low, high)
        return min(max(round(value), int(self.lower)), int(self.upper)) if self.type == "int" else value


@dataclass(frozen=True)
class Function:
    name: str
    parameters: list[Parameter]
    evaluate: Callable[[Mapping[str, Any]], float]
    optimum: float = 0
    """Its lowest value."""


def of_floats(name: str, bounds: list[tuple[float, float]], formula: Callable[[list[float]], float], optimum: float = 0) -> Function:
    parameters = [Parameter(f"x{i}", "float", low, high) for i, (low, high) in enumerate(bounds)]
    return Function(name, parameters, lambda c: formula([c[p.name] for p in parameters]), optimum)


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


def mixed10(c: Mapping[str, Any]) -> float:
    """Ten parameters of every kind: what the cost of a proposal is measured on."""
    floats = sum((c[f"f{i}"] - 0.5) ** 2 for i in range(3)) + ((math.log10(c["f3"]) + 3) / 5) ** 2 + ((math.log10(c["f4"]) + 2) / 5) ** 2
    ints = ((c["i0"] - 30) / 100) ** 2 + ((c["i1"] - 70) / 100) ** 2 + ((math.log2(c["i2"]) - 6) / 10) ** 2
    return float(floats + ints + "abc".index(c["c0"]) / 10 + abs("abcde".index(c["c1"]) - 2) / 10)


FUNCTIONS = [
    of_floats("branin", [(-5, 10), (0, 15)], branin, 0.39788735772973816),
    of_floats("hartmann6", [(0, 1)] * 6, hartmann6, -3.3223680114155147),
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
MIXED10 = Function(
    "mixed10",
    [Parameter(f"f{i}", "float", 0, 1) for i in range(3)]
    + [Parameter(f"f{i}", "float", 1e-5, 1, log=True) for i in (3, 4)]
    + [Parameter(f"i{i}", "int", 1, 100) for i in (0, 1)]
    + [Parameter("i2", "int", 1, 1024, log=True)]
    + [Parameter("c0", "choice", values=list("abc")), Parameter("c1", "choice", values=list("abcde"))],
    mixed10,
)
BY_NAME = {function.name: function for function in FUNCTIONS}
