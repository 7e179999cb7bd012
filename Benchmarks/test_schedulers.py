"""What counts where a target is missed, how sure a ratio is, what is promised, and what the page says of it."""

from __future__ import annotations

from pathlib import Path

import paired
import pytest
import schedulers
import schedulers_page
import simulated
from paired import Interval
from schedulers import Measured, Row
from simulated import Played, Setting, Trace

TRACE = Trace("made up", Path("nowhere.csv"), "trial,step,seconds", "value")


def played(name: str, reached: list[float | None], ends: list[float], areas: list[float] | None = None) -> Played:
    return Played(name, ends, reached, areas or [0.0] * len(ends), ends)


def measured(ours: list[float], theirs: list[float], limit: float = 0.85, **more: Interval) -> Measured:
    row = Row("made up, 1 slot", Setting(TRACE, 1, len(ours), target=1.0), limit)
    areas = {"target": {"asha": more.get("area", Interval(0, -1, 1))}, "budget": {"asha": Interval(0, -1, 1)}}
    times = {"prospect": ours, "fifo": theirs, "asha": [9.0] * len(ours)}
    return Measured(row, "prospect", times, {"prospect": 0, "fifo": 0, "asha": 1}, 2, areas)


def test_a_missed_target_counts_as_the_end_and_then_anew() -> None:
    assert paired.penalised([3.0, None, 5.0], [3.0, 10.0, 5.0], [7.0, 8.0, 9.0]) == [3.0, 18.0, 5.0]


def test_repeats_that_nobody_can_win_are_left_out() -> None:
    every = {"fifo": played("fifo", [4.0, None, 6.0], [4.0, 50.0, 6.0]), "asha": played("asha", [1.0, None, None], [1.0, 20.0, 30.0])}
    assert schedulers.times(every) == ({"fifo": [4.0, 6.0], "asha": [1.0, 36.0]}, {"fifo": 0, "asha": 1}, [0, 2])


def test_a_ratio_that_is_the_same_in_all_repeats_is_certain_and_the_seed_decides_the_rest() -> None:
    theirs = [1.0, 2.0, 10.0, 4.0]
    exact = paired.ratio_of_means([time / 2 for time in theirs], theirs)
    assert (exact.value, exact.low, exact.high) == (0.5, 0.5, 0.5)
    once, again = (paired.ratio_of_means([1.0, 5.0, 2.0, 3.0], theirs, seed=3) for _ in range(2))
    assert once == again
    assert once.low < once.value < once.high
    assert paired.mean_difference([3.0, 4.0], [1.0, 2.0]) == Interval(2.0, 2.0, 2.0)


@pytest.mark.parametrize(
    ("ours", "limit", "is_kept"),
    [([0.5, 1.0, 2.0], 0.85, True), ([0.9, 1.8, 3.6], 0.85, False), ([0.9, 1.8, 3.6], 1.1, True), ([0.1, 0.2, 4.8], 0.85, False),
     ([1.05, 2.1, 4.2], 1.1, True), ([1.2, 2.4, 4.8], 1.1, False)],
)  # fmt: skip
def test_a_promise_below_one_needs_an_interval_below_one(ours: list[float], limit: float, is_kept: bool) -> None:
    each = measured(ours, [1.0, 2.0, 4.0], limit)
    assert (each.rival, each.is_kept) == ("fifo", is_kept)


def test_areas_are_better_the_larger_they_are_for_either_goal() -> None:
    names = [*schedulers.ASHA, *schedulers.POP]
    every = {name: played(name, [1.0] * 2, [1.0] * 2, [5.0, 5.0]) for name in names}
    every["asha:min_steps=4"].areas = [4.0, 4.0]
    every["ours"] = played("ours", [1.0] * 2, [1.0] * 2, [3.0, 3.0])
    assert schedulers.areas(every, "ours", -1) == {"asha:min_steps=4": Interval(1.0, 1.0, 1.0), schedulers.POP[0]: Interval(2.0, 2.0, 2.0)}
    assert schedulers.areas(every, "ours", 1)["asha:min_steps=1"].value == -2


def test_the_page_says_what_is_kept_and_what_is_missed() -> None:
    good, bad = measured([0.5, 1.0], [1.0, 2.0]), measured([2.0, 2.0], [1.0, 2.0], area=Interval(-3, -4, -2))
    text = schedulers_page.page([good, bad], ["Moon: left out, for moon.csv is not there"], "POP's table")
    assert "| made up, 1 slot | `fifo` | 0.50 (0.50 to 0.50) | ≤ 0.85, interval below 1: kept | 0, 0 of 2 | 2 |" in text
    assert "interval below 1: **missed**" in text
    assert "| made up, 1 slot | until the target | `asha` | -3.0000 (-4.0000 to -2.0000) | **missed** |" in text
    assert "Moon: left out, for moon.csv is not there.\n" in text
    assert "| `asha` | 9 s +1 | 9 s +1 |" in text
    assert text.endswith("POP's table")
    assert (good.is_no_worse, bad.is_no_worse) == (True, False)


def test_without_our_scheduler_the_page_has_the_others() -> None:
    only = measured([1.0], [2.0])
    del only.times["prospect"]
    text = schedulers_page.page([only], [], "")
    assert "does not have `prospect`" in text
    assert "| `fifo` | **2 s** |" in text


def test_a_trace_names_its_target_in_its_line(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("| `other.csv` | target 3 |\n| `nowhere.csv` | 60 × 100 | falls; target −, no: target -0.5. |\n")
    assert simulated.named_target(TRACE, readme) == -0.5
    assert simulated.named_target(Trace("", Path("third.csv"), "", ""), readme) is None


def test_schedulers_are_played_on_the_same_repeats() -> None:
    setting = Setting(simulated.DIGITS, 5, 2, configurations=10, target=0.9)
    found = simulated.play(setting, ["fifo", "asha:min_steps=2"], details=True)
    assert list(found) == ["fifo", "asha:min_steps=2"]
    assert all(len(each.reached) == len(each.areas) == 2 for each in found.values())
    assert {row["repeat"] for row in found["asha:min_steps=2"].trials} == {"1", "2"}
    assert simulated.known(["fifo", "no-such-thing:option=1"]) == ["fifo"]
