"""Whether all ranks of a job make each change at the same step, and what an agreement costs.

Usage: python Benchmarks/ranks.py [--changes 1000] [--vetoes 200] [--worker .build/release/RankWorker] [--json FILE]
Four processes step at uneven paces (seeded); somebody changes a value a thousand times, and asks two hundred times for one that rank 2
refuses. The workers are Python's (`Python/tests/rank_worker.py`), or with `--worker` Swift's: `swift build -c release --product RankWorker`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Optional

from harness import ROOT, Figure, publish

WORLD = 4


class Client:
    """One who asks the leader."""

    def __init__(self, directory: Path, pid: int) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        [path] = (directory / "attune").glob(f"*-{pid}.sock")
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("rb")

    def ask(self, method: str, **params: Any) -> tuple[dict[str, Any], float]:
        """The answer, and the milliseconds that it took."""
        began = time.perf_counter()
        self.socket.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
        return json.loads(self.lines.readline()), (time.perf_counter() - began) * 1e3


def start(worker: Optional[str], directory: Path, pace: int, changes: int) -> list[subprocess.Popen[str]]:
    command = [worker] if worker else [sys.executable, str(ROOT / "Python" / "tests" / "rank_worker.py")]
    shared = {**os.environ, "PYTHONPATH": str(ROOT / "Python"), "XDG_RUNTIME_DIR": str(directory), "ATTUNE_GROUP": f"{directory}/group"}
    ranks = [
        subprocess.Popen([*command, "1", str(pace), "0", "5000", str(changes)], stdout=subprocess.PIPE, text=True,
                         env={**shared, "ATTUNE_RANK": str(rank), "ATTUNE_WORLD": str(WORLD)})
        for rank in range(WORLD)
    ]
    for rank in ranks:
        assert rank.stdout and rank.stdout.readline().startswith("joined"), "a rank has not joined"
    return ranks


def run(options: argparse.Namespace, directory: Path) -> list[Figure]:
    ranks = start(options.worker, directory, options.pace, options.changes)
    client, draw = Client(directory, ranks[0].pid), random.Random(1)
    wishes = [True] * options.changes + [False] * options.vetoes
    draw.shuffle(wishes)
    latencies, wrong_answers, last = [], 0, 0
    for is_allowed in wishes:
        last += is_allowed
        # A variable of its own for each change: also of two that come at the same step, none is hidden by the other.
        answer, took = client.ask("variables.set", values={f"level {last}": 1} if is_allowed else {"level": -1, "rate": 0.05})
        latencies.append(took)
        wrong_answers += is_allowed != ("result" in answer)
    client.ask("trigger.fire", trigger="stop")
    seen = [rank.communicate()[0].splitlines() for rank in ranks]

    steps = [{int(words[2]): words[0] for line in lines if (words := line.split())[1] == "level"} for lines in seen]
    places = [{made.get(number) for made in steps} for number in range(1, last + 1)]
    together = sum(len(place) == 1 and None not in place for place in places)
    moved = sum(any(line.split()[1] == "0.05" or line.endswith(" -1") for line in lines) for lines in seen)
    name = f"ranks.py, {'Swift' if options.worker else 'Python'}"
    print(f"{WORLD} ranks; the last line of each: {sorted({lines[-1] for lines in seen})}")
    return [
        Figure.of(name, f"of {options.changes} changes, not at the same step on all {WORLD} ranks", "", [options.changes - together], limit=0),
        Figure.of(name, f"of {options.vetoes} vetoed changes, ranks that changed", "", [moved], limit=0),
        Figure.of(name, "requests with the wrong answer", "", [wrong_answers], limit=0),
        # In Python most of it is what a flood of requests is made to wait for the program.
        Figure.of(name, "from asking to the ranks' decision, median of all", "ms", [statistics.median(latencies)]),
        Figure.of(name, "from asking to the ranks' decision, 99 of 100", "ms", [statistics.quantiles(latencies, n=100)[98]]),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--vetoes", type=int, default=200)
    parser.add_argument("--pace", type=int, default=1500, help="the longest step in microseconds")
    parser.add_argument("--worker", help="a Swift RankWorker; Python's without it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="append each figure to the file as a line of JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        return publish(run(options, Path(directory)), options.json)


if __name__ == "__main__":
    sys.exit(main())
