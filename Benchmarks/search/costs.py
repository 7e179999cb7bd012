"""What a proposal costs: processor time of one ask in the ten-dimensional mixed space, after so many trials, beside Optuna in the same run.

Usage: costs.py [--proposers "random,tpe,tpe of two objectives,cmaes,gp,auto"] [--rounds 3] [--json FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import statistics
from argparse import ArgumentParser
from dataclasses import dataclass
from random import Random
from typing import Any, Optional

import harness
import methods
import ours
import peers
from functions import MIXED10
from harness import Figure

TRIALS = [100, 300, 1000, 5000]


@dataclass(frozen=True)
class Cost:
    """What is measured of one proposer, and of which of Optuna's samplers beside it."""

    peer: Optional[str]
    limits: dict[int, float]
    """Milliseconds that are promised, by number of trials."""
    peer_up_to: int = 5000
    """Trials after which the peer is not measured any more: an ask takes it minutes."""
    asks: int = 20
    own: bool = False
    """Its state is in its own trials, so that it has to make them itself."""
    proposer: Optional[str] = None
    """Its name, where the measurement has another."""
    second: Optional[ours.Second] = None
    """Another objective."""


def smallness(configuration: dict[str, Any]) -> float:
    """What a second objective of a real search mostly is: something else than the first, in conflict with it in places."""
    return float(configuration["i0"] + configuration["i1"] + configuration["i2"]) / 100 + 1 - float(configuration["f0"])


COSTS = {
    "random": Cost("random", {}),
    "tpe": Cost("tpe", {5000: 1}),
    "tpe of two objectives": Cost(None, {5000: 5}, proposer="tpe", second=smallness),
    "cmaes": Cost("cmaes", {trials: 0.1 for trials in TRIALS}, own=True),
    "gp": Cost("gp", {100: 30, 300: 150}, peer_up_to=300, asks=5),
    "auto": Cost(None, {}, asks=5),
}


def history(count: int) -> list[tuple[dict[str, Any], float]]:
    """Trials drawn at random, the same at every call."""
    random = Random(0)
    drawn = [{parameter.name: parameter.draw(random) for parameter in MIXED10.parameters} for _ in range(count)]
    return [(configuration, MIXED10.evaluate(configuration)) for configuration in drawn]


def figures(proposer: str, trials: int, rounds: int, with_peer: bool) -> list[Figure]:
    """The median ask of every round, ours and the peer's in turn; and the first ask, which has to read the whole history."""
    cost, told = COSTS[proposer], history(trials)
    first: list[float] = []
    later: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        asked = ours.costs(cost.proposer or proposer, MIXED10, told, cost.asks + 1, cost.own, cost.second)
        first.append(asked[0] * 1000)
        later.append(statistics.median(asked[1:]) * 1000)
        if with_peer and cost.peer and trials <= cost.peer_up_to:
            theirs.append(statistics.median(peers.optuna_costs(cost.peer, MIXED10, told, cost.asks)) * 1000)
    name, quantity = "cost of an ask", f"{proposer}, {trials:,} trials"
    limit = cost.limits.get(trials)
    if theirs:
        found = [Figure.beside(name, quantity, "ms", later, f"Optuna {cost.peer}", theirs, limit=limit)]
    else:
        found = [Figure.of(name, quantity, "ms", later, limit=limit)]
    # One that made its trials itself never meets the history for the first time.
    return found if cost.own else [*found, Figure.of(name, f"{quantity}, the first ask", "ms", first)]


def measure(proposers: list[str], rounds: int) -> list[Figure]:
    """Of those that the catalog has."""
    with_peer = any(method.library == "Optuna" for method in methods.of_peers())
    present = [name for name in proposers if (COSTS[name].proposer or name) in ours.catalog()]
    found: list[Figure] = []
    for name in present:
        for trials in TRIALS:
            print(f"cost of an ask: {name}, {trials:,} trials", file=sys.stderr, flush=True)
            found += figures(name, trials, rounds, with_peer)
    return found


def main() -> int:
    def add(parser: ArgumentParser) -> None:
        parser.add_argument("--proposers", default=",".join(COSTS))
        parser.add_argument("--rounds", type=int, default=3)

    given = harness.options(__doc__, add)
    return harness.publish(measure(given.proposers.split(","), given.rounds), given.json)


if __name__ == "__main__":
    sys.exit(main())
