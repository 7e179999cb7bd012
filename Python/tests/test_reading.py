"""A live variable is a number, or a text, wherever one is expected."""

from __future__ import annotations

import copy
import json
import math
import os
import pickle
from typing import Any

import pytest

import attune
from test_live import make

numpy: Any = pytest.importorskip("numpy")


def test_calculates_both_ways() -> None:
    x = make(7)
    assert (divmod(x, 2), divmod(15, x), x & 3, 8 | x, x ^ 1, x << 1, 1 << x, x >> 1, ~x, pow(x, 2, 5)) == (
        (3, 1), (2, 1), 3, 15, 6, 14, 128, 3, -8, 4)
    assert (sum([x, x]), max(x, 3), min(x, 3), sorted([x, 3, 9]), [10, 20, 30][make(1)]) == (14, 7, 3, [3, 7, 9], 20)
    assert "ab" * x == "ab" * 7
    x += 1
    assert type(x) is int and x == 8, "as with every number, the name now stands for another one"


@pytest.mark.parametrize("name", ["sqrt", "exp", "log", "floor", "ceil", "trunc", "sin", "isfinite", "degrees", "fabs"])
def test_mathematics(name: str) -> None:
    assert getattr(math, name)(make(2.5)) == getattr(math, name)(2.5)


def test_is_taken_for_its_type() -> None:
    for value in (True, 3, 0.5, "adam"):
        variable = make(value)
        assert isinstance(variable, type(value)) and isinstance(variable, attune.Live)
        assert (bool(variable), str(variable), repr(variable), hash(variable), f"{variable!r:>8}") == (
            bool(value), str(value), repr(value), hash(value), f"{value!r:>8}")
    assert {"sgd": 1, "adam": 2}[make("adam")] == 2
    assert make(3.0).is_integer() and make(0.5).as_integer_ratio() == (1, 2) and make(5).bit_length() == 3 and make(2.0).real == 2.0
    assert "%.3f %d %s" % (make(0.12345), make(3), make("a")) == "0.123 3 a"
    assert complex(make(2.0)) == 2 and json.dumps(make(0.5)()) == "0.5"
    with pytest.raises(TypeError):
        json.dumps(make(0.5))  # C code that insists on a real float: documented


def test_text() -> None:
    path = make("Adam/w")
    assert (path.upper(), path + "x", "x" + path, "dam" in path, path[0], len(path), list(path)[:2], path.split("/"), path == "Adam/w") == (
        "ADAM/W", "Adam/wx", "xAdam/w", True, "A", 6, ["A", "d"], ["Adam", "w"], True)
    assert (os.path.join("/", path), path * 2, path < "B", f"{path:>8}") == ("/Adam/w", "Adam/wAdam/w", True, "  Adam/w")


@pytest.mark.parametrize("value", [True, 3, 0.5, "adam"])
def test_copies_are_plain_values(value: Any) -> None:
    variable = make(value)
    pickled = [pickle.loads(pickle.dumps(variable, protocol)) for protocol in range(6)]
    for copied in (copy.copy(variable), copy.deepcopy({"a": [variable]})["a"][0], *pickled):
        assert type(copied) is type(value) and copied == value


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_numpy_keeps_its_types(kind: str) -> None:
    rate, array, scalar = make(0.5), numpy.ones(3, kind), getattr(numpy, kind)(2)
    results = [array * rate, rate * array, array / rate, rate - array, array ** rate, scalar * rate, rate * scalar, rate + scalar,
               numpy.multiply(array, rate), numpy.maximum(array, rate)]
    expected = [array * 0.5, 0.5 * array, array / 0.5, 0.5 - array, array ** 0.5, scalar * 0.5, 0.5 * scalar, 0.5 + scalar,
                numpy.multiply(array, 0.5), numpy.maximum(array, 0.5)]
    for result, other in zip(results, expected):
        assert type(result) is type(other) and result.dtype == kind and numpy.array_equal(result, other)
    assert (array > rate).all() and (rate < array).all() and (array != rate).all() and scalar > rate and not scalar == rate


def test_numpy_changes_arrays_in_place() -> None:
    rate = make(0.5)
    array = same = numpy.ones(3, "float32")
    array *= rate
    array -= rate * array
    numpy.add(array, rate, out=array)
    assert array is same and array.tolist() == [0.75, 0.75, 0.75] and array.dtype == "float32"


def test_numpy_takes_it_as_argument() -> None:
    rate, count = make(0.5), make(3)
    assert numpy.zeros(count).shape == (3,) and numpy.full(2, rate).tolist() == [0.5, 0.5]
    assert numpy.array([rate, 1.0]).dtype == float and numpy.asarray(rate) == 0.5 and numpy.sqrt(make(4.0)) == 2.0
    assert numpy.arange(count).tolist() == [0, 1, 2] and numpy.linspace(0, rate, count).tolist() == [0, 0.25, 0.5]
    assert numpy.float32(rate) == 0.5 and numpy.random.default_rng(1).normal(0, rate) == numpy.random.default_rng(1).normal(0, 0.5)


def test_takes_scalars_of_numpy() -> None:
    rate = make(0.5, 0, 1)
    rate.value = numpy.float32(0.25)
    assert type(rate()) is float and rate == 0.25
    rate.value = make(0.75)
    assert type(rate()) is float and rate == 0.75
    assert type(make(numpy.int64(3))()) is int and type(make(numpy.bool_(True))()) is bool
    with pytest.raises(attune.Refused):
        rate.value = numpy.ones(2)
    with pytest.raises(attune.Refused):
        make(3).value = True


def test_derived_values_follow() -> None:
    registry = attune.Registry()
    registry.is_quiet = True
    rate, batch, name = registry.live("rate", 0.1), registry.live("batch", 32), registry.live("name", "sgd")
    per_sample = attune.derived(lambda rate, batch: rate / batch, rate, batch)
    doubled, upper, pair = per_sample.map(lambda value: 2 * value), name.map(str.upper), rate.map(lambda rate: (rate, 1 - rate))
    calls: list[float] = []
    counted = attune.derived(lambda *values: calls.append(values[0]) or len(calls), doubled, rate, batch)
    registry.change(rate=0.2, batch=10)
    assert (per_sample(), doubled.value, doubled * 2, f"{per_sample:.2f}") == (0.02, 0.04, 0.08, "0.02")
    assert (calls, counted()) == ([0.00625, 0.04], 2), "once a change, after what it follows"
    registry.change(name="adam")
    assert upper.startswith("AD") and upper == "ADAM" and pair[1] == 0.8 and len(calls) == 2


def test_derived_value_that_cannot_be_keeps_the_last(capsys: Any) -> None:
    rate = make(1.0)
    inverse = rate.map(lambda rate: 1 / rate)
    rate.value = 0.0
    assert (rate(), inverse()) == (0.0, 1.0)
    assert "failed: ZeroDivisionError" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        rate.map(lambda rate: 1 / rate)
    with pytest.raises(ValueError):
        attune.derived(len)


def test_derived_values_that_nobody_keeps_are_forgotten() -> None:
    rate = make(1.0)
    kept = rate.map(lambda rate: 0.0)
    for _ in range(1000):
        rate.map(float)
    assert len(rate._followers) < 5 and kept in [one() for one in rate._followers], "also where it is false"


def test_torch_takes_it_for_a_number() -> None:
    torch = pytest.importorskip("torch")
    rate, ones = make(0.5), torch.ones(3)
    same = changed = torch.ones(3)
    changed *= rate
    changed.add_(ones, alpha=rate).clamp_(max=make(0.75))
    assert changed is same and changed.tolist() == [0.75, 0.75, 0.75]
    assert (torch.mul(ones, rate) == 0.5).all() and (rate - ones == -0.5).all() and (ones > rate).all()
    assert (ones.half() * rate).dtype == torch.float16 and torch.zeros(make(2)).shape == (2,) and torch.full((1,), rate).item() == 0.5


def test_jax_takes_it_for_a_number() -> None:
    numpy = pytest.importorskip("jax.numpy")
    rate, ones = make(0.5), numpy.ones(3, "bfloat16")
    for result in (ones * rate, rate * ones, ones / 2 - rate + rate, ones - rate):
        assert result.dtype == "bfloat16" and (result == 0.5).all()
    assert (ones > rate).all()
