"""The shell example trains, reports in the form that Attune reads, and repeats itself with the same seed."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def run(*arguments, seed="1"):
    return subprocess.run(
        [HERE / "train.sh", *arguments], env={**os.environ, "ATTUNE_SEED": seed}, capture_output=True, text=True, timeout=120
    )


def reports(result):
    lines = result.stdout.splitlines()
    assert all(line.startswith("attune: ") for line in lines)
    return [json.loads(line.removeprefix("attune: ")) for line in lines]


def test_learns_and_reports():
    found = reports(run("0.3", "0.9", "1e-5", "shuffled", "4"))
    assert [report["step"] for report in found] == [1, 2, 3, 4]
    assert found[-1]["accuracy"] > 0.75
    assert found[-1]["loss"] < found[0]["loss"]


def test_the_seed_decides_the_order():
    first, again, other = (run("0.3", "0.9", "0", "shuffled", "1", seed=seed).stdout for seed in ("1", "1", "2"))
    assert first == again != other


def test_divergence_is_a_failure():
    result = run("100", "1", "0.1", "fixed", "2")
    assert result.returncode == 1
    assert result.stderr == "the weights diverged in epoch 1\n"


def test_the_data_is_what_export_writes():
    exported = subprocess.run([sys.executable, HERE / "export.py"], capture_output=True, text=True, timeout=120, check=True).stdout
    assert exported == (HERE / "digits.csv").read_text()
