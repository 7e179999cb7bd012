#!/usr/bin/env python3
"""Fetches what the dashboard's page draws its charts with into Sources/AttuneDashboard/Page/vendor: quick when it is there already.

uPlot (MIT licence) of one version, checked by its checksum; it comes from the Python package index, which has it in a wheel.
"""

import hashlib
import io
import json
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "Sources" / "AttuneDashboard" / "Page" / "vendor"
INDEX = "https://pypi.org/pypi/uplot-python/1.1.1/json"
WHEEL = "uplot_python-1.1.1-py3-none-any.whl"
SHA256 = "07c96cc34ff9107c3751fc31dfad48ccd6e86c6deebb8b41d7ec7d9811722208"
FILES = {"uplot/static/uPlot.iife.js": "uPlot.iife.min.js", "uplot/static/uPlot.min.css": "uPlot.min.css"}


def wheel():
    """By pip where there is one, for it knows this machine's index; else from the public index."""
    if content := by_pip():
        return content
    with urllib.request.urlopen(INDEX, timeout=30) as answer:
        [address] = [file["url"] for file in json.load(answer)["urls"] if file["filename"] == WHEEL]
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read()


def by_pip():
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "-d", folder, "uplot-python==1.1.1"]
        done = subprocess.run(command, check=False, capture_output=True)
        file = Path(folder) / WHEEL
        return file.read_bytes() if done.returncode == 0 and file.exists() else None


def main():
    if all((VENDOR / name).exists() for name in FILES.values()):
        return 0
    try:
        content = wheel()
    except (OSError, ValueError) as error:
        print(f"the dashboard's charts could not be fetched ({error}); the page says so until `make page` can", file=sys.stderr)
        return 0
    if hashlib.sha256(content).hexdigest() != SHA256:
        print(f"{WHEEL} is not what it should be: its checksum differs from {SHA256}. Nothing was installed.", file=sys.stderr)
        return 1
    VENDOR.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for inside, name in FILES.items():
            beside = VENDOR / f"{name}.new"
            beside.write_bytes(archive.read(inside))
            beside.rename(VENDOR / name)
    print(f"fetched the dashboard's charts (uPlot) into {VENDOR}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
