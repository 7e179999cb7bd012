"""Live variables by themselves."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import pytest

import attune
from attune._answers import declaration
from attune._changes import Accepted
from conftest import ROOT


def make(default: Any, low: Any = None, high: Any = None, choices: Any = None, validate: Any = None) -> Any:
    """A variable of a registry that talks to nobody."""
    return alone().live("x", default, min=low, max=high, choices=choices, validate=validate)


def alone() -> attune.Registry:
    """A registry that talks to nobody."""
    registry = attune.Registry()
    registry.is_quiet = True
    return registry


def odd(value: int) -> Any:
    return None if value % 2 else "it must be odd"


def positive(value: float) -> None:
    if value <= 0:
        raise ArithmeticError("too small")


@pytest.mark.parametrize(
    "variable, value, held",
    [
        (make(0.1, 0, 1), 1, 1.0), (make(3), 4.0, 4), (make(True), False, False), (make("a"), "b", "b"),
        (make(16, choices=[16, 32.0]), 32.0, 32), (make(3, 1.5, 9.5), 2, 2), (make(0.5, -math.inf), -9, -9.0),
        (make("sgd", choices=["sgd", "adam"]), "adam", "adam"),
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
        (make(4, 1.5, 9.5), 1, "'x' = 1 refused: allowed 2...9. The program keeps 4."),
        (make(4), 2.5, "'x' = 2.5 refused: allowed any integer. The program keeps 4."),
        (make(False), 1, "'x' = 1 refused: allowed true or false. The program keeps false."),
        (make("a"), 1, "'x' = 1 refused: allowed any text. The program keeps a."),
        (make("a", choices=["a", "b"]), "c", "'x' = 'c' refused: allowed a, b. The program keeps a."),
        (make(1, validate=odd), 4, "'x' = 4 refused: it must be odd. The program keeps 1."),
        (make(1, validate=positive), -4, "'x' = -4 refused: too small. The program keeps 1."),
        (make(1), 1 << 63, "'x' = 9223372036854775808 refused: allowed any integer. The program keeps 1."),
        (make(1), 1e300, "'x' = 1e+300 refused: allowed any integer. The program keeps 1."),
        (make(1.0), 10**400, f"'x' = 1{'0' * 76}... refused: allowed any finite number. The program keeps 1.0."),
        (make("a"), "\ud800", "'x' = '\ud800' refused: allowed any text. The program keeps a."),
        (make(0.1), None, "'x' = None refused: allowed any finite number. The program keeps 0.1."),
    ],
)
def test_refuses(variable: Any, value: Any, message: str) -> None:
    with pytest.raises(attune.Refused) as problem:
        variable.accept(value)
    assert str(problem.value) == message


def test_default_that_does_not_fit_is_refused() -> None:
    for unfit in ((2.0, 0, 1), ("a", None, None, ["b"]), (2, None, None, None, odd), ([1],), (None,), ("a", 1), (0.5, math.nan),
                  (1, None, None, [1, 2.5]), (1, None, None, ["1"]), ("1", None, None, [1])):
        with pytest.raises(ValueError):
            make(*unfit)


@pytest.mark.parametrize("tag", ["attune.speed", "attune.pause", "attune.suspend", "", 3])
def test_reserved_tags_are_refused(tag: Any) -> None:
    with pytest.raises(ValueError):
        alone().live(tag, 0.1)
    if tag != "attune.suspend":
        with pytest.raises(ValueError):
            alone().trigger(tag)


def test_same_tag_is_the_same_object() -> None:
    registry = alone()
    assert registry.live("x", 0.1) is registry.live("x", 0.5)
    assert registry.live("zero", 0) is registry.live("zero", 0), "also where the value is false"
    assert registry.trigger("t") is registry.trigger("t")
    with pytest.raises(ValueError):
        registry.live("x", 1)
    with pytest.raises(ValueError):
        registry.trigger("t", counted=True)


def test_program_changes_many_at_once_or_none() -> None:
    registry = alone()
    rate, momentum = registry.live("rate", 0.1, max=1), registry.live("optimizer.momentum", 0.9, max=1, applies="atStep")
    registry.advance(4)
    registry.change({"optimizer.momentum": 0.5}, reason="warm", rate=0.2)
    assert (rate(), momentum()) == (0.2, 0.5)
    [change] = registry.logs["changed"]
    told = {key: change[key] for key in ("n", "number", "by", "reason", "step", "values")}
    assert told == {"n": 1, "number": 0, "by": "program", "reason": "warm", "step": 4, "values": {"optimizer.momentum": 0.5, "rate": 0.2}}
    for unfit in ({"rate": 0.3, "optimizer.momentum": 2}, {"rate": 0.3, "rte": 1}, {}):
        with pytest.raises(attune.Refused):
            registry.change(unfit)
    assert (rate(), momentum()) == (0.2, 0.5)


def test_snapshot_is_of_one_moment() -> None:
    registry = alone()
    rate, name = registry.live("rate", 0.1), registry.live("name", "rate")
    registry.advance(7)
    before = registry.snapshot()
    registry.change(rate=0.2, name="b")
    assert before == {"rate": 0.1, "name": "rate"} and before.step == 7
    assert (before[rate], before[name], before["rate"]) == (0.1, "rate", 0.1)
    assert registry.snapshot()[rate] == 0.2


def fire(registry: attune.Registry, tag: str, **more: Any) -> Any:
    return registry.ask({"trigger": tag, **more})


def test_trigger_fired_twice_is_read_once() -> None:
    registry = alone()
    save = registry.trigger("save")
    fire(registry, "save", payload={"k": 1})
    fire(registry, "save", payload={"k": 2}, by="ann", reason="now")
    assert save.take() == attune.Firing({"k": 2}, "ann", "now", 2)
    assert save.take() is None and not save.fired()
    assert [(change["number"], change["payload"]) for change in registry.logs["changed"]] == [(1, {"k": 1}), (2, {"k": 2})]


def test_counted_trigger_tells_each_firing() -> None:
    registry = alone()
    save = registry.trigger("save", counted=True)
    for _ in range(3):
        fire(registry, "save")
    assert save.fired() and save.take() == attune.Firing(None, "unknown", None, 2)
    assert len(registry.logs["changed"]) == 2, "each is told when it is consumed"
    assert save.fired() and not save.fired()
    assert json.loads(declaration(registry)) == {"variables": [], "triggers": ["save"], "counted": ["save"]}


@pytest.mark.parametrize("payload, code", [("x" * 65_534, 0), ("x" * 65_535, 2), ("é" * 32_767, 0), ("é" * 32_768, 2)])
def test_payload_has_a_limit(payload: str, code: int) -> None:
    registry = alone()
    save = registry.trigger("save")
    if code == 0:
        fire(registry, "save", payload=payload)
        taken = save.take()
        assert taken and taken.payload == payload
    else:
        with pytest.raises(attune.Refused) as problem:
            fire(registry, "save", payload=payload)
        assert problem.value.code == code and not save.fired()


def test_numbers_are_remembered_without_gaps() -> None:
    accepted = Accepted()
    for number in (3, 1, 2, 7, 5):
        accepted.add(number)
    assert [number for number in range(10) if number in accepted] == [1, 2, 3, 5, 7]
    assert (accepted.highest, accepted._others) == (7, {5, 7})


def test_importing_loads_no_extra() -> None:
    code = "import sys, attune; print(*(name for name in sys.modules if name.startswith('attune.')))"
    loaded = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True).stdout
    assert {name for name in loaded.split()} == {
        f"attune.{name}" for name in ("_changes", "_files", "_reading", "_registry", "_triggers", "_values")}


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


def test_what_is_loaded_and_its_values_come_together() -> None:
    registry = alone()
    rate = registry.live("rate", 0.1, min=0, max=1, applies="atStep")
    load = registry.trigger("attune.load")
    payload = {"checkpoint": "/copy", "values": {"rate": 0.5}, "trial": 3, "step": 7}
    for values in ({"rate": 2}, {"other": 1}):
        with pytest.raises(attune.Refused):
            registry.ask({"trigger": "attune.load", "payload": {"checkpoint": "/copy", "values": values}})
    registry.ask({"trigger": "attune.load", "payload": payload, "by": "pbt", "number": 4})
    registry.report(step=3, loss=1)
    assert rate() == 0.1, "not before the program takes notice"
    taken = load.take()
    assert taken is not None and taken.payload["checkpoint"] == "/copy" and taken.number == 4
    assert rate() == 0.5 and load.take() is None
    change = registry.logs["changed"][-1]
    assert {"step": 3, "trigger": "attune.load", "values": {"rate": 0.5}, "number": 4}.items() <= change.items()
    registry.ask({"trigger": "attune.load"})
    taken = load.take()
    assert taken is not None and taken.payload is None and rate() == 0.5
