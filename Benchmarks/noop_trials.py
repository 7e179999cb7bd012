"""What a trial costs that does nothing: 200 shell scripts on 2 slots, from the command's start to its exit.

Usage: noop_trials.py [--runs 5] [--trials 200] [--peers] [--json FILE]

With --peers the same script runs under Auptimizer 2.0 and under Optuna, in turn with ours, so that all have the same machine.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from contextlib import ExitStack

import harness
from harness import Figure, Place

SLOTS = 2
SCRIPT = "#!/bin/sh\necho 'attune: {\"loss\": 1}'\necho '#Auptimizer:1'\n"


def experiment(trials: int) -> object:
    return {
        "name": "noop", "command": ["./noop.sh"], "objective": {"metric": "loss", "goal": "minimize"},
        "parameters": {"x": {"type": "float", "range": [0, 1]}}, "resources": {"local": {"slots": SLOTS}}, "limits": {"trials": trials},
    }  # fmt: skip


def run_attune(place: Place, trials: int) -> tuple[float, float]:
    """Milliseconds a trial, and seconds from the last trial's end to the exit. Nothing may be left running, and no trial missing."""
    harness.write(place.folder / "noop.sh", SCRIPT)
    file = harness.write(place.folder / "noop.json", experiment(trials))
    began = time.time()
    result = place.call("run", str(file))
    ended = time.time()
    left = harness.processes_of(place.folder)
    assert result.returncode == 0, f"attune run ended with {result.returncode}: {result.stderr[-2000:]}"
    assert not left, f"processes are left after the exit: {left}"
    states = dict(place.query("SELECT state, COUNT(*) FROM trial GROUP BY state"))
    assert states == {"completed": trials}, f"of {trials} trials: {states}"
    ((last,),) = place.query("SELECT MAX(time) FROM journal WHERE event LIKE '%attemptEnded%'")
    return (ended - began) / trials * 1000, ended - last


def main() -> int:
    def add(parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=int, default=5)
        parser.add_argument("--trials", type=int, default=200)
        parser.add_argument("--peers", action="store_true", help="also Auptimizer 2.0 and Optuna, installed from PyPI when missing")

    given = harness.options(__doc__, add)
    peers = {}
    if given.peers:
        import noop_peers

        peers = noop_peers.peers()
    ours: list[tuple[float, float]] = []
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in peers}
    with ExitStack() as places:
        for number in range(given.runs):
            # Kept until the last run: ext4 passes over files that were deleted a moment ago one by one, whenever it makes a new one.
            ours.append(run_attune(places.enter_context(Place()), given.trials))
            for name, run in peers.items():
                times[name].append(run(SCRIPT, given.trials, SLOTS))
            latest = "".join(f", {name} {values[-1][0]:.1f} ms" for name, values in times.items())
            print(f"run {number + 1}: {ours[-1][0]:.2f} ms a trial, {ours[-1][1]:.3f} s at the end{latest}", file=sys.stderr, flush=True)
    return harness.publish(figures(ours, times), given.json)


def figures(ours: list[tuple[float, float]], times: dict[str, list[tuple[float, float]]]) -> list[Figure]:
    walls, waits = [wall for wall, _ in ours], [wait for _, wait in ours]
    found = [
        Figure.of("noop_trials", "wall time a no-op trial", "ms", walls, limit=15.0),
        Figure.of("noop_trials", "wait at the end", "s", waits, limit=0.5),
    ]
    for name, runs in times.items():
        found.append(Figure.beside("noop_trials", "wall time a no-op trial", "ms", walls, name, [wall for wall, _ in runs]))
        found.append(Figure.beside("noop_trials", "wait at the end", "s", waits, name, [wait for _, wait in runs]))
    return found


if __name__ == "__main__":
    sys.exit(main())
