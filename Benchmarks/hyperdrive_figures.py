"""HyperDrive's figures 4, 6, 7, 9, 12b and 12c, simulated: tables with the paper's numbers beside ours."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Optional

import hyperdrive_paper as paper
import paired
import simulated
from hyperdrive_paper import Policy, Workload
from pages import duration, number, percent, table
from simulated import Played

PLOTS = {"time-to-target": "Figure 7", "durations": "Figure 6", "allocation": "Figure 4c"}
PLOT_BYTES = 60_000
PARTS = 5


def times(played: dict[str, Played]) -> dict[str, list[float]]:
    """To the target; where it is missed, as `schedulers.py` has it."""
    fifo = played["fifo"]
    anew = [end if time is None else time for time, end in zip(fifo.reached, fifo.ends, strict=True)]
    return {word: paired.penalised(each.reached, each.ends, anew) for word, each in played.items()}


def missed(each: Played) -> str:
    count = each.reached.count(None)
    return f"{count} of {len(each.reached)}" if count else ""


def to_pop(published: dict[str, float], policy: Policy) -> Optional[float]:
    return published[policy.paper] / published["POP"] if policy.paper in published else None


def time_to_target(workload: Workload, played: dict[str, Played]) -> str:
    """Figure 7: the distribution over the repeats."""
    found, lines = times(played), []
    for policy in workload.policies:
        each = sorted(found[policy.word])
        hours = paper.HOURS_TO_TARGET.get(policy.paper or "")
        ratio = paired.ratio_of_means(found[policy.word], found[workload.pop.word])
        theirs = to_pop(paper.HOURS_TO_TARGET, policy)
        quarters = statistics.quantiles(each, n=4, method="inclusive") if len(each) > 1 else each * 3
        lines.append((
            policy.cell, f"{hours} h" if hours else "", number(theirs), duration(statistics.fmean(each)), ratio.text(),
            number(ratio.value / theirs if theirs else None), *map(duration, (each[0], *quarters, each[-1])), missed(played[policy.word]),
        ))  # fmt: skip
    quantiles = ("Shortest", "1/4", "Median", "3/4", "Longest")
    return table(("Policy", "Paper: mean", "to POP", "Here: mean", "to POP", "Here to paper", *quantiles, "Missed"), lines)


def durations(workload: Workload, played: dict[str, Played]) -> str:
    """Figure 6: how long jobs hold slots."""
    whole, lines = {trial: curve[-1][0] for trial, curve in workload.setting.trace.curves().items()}, []
    for policy in workload.policies:
        rows = played[policy.word].trials
        seconds = [float(row["seconds"]) for row in rows]
        long = sum(each >= paper.LONG_PART * whole[row["configuration"]] for each, row in zip(seconds, rows, strict=True))
        share, theirs = long / len(rows), paper.LONG_JOBS.get(policy.paper or "")
        slots = paired.ratio_of_means(played[policy.word].slot_seconds, played[workload.pop.word].slot_seconds)
        tenths = statistics.quantiles(seconds, n=10, method="inclusive") if len(seconds) > 1 else seconds * 9
        lines.append((
            policy.cell, percent(theirs) if theirs else "", percent(share), number(share / theirs if theirs else None),
            duration(tenths[4]), duration(tenths[8]), duration(max(seconds)), slots.text(),
        ))  # fmt: skip
    columns = ("Policy", f"Paper: {percent(paper.LONG_PART)} of a training or more", "Here", "Here to paper")
    return table((*columns, "Median", "9 of 10 below", "Longest", "Slot time to POP's"), lines)


def promising(each: Played) -> list[float]:
    """Of the slots that are held, the share of promising trials in each part of an experiment's time, mean over the repeats."""
    sums = [[0.0, 0.0] for _ in range(PARTS)]
    for repeat, end in enumerate(each.ends, 1):
        rows = [row for row in each.allocation if int(row["repeat"]) == repeat]
        edges = [float(row["seconds"]) for row in rows] + [end]
        for row, begin, until in zip(rows, edges, edges[1:], strict=False):
            for part, sum_of in enumerate(sums):
                low, high = end * part / PARTS, end * (part + 1) / PARTS
                share = max(0.0, min(until, high) - max(begin, low)) / end
                sum_of[0] += share * int(row["promising"])
                sum_of[1] += share * (int(row["promising"]) + int(row["others"]))
    return [promised / held if held else 0.0 for promised, held in sums]


def allocation(played: dict[str, Played]) -> str:
    """Figure 4c: the part of the slots that promising trials hold, over an experiment's life."""
    lines = [(f"`{word}`", *map(percent, promising(each))) for word, each in played.items() if each.allocation]
    return table(("Scheduler", *(f"{part}/{PARTS} of the time" for part in range(1, PARTS + 1))), lines)


def capacity(workload: Workload) -> str:
    """Figure 12b: the same with other numbers of slots."""
    columns = [times(simulated.play(replace(workload.setting, slots=slots), workload.words)) for slots in paper.SLOTS]
    lines = []
    for policy in workload.policies:
        cells = []
        for found in columns:
            ratio = paired.ratio_of_means(found[policy.word], found[workload.pop.word]).text()
            cells.append(duration(statistics.fmean(found[policy.word])) + f": {ratio}" * (policy != workload.pop))
        lines.append((policy.cell, *cells))
    return table(("Policy", *(f"{slots} slot{'s' * (slots > 1)}" for slots in paper.SLOTS)), lines)


def orders(workload: Workload) -> str:
    """Figure 12c: one set in many orders."""
    setting = replace(workload.setting, order="one-set", repeats=min(workload.orders, workload.setting.repeats))
    played = simulated.play(setting, workload.words)
    found, lines = times(played), []
    pop = paired.spread(found[workload.pop.word])
    for policy in workload.policies:
        each, hours = found[policy.word], paper.ORDER_SPREAD_HOURS.get(policy.paper or "")
        theirs, ours = to_pop(paper.ORDER_SPREAD_HOURS, policy), paired.spread(each) / pop
        ratio = paired.ratio_of_means(each, found[workload.pop.word]).text()
        lines.append((
            policy.cell, f"{hours:.2f} h" if hours else "", number(theirs), duration(paired.spread(each)), number(ours),
            number(ours / theirs if theirs else None), duration(statistics.fmean(each)), ratio, missed(played[policy.word]),
        ))  # fmt: skip
    columns = ("Policy", "Paper: max − min", "to POP", "Here: max − min", "to POP", "Here to paper", "Mean", "to POP", "Missed")
    return f"One set of {setting.configurations} in {setting.repeats} orders, {setting.slots} slots.\n\n" + table(columns, lines)


def other_settings(workload: Workload) -> str:
    """Mean time to POP's, with other targets and with 15 slots."""
    settings = {f"{target:g}, {workload.setting.slots} slots": replace(workload.setting, target=target) for target in workload.targets}
    settings[f"{workload.setting.target:g}, {paper.LANDER_SLOTS} slots"] = replace(workload.setting, slots=paper.LANDER_SLOTS)
    columns = [times(simulated.play(setting, workload.words)) for setting in settings.values()]
    pop = workload.pop.word
    lines = [
        (policy.cell, *(paired.ratio_of_means(found[policy.word], found[pop]).text() for found in columns))
        for policy in workload.policies if policy != workload.pop
    ]  # fmt: skip
    return table(("To POP", *settings), lines)


def lander(workload: Workload, played: dict[str, Played]) -> str:
    """Figure 9: the median, and how much times vary."""
    found, lines = times(played), []
    pop = found[workload.pop.word]
    for policy in workload.policies:
        each, name = found[policy.word], policy.paper or ""
        middle = statistics.median(each) / statistics.median(pop)
        theirs, varies = paper.LANDER_TO_POP.get(name), paper.LANDER_VARIATION.get(name)
        deviation = statistics.stdev(each) / statistics.stdev(pop) if statistics.stdev(pop) else float("nan")
        lines.append((
            policy.cell, number(theirs), number(middle), number(middle / theirs if theirs else None), number(varies), number(deviation),
            duration(statistics.median(each)), duration(statistics.fmean(each)), paired.ratio_of_means(each, pop).text(),
            missed(played[policy.word]),
        ))  # fmt: skip
    columns = ("Policy", "Paper: median to POP", "Here", "Here to paper", "Paper: variation to POP", "Here: deviation to POP")
    return table((*columns, "Median", "Mean", "Mean to POP", "Missed"), lines)


def plots(workload: Workload, folder: Path) -> str:
    """The paper's policies and the best known others; links to those plots that are small enough to keep."""
    words = [policy.word for policy in workload.policies if policy.paper] + ["asha:min_steps=2"]
    words += [policy.word for policy in workload.policies if policy.word == simulated.OURS]
    links = []
    with tempfile.TemporaryDirectory(prefix="attune-") as drawn:
        simulated.play(workload.setting, words, plots=Path(drawn))
        for name, title in PLOTS.items():
            file = Path(drawn) / f"{name}.svg"
            if not file.exists() or file.stat().st_size > PLOT_BYTES:
                print(f"{file.name} of {workload.file} is not drawn, or too large to keep", file=sys.stderr)
                continue
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, folder / f"{workload.file}-{name}.svg")
            links.append(f"![{title}]({folder.name}/{workload.file}-{name}.svg)")
    return "\n".join(links) + "\n"
