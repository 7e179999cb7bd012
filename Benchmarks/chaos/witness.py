"""Runs a training script and writes down, beside its output, what it reports and what it is told to be kept.

Usage: witness.py SCRIPT [ARGUMENT…]. Writes `witness.jsonl` into the attempt's folder, a line for each of: the start of a process,
a report, an acknowledgement. The script itself is not changed.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any

import attune


class Witness:
    """Each line is written at once, so that a death loses none."""

    def __init__(self) -> None:
        path = Path(os.environ["ATTUNE_CONFIG"]).parent / "witness.jsonl"
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.note(started=os.getpid())

    def note(self, **what: Any) -> None:
        os.write(self.file, json.dumps(what).encode() + b"\n")

    def watch(self, registry: Any) -> None:
        """Listens to the client library: to every report it takes, and to every report that it may forget."""
        report, acknowledged = attune.report, registry.acknowledged

        def noted_report(step: int, **metrics: float) -> None:
            self.note(reported=step, metrics=metrics)
            report(step, **metrics)

        def noted_acknowledged(number: int) -> None:
            before = [report["step"] for report in registry.logs["reported"]]
            acknowledged(number)
            for step in before[:len(before) - len(registry.logs["reported"])]:
                self.note(acknowledged=step)

        attune.report, registry.acknowledged = noted_report, noted_acknowledged


witness = Witness()


def main() -> None:
    witness.watch(attune.registry)
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(Path(sys.argv[0]).resolve().parent))
    sys.modules["witness"] = sys.modules["__main__"]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
