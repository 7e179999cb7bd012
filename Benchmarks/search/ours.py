"""Runs this project's proposers, by the program AskTell.

Usage: ours.py PROPOSER FUNCTION[,FUNCTION…] [--seeds 20] [--evaluations 100] [--parallel 1] [--option KEY=VALUE …]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from functions import BY_NAME, Function

PROGRAM = Path(__file__).resolve().parent.parent / ".build" / "release" / "AskTell"


@dataclass(frozen=True)
class Run:
    """One search: what every evaluation gave, in the order of the proposals, and the processor seconds of every proposal."""

    values: list[float]
    seconds: list[float]


def search(proposer: dict[str, Any], function: Function, seed: int, evaluations: int, parallel: int = 1) -> Run:
    """One search with `parallel` trials under way at a time, which end in the order in which they began."""
    request = {"proposer": proposer, "seed": seed, "parameters": [asdict(p) for p in function.parameters]}
    values: list[float] = []
    seconds: list[float] = []
    with subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None

        def send(message: dict[str, Any]) -> None:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()

        send(request)
        for asked in range(evaluations):
            if asked >= parallel:
                send({"tell": asked - parallel + 1, "value": values[asked - parallel]})
            send({"ask": True})
            answer = json.loads(process.stdout.readline())
            if "error" in answer:
                raise SystemExit(f"{proposer['name']} on {function.name}: {answer['error']}")
            values.append(function.evaluate(answer["configuration"]))
            seconds.append(answer["seconds"])
        process.stdin.close()
    return Run(values, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proposer")
    parser.add_argument("functions")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--evaluations", type=int, default=100)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    options = parser.parse_args()
    chosen: dict[str, Any] = {"name": options.proposer}
    for pair in options.option:
        key, value = pair.split("=", 1)
        chosen[key] = json.loads(value)
    for name in options.functions.split(","):
        runs = [search(chosen, BY_NAME[name], seed, options.evaluations, options.parallel) for seed in range(options.seeds)]
        best = [min(run.values) for run in runs]
        quarters = statistics.quantiles(best, n=4, method="inclusive") if len(best) > 1 else best * 3
        slowest = statistics.median(max(run.seconds[-10:]) for run in runs)
        print(f"{options.proposer} {name}: median {quarters[1]:.6g} [{quarters[0]:.6g}, {quarters[2]:.6g}], last asks {slowest * 1e3:.3g} ms")


if __name__ == "__main__":
    main()
