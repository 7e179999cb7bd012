"""Nanoseconds that a training loop in Python pays for a live variable, beside the original LiveTune 0.0.8 in the same process.

Ours and the peer's take turns; each figure is the median over the turns, without the cost of the empty call around it.
"""

from __future__ import annotations

import json
import subprocess
import sys

import harness
import livetune_peer

CODE = """
import os, sys, json, timeit
said = sys.stdout
sys.stdout = open(os.devnull, "w")  # the peer says whatever happens
from LiveTune import liveTrigger, liveVar
import attune
rate, save, double = attune.live("rate", 0.1), attune.trigger("save"), attune.live("factor", 0.1).map(lambda factor: 2 * factor)
peer_rate, peer_save = liveVar(0.1, "rate"), liveTrigger("save")
calls = {
    "empty": lambda: None,
    "read": lambda: rate(), "peer read": lambda: peer_rate(),
    "is_changed": lambda: rate.is_changed(), "peer is_changed": lambda: peer_rate.changed(),
    "fired": lambda: save.fired(), "peer fired": lambda: peer_save(),
    "read of a derived value": lambda: double(), "multiplication": lambda: rate * 2.0, "step": lambda: attune.step(7),
}
times = {name: [] for name in calls}
for _ in range(int(sys.argv[1])):
    for name, call in calls.items():
        times[name].append(min(timeit.repeat(call, number=50_000, repeat=3)) / 50_000 * 1e9)
print(json.dumps(times), file=said, flush=True)
os._exit(0)  # the peer's listening threads keep the interpreter alive
"""


def main() -> int:
    options = harness.options(__doc__, lambda parser: parser.add_argument("--turns", type=int, default=15))
    with harness.Place() as place:
        result = subprocess.run(
            [livetune_peer.interpreter(), "-c", CODE, str(options.turns)], env=place.environment(), cwd=place.folder, check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
    times: dict[str, list[float]] = json.loads(result.stdout)
    empty = min(times.pop("empty"))
    times = {name: [max(value - empty, 0.1) for value in values] for name, values in times.items()}
    figures = [
        harness.Figure.beside("live variable (Python)", name, "ns", values, "LiveTune", times[f"peer {name}"]) if f"peer {name}" in times
        else harness.Figure.of("live variable (Python)", name, "ns", values)
        for name, values in times.items() if not name.startswith("peer ")
    ]  # fmt: skip
    return harness.publish(figures, options.json)


if __name__ == "__main__":
    sys.exit(main())
