"""What must hold of an experiment after any number of deaths of its controller and its agent."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import harness
from harness import Place

FINAL = {"completed", "stopped"}
"""No trial may fail: the scripts do not."""


@dataclass
class Tally:
    """What was looked at, and what was wrong with it."""

    trials: int = 0
    reports: int = 0
    acknowledged: int = 0
    wrong_reports: list[str] = field(default_factory=list)
    wrong_trials: list[str] = field(default_factory=list)
    left_processes: list[str] = field(default_factory=list)

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values())))

    @property
    def problems(self) -> list[str]:
        return self.wrong_reports + self.wrong_trials + self.left_processes

    @property
    def digest(self) -> list[str]:
        """The problems, of many reports of a trial the first two."""
        shown: list[str] = []
        for trial, those in groupby(self.wrong_reports, key=lambda problem: problem.split(",")[0]):
            first = list(those)
            shown += first[:2] + [f"  … and {len(first) - 2} more of {trial}"] * (len(first) > 2)
        return self.wrong_trials + self.left_processes + shown

    @property
    def text(self) -> str:
        return (
            f"{self.trials} trials, {self.reports} reports ({self.acknowledged} acknowledged): {len(self.wrong_reports)} reports and "
            f"{len(self.wrong_trials)} trials wrong, {len(self.left_processes)} processes left"
        )


def check(place: Place, trials: int) -> Tally:
    """Looks at the only experiment of the place, which has ended."""
    tally = Tally(trials=trials)
    tally.left_processes += [describe(process) for process in harness.processes_of(place.folder)]
    name, outcome = place.query("SELECT name, outcome FROM experiment")[0]
    journal = [json.loads(event) for (event,) in place.query("SELECT event FROM journal ORDER BY number")]
    check_store(place, outcome, tally)
    check_trials(place, trials, tally)
    for trial in range(1, trials + 1):
        check_attempts(place, trial, journal, place.experiment(name), tally)
    return tally


def check_store(place: Place, outcome: Any, tally: Tally) -> None:
    """The database is whole, and the agent's events are numbered without a gap."""
    if (whole := place.query("PRAGMA integrity_check")) != [("ok",)]:
        tally.wrong_trials.append(f"the database is damaged: {whole}")
    if not outcome:
        tally.wrong_trials.append("the experiment has no outcome")
    for source, count, last in place.query("SELECT source, COUNT(*), MAX(sequence) FROM journal WHERE source NOTNULL GROUP BY source"):
        if count != last:
            tally.wrong_reports.append(f"the journal has {count} of the {last} events of agent '{source}'")


def check_trials(place: Place, trials: int, tally: Tally) -> None:
    """As many as were asked for, each once, each at its end."""
    rows = place.query("SELECT number, state FROM trial ORDER BY number")
    if [number for number, _ in rows] != list(range(1, trials + 1)):
        tally.wrong_trials.append(f"expected trials 1...{trials}, found {[number for number, _ in rows]}")
    tally.wrong_trials += [f"trial {number} is {state}" for number, state in rows if state not in FINAL]


def check_attempts(place: Place, trial: int, journal: list[Any], folder: Path, tally: Tally) -> None:
    """Its training ran once from its beginning to its end, whoever died meanwhile."""
    attempt = f"{trial}.1"
    rows = place.query("SELECT number, ending FROM attempt WHERE trial = ?", trial)
    folders = sorted(path.name for path in folder.glob(f"trials/{trial}/attempts/*"))
    if [number for number, _ in rows] != [1] or folders != ["1"]:
        tally.wrong_trials.append(f"trial {trial}: one attempt expected; the store has {rows}, the folder {folders}")
        return
    for kind in ["attemptStarted", "attemptEnded"]:
        count = sum(1 for event in journal if subject(event, kind) == attempt)
        if count != 1:
            tally.wrong_trials.append(f"attempt {attempt}: {count} times {kind} in the journal")
    witness = [json.loads(line) for line in (folder / "trials" / str(trial) / "attempts" / "1" / "witness.jsonl").read_text().splitlines()]
    starts = [line["started"] for line in witness if "started" in line]
    if len(starts) != 1:
        tally.wrong_trials.append(f"attempt {attempt} was run by processes {starts}")
    check_reports(place, trial, rows[0][1], witness, tally)


def check_reports(place: Place, trial: int, ending: str, witness: list[Any], tally: Tally) -> None:
    """What was acknowledged is there, once, with its numbers; and everything is there that a script which ended by itself has said."""
    said = {line["reported"]: line["metrics"] for line in witness if "reported" in line}
    acknowledged = [line["acknowledged"] for line in witness if "acknowledged" in line]
    stored = [(step, json.loads(metrics)) for step, metrics in place.query(
        "SELECT step, metrics FROM report WHERE trial = ? ORDER BY entry", trial
    )]  # fmt: skip
    steps = [step for step, _ in stored]
    tally.reports += len(steps)
    tally.acknowledged += len(acknowledged)
    wrong = {
        "there more than once": {step for step, count in Counter(steps).items() if count > 1},
        "acknowledged and not there": set(acknowledged) - set(steps),
        "there with other numbers": {step for step, metrics in stored if said.get(step, metrics) != metrics},
        "not there between others": set(range(1, max(steps, default=0))) - set(steps),
    }
    # A script that is stopped may die with a line printed and the witness not told, or with a report told and not sent.
    if ending == "exit status 0":
        wrong["reported and not there"] = set(said) - set(steps)
        wrong["there and never reported"] = set(steps) - set(said)
    for what, those in wrong.items():
        tally.wrong_reports += [f"trial {trial} ({ending}), step {step}: {what}" for step in sorted(those)]
    if steps != sorted(steps):
        tally.wrong_reports.append(f"trial {trial} ({ending}): steps out of order: {steps}")


def subject(event: Any, kind: str) -> str | None:
    """The attempt that a journaled event of that kind is about."""
    body = (event.get("kind") or event).get(kind)
    return attempt_name(body["_0"]) if body else None


def attempt_name(identity: Any) -> str:
    return identity if isinstance(identity, str) else f"{identity['trial']}.{identity['number']}"


def describe(process: int) -> str:
    return f"{process}: {' '.join(harness.arguments_of(process))[:200] or 'just ended'}"
