"""The page of `schedulers.py`."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import paired
from pages import duration, head, kept, table

if TYPE_CHECKING:
    from schedulers import Measured

WORDS = """Simulated on recorded curves: `{ours}` beside others, which had the same
configurations in the same order. In parentheses 90 % intervals (bootstrap, repeats drawn together). A repeat in which a scheduler does not
reach the target counts as long as its experiment and then as long as `fifo` needs, as if one began anew; repeats in which no configuration
of the set reaches the target are left out. {repeats} [Benchmarks/README.md](../../Benchmarks/README.md) says more.
"""
EACH = "Mean; after + in how many repeats the target was not reached; the lowest is bold.\n"
AREAS = """The best value so far, on average over time: `{ours}`'s better by so much, in the metric's unit, than the best
ASHA's and the best POP's, picked in hindsight. First in the experiments above, until the last scheduler has ended; then without a target,
for as long as `fifo` needs to the target on average. Promised: not worse, but for what may be chance (the interval does not lie below 0).
"""


def page(measured: list[Measured], missing: list[str], pop: str) -> str:
    with_ours = [each for each in measured if each.has_ours]
    ours = measured[0].ours if measured else ""
    repeats = " ".join(sorted({repeats_of(each) for each in measured}))
    parts = [head("schedulers", "make bench-schedulers", WORDS.format(ours=ours, repeats=repeats)), *(f"{line}.\n" for line in missing)]
    if measured and not with_ours:
        parts.append(f"The command does not have `{ours}`: only the others are here.\n")
    if with_ours:
        parts += [f"## Time to target: `{ours}` to the best of the others\n", to_best(with_ours)]
    parts += ["## Time to target, each\n", EACH, each_time(measured)]
    if with_ours:
        parts += [f"## Time to target: `{ours}` to each\n", to_each(with_ours)]
        parts += ["## The best value at any time\n", AREAS.format(ours=ours), area_table(with_ours)]
    return "\n".join(parts + (["## POP\n", pop] if pop else []))


def repeats_of(measured: Measured) -> str:
    setting = measured.row.setting
    return f"One set: {setting.repeats} orders." if setting.order == "one-set" else f"Otherwise {setting.repeats} random sets."


def to_best(measured: list[Measured]) -> str:
    lines = []
    for each in measured:
        ratio, rival, limit = each.beside(each.rival), each.rival, each.row.limit
        promised = f"≤ {limit:.2f}" + (", interval below 1" if each.row.is_better else "")
        missed = f"{each.missed[each.ours]}, {each.missed[rival]} of {len(each.times[rival])}"
        lines.append((each.row.title, f"`{rival}`", ratio.text(), f"{promised}: {kept(each.is_kept)}", missed, each.unreachable))
    return table(("Row", "Best of the others", "Ratio of the means", "Promised", "Missed: ours, other's", "Left out"), lines)


def each_time(measured: list[Measured]) -> str:
    lines = []
    best = [paired.best(each.times) for each in measured]
    for name in measured[0].times if measured else []:
        cells = [duration(statistics.fmean(each.times[name])) + f" +{each.missed[name]}" * (each.missed[name] > 0) for each in measured]
        lines.append((f"`{name}`", *(f"**{cell}**" if name == first else cell for cell, first in zip(cells, best, strict=True))))
    return table(("Scheduler", *(each.row.title for each in measured)), lines)


def to_each(measured: list[Measured]) -> str:
    ours = measured[0].ours
    lines = [(f"`{name}`", *(each.beside(name).text() for each in measured)) for name in measured[0].times if name != ours]
    return table((f"`{ours}` to", *(each.row.title for each in measured)), lines)


def area_table(measured: list[Measured]) -> str:
    lines = []
    for each in measured:
        for kind, title in (("target", "until the target"), ("budget", "without a target")):
            for rival, area in each.areas[kind].items():
                lines.append((each.row.title, title, f"`{rival}`", area.text(4, "+"), kept(area.high >= 0)))
    return table(("Row", "Experiments", "Than", "Better by", "Not worse"), lines)
