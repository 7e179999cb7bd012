"""The page of the search benchmark: what is promised, medians of the five functions, ranks on COCO's."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from datetime import date

import compare
import table
from harness import Figure

HEAD = """# Measured: search

By `make bench-search` on {date}: {cores} cores, shared with other work, {system} {machine}; {versions}. Everything is minimised.
[Benchmarks/README.md](../../Benchmarks/README.md#search) says what is measured and how it is compared. Other libraries' searches depend on
their seeds alone and may have been made before; costs were measured in the same run, in turn.

## What is promised

| Benchmark | Quantity | Measured | Promised | Peer | Ratio to the peer |
|---|---|---|---|---|---|
{promised}
"""
QUALITY = """
## Five functions

Medians of {seeds} seeds after 100 evaluations, quartiles in brackets{parallel}.

{table}

How fast: medians after 25, 50 and 100 evaluations.

{pace}
"""
COCO = """
## {suite} in {dimension} dimensions

24 functions, instances {instances} of each. Mean rank, over the functions, of the median regret; 1 is the best of {methods}.

{ranks}

Median regret after 100 evaluations, a cross at the lowest:

{table}
"""
CHECKPOINTS = [25, 50, 100]


def promised(figures: Sequence[Figure], versions: str) -> str:
    # Three digits do not tell 0.39790 from what is promised.
    rows = [table.row(figure, digits=5) for figure in figures]
    machine = {"cores": os.cpu_count(), "system": platform.system(), "machine": platform.machine()}
    return HEAD.format(date=date.today(), versions=versions, promised="\n".join(rows), **machine)


def quality(searches: Mapping[str, Mapping[str, Sequence[Sequence[float]]]], seeds: int, parallel: int) -> str:
    """By method and function, the values of every seed's evaluations."""
    functions = list(next(iter(searches.values())))

    def spread(values: Sequence[Sequence[float]]) -> str:
        best = [min(one) for one in values]
        low, median, high = statistics.quantiles(best, n=4, method="inclusive") if len(best) > 1 else best * 3
        return f"{median:.6g} [{low:.4g}, {high:.4g}]" + (f", {len(values)} seeds" if len(values) < seeds else "")

    def pace(values: Sequence[Sequence[float]]) -> str:
        return ", ".join(f"{statistics.median(compare.best(one, count) for one in values):.4g}" for count in CHECKPOINTS)

    rows = {name: [spread(found[function]) if found[function] else "" for function in functions] for name, found in searches.items()}
    paces = {name: [pace(found[function]) if found[function] else "" for function in functions] for name, found in searches.items()}
    words = f"; “{parallel} at a time”: with so many trials under way" if any(f"{parallel} at a time" in name for name in searches) else ""
    return QUALITY.format(seeds=seeds, parallel=words, table=grid("", functions, rows), pace=grid("", functions, paces))


def coco(suite: str, dimension: int, instances: Sequence[int], regrets: Mapping[int, Mapping[str, Mapping[str, float]]]) -> str:
    """Regrets by number of evaluations, function and method."""
    final = regrets[CHECKPOINTS[-1]]
    methods = list(next(iter(final.values())))
    found = {count: compare.mean_ranks(list(by_function.values())) for count, by_function in regrets.items()}
    ranks = grid("after", methods, {f"{count} evaluations": [f"{found[count][name]:.2f}" for name in methods] for count in CHECKPOINTS})

    def cell(row: Mapping[str, float], name: str) -> str:
        return f"{row[name]:.4g}" + (" ×" if row[name] == min(row.values()) else "")

    rows = {name.split("-")[-2]: [cell(row, method) for method in methods] for name, row in final.items()}
    numbers, found_table = ", ".join(map(str, instances)), grid("function", methods, rows)
    return COCO.format(suite=suite, dimension=dimension, instances=numbers, methods=len(methods), ranks=ranks, table=found_table)


def grid(corner: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    lines = [[corner, *columns], ["---"] * (len(columns) + 1), *([name, *cells] for name, cells in rows.items())]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
