"""What the dashboard's page costs: to open an experiment of 10,000 trials with 100 reports each, and from a report to its pixel.

Usage: dashboard.py [--trials N] [--reports N] [--repeats N]. Needs chromium and playwright (Scripts/browser.sh), and the release build. The browser has one
core; figures are medians, with the lowest and highest.

The experiment is written straight into a store that `attune` has made: as many rows as it would have, without the hours. Fails beyond the limits.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Tests" / "Browser"))
os.environ.setdefault("ATTUNE_BINARY", str(Path(__file__).resolve().parent.parent / ".build" / "release" / "AttuneCommand"))
from bench import Bench  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BYTES, READY, PIXEL = 300_000, 1500.0, 150.0


def fill(store: Path, trials: int, reports: int) -> None:
    """Another experiment of the same definition, as if all its trials had been run."""
    database = sqlite3.connect(store, timeout=60)
    [definition, user] = database.execute("SELECT definition, user FROM experiment LIMIT 1").fetchone()
    experiment = database.execute(
        "INSERT INTO experiment(name, user, definition, created, outcome) VALUES ('large', ?, ?, ?, 'all trials are done')",
        (user, definition, time.time())).lastrowid
    generator = random.Random(1)
    rows, entry = [], 0
    for number in range(1, trials + 1):
        rate, size = 10 ** generator.uniform(-3, 0), generator.randint(1, 64)
        loss = 1 + size / 100
        for step in range(1, reports + 1):
            loss *= 1 - 0.01 * rate
            entry += 1
            rows.append((experiment, entry, number, 1, step, float(step), json.dumps({"loss": loss})))
        database.execute(
            "INSERT INTO trial(experiment, number, state, configuration, proposer, value, steps, entry) VALUES (?, ?, 'completed', ?, 'random', ?, ?, ?)",
            (experiment, number, json.dumps({"rate": rate, "size": size}), loss, reports, entry))
    database.executemany("INSERT INTO report(experiment, entry, trial, attempt, step, elapsed, metrics) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    database.execute(
        "INSERT INTO journal(experiment, number, time, event) VALUES (?, ?, ?, '{\"kind\":{\"tick\":{}},\"time\":0}')", (experiment, entry, time.time()))
    database.commit()
    database.close()


def opened(browser, address: str) -> tuple[int, float]:
    """Bytes of data that came, and milliseconds from the navigation until the history is drawn and the page answers."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))) if "/api/v1/" in answer.url else None)
    began = time.monotonic()
    base, token = address.split("#")
    page.goto(f"{base}#{token}")
    page.wait_for_selector("[data-test=experiment-row]")
    began = time.monotonic()
    page.click('[data-test=experiment-row][data-name="large"] [data-test=experiment-link]')
    page.wait_for_selector("[data-test=history-chart]")
    page.wait_for_function("() => document.querySelector('[data-test=trial-count]').innerText.replace(/\\D/g, '').length > 0")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    ready = 1000 * (time.monotonic() - began)
    page.context.close()
    return sum(sizes), ready


def pixels(browser, address: str, count: int) -> list[tuple[int, float]]:
    """Steps of the first trial, and when the table showed them, in seconds since 1970."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    page.click('[data-test=experiment-row][data-name="live"] [data-test=experiment-link]')
    page.wait_for_selector("[data-test=history-chart]")
    page.click("[data-test=tab-trials]")
    page.wait_for_selector("[data-test=trial-row]")
    script = """count => new Promise(done => {
      const seen = [];
      let last = null;
      const look = () => {
        const row = document.querySelector('[data-test=trial-row]:not([hidden])');
        const cells = row.innerText.split(/\\s+/).filter(Boolean), step = Number(cells[3]);
        if (step !== last) { if (last !== null) seen.push([step, Date.now() / 1000]); last = step; }
        if (seen.length < count) requestAnimationFrame(look); else done(seen);
      };
      look();
    })"""
    seen = page.evaluate(script, count)
    page.context.close()
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--reports", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    bench = Bench(Path(tempfile.mkdtemp()))
    try:
        address = bench.serve()
        fill(bench.folder / "store" / "attune.db", options.trials, options.reports)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            runs = [opened(browser, address) for _ in range(options.repeats)]
            seen = pixels(browser, address, 60)
            browser.close()
        reported = reports_of(bench.folder / "store" / "attune.db")
        delays = sorted(1000 * (shown - reported[step]) for step, shown in seen if step in reported)
    finally:
        bench.end()
    size = max(size for size, _ in runs)
    ready = [each for _, each in runs]
    late = delays[int(0.95 * len(delays))]
    print(f"{options.trials} trials of {options.reports} reports: {size:,} bytes of data (limit {BYTES:,})")
    print(f"ready after {statistics.median(ready):.0f} ms ({min(ready):.0f} to {max(ready):.0f}; limit {READY:.0f})")
    print(f"report to pixel: median {statistics.median(delays):.0f} ms, 95 % within {late:.0f} ms of {len(delays)} (limit {PIXEL:.0f})")
    return 0 if size <= BYTES and statistics.median(ready) <= READY and late <= PIXEL else 1


def reports_of(store: Path) -> dict[int, float]:
    """When the first trial's reports came to the journal, by step: a moment after the program made them."""
    database = sqlite3.connect(store)
    rows = database.execute(
        "SELECT report.step, journal.time FROM report JOIN journal ON journal.experiment = report.experiment AND journal.number = report.entry "
        "WHERE report.experiment = 1 AND report.trial = 1")
    return dict(rows.fetchall())


if __name__ == "__main__":
    sys.exit(main())
