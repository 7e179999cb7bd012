"""Runs this project's proposers, by the program AskTell.

Usage: ours.py PROPOSER FUNCTION[,FUNCTION…] [--seeds 20] [--evaluations 100] [--parallel 1] [--option KEY=VALUE …]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from functions import BY_NAME, Function

PROGRAM = Path(os.environ.get("ATTUNE_ASKTELL") or Path(__file__).resolve().parent.parent / ".build" / "release" / "AskTell")


Second = Callable[[dict[str, Any]], float]


class Answer(NamedTuple):
    trial: int
    configuration: dict[str, Any]
    seconds: float
    """Of the processor, for this proposal."""


class Session:
    """One AskTell. Raises SystemExit with its words when it cannot go on."""

    def __init__(self, proposer: dict[str, Any], function: Function, seed: int, objectives: int = 1) -> None:
        self.title = f"{proposer['name']} on {function.name}"
        self.process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        parameters = [asdict(parameter) for parameter in function.parameters]
        self.send({"proposer": proposer, "seed": seed, "objectives": objectives, "parameters": parameters})

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def tell(self, trial: int, value: float | list[float]) -> None:
        self.send({"tell": trial, "value": value})

    def ask(self) -> Answer:
        assert self.process.stdout is not None
        self.send({"ask": True})
        answer = json.loads(self.process.stdout.readline() or '{"error": "it died"}')
        if "configuration" not in answer:
            raise SystemExit(f"{self.title}: {answer.get('error', 'nothing more to propose')}")
        return Answer(answer["trial"], answer["configuration"], answer["seconds"])


@dataclass(frozen=True)
class Run:
    """One search: what every evaluation gave, in the order of the proposals, and the processor seconds of every proposal."""

    values: list[float]
    seconds: list[float]


def search(proposer: dict[str, Any], function: Function, seed: int, evaluations: int, parallel: int = 1) -> Run:
    """One search with `parallel` trials under way at a time, which end in the order in which they began."""
    values: list[float] = []
    seconds: list[float] = []
    with Session(proposer, function, seed) as session:
        for asked in range(evaluations):
            if asked >= parallel:
                session.tell(asked - parallel + 1, values[asked - parallel])
            answer = session.ask()
            values.append(function.evaluate(answer.configuration))
            seconds.append(answer.seconds)
    return Run(values, seconds)


def costs(
    proposer: str, function: Function, told: Sequence[tuple[dict[str, Any], float]], asks: int, own: bool, second: Second | None = None
) -> list[float]:
    """Processor seconds of each of `asks` proposals after so many trials, which others made, or, if `own`, the proposer itself.

    `second` is another objective, if there is one.
    """

    def values(configuration: dict[str, Any], value: float) -> float | list[float]:
        return [value, second(configuration)] if second else value

    seconds = []
    with Session({"name": proposer}, function, 1, 2 if second else 1) as session:
        if not own:
            session.send({"add": [{"configuration": configuration, "value": values(configuration, value)} for configuration, value in told]})
        for number in range((len(told) if own else 0) + asks):
            answer = session.ask()
            session.tell(answer.trial, values(answer.configuration, function.evaluate(answer.configuration)))
            seconds.append(answer.seconds)
    return seconds[-asks:]


def catalog() -> list[str]:
    """The proposers there are."""
    answer = subprocess.run([PROGRAM], input='{"catalog": true}\n', capture_output=True, text=True, check=True).stdout
    return [str(name) for name in json.loads(answer)["proposers"]]


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
