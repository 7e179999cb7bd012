"""The same seed proposes the same, however many trials run at a time: the first 40 configurations on 1 slot and on 4.

Usage: same_proposals.py [--trials 40] [--seed 7] [--json FILE]
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

import harness
from harness import Figure, Place

# Trials last differently long, so that on 4 slots they end in another order than they began.
SCRIPT = "#!/bin/sh\nsleep 0.0$1\necho \"attune: {\\\"loss\\\": $1}\"\n"
PARAMETERS = {
    "random": {
        "pause": {"type": "int", "range": [1, 9]},
        "rate": {"type": "float", "range": [1e-5, 1], "scale": "log"},
        "solver": {"type": "choice", "values": ["sgd", "adam"]},
        "momentum": {"type": "float", "range": [0, 0.99], "when": {"solver": "sgd"}},
        "augment": {"type": "bool"},
    },
    "grid": {
        "pause": {"type": "int", "range": [1, 9]},
        "solver": {"type": "choice", "values": ["sgd", "adam"]},
        "momentum": {"type": "float", "range": [0, 0.9], "step": 0.3, "when": {"solver": "sgd"}},
    },
}


def configurations(proposer: str, slots: int, trials: int, seed: int) -> dict[int, Any]:
    """By trial, as `attune status` shows them."""
    with Place() as place:
        harness.write(place.folder / "trial.sh", SCRIPT)
        file = harness.write(place.folder / "same.json", {
            "name": "same", "command": ["./trial.sh", "{pause}"], "objective": {"metric": "loss", "goal": "minimize"},
            "parameters": PARAMETERS[proposer], "proposer": proposer, "limits": {"trials": trials},
        })  # fmt: skip
        result = place.call("run", str(file), "--slots", str(slots), "--seed", str(seed))
        assert result.returncode == 0, f"attune run ended with {result.returncode}: {result.stderr[-2000:]}"
        status = json.loads(place.call("status", "same", "--json").stdout)
        return {trial["trial"]: trial["configuration"] for trial in status["trials"]}


def main() -> int:
    def add(parser: ArgumentParser) -> None:
        parser.add_argument("--trials", type=int, default=40)
        parser.add_argument("--seed", type=int, default=7)

    given = harness.options(__doc__, add)
    figures = []
    for proposer in PARAMETERS:
        one, four = (configurations(proposer, slots, given.trials, given.seed) for slots in (1, 4))
        assert len(one) == len(four) == given.trials, f"{proposer}: {len(one)} and {len(four)} trials, expected {given.trials}"
        differences = [trial for trial in sorted(one) if one[trial] != four[trial]]
        for trial in differences[:3]:
            print(f"{proposer}, trial {trial}: {one[trial]} on 1 slot, {four[trial]} on 4")
        quantity = f"{proposer}: of {given.trials} proposals, different on 1 and on 4 slots"
        figures.append(Figure.of("same_proposals", quantity, "", [float(len(differences))], limit=0))
    return harness.publish(figures, given.json)


if __name__ == "__main__":
    sys.exit(main())
