"""What each parameter's share of the differences is, ours beside Optuna's fANOVA, on a function whose shares are known.

Usage: importance.py [--trials 1000] [--seeds 3] [--without-peer] [--json FILE]

Needs `swift build -c release --package-path Benchmarks --product TrialImportance`; the peer needs Optuna and scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from functions import Parameter
from harness import Figure, options, publish

PROGRAM = Path(__file__).resolve().parent.parent / ".build" / "release" / "TrialImportance"
# What one core may take for 1,000 trials of 10 parameters, and how far a share may be from the exact one.
SECONDS_LIMIT, ERROR_LIMIT = 0.1, 0.03

LETTERS = {"a": 0.2, "b": 0.1, "c": 0.0, "d": 0.1, "e": 0.2}
PARAMETERS: dict[str, tuple[Parameter, Callable[[Any], float]]] = {
    "f0": (Parameter("f0", "float"), lambda v: (v - 0.5) ** 2),
    "f1": (Parameter("f1", "float"), lambda v: (v - 0.5) ** 2),
    "f2": (Parameter("f2", "float"), lambda v: (v - 0.5) ** 2),
    "f3": (Parameter("f3", "float", 1e-5, 1, log=True), lambda v: ((math.log10(v) + 3) / 5) ** 2),
    "f4": (Parameter("f4", "float", 1e-5, 1, log=True), lambda v: ((math.log10(v) + 2) / 5) ** 2),
    "i0": (Parameter("i0", "int", 1, 100), lambda v: ((v - 30) / 100) ** 2),
    "i1": (Parameter("i1", "int", 1, 100), lambda v: ((v - 70) / 100) ** 2),
    "i2": (Parameter("i2", "int", 1, 1024, log=True), lambda v: ((math.log2(v) - 6) / 10) ** 2),
    "c0": (Parameter("c0", "choice", values=["a", "b", "c"]), lambda v: {"a": 0.0, "b": 0.1, "c": 0.2}[v]),
    "c1": (Parameter("c1", "choice", values=list(LETTERS)), lambda v: LETTERS[v]),
}


def value_at(parameter: Parameter, unit: float) -> Any:
    """Uniform on the parameter's scale; an integer has the room between its halves."""
    if parameter.values:
        return parameter.values[int(unit * len(parameter.values))]
    half = 0.5 if parameter.type == "int" else 0.0
    low, high = parameter.lower - half, parameter.upper + half
    value = math.exp(math.log(low) + unit * math.log(high / low)) if parameter.log else low + unit * (high - low)
    return min(max(round(value), int(parameter.lower)), int(parameter.upper)) if half else value


def exact_shares(places: int = 100_000) -> dict[str, float]:
    variances = {}
    for name, (parameter, term) in PARAMETERS.items():
        terms = [term(value_at(parameter, (place + 0.5) / places)) for place in range(places)]
        mean = math.fsum(terms) / places
        variances[name] = math.fsum((t - mean) ** 2 for t in terms) / places
    return {name: variance / math.fsum(variances.values()) for name, variance in variances.items()}


def trials_of(seed: int, count: int) -> list[tuple[dict[str, Any], float]]:
    draws = random.Random(seed)
    trials = []
    for _ in range(count):
        configuration = {name: value_at(parameter, draws.random()) for name, (parameter, _) in PARAMETERS.items()}
        trials.append((configuration, math.fsum(term(configuration[name]) for name, (_, term) in PARAMETERS.items())))
    return trials


def ours(trials: list[tuple[dict[str, Any], float]], method: str = "fanova") -> tuple[dict[str, float], float]:
    request = {
        "parameters": [asdict(parameter) for parameter, _ in PARAMETERS.values()], "method": method,
        "trials": [{"configuration": configuration, "value": value} for configuration, value in trials],
    }  # fmt: skip
    answer = json.loads(subprocess.run([PROGRAM], input=json.dumps(request) + "\n", capture_output=True, text=True, check=True).stdout)
    return answer["shares"], answer["seconds"]


def optunas(trials: list[tuple[dict[str, Any], float]]) -> tuple[dict[str, float], float]:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    spaces = {name: distribution(optuna.distributions, parameter) for name, (parameter, _) in PARAMETERS.items()}
    study = optuna.create_study()
    study.add_trials([optuna.trial.create_trial(params=c, distributions=spaces, value=value) for c, value in trials])
    began = time.process_time()
    shares = optuna.importance.get_param_importances(study, evaluator=optuna.importance.FanovaImportanceEvaluator(seed=0))
    return dict(shares), time.process_time() - began


def distribution(kinds: Any, parameter: Parameter) -> Any:
    if parameter.values:
        return kinds.CategoricalDistribution(parameter.values)
    if parameter.type == "int":
        return kinds.IntDistribution(int(parameter.lower), int(parameter.upper), log=parameter.log)
    return kinds.FloatDistribution(parameter.lower, parameter.upper, log=parameter.log)


def largest_error(shares: Mapping[str, float], exact: Mapping[str, float]) -> float:
    return max(abs(shares[name] - exact[name]) for name in exact)


def main() -> int:
    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--trials", type=int, default=1000)
        parser.add_argument("--seeds", type=int, default=3)
        parser.add_argument("--without-peer", action="store_true")

    chosen = options(__doc__, add)
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is not built; see the head of this file. Nothing was measured.")
    exact = exact_shares()
    seconds: list[float] = []
    errors: list[float] = []
    peer_seconds: list[float] = []
    peer_errors: list[float] = []
    for seed in range(chosen.seeds):
        trials = trials_of(seed, chosen.trials)
        shares, took = ours(trials)
        seconds.append(took)
        errors.append(largest_error(shares, exact))
        if not chosen.without_peer:
            shares, took = optunas(trials)
            peer_seconds.append(took)
            peer_errors.append(largest_error(shares, exact))
    what = f"fANOVA of {chosen.trials} trials × {len(PARAMETERS)} parameters"
    quantities = [
        ("importance", f"{what}, one core", "s", seconds, peer_seconds, SECONDS_LIMIT),
        ("importance", f"{what}, largest error of a share", "", errors, peer_errors, ERROR_LIMIT),
    ]
    figures = [
        Figure.beside(name, quantity, unit, own, "Optuna", theirs, limit=limit)
        if theirs
        else Figure.of(name, quantity, unit, own, limit=limit)
        for name, quantity, unit, own, theirs, limit in quantities
    ]
    return publish(figures, chosen.json)


if __name__ == "__main__":
    sys.exit(main())
