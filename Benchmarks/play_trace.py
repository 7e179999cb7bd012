"""A training that only seems to be one: it says what a recorded curve says, when the curve says it.

Usage: play_trace.py CURVES TRIAL

CURVES has the columns trial, step, seconds (since the trial's start) and value. Real processes are started, suspended and stopped, and only
the training is played, so that its speed does not depend on what else the machine does.
"""

from __future__ import annotations

import csv
import json
import signal
import sys
import time
from typing import Callable, Iterable

Step = tuple[int, float, float]
"""Number, seconds since the start, value."""
SLICE = 0.01
"""Seconds of one sleep, and the most that a suspension is mistaken by."""


class Awake:
    """Seconds that have passed, but for those in which the process was stopped: a sleep goes on while its process is stopped."""

    def __init__(self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self.now, self.sleep = now, sleep
        self.passed, self.looked, self.was_stopped = 0.0, now(), False

    def goes_on(self, *_: object) -> None:
        """For SIGCONT."""
        self.was_stopped = True

    def until(self, seconds: float) -> None:
        while self.passed < seconds:
            self.sleep(min(SLICE, seconds - self.passed))
            now = self.now()
            self.passed += min(SLICE, now - self.looked) if self.was_stopped else now - self.looked
            self.looked, self.was_stopped = now, False


def curve(lines: Iterable[str], trial: str) -> list[Step]:
    rows = (row for row in csv.DictReader(lines) if row["trial"] == trial)
    return [(int(row["step"]), float(row["seconds"]), float(row["value"])) for row in rows]


def play(steps: Iterable[Step], until: Callable[[float], None], say: Callable[[str], None]) -> None:
    for step, seconds, value in steps:
        until(seconds)
        say(f"attune: {json.dumps({'step': step, 'value': value})}")


def main() -> None:
    awake = Awake()
    signal.signal(signal.SIGCONT, awake.goes_on)
    with open(sys.argv[1]) as lines:
        steps = curve(lines, sys.argv[2])
    if not steps:
        sys.exit(f"{sys.argv[1]} has no trial {sys.argv[2]}")
    play(steps, awake.until, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
