"""What it takes to take a training off its slot: seconds from the order to the free slot, and what is kept of it.

Examples/digits under a scheduler that suspends at every rung, once with `suspend: checkpoint` and once with `suspend: signal`, beside the
figures that HyperDrive's paper publishes for its CNNs on CIFAR-10 (§6.2.3: Caffe's snapshots) and its LunarLander (§6.3.2: CRIU); those were
measured on other machines, over a network.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from typing import Any, Optional

import harness

DIGITS = harness.ROOT / "Examples" / "digits"
# Milliseconds and kilobytes: mean and 95th percentile; of LunarLander the paper gives the maximum only.
PUBLISHED = {"latency, mean": 157.69, "latency, p95": 219.0, "size, mean": 357.67, "size, p95": 685.26}
EXPERIMENT = """
name: digits
command: [python3, train.py]
objective: {{metric: accuracy, goal: maximize}}
parameters:
  learning_rate: {{type: float, range: [1.0e-4, 0.3], scale: log}}
  hidden:        {{type: int, range: [16, 512], scale: log}}
  batch:         {{type: ordinal, values: [16, 32, 64]}}
proposer: random
scheduler: {scheduler}
resources: {{local: {{slots: 2}}}}
suspend: {mode}
limits: {{trials: {trials}, steps: 27}}
seed: 1
"""


def suspensions(mode: str, scheduler: str, trials: int) -> list[dict[str, Any]]:
    """Every suspension of one experiment, as `attune status --json` tells them."""
    with harness.Place() as place:
        shutil.copy(DIGITS / "train.py", place.folder)
        harness.write(place.folder / "e.yaml", EXPERIMENT.format(mode=mode, scheduler=scheduler, trials=trials))
        done = place.call("run", "e.yaml", timeout=1800)
        assert done.returncode == 0, done.stderr
        status = json.loads(place.call("status", "digits", "--json").stdout)
        found: list[dict[str, Any]] = status["suspensions"]["all"]
        assert found, f"with suspend: {mode}, '{scheduler}' suspended nothing"
        return found


def percentile(values: list[float]) -> float:
    """The smallest value that 95 % of the values do not exceed."""
    return sorted(values)[-(-95 * len(values) // 100) - 1]


def figure(mode: str, quantity: str, unit: str, value: float, all_values: list[float]) -> harness.Figure:
    theirs: Optional[float] = PUBLISHED.get(quantity) if mode == "checkpoint" else None
    return harness.Figure(
        f"suspend: {mode}", quantity, unit, value, min(all_values), max(all_values), peer="HyperDrive, as published" if theirs else None,
        peer_value=theirs, ratio=value / theirs if theirs else None)  # fmt: skip


def main() -> int:
    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--trials", type=int, default=27, help="configurations of each experiment")
        parser.add_argument("--scheduler", default="asha", help="one that suspends")

    options = harness.options(__doc__, add)
    figures: list[harness.Figure] = []
    for mode in ("checkpoint", "signal"):
        rows = suspensions(mode, options.scheduler, options.trials)
        latency = [1000 * row["seconds"] for row in rows]
        size = [row["bytes"] / 1000 for row in rows]
        figures += [
            figure(mode, "latency, mean", "ms", statistics.fmean(latency), latency),
            figure(mode, "latency, p95", "ms", percentile(latency), latency),
            figure(mode, "size, mean", "kB", statistics.fmean(size), size),
            figure(mode, "size, p95", "kB", percentile(size), size),
            harness.Figure.of(f"suspend: {mode}", "suspensions measured", "", [len(rows)]),
        ]
    return harness.publish(figures, options.json)


if __name__ == "__main__":
    sys.exit(main())
