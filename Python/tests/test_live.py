"""Live variables by themselves."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import pytest

import attune
from conftest import ROOT


def make(default: Any, low: Any = None, high: Any = None, choices: Any = None) -> Any:
    """A variable of a registry that talks to nobody."""
    registry = attune.Registry()
    registry.is_quiet = True
    return registry.live("x", default, min=low, max=high, choices=choices)


@pytest.mark.parametrize(
    "variable, value, held",
    [
        (make(0.1, 0, 1), 1, 1.0), (make(3), 4.0, 4), (make(True), False, False), (make("a"), "b", "b"),
        (make(16, choices=[16, 32]), 32.0, 32), (make("sgd", choices=["sgd", "adam"]), "adam", "adam"),
    ],
)
def test_accepts(variable: Any, value: Any, held: Any) -> None:
    assert variable.accept(value) == held
    assert type(variable.accept(value)) is type(held)


@pytest.mark.parametrize(
    "variable, value, message",
    [
        (make(0.1, 0, 1), 3, "'x' = 3 refused: allowed 0.0...1.0. The program keeps 0.1."),
        (make(0.1, 0, 1), math.nan, "'x' = nan refused: allowed 0.0...1.0. The program keeps 0.1."),
        (make(0.1), math.inf, "'x' = inf refused: allowed any finite number. The program keeps 0.1."),
        (make(0.1), True, "'x' = true refused: allowed any finite number. The program keeps 0.1."),
        (make(4, low=1), 0, "'x' = 0 refused: allowed 1 or more. The program keeps 4."),
        (make(4), 2.5, "'x' = 2.5 refused: allowed any integer. The program keeps 4."),
        (make(False), 1, "'x' = 1 refused: allowed true or false. The program keeps false."),
        (make("a"), 1, "'x' = 1 refused: allowed any text. The program keeps a."),
        (make("a", choices=["a", "b"]), "c", "'x' = 'c' refused: allowed a, b. The program keeps a."),
        (make(0.1), None, "'x' = None refused: allowed any finite number. The program keeps 0.1."),
    ],
)
def test_refuses(variable: Any, value: Any, message: str) -> None:
    with pytest.raises(attune.Refused) as problem:
        variable.accept(value)
    assert str(problem.value) == message


def test_default_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError):
        make(2.0, 0, 1)


def test_reads_as_a_number() -> None:
    x = make(4)
    assert (x + 1, 1 + x, x - 1, 9 - x, x * 2, 2 * x, x / 2, 8 / x, x // 3, 9 // x, x % 3, 6 % x, x**2, 2**x) == (
        5, 5, 3, 5, 8, 8, 2, 2, 1, 2, 1, 2, 16, 16)
    assert (x < 5, 5 > x, x <= 4, x > 5, 3 >= x, x == 4, x != 4, -x, abs(x), int(x), float(x)) == (
        True, True, True, False, False, True, False, -4, 4, 4, 4.0)
    assert list(range(x)) == [0, 1, 2, 3]
    assert f"{make(0.123456):.2f} {make(3)}" == "0.12 3"
    assert not make(False) and make("text") and round(make(0.126), 2) == 0.13
    assert make(2.0) * make(3.0) == 6.0


def test_change_is_seen_once() -> None:
    x = make(0.1, 0, 1)
    assert not x.is_changed()
    x.value = 0.5
    assert (x(), x.value, x.is_changed(), x.is_changed()) == (0.5, 0.5, True, False)
    with pytest.raises(attune.Refused):
        x.value = 5
    assert x() == 0.5


def test_types_are_checked() -> None:
    result = subprocess.run([sys.executable, "-m", "mypy", "--strict", str(ROOT / "attune")], capture_output=True, text=True)
    if "No module named mypy" in result.stderr:
        pytest.skip("mypy is not installed")
    assert result.returncode == 0, result.stdout
