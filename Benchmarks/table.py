"""Turns figures, a line of JSON each, into a page for Docs/results.

Usage: table.py FIGURES > PAGE
"""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import date
from pathlib import Path

from harness import Figure

HEAD = """# Measured: the walking skeleton

By `make bench` on {date}: {cores} cores, shared with other work, {system} {machine}. Median over the runs, in parentheses the
lowest and the highest; [Benchmarks/README.md](../../Benchmarks/README.md) says what each line measures. Peers ran in turn with us.

| Benchmark | Quantity | Measured | Limit | Peer | Ratio to the peer |
|---|---|---|---|---|---|
"""


def row(figure: Figure) -> str:
    unit = f" {figure.unit}" if figure.unit else ""
    spread = f" ({figure.low:.3g}–{figure.high:.3g})" if figure.low != figure.high else ""
    limit = "" if figure.limit is None else f"{figure.limit:g}{unit}" + ("" if figure.is_within else " **above**")
    peer, ratio = "", ""
    if figure.peer_value is not None:
        peer, ratio = f"{figure.peer}: {figure.peer_value:.3g}{unit}", f"{figure.ratio:.3f}"
    return f"| {figure.benchmark} | {figure.quantity} | {figure.value:.3g}{unit}{spread} | {limit} | {peer} | {ratio} |"


def main() -> None:
    figures = [Figure(**json.loads(line)) for line in Path(sys.argv[1]).read_text().splitlines()]
    head = HEAD.format(date=date.today(), cores=os.cpu_count(), system=platform.system(), machine=platform.machine())
    print(head + "\n".join(map(row, figures)))


if __name__ == "__main__":
    main()
