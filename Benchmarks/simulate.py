"""Events that one core simulates in a second, and whether a million trials in one experiment finish.

Usage: simulate.py [--json FILE]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

import harness
from harness import Figure

PACKAGE = ["--package-path", str(harness.ROOT / "Benchmarks"), "-c", "release"]
REPEATS = 5


def simulate(*words: str) -> dict[str, float]:
    program = harness.ROOT / "Benchmarks" / ".build" / "release" / "SimulatorSpeed"
    answer: dict[str, float] = json.loads(subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout)
    return answer


def main() -> int:
    given = harness.options(__doc__)
    subprocess.run(["swift", "build", *PACKAGE, "--product", "SimulatorSpeed", "-j", "2"], check=True, stdout=sys.stderr)
    figures = []
    for words, name, least in [
        (["asha", "20000", "16", "1"], "asha, suspending, 20,000 trials in 16 slots", 500_000),
        (["asha", "20000", "16", "0"], "asha, stopping, 20,000 trials in 16 slots", 500_000),
        (["fifo", "20000", "16"], "fifo, 20,000 trials in 16 slots", None),
        (["median", "20000", "16"], "median, 20,000 trials in 16 slots", None),
    ]:
        rates = [simulate(*words)["events_per_second"] for _ in range(REPEATS)]
        figures.append(Figure("Simulator", name, "events/s", statistics.median(rates), min(rates), max(rates), at_least=least))
    million = simulate("asha", "1000000", "16")
    assert million["trials"] == 1_000_000, million
    memory, seconds = million["peak_megabytes"], million["seconds"]
    figures.append(Figure("Simulator", "1,000,000 trials with asha: memory", "MiB", memory, memory, memory, limit=8192))
    figures.append(Figure("Simulator", "1,000,000 trials with asha: from start to end", "s", seconds, seconds, seconds))
    return harness.publish(figures, given.json)


if __name__ == "__main__":
    sys.exit(main())
