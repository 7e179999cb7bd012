"""Nanoseconds a read of a live variable in a release build: runs the Swift package's HotPath and keeps its figures.

Usage: hot_path.py [--json FILE]
"""

from __future__ import annotations

import re
import subprocess
import sys

import harness
from harness import Figure

LINE = re.compile(r"^(?P<quantity>.+): (?P<value>[\d.]+) ns \((?P<low>[\d.]+)\.\.\.(?P<high>[\d.]+)\)(?:, limit (?P<limit>[\d.]+))?")


def main() -> int:
    given = harness.options(__doc__)
    package = ["--package-path", str(harness.ROOT / "Benchmarks"), "-c", "release"]
    subprocess.run(["swift", "build", *package, "-j", "2"], check=True, stdout=sys.stderr)
    output = subprocess.run(["swift", "run", *package, "--skip-build", "HotPath"], capture_output=True, text=True, check=False).stdout
    figures = [
        Figure("HotPath", found["quantity"], "ns", float(found["value"]), float(found["low"]), float(found["high"]),
               limit=float(found["limit"]) if found["limit"] else None)
        for found in map(LINE.match, output.splitlines()) if found
    ]  # fmt: skip
    assert figures, f"HotPath printed no figure: {output[-500:]}"
    return harness.publish(figures, given.json)


if __name__ == "__main__":
    sys.exit(main())
