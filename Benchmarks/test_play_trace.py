"""A played training says what its trace says, when it says it, and does not train while it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import play_trace

CURVES = "trial,step,seconds,value\n1,1,0.5,0.1\n2,1,0.01,0.4\n2,2,0.02,0.5\n"


class Clock:
    """A time that passes in sleeps only; at some moments the process is stopped in its sleep for so many seconds."""

    def __init__(self, stops: dict[float, float] | None = None) -> None:
        self.time, self.stops = 100.0, dict(stops or {})
        self.awake = play_trace.Awake(lambda: self.time, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        for moment in [moment for moment in self.stops if self.time >= moment]:
            self.time += self.stops.pop(moment)
            self.awake.goes_on()


def test_every_step_is_said_when_the_trace_says_it() -> None:
    clock, said = Clock(), []
    steps = [(1, 2.5, 0.25), (2, 3.0, 0.5), (4, 10.0, 0.75)]
    play_trace.play(steps, clock.awake.until, lambda line: said.append((round(clock.time - 100, 6), line)))
    assert [moment for moment, _ in said] == [2.5, 3.0, 10.0]
    assert all(line.startswith("attune: ") for _, line in said)
    assert [json.loads(line.split(" ", 1)[1]) for _, line in said] == [
        {"step": 1, "value": 0.25}, {"step": 2, "value": 0.5}, {"step": 4, "value": 0.75},
    ]  # fmt: skip


def test_the_time_in_which_it_is_stopped_is_not_counted() -> None:
    clock = Clock(stops={101.0: 50.0, 155.0: 7.0})
    clock.awake.until(10)
    assert abs(clock.time - 100 - 67) <= 2 * play_trace.SLICE


def test_a_late_end_of_a_sleep_is_no_drift() -> None:
    clock = Clock()
    late = play_trace.Awake(lambda: clock.time, lambda seconds: clock.sleep(seconds + 0.003))
    for step in range(1, 101):
        late.until(step * 0.1)
    assert abs(clock.time - 110) <= play_trace.SLICE


def test_a_process_plays_its_own_curve_and_survives_being_continued(tmp_path: Path) -> None:
    curves = tmp_path / "curves.csv"
    curves.write_text(CURVES)
    command = [sys.executable, play_trace.__file__, str(curves), "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        process.send_signal(signal.SIGCONT)
        assert process.communicate(timeout=60)[0].splitlines() == ['attune: {"step": 1, "value": 0.4}', 'attune: {"step": 2, "value": 0.5}']
    assert process.returncode == 0
    unknown = subprocess.run([*command[:-1], "3"], capture_output=True, text=True, timeout=60, check=False)
    assert (unknown.returncode, unknown.stderr) == (1, f"{curves} has no trial 3\n")
