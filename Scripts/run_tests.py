#!/usr/bin/env python3
"""Runs every check of this repository, and ends with one line: how many passed, failed and were skipped over all runners."""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as XML
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / ".build" / "test-results"
PYTHON = str(ROOT / ".venv" / "bin" / "python")
JOBS = ["-j", os.environ.get("JOBS", str(os.cpu_count() or 2))]


class Tally:
    """Tests by outcome. A step without a list of tests counts as one."""

    def __init__(self):
        self.passed = self.skipped = 0
        self.failed = []

    def add_step(self, name, status):
        if status == 0:
            self.passed += 1
        else:
            self.failed.append(f"{name} (exit status {status})")

    def add_tests(self, name, status, results):
        """Counts what a runner listed. Failing without naming a test, or listing nothing at all, is a failure of the step."""
        failed_before, listed = len(self.failed), 0
        for file in results:
            try:
                cases = list(XML.parse(file).iter("testcase"))
            except XML.ParseError:
                cases = []  # torn by the runner's death
            for case in cases:
                listed += 1
                if case.find("failure") is not None or case.find("error") is not None:
                    self.failed.append(f"{case.get('classname')}.{case.get('name')}")
                elif case.find("skipped") is not None:
                    self.skipped += 1
                else:
                    self.passed += 1
        if listed == 0 or (status != 0 and len(self.failed) == failed_before):
            self.failed.append(f"{name} (exit status {status}, {listed} tests listed)")

    def line(self):
        return f"{self.passed} passed, {len(self.failed)} failed, {self.skipped} skipped"


def run(name, *command):
    """Runs a step with its output going where ours goes; its exit status."""
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    environment = {**os.environ, "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print(f"== {name}: {time.monotonic() - began:.0f} s, exit status {status}", flush=True)
    return status


def run_all(tally):
    tally.add_step("form", run("form", "make", "--no-print-directory", "lint"))
    tally.add_step("types", run("types", PYTHON, "-m", "mypy", "--strict", "Python/attune"))

    build = ["swift", "build", "--build-tests", "--explicit-target-dependency-import-check", "error", *JOBS]
    status = run("build", *build)
    tally.add_step("build", status)
    if status != 0:
        return

    status = run("swift tests", "swift", "test", "--skip-build", "--disable-xctest", "--xunit-output", str(RESULTS / "swift.xml"))
    tally.add_tests("swift tests", status, RESULTS.glob("swift*.xml"))

    for name, folders in (("python tests", ["Python", "Examples", "Scripts", "Tests/Browser"]), ("deaths and disks", ["Benchmarks"])):
        results = RESULTS / f"{folders[0]}.xml"
        status = run(name, PYTHON, "-m", "pytest", "-q", *folders, f"--junitxml={results}")
        tally.add_tests(name, status, [results] if results.exists() else [])

    if os.environ.get("ATTUNE_TEST_RECIPES") == "1":
        results = RESULTS / "recipes.xml"
        status = run("recipes with their frameworks", "sh", "Scripts/recipes.sh", f"--junitxml={results}")
        if results.exists():
            tally.add_tests("recipes", status, [results])
        else:
            print("recipes: skipped, for the frameworks cannot be installed here")
            tally.skipped += 1

    for check in sorted(ROOT.glob("Examples/*/check.sh")):
        example = str(check.parent.relative_to(ROOT))
        tally.add_step(example, run(example, "sh", str(check)))


def main():
    RESULTS.mkdir(parents=True, exist_ok=True)
    for old in RESULTS.iterdir():
        old.unlink()
    tally = Tally()
    # `swift build` leaves a folder there each time, and killed tests theirs.
    with tempfile.TemporaryDirectory(prefix="attune-t-", ignore_cleanup_errors=True) as temporary:
        os.environ["TMPDIR"] = temporary
        run_all(tally)
    print()
    for name in tally.failed:
        print(f"failed: {name}")
    (RESULTS / "summary.txt").write_text(tally.line() + "\n")
    print(tally.line())
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
