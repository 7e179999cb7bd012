"""Our own scheduler beside the best of the others, picked in hindsight for each row: time to a target, and the best value at any time.

Usage: schedulers.py [--page FILE] [--repeats R] [--rows WORDS] [--ours WORD]. Fails when something is not as promised.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

import paired
import schedulers_page
import simulated
from pages import kept, table
from paired import Interval
from simulated import CIFAR, DECAY, DIGITS, LANDER, OURS, WIKITEXT, Played, Setting, Trace

ASHA = ("asha:min_steps=1", "asha:min_steps=2", "asha:min_steps=4")
POP = ("pop:boundary=2:predictor=last", "pop:boundary=4:predictor=last", "pop:boundary=2", "pop:boundary=4")
BASELINES = (*POP, *ASHA, "hyperband", "median", "iepoch", "fifo")
# HyperDrive's rivals as it had them, and at the same part of 40 epochs as it had them of 120.
PAPERS = {
    "Default": ("fifo",),
    "Bandit": ("bandit:boundary=10", "bandit:boundary=3"),
    "EarlyTerm": ("earlyterm:boundary=30", "earlyterm:boundary=10"),
}
POP_PROMISES = {"Default": 1.6, "Bandit": 1.2, "EarlyTerm": 1.24}
POP_WORDS = """{title}, {repeats} random sets of 100, .83, 5 slots: mean time of HyperDrive's rivals
to that of POP. Promised is the ratio to the best POP, picked in hindsight: `{pop}`. First with the paper's boundaries, which were made for
120 epochs: of 40, EarlyTerm then decides once. Then with boundaries at the same part of 40 epochs.
"""
AT_MOST_CIFAR, AT_MOST_ELSEWHERE = 0.85, 1.10


@dataclass(frozen=True)
class Row:
    title: str
    setting: Setting
    limit: float = AT_MOST_ELSEWHERE

    @property
    def is_better(self) -> bool:
        """Whether all of the interval has to be below 1."""
        return self.limit < 1


def rows(repeats: Optional[int] = None) -> tuple[list[Row], list[str]]:
    """Of the traces that are there; and words on those that are not."""
    sets, orders = repeats or 30, repeats or 25
    wanted: list[tuple[Trace, Optional[float], int, str, int]] = [(CIFAR, 0.83, 5, "one-set", orders)]
    wanted += [(CIFAR, target, 5, "sets", sets) for target in (0.82, 0.83, 0.84)] + [(CIFAR, 0.83, 15, "sets", sets)]
    wanted += [(trace, target, slots, "sets", sets) for trace, target in ((WIKITEXT, 4.94), (DIGITS, 0.9833)) for slots in (1, 5)]
    named = {trace: simulated.named_target(trace) for trace in (DECAY, LANDER)}
    wanted += [(trace, target, slots, "sets", sets) for trace, target in named.items() for slots in (1, 5)]
    found, missing = [], {}
    for trace, target, slots, order, count in wanted:
        if not trace.path.exists() or target is None:
            why = "no target is named" if trace.path.exists() else f"{trace.path.name} is not there"
            missing[f"{trace.title}: left out, for {why}"] = True
            continue
        words = f"{trace.title}, {'one set, ' * (order == 'one-set')}{target:g}, {slots} slot{'s' * (slots > 1)}"
        setting = Setting(trace, slots, count, order, min(100, len(trace.curves())), target)
        found.append(Row(words, setting, AT_MOST_CIFAR if trace is CIFAR else AT_MOST_ELSEWHERE))
    return found, list(missing)


@dataclass
class Measured:
    row: Row
    ours: str
    times: dict[str, list[float]]
    """Seconds to the target, penalised, in the repeats in which the target can be reached at all."""
    missed: dict[str, int]
    unreachable: int
    areas: dict[str, dict[str, Interval]]
    """Of `target` and `budget`: how much better ours is than others', on average over time."""

    @property
    def rival(self) -> str:
        return paired.best({name: times for name, times in self.times.items() if name != self.ours})

    def beside(self, other: str) -> Interval:
        return paired.ratio_of_means(self.times[self.ours], self.times[other])

    @property
    def has_ours(self) -> bool:
        return self.ours in self.times

    @property
    def is_kept(self) -> bool:
        ratio = self.beside(self.rival)
        return ratio.value <= self.row.limit and (ratio.high < 1 or not self.row.is_better)

    @property
    def is_no_worse(self) -> bool:
        return all(is_no_worse(area) for kind in self.areas.values() for area in kind.values())


def is_no_worse(area: Interval) -> bool:
    """But for what may be chance."""
    return area.high >= 0


def times(played: dict[str, Played]) -> tuple[dict[str, list[float]], dict[str, int], list[int]]:
    """Penalised times, how often each missed the target, and the repeats in which it can be reached: those in which `fifo` does."""
    fifo = played["fifo"]
    can = [index for index, time in enumerate(fifo.reached) if time is not None]
    found, missed = {}, {}
    for name, each in played.items():
        penalised = paired.penalised(each.reached, each.ends, [fifo.reached[index] or fifo.ends[index] for index in range(len(fifo.ends))])
        found[name] = [penalised[index] for index in can]
        missed[name] = sum(each.reached[index] is None for index in can)
    return found, missed, can


def areas(played: dict[str, Played], ours: str, sign: int) -> dict[str, Interval]:
    """Ours less the best ASHA's and the best POP's, picked in hindsight; larger is better."""
    found = {}
    for names in (ASHA, POP):
        rival = max(names, key=lambda name: sign * statistics.fmean(played[name].areas))
        difference = paired.mean_difference(played[ours].areas, played[rival].areas)
        low, high = sorted((sign * difference.low, sign * difference.high))
        found[rival] = Interval(sign * difference.value, low, high)
    return found


def measure(row: Row, ours: str) -> Measured:
    names = simulated.known([*BASELINES, ours])
    played = simulated.play(row.setting, names)
    found, missed, can = times(played)
    both = {}
    if ours in names:
        # Without a target, for as long as `fifo` needs to it on average.
        long = statistics.fmean(found["fifo"]) if can else statistics.fmean(played["fifo"].ends)
        without = simulated.play(replace(row.setting, target=None, time=long), [*ASHA, *POP, ours])
        both = {"target": areas(played, ours, row.setting.trace.sign), "budget": areas(without, ours, row.setting.trace.sign)}
    return Measured(row, ours, found, missed, len(played["fifo"].ends) - len(can), both)


def pop_promise(repeats: Optional[int]) -> tuple[str, bool]:
    """How much longer HyperDrive's rivals take than POP on the 30 random sets."""
    if not CIFAR.path.exists():
        return "", True
    setting = Setting(CIFAR, 5, repeats or 30, "sets", 100, 0.83)
    played = simulated.play(setting, [*POP, *(name for names in PAPERS.values() for name in names)])
    found, _, _ = times(played)
    pop, lines, good = paired.best({name: found[name] for name in POP}), [], True
    for title, names in PAPERS.items():
        for name in names:
            ratios = {other: paired.ratio_of_means(found[name], found[other]) for other in POP}
            is_promised = name == names[0]
            is_kept = ratios[pop].value >= POP_PROMISES[title]
            good = good and (is_kept or not is_promised)
            said = f"≥ {POP_PROMISES[title]}: {kept(is_kept)}" if is_promised else ""
            lines.append((title, f"`{name}`", *(ratios[other].text() for other in POP), said))
    words = POP_WORDS.format(title=CIFAR.title, repeats=setting.repeats, pop=pop)
    return words + "\n" + table(("Policy", "Here", *(f"to `{name}`" for name in POP), "Promised"), lines), good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, help="write the page into this file")
    parser.add_argument("--repeats", type=int, help="fewer of them, to try")
    parser.add_argument("--rows", default="", help="only rows whose title has these words; POP for its own table")
    parser.add_argument("--ours", default=OURS, help="hold another scheduler against the others")
    options = parser.parse_args()
    found, missing = rows(options.repeats)
    measured = []
    for row in found:
        if options.rows in row.title:
            print(f"== {row.title}", file=sys.stderr, flush=True)
            measured.append(measure(row, options.ours))
    pop, pop_is_good = pop_promise(options.repeats) if options.rows in "POP" else ("", True)
    text = schedulers_page.page(measured, missing, pop)
    if options.page:
        options.page.write_text(text)
    print(text)
    return 0 if pop_is_good and all(each.is_kept and each.is_no_worse for each in measured if each.has_ours) else 1


if __name__ == "__main__":
    sys.exit(main())
