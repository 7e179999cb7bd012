"""HyperDrive's figure 12a: the same experiments live and simulated, on two kinds of trainings.

`Examples/digits` trains for real: its curves are recorded by a live experiment under `fifo`, and played to the simulator. Other trainings
are played themselves (`play_trace.py`), so that the machine's speed, which drifts, has no part in their steps; processes, agents and
suspensions are real.
"""

from __future__ import annotations

import csv
import json
import math
import statistics
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Optional, Sequence

import harness
import simulated
from simulated import Setting, Trace

SLOTS, CONFIGURATIONS, STEPS, ROUNDS = 2, 24, 27, 3
PLAYED_SECONDS = 360.0
"""That the played trainings would take in both slots if all ran to their end; the schedulers leave a minute or two of it."""
REACH_TARGET = 2
"""Configurations that reach the target: few, so that it takes a while."""
ARMS = (("fifo", False), ("asha:min_steps=3", False), ("asha:min_steps=3", True), ("pop:boundary=4", True))
"""Scheduler, and whether a target ends the experiment. The first records what is simulated; played trainings do not need it."""
DIGITS = harness.ROOT / "Examples" / "digits" / "train.py"
PLAYER = harness.ROOT / "Benchmarks" / "play_trace.py"


Curves = dict[str, list[tuple[float, float]]]
"""Seconds and value of each step, by trial."""


@dataclass
class Program:
    """What is trained, as the experiment file says it. Trainings that are played have a trace from the beginning."""

    title: str
    metric: str
    definition: dict[str, Any]
    files: dict[str, str]
    trace: Optional[Path] = None


@dataclass
class Run:
    """One live experiment and what the simulator says of it."""

    scheduler: str
    target: Optional[float]
    live: float
    """Seconds from the first slot to the report that reached the target, or to the last report."""
    reached: bool
    simulated: float
    simulated_reached: bool
    own: float
    """What it says when the steps that the live experiment did take what they took there."""
    suspend: float
    """Mean seconds that a suspension took."""
    starts: list[float] = field(default_factory=list)
    """Seconds of each trial's first step beyond the trace's."""
    steps: float = 0
    """Seconds of all later steps, to the trace's."""
    handovers: list[float] = field(default_factory=list)
    """Seconds from a trial's last report to the start of the next trial in its slot."""

    @property
    def ratio(self) -> float:
        return self.live / self.simulated

    @property
    def own_ratio(self) -> float:
        return self.live / self.own


def training() -> Program:
    parameters = {
        "learning_rate": {"type": "float", "range": [1e-4, 0.3], "scale": "log"},
        "hidden": {"type": "int", "range": [16, 512], "scale": "log"},
        "batch": {"type": "ordinal", "values": [16, 32, 64]},
        "augment": {"type": "bool"},
    }
    definition = {"command": ["python3", "train.py"], "parameters": parameters, "proposer": "random"}
    return Program("Examples/digits, trained", "accuracy", definition, {"train.py": DIGITS.read_text()})


def playing(trace: Trace, folder: Path) -> Program:
    """The trace's first trials, faster, as trainings that are played."""
    curves = [curve[:STEPS] for curve in list(trace.curves().values())[:CONFIGURATIONS]]
    scale = PLAYED_SECONDS * SLOTS / sum(curve[-1][0] for curve in curves)
    faster = {str(trial): [(seconds * scale, value) for seconds, value in curve] for trial, curve in enumerate(curves, 1)}
    path = write(folder / "curves.csv", faster, "value")
    definition = {
        "command": ["python3", str(PLAYER), "curves.csv", "{curve}"],
        "parameters": {"curve": {"type": "int", "range": [1, len(curves)]}},
        "proposer": {"name": "sequence", "file": "order.jsonl"},
    }
    order = "".join(json.dumps({"curve": trial}) + "\n" for trial in range(1, len(curves) + 1))
    return Program(f"{trace.title}, played", "value", definition, {"curves.csv": path.read_text(), "order.jsonl": order}, path)


def experiment(program: Program, scheduler: str, target: Optional[float]) -> dict[str, Any]:
    name, *options = scheduler.split(":")
    return {
        "name": "live", **program.definition, "seed": 1, "suspend": "signal", "resources": {"local": {"slots": SLOTS}},
        "objective": {"metric": program.metric, "goal": "maximize", **({} if target is None else {"target": target})},
        "scheduler": {"name": name, **{key: json.loads(value) for key, value in (option.split("=") for option in options)}},
        "limits": {"trials": CONFIGURATIONS, "steps": STEPS},
    }  # fmt: skip


def reachable(trace: Trace) -> float:
    """The target that just so many configurations reach."""
    return sorted((max(value for _, value in curve) for curve in trace.curves().values()), reverse=True)[REACH_TARGET - 1]


def run(program: Program, scheduler: str, target: Optional[float], recording: Path) -> Run:
    """Live, then simulated on the recording, which this very run makes when it is not there."""
    with harness.Place() as place:
        for name, text in program.files.items():
            harness.write(place.folder / name, text)
        harness.write(place.folder / "e.json", experiment(program, scheduler, target))
        done = place.call("run", "e.json", timeout=1800)
        assert done.returncode == 0, done.stderr
        if not recording.exists():
            exported = place.call("export", "live", "--trace", str(recording))
            assert exported.returncode == 0, exported.stderr
        suspensions = json.loads(place.call("status", "live", "--json").stdout)["suspensions"]
        journal = [(time, json.loads(event)["kind"]) for time, event in place.query("SELECT time, event FROM journal ORDER BY number")]
        trace, said = Trace("", recording, "trial,step,seconds", program.metric), reports(journal)
        cost = suspensions["seconds_mean"] if suspensions["count"] else 0.0
        setting = Setting(trace, SLOTS, 1, "as-given", None, target, STEPS, suspend_cost=cost)
        expected = simulated.play(setting, [scheduler])[scheduler]
        own = replace(trace, path=write(place.folder / "own.csv", own_steps(said, trace), program.metric))
        by_own = simulated.play(replace(setting, trace=own), [scheduler])[scheduler]
    began = next(time for time, kind in journal if "slotOffered" in kind)
    reached = next((time for time, _, report in said if target is not None and report["metrics"][program.metric] >= target), None)
    found = Run(
        scheduler, target, (said[-1][0] if reached is None else reached) - began, reached is not None,
        ended(expected), expected.reached[0] is not None, ended(by_own), cost, handovers=handovers(journal),
    )  # fmt: skip
    compare_steps(found, said, trace)
    return found


def ended(played: simulated.Played) -> float:
    time = played.reached[0]
    return played.ends[0] if time is None else time


def own_steps(said: Sequence[tuple[float, str, dict[str, Any]]], trace: Trace) -> Curves:
    """The trace's curves with the seconds that the live experiment's steps took, as far as it came; from there on with the trace's."""
    live: dict[str, list[float]] = {}
    for _, trial, report in said:
        live.setdefault(trial, []).append(report["elapsed"])
    found: Curves = {}
    for trial, curve in trace.curves().items():
        mine = live.get(trial, [])
        later = mine[-1] - curve[len(mine) - 1][0] if mine else 0.0
        found[trial] = [(mine[step] if step < len(mine) else seconds + later, value) for step, (seconds, value) in enumerate(curve)]
    return found


def write(path: Path, curves: Curves, metric: str) -> Path:
    with path.open("w") as file:
        table = csv.writer(file)
        table.writerow(["trial", "step", "seconds", metric])
        for trial, curve in curves.items():
            table.writerows((trial, step, seconds, value) for step, (seconds, value) in enumerate(curve, 1))
    return path


def reports(journal: Sequence[tuple[float, dict[str, Any]]]) -> list[tuple[float, str, dict[str, Any]]]:
    """Time, trial and report."""
    told = ((time, kind["reported"]) for time, kind in journal if "reported" in kind)
    return [(time, event["_0"].split(".")[0], event["_1"]) for time, event in told]


def handovers(journal: Sequence[tuple[float, dict[str, Any]]]) -> list[float]:
    """Slots are taken in the order in which they became free; the first trials found them free."""
    last, free, found, running = {}, [], [], 0
    for time, kind in journal:
        event, about = next(iter(kind.items()))
        trial = about["_0"].split(".")[0] if isinstance(about.get("_0"), str) else ""
        if event == "reported":
            last[trial] = time
        elif event in ("suspended", "attemptEnded") and trial in last:
            free.append(last.pop(trial))
        elif event in ("attemptStarted", "resumed"):
            running += 1
            if running > SLOTS and free:
                found.append(time - free.pop(0))
    return found


def compare_steps(found: Run, said: Sequence[tuple[float, str, dict[str, Any]]], trace: Trace) -> None:
    """What the live trainings' own seconds are beyond the trace's."""
    curves = trace.curves()
    first: dict[str, float] = {}
    live = recorded = 0.0
    for _, trial, report in said:
        curve = curves[trial]
        if trial not in first:
            first[trial] = report["elapsed"]
            found.starts.append(report["elapsed"] - curve[0][0])
    last = {trial: report for _, trial, report in said}
    for trial, report in last.items():
        live += report["elapsed"] - first[trial]
        recorded += curves[trial][report["step"] - 1][0] - curves[trial][0][0]
    found.steps = live / recorded if recorded else math.nan


def measure(cifar: Trace, rounds: int = ROUNDS) -> dict[str, list[list[Run]]]:
    """By program: for each arm, a run for each round."""
    found: dict[str, list[list[Run]]] = {}
    with harness.Place() as place:
        programs = [training(), playing(cifar if cifar.path.exists() else simulated.DIGITS, place.folder)]
        for program in programs:
            arms = ARMS[1:] if program.trace else ARMS
            found[program.title] = [[] for _ in arms]
            for number in range(rounds):
                # Trainings are recorded anew in each round, for the machine's speed drifts.
                recording = program.trace or place.folder / f"{number}.csv"
                for arm, (scheduler, has_target) in zip(found[program.title], arms, strict=True):
                    target = reachable(Trace("", recording, "trial,step,seconds", program.metric)) if has_target else None
                    arm.append(run(program, scheduler, target, recording))
                    words = f"{arm[-1].live:.1f} s live, {arm[-1].simulated:.1f} s simulated"
                    print(f"{program.title}, {scheduler}: {words}", file=sys.stderr, flush=True)
    return found


def spread(values: Sequence[float], digits: int = 3) -> str:
    middle, low, high = (f"{value:.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"
