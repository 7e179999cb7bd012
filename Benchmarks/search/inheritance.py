"""What children gain that begin with their parent's weights: epochs to a given accuracy, against the same networks trained anew.

Runs Examples/architecture with the command, by `evolution` and by `reinforce`, and then trains the configuration of every child that
inherited once more, with the same seed and without its parent. One that does not get there within the example's epochs counts as one epoch
more than those.

Usage: inheritance.py [--json FILE] [--seeds 3] [--accuracy 0.95] [--trials 60]
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Mapping, Sequence

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent.parent / "Examples" / "architecture"
sys.path += [str(HERE.parent), str(EXAMPLE), str(HERE.parent.parent / "Python")]

import harness  # noqa: E402
import learn  # noqa: E402
import numpy as np  # noqa: E402

LIMIT = 0.75
"""Inherited children need at most so much of the epochs that fresh ones need, at the median."""


def epochs_to(accuracy: float, curve: Sequence[float]) -> int:
    """The first epoch that reaches it, from 1; one more than there are when none does."""
    return next((epoch for epoch, reached in enumerate(curve, 1) if reached >= accuracy), len(curve) + 1)


def explored(
    place: harness.Place, proposer: str, seed: int, trials: int, changes: Mapping[str, str] = {}
) -> list[tuple[dict[str, Any], list[float]]]:
    """One experiment, with changes in the example's file: configuration and accuracies of every child that took over its parent's weights."""
    name = f"{proposer}-{seed}"
    text = (EXAMPLE / f"{proposer}.yaml").read_text().replace("learn.py", str(EXAMPLE / "learn.py"))
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    file = harness.write(place.folder / f"{name}.yaml", text.replace(f"name: architecture-{proposer}", f"name: {name}"))
    result = place.call("run", str(file), "--seed", str(seed), "--trials", str(trials))
    assert result.returncode == 0, result.stderr
    with closing(sqlite3.connect(place.store / "attune.db")) as database:
        rows = database.execute(
            "SELECT trial.number, trial.configuration, report.metrics FROM trial JOIN experiment ON experiment.id = trial.experiment "
            "JOIN report ON report.experiment = trial.experiment AND report.trial = trial.number "
            "WHERE experiment.name = ? AND trial.inherited ORDER BY report.entry",
            (name,),
        ).fetchall()
    curves: dict[int, tuple[dict[str, Any], list[float]]] = {}
    for number, configuration, metrics in rows:
        report = json.loads(metrics)
        if report["inherited"] == 1:
            curves.setdefault(number, (json.loads(configuration), []))[1].append(report["accuracy"])
    return list(curves.values())


def fresh(configuration: dict[str, Any], seed: int, data: Any) -> list[float]:
    """The same network without a parent: its accuracies."""
    images, labels, validation_images, validation_labels = data
    config = {**learn.DEFAULTS, **configuration}
    random = np.random.default_rng(seed)
    network, _ = learn.begin([config[f"width_{layer}"] for layer in range(1, config["layers"] + 1)], None, random)
    epochs = learn.train(network, config, images, labels, random)
    return [network.accuracy(validation_images, validation_labels) for _ in zip(range(config["epochs"]), epochs, strict=False)]


def measure(proposer: str, options: argparse.Namespace, data: Any) -> list[harness.Figure]:
    inherited, anew = [], []
    with harness.Place() as place:
        for seed in range(1, options.seeds + 1):
            children = explored(place, proposer, seed, options.trials)
            inherited.append(statistics.median(epochs_to(options.accuracy, curve) for _, curve in children))
            anew.append(statistics.median(epochs_to(options.accuracy, fresh(config, seed, data)) for config, _ in children))
            print(f"{proposer}, seed {seed}: {len(children)} children, {inherited[-1]:g} epochs against {anew[-1]:g}", flush=True)
    quantity = f"median epochs to {options.accuracy:.0%} accuracy of children that inherit ({proposer})"
    figure = harness.Figure.beside("inheritance", quantity, "epochs", inherited, "the same trained anew", anew)
    figure.limit = LIMIT * statistics.median(anew)
    return [figure]


def main() -> int:
    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--seeds", type=int, default=3)
        parser.add_argument("--accuracy", type=float, default=0.95)
        parser.add_argument("--trials", type=int, default=60)

    options = harness.options(__doc__, add)
    data = learn.load_images()
    return harness.publish([figure for name in ("evolution", "reinforce") for figure in measure(name, options, data)], options.json)


if __name__ == "__main__":
    sys.exit(main())
