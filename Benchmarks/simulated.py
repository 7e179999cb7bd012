"""Experiments played by `attune simulate`: recorded traces, the schedulers that it knows, and what it answers."""

from __future__ import annotations

import csv
import functools
import json
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Optional

import harness

RECORDED = harness.ROOT / "Benchmarks" / "traces"
SHARED = harness.ROOT.parent / "shared" / "traces"
OURS = "prospect"
"""The scheduler that is held against all others."""


@dataclass(frozen=True)
class Trace:
    title: str
    path: Path
    columns: str
    metric: str
    goal: str = "maximize"
    options: tuple[str, ...] = ()

    @property
    def sign(self) -> int:
        """Times which a larger value is a better one."""
        return 1 if self.goal == "maximize" else -1

    def curves(self) -> dict[str, list[tuple[float, float]]]:
        """Seconds since the start and value of each step, by trial, in the order of the file."""
        trial, _, seconds = self.columns.split(",")
        found: dict[str, list[tuple[float, float]]] = {}
        with self.path.open() as file:
            for row in csv.DictReader(file):
                found.setdefault(row[trial], []).append((float(row[seconds]), float(row[self.metric] or "nan")))
        return found


DIGITS = Trace("Examples/digits", RECORDED / "digits.csv", "trial,step,seconds", "accuracy")
DECAY = Trace("digits, falling learning rate", RECORDED / "digits-decay.csv", "trial,step,cpu_seconds", "accuracy")
LANDER = Trace("Examples/lunar-lander", RECORDED / "lunar-lander.csv", "trial,step,cpu_seconds", "reward")
CIFAR = Trace("CIFAR-10", SHARED / "cifar10_cnn_klein2017.csv", "config,epoch,seconds_cumulative", "val_accuracy")
WIKITEXT = Trace(
    "WikiText-2", SHARED / "nasbenchnlp_wikitext2.csv", "arch,epoch,seconds_cumulative", "val_loss", "minimize", ("--leave-out-faulty",)
)


def named_target(trace: Trace, readme: Path = RECORDED / "README.md") -> Optional[float]:
    """The target that the line of the trace says: `… target 0.97 …`."""
    for line in readme.read_text().splitlines():
        if f"`{trace.path.name}`" in line and (said := re.search(r"target (?:is |of )?`?(-?\d+(?:\.\d+)?)", line)):
            return float(said[1])
    return None


@dataclass(frozen=True)
class Setting:
    """What is played; `attune simulate --help` says what the words mean."""

    trace: Trace
    slots: int
    repeats: int
    order: str = "sets"
    configurations: Optional[int] = None
    target: Optional[float] = None
    steps: Optional[int] = None
    time: Optional[float] = None
    suspend_cost: float = 0
    seed: int = 0

    def words(self) -> list[str]:
        trace = self.trace
        words = ["--trace", str(trace.path), "--columns", trace.columns, "--metric", trace.metric, "--goal", trace.goal, *trace.options]
        words += ["--slots", str(self.slots), "--repeats", str(self.repeats), "--order", self.order, "--seed", str(self.seed)]
        optional = {"configurations": self.configurations, "target": self.target, "steps": self.steps}
        for name, value in {**optional, "time": self.time, "budget": self.time}.items():
            words += [f"--{name}", repr(value)] if value is not None else []
        return words + (["--suspend-cost", repr(self.suspend_cost)] if self.suspend_cost else [])


@dataclass
class Played:
    """What became of one scheduler; each list has a value for each repeat."""

    scheduler: str
    ends: list[float]
    """Seconds of the experiments."""
    reached: list[Optional[float]]
    """Seconds to the target, where it was reached."""
    areas: list[float]
    """The best value, on average over time."""
    slot_seconds: list[float]
    trials: list[dict[str, str]] = field(default_factory=list)
    """Rows of trials.csv, where they were asked for."""
    allocation: list[dict[str, str]] = field(default_factory=list)
    """Rows of allocation.csv, likewise."""


def play(setting: Setting, schedulers: Iterable[str], details: bool = False, plots: Optional[Path] = None) -> dict[str, Played]:
    """Each scheduler's experiments, all with the same configurations in the same order."""
    asked = list(schedulers)
    with tempfile.TemporaryDirectory(prefix="attune-") as folder:
        words = [*setting.words(), "--schedulers", ",".join(asked), "--json"]
        words += ["--csv", folder] if details else []
        words += ["--svg", str(plots)] if plots else []
        done = subprocess.run([harness.binary(), "simulate", *words], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"attune simulate {' '.join(words)}\n{done.stderr}")
        answer = json.loads(done.stdout)
        rows = {name: read(Path(folder) / f"{name}.csv") if details else [] for name in ("trials", "allocation")}
    return {word: played(each, rows) for word, each in zip(asked, answer["schedulers"], strict=True)}


def read(table: Path) -> list[dict[str, str]]:
    if not table.exists():
        return []
    with table.open() as file:
        return list(csv.DictReader(file))


def played(answer: dict[str, Any], rows: dict[str, list[dict[str, str]]]) -> Played:
    name, count = answer["scheduler"], len(answer["seconds"])
    times = answer.get("time_to_target")
    return Played(
        name, answer["seconds"], times["each"] if times else [None] * count, answer["best"]["average_each"],
        answer["machine_seconds"]["each"], *([row for row in rows[kind] if row["scheduler"] == name] for kind in ("trials", "allocation")),
    )  # fmt: skip


@functools.cache
def is_known(scheduler: str) -> bool:
    """Whether the command has it, asked with two reports."""
    with tempfile.TemporaryDirectory(prefix="attune-") as folder:
        trace = Path(folder) / "trace.csv"
        trace.write_text("trial,step,seconds,value\n1,1,1,0\n1,2,2,1\n")
        words = ["--trace", str(trace), "--goal", "maximize", "--target", "1", "--schedulers", scheduler.split(":")[0]]
        done = subprocess.run([harness.binary(), "simulate", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0 and "is not known" not in done.stderr:
        raise RuntimeError(f"attune simulate --schedulers {scheduler}: {done.stderr}")
    return done.returncode == 0


def known(schedulers: Iterable[str]) -> list[str]:
    """Those that the command has, in their order."""
    return [word for word in schedulers if is_known(word.split(":")[0])]
