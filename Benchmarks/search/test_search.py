"""What is compared, and how; what is kept, and when it is found again; the order of proposals and ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

import coco
import compare
import functions
import harness
import measure
import ours
import page
from runs import Method, Runs, Search

ASKTELL = """#!{python}
import json, sys
request = json.loads(sys.stdin.readline())
if "catalog" in request:
    print(json.dumps({{"proposers": ["fake"]}}), flush=True)
asked = 0
for line in sys.stdin:
    with open({log!r}, "a") as log:
        log.write(line)
    if "ask" in json.loads(line):
        asked += 1
        print(json.dumps({{"trial": asked, "configuration": {{"x0": asked / 10, "x1": 2}}, "seconds": 0.5}}), flush=True)
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What was sent to a program that stands in for AskTell."""
    program = tmp_path / "asktell"
    program.write_text(ASKTELL.format(python=sys.executable, log=str(tmp_path / "log")))
    program.chmod(0o700)
    monkeypatch.setattr(ours, "PROGRAM", program)
    return tmp_path / "log"


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("branin", [9.424778, 2.475]),
        ("hartmann6", [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573]),
        ("rosenbrock5", [1] * 5),
        ("ackley10s", functions.ACKLEY_OPTIMUM),
    ],
)
def test_optima_are_where_they_are_said_to_be(name: str, point: list[float]) -> None:
    function = functions.BY_NAME[name]
    value = function.evaluate({parameter.name: coordinate for parameter, coordinate in zip(function.parameters, point, strict=True)})
    assert value == pytest.approx(function.optimum, abs=1e-6)
    assert value >= function.optimum - 1e-12


def test_mixed_functions_have_their_optimum_at_zero() -> None:
    assert functions.mixed6({"lr": 1e-3, "layers": 4, "units": 512, "dropout": 0.25, "opt": "adam", "batch": 64}) == 0
    best = {"f0": 0.5, "f1": 0.5, "f2": 0.5, "f3": 1e-3, "f4": 1e-2, "i0": 30, "i1": 70, "i2": 64, "c0": "a", "c1": "c"}
    assert functions.mixed10(best) == 0


def test_draws_reach_both_ends_and_stay_between_them() -> None:
    random = Random(7)
    for parameter in [functions.Parameter("i", "int", 1, 3), functions.Parameter("l", "int", 1, 3, log=True)]:
        assert {parameter.draw(random) for _ in range(200)} == {1, 2, 3}
    real = functions.Parameter("f", "float", 1e-5, 1, log=True)
    drawn = sorted(real.draw(random) for _ in range(400))
    assert 1e-5 <= drawn[0] and drawn[-1] <= 1 and 1e-3 < drawn[200] < 1e-2


def test_ranks_are_shared_by_equals() -> None:
    assert compare.ranks({"a": 2, "b": 1, "c": 2, "d": 3}) == {"b": 1, "a": 2.5, "c": 2.5, "d": 4}
    assert compare.mean_ranks([{"a": 1, "b": 2}, {"a": 2, "b": 1}, {"a": 0, "b": 1}]) == pytest.approx({"a": 4 / 3, "b": 5 / 3})


def test_regret_is_the_median_over_seeds_each_with_its_own_optimum() -> None:
    searches = [[5.0, 3.0, 1.0], [12.0, 14.0, 11.0], [9.0, 9.0, 9.0]]
    assert compare.median_regret(searches, [1, 10, 0], 3) == 1
    assert compare.median_regret(searches, [1, 10, 0], 1) == 4
    assert compare.median_regret([[1e-9]], [0], 1) == compare.RESOLUTION


def test_a_tie_is_no_win_and_the_best_rival_counts() -> None:
    functions = [{"us": 1.0, "a": 2.0, "b": 3.0}, {"us": 1.0, "a": 1.0, "b": 3.0}, {"us": 2.0, "a": 3.0, "b": 1.0}]
    assert compare.duel(functions, "us", ["a", "b"]) == compare.Duel(wins=1, ties=1, losses=1)
    assert compare.duel(functions, "us", ["a"]) == compare.Duel(wins=2, ties=1, losses=0)
    assert compare.strongest(functions, ["a", "b"]) == "a"


def test_more_than_half_is_more_than_half(monkeypatch: pytest.MonkeyPatch) -> None:
    won, lost = {measure.AUTO: 1.0, "a": 2.0}, {measure.AUTO: 2.0, "a": 1.0}
    half = measure.against("x", [won, lost], ["a"], promise_wins=True)
    assert [figure.is_within for figure in half] == [False, True, False, True]
    most = measure.against("x", [won, won, lost], ["a"], promise_wins=True)
    assert all(figure.is_within for figure in most)
    # Ranks of 5/3 and 4/3: a quarter more.
    assert not measure.against("x", [won, lost, lost], ["a"])[-1].is_within


def test_what_is_kept_is_found_again_by_all_that_matters(tmp_path: Path) -> None:
    method = Method("Optuna", "5.0.0", "tpe")
    search = Search(method, "branin", 3)
    Runs(tmp_path).keep(search, [2.0, 0.1 + 0.2])
    (file,) = tmp_path.iterdir()
    with file.open("a") as lines:
        lines.write('\n{"method": {"library": "Opt')
    found = Runs(tmp_path).values
    assert found == {search: [2.0, 0.1 + 0.2]}
    others = [
        Search(method, "branin", 4), Search(method, "mixed6", 3), Search(method, "branin", 3, evaluations=50),
        Search(method, "branin", 3, parallel=8), Search(Method("Optuna", "5.0.1", "tpe"), "branin", 3),
        Search(Method("Optuna", "5.0.0", "gp"), "branin", 3),
    ]  # fmt: skip
    assert not any(other in found for other in others)
    # The torn line takes nothing with it that comes later.
    Runs(tmp_path).keep(others[0], [1.0])
    assert set(Runs(tmp_path).values) == {search, others[0]}


def test_trials_end_in_the_order_in_which_they_began(log: Path) -> None:
    run = ours.search({"name": "fake"}, functions.BY_NAME["branin"], seed=1, evaluations=4, parallel=2)
    sent = [json.loads(line) for line in log.read_text().splitlines()]
    assert [message.get("tell", "ask") for message in sent] == ["ask", "ask", 1, "ask", 2, "ask"]
    assert [message["value"] for message in sent if "tell" in message] == run.values[:2]
    assert len(run.values) == 4 and run.seconds == [0.5] * 4


def test_costs_count_only_what_is_asked_after_the_history(log: Path) -> None:
    told: list[tuple[dict[str, Any], float]] = [({"x0": 0.0, "x1": 0.0}, 1.0)] * 3
    assert ours.costs("fake", functions.BY_NAME["branin"], told, asks=2, own=False) == [0.5] * 2
    sent = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(sent[0]["add"]) == 3 and [message.get("tell", "ask") for message in sent[1:]] == ["ask", 1, "ask", 2]
    log.unlink()
    assert ours.costs("fake", functions.BY_NAME["branin"], told, asks=2, own=True) == [0.5] * 2
    assert log.read_text().count("ask") == 5
    assert ours.catalog() == ["fake"]


class Problem(SimpleNamespace):
    """COCO's, in small: integers first, the optimum told by a file."""

    number_of_integer_variables, lower_bounds, upper_bounds = 1, [0.0, -5.0], [3.0, 5.0]

    def __call__(self, point: list[float]) -> float:
        return 100 + (point[0] - 2) ** 2 + point[1] ** 2

    def _best_parameter(self, _: str) -> None:
        Path("._best_parameter.txt").write_text(" 2.0 \n 0.0 ")


def test_functions_of_coco_have_their_integers_and_their_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[tuple[Any, ...]] = []

    class Suite:
        def __init__(self, *arguments: str) -> None:
            wanted.append(arguments)

        def get_problem_by_function_dimension_instance(self, *numbers: int) -> Problem:
            wanted.append(numbers)
            return Problem()

    monkeypatch.setitem(sys.modules, "cocoex", SimpleNamespace(Suite=Suite))
    coco.optimum.cache_clear()
    function = coco.function("bbob-mixint-f07-d05", 3)
    assert wanted[:2] == [("bbob-mixint", "", "dimensions: 5 instance_indices: 3"), (7, 5, 3)]
    assert [(parameter.name, parameter.type) for parameter in function.parameters] == [("x0", "int"), ("x1", "float")]
    assert function.optimum == 100 and function.evaluate({"x0": 3, "x1": 1.0}) == 102
    assert coco.names("bbob", 10)[-1] == "bbob-f24-d10"
    coco.optimum.cache_clear()


def test_the_page_marks_the_lowest() -> None:
    regrets = {count: {"bbob-f01-d05": {"a": 2.0, "b": 1.0}} for count in page.CHECKPOINTS}
    text = page.coco("bbob", 5, [1, 2], regrets)
    assert "| f01 | 2 | 1 × |" in text and "| 100 evaluations | 2.00 | 1.00 |" in text


def test_the_page_has_the_digits_that_promises_have() -> None:
    text = page.promised([harness.Figure.of("best of 100", "branin", "", [0.39789], limit=0.39790)], "Optuna 5.0.0")
    assert "| best of 100 | branin | 0.39789 | ≤ 0.3979 |" in text


def test_the_page_tells_of_searches_that_are_missing() -> None:
    text = page.quality({"a": {"f": [[3.0, 1.0], [5.0, 2.0]], "g": []}}, seeds=3, parallel=8)
    assert "| a | 1.5 [1.25, 1.75], 2 seeds |  |" in text
