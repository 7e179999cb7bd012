"""Turns figures, a line of JSON each, into a page for Docs/results.

Usage: table.py FIGURES [TITLE COMMAND] > PAGE
"""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import date
from pathlib import Path

from harness import Figure

HEAD = """# Measured: {title}

By `{command}` on {date}: {cores} cores, shared with other work, {system} {machine}. Median over the runs, in parentheses the
lowest and the highest; [Benchmarks/README.md](../../Benchmarks/README.md) says what each line measures. Peers ran in turn with us, but for published figures.

| Benchmark | Quantity | Measured | Promised | Peer | Ratio to the peer |
|---|---|---|---|---|---|
"""


def number(value: float, digits: int = 3) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"


def row(figure: Figure, digits: int = 3) -> str:
    unit = f" {figure.unit}" if figure.unit else ""
    spread = f" ({number(figure.low, digits)}–{number(figure.high, digits)})" if figure.low != figure.high else ""
    limit = ""
    if figure.limit is not None:
        limit = f"≤ {figure.limit:g}{unit}" + ("" if figure.is_within else " **above**")
    if figure.at_least is not None:
        limit = f"≥ {figure.at_least:g}{unit}" + ("" if figure.is_within else " **below**")
    peer, ratio = "", ""
    if figure.peer_value is not None:
        peer, ratio = f"{figure.peer}: {number(figure.peer_value)}{unit}", f"{figure.ratio:.3f}"
    return f"| {figure.benchmark} | {figure.quantity} | {number(figure.value, digits)}{unit}{spread} | {limit} | {peer} | {ratio} |"


def main() -> None:
    figures = [Figure(**json.loads(line)) for line in Path(sys.argv[1]).read_text().splitlines()]
    title, command = sys.argv[2:4] if len(sys.argv) == 4 else ("the walking skeleton", "make bench")
    machine = {"cores": os.cpu_count(), "system": platform.system(), "machine": platform.machine()}
    head = HEAD.format(title=title, command=command, date=date.today(), **machine)
    print(head + "\n".join(map(row, figures)))


if __name__ == "__main__":
    main()
