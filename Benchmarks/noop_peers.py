"""The same no-op script under others: Auptimizer 2.0 and Optuna, each in an environment of its own made from PyPI."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Callable

import harness

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".build" / "peers"
REQUIREMENTS = ["numpy==2.4.6", "six==1.17.0", "click==8.3.1", "coloredlogs==15.0.1", "optuna==5.0.0"]
Run = Callable[[str, int, int], tuple[float, float]]


def peers() -> dict[str, Run]:
    """By name: what runs the script so many times on so many slots, and gives milliseconds a trial and seconds of waiting at the end."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, *REQUIREMENTS], check=True)
        # What it depends on cannot be installed any more; peers/auptimizer.py says what stands in for it.
        subprocess.run([*pip, "--no-deps", "Auptimizer==2.0"], check=True)
        (ENVIRONMENT / "complete").touch()
    return {"Auptimizer 2.0": run_auptimizer, "Optuna 5.0.0": run_optuna}


def run_auptimizer(script: str, trials: int, slots: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="auptimizer-") as name:
        folder = Path(name)
        harness.write(folder / "noop.sh", script)
        harness.write(folder / "env.ini", f"[Auptimizer]\nAuptimizer_PATH = {folder}\nTMP_FOLDER = {folder}\nSQL_ENGINE = sqlite\n"
                      f"SQLITE_FILE = {folder}/sqlite3.db\n")  # fmt: skip
        harness.write(folder / "experiment.json", {
            "name": "noop", "script": "noop.sh", "proposer": "random", "n_samples": trials, "n_parallel": slots, "target": "min",
            "workingdir": ".", "resource": "cpu", "parameter_config": [{"name": "x", "type": "float", "range": [0, 1]}],
        })  # fmt: skip
        command = [ENVIRONMENT / "bin" / "python", HERE / "peers" / "auptimizer.py"]
        database = ["aup.setupdb.sqlite", "env.ini", "--user", "me", "--cpu", str(slots)]
        subprocess.run([*command, *database], cwd=folder, check=True, capture_output=True)
        began = time.time()
        result = subprocess.run(
            [*command, "aup", "experiment.json", "--aup_folder", str(folder), "--user", "me"], cwd=folder, capture_output=True, text=True,
            check=True, env={**os.environ, "COLOREDLOGS_DATE_FORMAT": "%Y-%m-%d %H:%M:%S.%f"},
        )  # fmt: skip
        ended = time.time()
        finished = re.findall(r"^(\S+ \S+) .*Job \d+ is finished", result.stderr, re.M)
        assert len(finished) == trials, f"Auptimizer finished {len(finished)} of {trials} jobs: {result.stderr[-1000:]}"
        last = datetime.strptime(finished[-1], "%Y-%m-%d %H:%M:%S.%f").timestamp()
        return (ended - began) / trials * 1000, ended - last


def run_optuna(script: str, trials: int, slots: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="optuna-") as name:
        folder = Path(name)
        harness.write(folder / "noop.sh", script)
        began = time.time()
        result = subprocess.run(
            [ENVIRONMENT / "bin" / "python", HERE / "peers" / "optuna_noop.py", str(trials), str(slots)],
            cwd=folder, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )  # fmt: skip
        ended = time.time()
        return (ended - began) / trials * 1000, ended - float(result.stdout.split()[-1])
