"""Kills the controller, the agent or both at random moments, resumes, and looks whether anything was lost, doubled or left behind.

Usage: chaos.py [--kills 20] [--trials N] [--seed N] [--fast] [--json FILE]

Runs Examples/digits as it stands, with a witness around its script; with --fast a script that only reports, some hundred times a
second. When an experiment ends before all kills are spent, the next one begins. The seed is printed: it gives the same targets and the
same pauses again, though not the same moments in the experiment's life. Exit status 1 when a promise was broken; the folder is kept then.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, field
from pathlib import Path

import chaos_checks
import harness
from harness import Figure, Place

HERE = Path(__file__).resolve().parent
DIGITS = harness.ROOT / "Examples" / "digits"
TARGETS = ["controller", "agent", "both"]


@dataclass
class Plan:
    """What runs, and how long it is left alone between two kills."""

    name: str
    file: str
    pause: tuple[float, float]
    limit: float
    """Seconds after the last kill in which the experiment must end."""


def digits(trials: int) -> Plan:
    lines = (DIGITS / "experiment.yaml").read_text().splitlines()
    command = f"command: [python3, {HERE / 'chaos' / 'witness.py'}, train.py]\ndirectory: {DIGITS}"
    text = "\n".join(command if line.startswith("command:") else line for line in lines)
    assert command in text, "the example's file has no line that begins with 'command:'"
    return Plan("digits", text + "\n", (0.3, 8.0), 900)


def fast(trials: int) -> Plan:
    command = f"[python3, {HERE / 'chaos' / 'witness.py'}, {HERE / 'chaos' / 'chatty.py'}]"
    text = f"""name: chatty
command: {command}
objective: {{metric: loss, goal: minimize}}
parameters:
  channel: {{type: choice, values: [library, output]}}
  steps: {{type: int, range: [100, 500]}}
  offset: {{type: float, range: [0, 1]}}
resources: {{local: {{slots: 4}}}}
limits: {{trials: {trials}}}
"""
    return Plan("chatty", text, (0.05, 1.2), 240)


@dataclass
class Siege:
    """One experiment under fire."""

    plan: Plan
    place: Place
    dice: random.Random
    arguments: list[str]
    log: Path = field(init=False)
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TARGETS, 0))

    def __post_init__(self) -> None:
        self.log = self.place.folder / "controller.log"

    def run(self, kills: int) -> str:
        """Kills at most so many times. Returns what was wrong with the end of the last controller; nothing when it was well."""
        harness.write(self.place.folder / "experiment.yaml", self.plan.file)
        controller = self.start()
        while sum(self.kills.values()) < kills and not ended_within(controller, self.dice.uniform(*self.plan.pause)):
            target = self.dice.choice(TARGETS)
            self.kill(target, controller)
            self.kills[target] += 1
            if target != "agent":
                ended_within(controller, 60)
                time.sleep(self.dice.choice([0, 0, self.dice.uniform(0, self.plan.pause[1] / 4)]))
                controller = self.start()
        is_over = ended_within(controller, self.plan.limit)
        if is_over and controller.returncode == 0:
            return ""
        end = f"exit status {controller.returncode}" if is_over else f"no end within {self.plan.limit} s"
        return f"the last controller: {end}; its log ends with:\n{self.log.read_text()[-3000:]}"

    def start(self) -> subprocess.Popen[bytes]:
        """Resumes; a controller that was killed before it had made the experiment is started again."""
        known = (self.place.store / "attune.db").exists() and self.place.query("SELECT 1 FROM sqlite_master WHERE name = 'experiment'")
        is_there = bool(known) and bool(self.place.query("SELECT 1 FROM experiment"))
        command = ["resume"] if is_there else ["run", "experiment.yaml", *self.arguments]
        return self.place.start(*command, log=self.log)

    def kill(self, target: str, controller: subprocess.Popen[bytes]) -> None:
        agents = self.agents() if target != "controller" else []
        if target != "agent":
            controller.kill()
        for agent in agents:
            try:
                os.kill(agent, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it left by itself

    def agents(self) -> list[int]:
        words = {process: harness.arguments_of(process)[:2] for process in harness.processes_of(self.place.folder)}
        return [process for process, start in words.items() if start[1:] == ["agent"]]


def ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def besiege(plan: Plan, trials: int, kills: int, seed: int) -> tuple[chaos_checks.Tally, dict[str, int]]:
    """Experiment after experiment until all kills are spent, each checked. A folder in which something was wrong is kept."""
    dice = random.Random(seed)
    total, spent, number = chaos_checks.Tally(), dict.fromkeys(TARGETS, 0), 0
    while sum(spent.values()) < kills and not total.problems:
        number += 1
        place = Place()
        siege = Siege(plan, place, dice, ["--trials", str(trials), "--seed", str(seed + number)])
        end = siege.run(kills - sum(spent.values()))
        tally = chaos_checks.check(place, trials)
        if end:
            tally.wrong_trials.insert(0, end)
        total += tally
        spent = {target: spent[target] + siege.kills[target] for target in TARGETS}
        print(f"experiment {number}: kills {siege.kills}, {tally.text}", file=sys.stderr, flush=True)
        if tally.problems:
            total.wrong_trials.append(f"kept for a look: {place.folder}")
        else:
            place.close()
    return total, spent


def main() -> int:
    def add(parser: ArgumentParser) -> None:
        parser.add_argument("--kills", type=int, help="default: 20, with --fast 100")
        parser.add_argument("--trials", type=int, help="of an experiment; default: 30 as in the example, with --fast 24")
        parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
        parser.add_argument("--fast", action="store_true")

    given: Namespace = harness.options(__doc__, add)
    kills, trials = given.kills or (100 if given.fast else 20), given.trials or (24 if given.fast else 30)
    print(f"seed {given.seed}", flush=True)
    tally, spent = besiege((fast if given.fast else digits)(trials), trials, kills, given.seed)
    print(f"kills {spent}: {tally.text}")
    for problem in tally.digest:
        print(problem)
    return harness.publish(figures("chaos --fast" if given.fast else "chaos", tally, sum(spent.values())), given.json)


def figures(name: str, tally: chaos_checks.Tally, kills: int) -> list[Figure]:
    found = [
        (f"reports lost or doubled in {kills} kills, of {tally.reports}", len(tally.wrong_reports)),
        (f"trials lost, doubled or stuck in {kills} kills, of {tally.trials}", len(tally.wrong_trials)),
        (f"processes left after {kills} kills", len(tally.left_processes)),
    ]
    return [Figure.of(name, quantity, "", [float(count)], limit=0) for quantity, count in found]


if __name__ == "__main__":
    sys.exit(main())
