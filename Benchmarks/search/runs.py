"""Searches that were made, kept as JSON lines: one file for each library and version, a line for each search.

A search depends on its seed and on nothing else, so what is kept stays true until the library changes. A killed measurement goes on
where it was; a line torn by a death is passed over, and made again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Iterator

KEPT = Path(__file__).resolve().parent / ".kept"


@dataclass(frozen=True)
class Method:
    """One way to search, e.g. Optuna 5.0.0's `tpe`. Of ours the version is what the program is made of."""

    library: str
    version: str
    name: str

    @property
    def label(self) -> str:
        return f"{self.library} {self.name}"


@dataclass(frozen=True)
class Search:
    """What is run; the same search gives the same values."""

    method: Method
    function: str
    seed: int
    evaluations: int = 100
    parallel: int = 1


class Runs:
    """The value of every evaluation, in the order of the proposals, by search."""

    def __init__(self, folder: Path = KEPT) -> None:
        self.folder = folder
        self.values: dict[Search, list[float]] = {}
        for file in sorted(folder.glob("*.jsonl")):
            self.values.update(read(file))

    def keep(self, search: Search, values: list[float]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.values[search] = values
        with (self.folder / f"{search.method.library}-{search.method.version}.jsonl".lower()).open("a") as lines:
            # A line of its own, even after a torn one.
            lines.write("\n" * (lines.tell() > 0) + json.dumps({**asdict(search), "values": values}))


def read(file: Path) -> Iterator[tuple[Search, list[float]]]:
    for line in file.read_text().splitlines():
        try:
            record: dict[str, Any] = json.loads(line)
            values = [float(value) for value in record.pop("values")]
            yield Search(**{**record, "method": Method(**record["method"])}), values
        except (ValueError, TypeError, KeyError):
            continue
