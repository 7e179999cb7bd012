"""Pages of results: tables in Markdown, with what was promised beside what was measured."""

from __future__ import annotations

import os
from datetime import date
from typing import Iterable, Optional, Sequence


def head(title: str, command: str, words: str) -> str:
    return f"# Measured: {title}\n\nBy `{command}` on {date.today()}, {os.cpu_count()} cores, shared with other work. {words}\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for row in rows:
        assert len(row) == len(columns), (columns, row)
        lines.append(f"| {' | '.join('' if cell is None else str(cell) for cell in row)} |")
    return "\n".join(lines) + "\n"


def kept(is_kept: bool) -> str:
    return "kept" if is_kept else "**missed**"


def duration(seconds: float) -> str:
    """In the unit that leaves one to three digits before the point."""
    unit, size = ("h", 3600) if seconds >= 7200 else ("min", 60) if seconds >= 240 else ("s", 1)
    return f"{seconds / size:.3g} {unit}"


def number(value: Optional[float], digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"
