"""What is drawn from simulated and live experiments: shares over time, starts and handovers, what the pages say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hyperdrive
import hyperdrive_figures as figures
import hyperdrive_live as live
import hyperdrive_paper as paper
import pytest
import simulated
from hyperdrive_live import Run
from hyperdrive_paper import Policy, Workload
from simulated import Played, Setting, Trace


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    """Three trials of three steps; the second is twice as slow."""
    path = tmp_path / "curves.csv"
    trials = ((7, 1, 0.1), (8, 2, 0.3), (9, 1, 0.2))
    rows = [f"{trial},{step},{step * pace},{step * rate}\n" for trial, pace, rate in trials for step in (1, 2, 3)]
    path.write_text("trial,step,seconds,value\n" + "".join(rows))
    return Trace("made up", path, "trial,step,seconds", "value")


def played(word: str, reached: list[float | None], ends: list[float], **rows: list[dict[str, str]]) -> Played:
    return Played(word, ends, reached, [0.0] * len(ends), ends, rows.get("trials", []), rows.get("allocation", []))


def row(repeat: int, seconds: float, promising: int, others: int) -> dict[str, str]:
    return {"repeat": str(repeat), "seconds": str(seconds), "promising": str(promising), "others": str(others)}


def test_promising_slots_are_counted_by_time() -> None:
    first = [row(1, 0, 0, 2), row(1, 5, 1, 1), row(1, 6, 2, 0)]
    assert figures.promising(played("pop", [10.0], [10.0], allocation=first)) == pytest.approx([0, 0, 0.25, 1, 1])
    both = played("pop", [10.0, 1.0], [10.0, 1.0], allocation=[*first, row(2, 0, 0, 2)])
    assert figures.promising(both) == pytest.approx([0, 0, 0.125, 0.5, 0.5])


def test_jobs_are_long_by_their_own_training(trace: Trace) -> None:
    workload = Workload(Setting(trace, 1, 1), (Policy("pop", "POP"), Policy("fifo", "Default")), (), "made-up")
    trials = [{"configuration": "7", "seconds": "0.8"}, {"configuration": "8", "seconds": "0.8"}]
    every = {word: played(word, [1.0], [1.0], trials=trials) for word in ("pop", "fifo")}
    assert "| `pop` (POP) | 5 % | 50 % | 10.00 |" in figures.durations(workload, every)


def test_times_stand_beside_the_papers(trace: Trace) -> None:
    policies = (Policy("pop", "POP"), Policy("bandit", "Bandit"), Policy("fifo", "Default"))
    every = {"pop": played("pop", [2.0] * 2, [2.0] * 2), "fifo": played("fifo", [3.0] * 2, [3.0] * 2)}
    every["bandit"] = played("bandit", [4.0, None], [4.0, 1.0])
    text = figures.time_to_target(Workload(Setting(trace, 1, 2), policies, (), "made-up"), every)
    assert "| `bandit` (Bandit) | 4.5 h | 1.61 | 4 s | 2.00 (2.00 to 2.00) | 1.24 | 4 s | 4 s | 4 s | 4 s | 4 s | 1 of 2 |" in text


def test_policies_are_the_papers_and_others() -> None:
    words = {policy.paper: policy.word for policy in paper.policies(":kill_threshold=0.15") if policy.paper}
    assert words == {
        "POP": "pop:boundary=4:predictor=last:kill_threshold=0.15", "Bandit": "bandit:boundary=10", "EarlyTerm": "earlyterm:boundary=30",
        "Default": "fifo",
    }  # fmt: skip
    lander = [policy.word for policy in paper.policies(":kill_threshold=-100", ":range=-500..300", (10,), (10,), 10)]
    assert lander[0] == "pop:boundary=10:predictor=last:kill_threshold=-100:range=-500..300"
    assert len(lander) == len(set(lander)) and simulated.OURS in lander


def event(time: float, kind: str, attempt: str, **more: Any) -> tuple[float, dict[str, Any]]:
    return time, {kind: {"_0": attempt, **({"_1": more} if more else {})}}


def test_a_slot_changes_hands_from_the_last_report_to_the_next_start() -> None:
    journal = [
        event(0, "attemptStarted", "1.1"), event(0, "attemptStarted", "2.1"), event(4, "reported", "1.1"), event(5, "reported", "2.1"),
        event(5.5, "suspended", "2.1"), event(5.75, "attemptStarted", "3.1"), event(6, "suspended", "1.1"), event(6.5, "resumed", "2.1"),
    ]  # fmt: skip
    assert live.handovers(journal) == [0.75, 2.5]


def test_what_live_steps_take_beyond_the_trace(trace: Trace) -> None:
    journal = [event(1.5, "reported", "7.1", step=1, elapsed=1.5), event(2, "reported", "8.1", step=1, elapsed=2.0),
               event(4, "reported", "7.1", step=3, elapsed=4.5), event(5, "reported", "8.1", step=2, elapsed=4.0)]  # fmt: skip
    run = Run("fifo", None, 5, False, 4, False, 5, 0)
    live.compare_steps(run, live.reports(journal), trace)
    assert (run.starts, run.steps, run.ratio, run.own_ratio) == ([0.5, 0.0], 1.25, 1.25, 1)


def test_own_steps_are_the_experiments_as_far_as_it_came(trace: Trace, tmp_path: Path) -> None:
    journal = [event(1.5, "reported", "7.1", step=1, elapsed=1.5), event(4, "reported", "7.1", step=2, elapsed=3.5)]
    own = live.own_steps(live.reports(journal), trace)
    assert [seconds for seconds, _ in own["7"]] == [1.5, 3.5, 4.5]
    assert own["8"] == trace.curves()["8"]
    assert Trace("", live.write(tmp_path / "own.csv", own, "value"), "trial,step,seconds", "value").curves() == own


def test_played_trainings_are_the_traces_first_ones_and_faster(trace: Trace, tmp_path: Path) -> None:
    folder = tmp_path / "played"
    folder.mkdir()
    program = live.playing(trace, folder)
    assert program.trace is not None
    curves = Trace("", program.trace, "trial,step,seconds", "value").curves()
    assert list(curves) == ["1", "2", "3"]
    assert sum(curve[-1][0] for curve in curves.values()) == pytest.approx(live.PLAYED_SECONDS * live.SLOTS)
    assert [value for _, value in curves["2"]] == pytest.approx([0.3, 0.6, 0.9])
    assert [json.loads(line) for line in program.files["order.jsonl"].splitlines()] == [{"curve": 1}, {"curve": 2}, {"curve": 3}]
    assert live.reachable(trace) == pytest.approx(0.6)


def test_an_experiment_file_has_the_scheduler_with_its_options() -> None:
    file = live.experiment(live.training(), "asha:min_steps=3", 0.9)
    assert file["scheduler"] == {"name": "asha", "min_steps": 3}
    assert file["objective"] == {"metric": "accuracy", "goal": "maximize", "target": 0.9}
    assert "target" not in live.experiment(live.training(), "fifo", None)["objective"]


def test_the_page_says_whether_the_simulator_is_near() -> None:
    near = [Run("fifo", None, 10.0 + shift, False, 10.0, False, 10.0 + shift, 0, [0.1], 1.0) for shift in (0.5, 1.0, 3.0)]
    far = [Run("asha", 0.9, 12.0, True, 10.0, True, 12.0, 0.05, [0.25], 1.0, [0.125])]
    text = hyperdrive.simulation({"made up, played": [near, far], "made up, trained": [far]})
    assert "| made up, played | `fifo` | the last report | 11.0 (10.5–13.0) | 10.0 | 1.100 (1.050–1.300) | 1.000 | kept |" in text
    assert "| made up, played | `asha` | 0.9 reached | 12.0 | 10.0 | 1.200, over 13 % | 1.000 | **missed** |" in text
    assert "| made up, trained | `asha` | 0.9 reached | 12.0 | 10.0 | 1.200, over 13 % | 1.000 | kept |" in text
    assert "| made up, played | `asha` | +250 ms | 1.000 | 125 ms | 50 ms |" in text
    assert "3 rounds" in text and "Within 13 %" in text
