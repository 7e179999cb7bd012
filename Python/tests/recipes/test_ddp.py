"""Ranks of a data-parallel torch training change their learning rate at the same optimizer step."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: make test-recipes")

MEASUREMENT = Path(__file__).parents[3] / "Benchmarks" / "ranks_ddp.py"


def test_four_ranks_keep_equal_parameters_while_they_are_tuned() -> None:
    result = subprocess.run([sys.executable, str(MEASUREMENT), "--changes", "10"], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
