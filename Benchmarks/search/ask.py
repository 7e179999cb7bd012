"""What a question costs: `attune ask` and `attune tell` from a shell, a study in Python, and `optuna ask` beside.

Usage: ask.py [--trials 0,100,1000] [--repeats 30] [--without-peer] [--json FILE]

Needs `make build`; the peer needs Optuna with its command, in the environment that runs this.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "Python"))

from harness import Figure, Place, binary, options, publish, write

# Milliseconds and MB of one question from a shell; milliseconds of one from a study.
SHELL_LIMIT, MEMORY_LIMIT, STUDY_LIMIT = 15.0, 25.0, 1.0

FILE = """
name: asked
objective: {metric: value, goal: minimize}
parameters:
  f0: {type: float, range: [0.0, 1.0]}
  f1: {type: float, range: [0.0, 1.0]}
  f2: {type: float, range: [0.0, 1.0]}
  f3: {type: float, range: [1e-5, 1.0], scale: log}
  f4: {type: float, range: [1e-5, 1.0], scale: log}
  i0: {type: int, range: [1, 100]}
  i1: {type: int, range: [1, 100]}
  i2: {type: int, range: [1, 1024], scale: log}
  c0: {type: choice, values: [a, b, c]}
  c1: {type: choice, values: [a, b, c, d, e]}
proposer: PROPOSER
"""

PEER = """
import optuna, sys
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(storage=f"sqlite:///{sys.argv[1]}", study_name="asked")
"""
PEER_SPACE = {
    "f0": {"name": "FloatDistribution", "attributes": {"step": None, "low": 0.0, "high": 1.0, "log": False}},
}


def once(words: list[str], place: Place) -> tuple[float, float, str]:
    """Milliseconds from the start to the end, the largest memory in MB, and what was printed."""
    began = time.perf_counter()
    with subprocess.Popen(words, cwd=place.folder, env=place.environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    milliseconds = (time.perf_counter() - began) * 1e3
    if process.returncode != 0:
        sys.exit(f"{' '.join(words)}: exit status {process.returncode}. Nothing was measured.")
    return milliseconds, usage.ru_maxrss / 1024, printed


def fill(place: Place, count: int) -> list[float]:
    """So many trials by one study, each question and each answer in a process that stays; the milliseconds of the questions."""
    from attune.asktell import Study

    os.environ.update(place.environment())
    milliseconds = []
    with Study(place.folder / "asked.yaml", attune=binary()) as study:
        for number in range(count):
            began = time.perf_counter()
            trial = study.ask()
            milliseconds.append((time.perf_counter() - began) * 1e3)
            study.tell(trial, value=float(number * 7919 % 1000))
    return milliseconds


def measure(place: Place, trials: int, repeats: int) -> list[Figure]:
    questions = fill(place, trials)
    asks, tells = [], []
    for _ in range(repeats):
        asks.append(once([binary(), "ask", "asked.yaml"], place))
        number = json.loads(asks[-1][2])["trial"]
        tells.append(once([binary(), "tell", "asked", str(number), "value=1"], place))
    after = f"after {trials} trials"
    figures = [
        Figure.of("ask", f"attune ask, {after}", "ms", [ask[0] for ask in asks], limit=SHELL_LIMIT),
        Figure.of("ask", f"attune ask, memory, {after}", "MB", [ask[1] for ask in asks], limit=MEMORY_LIMIT),
        Figure.of("ask", f"attune tell, {after}", "ms", [tell[0] for tell in tells], limit=SHELL_LIMIT),
    ]
    if questions:
        figures.append(Figure.of("ask", f"Study.ask, the last of {trials}", "ms", questions[-100:], limit=STUDY_LIMIT))
    return figures


def peer(place: Place, repeats: int) -> list[Figure]:
    program = Path(sys.executable).parent / "optuna"
    subprocess.run([sys.executable, "-c", PEER, str(place.folder / "peer.db")], check=True)
    words = [str(program), "ask", "--storage", f"sqlite:///{place.folder / 'peer.db'}", "--study-name", "asked", "-f", "json"]
    runs = [once([*words, "--search-space", json.dumps(PEER_SPACE)], place) for _ in range(repeats)]
    return [
        Figure.of("ask", "optuna ask, after 0 trials", "ms", [run[0] for run in runs]),
        Figure.of("ask", "optuna ask, memory, after 0 trials", "MB", [run[1] for run in runs]),
    ]


def main() -> int:
    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--trials", default="0,100,1000")
        parser.add_argument("--repeats", type=int, default=30)
        parser.add_argument("--proposer", default="random")
        parser.add_argument("--without-peer", action="store_true")

    chosen = options(__doc__, add)
    figures: list[Figure] = []
    for trials in [int(word) for word in chosen.trials.split(",")]:
        with Place() as place:
            write(place.folder / "asked.yaml", FILE.replace("PROPOSER", chosen.proposer))
            figures += measure(place, trials, chosen.repeats)
    if not chosen.without_peer:
        with Place() as place:
            figures += peer(place, min(chosen.repeats, 5))
    return publish(figures, chosen.json)


if __name__ == "__main__":
    sys.exit(main())
