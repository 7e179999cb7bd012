"""What all recipes share, with an object that needs no framework."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import attune
from attune.recipes._recipe import LIMITS, Recipe
from conftest import ROOT

MODULES = {
    "torch": "torch",
    "optax": "optax",
    "keras": "keras",
    "sklearn": "sklearn",
    "transformers": "transformers",
    "lightning": "lightning",
    "stable_baselines3": "stable_baselines3",
}


def bound(outside: Any, **numbers: float) -> tuple[Any, Recipe]:
    place = SimpleNamespace(**(numbers or {"lr": 0.1, "momentum": 0.9}))
    recipe = Recipe(outside.prefix)
    for name in vars(place):
        recipe.bind_attribute(name, {"": place}, name)
    return place, recipe


def test_applied_at_the_step_after_it_was_accepted(outside: Any) -> None:
    place, recipe = bound(outside)
    outside.set(lr=0.5, momentum=0.5)
    assert (recipe.apply(), place.lr) == ({}, 0.1)
    attune.step(1)
    assert recipe.apply() == {f"{outside.prefix}.lr": 0.5, f"{outside.prefix}.momentum": 0.5}
    assert (recipe.apply(), place.lr, place.momentum) == ({}, 0.5, 0.5)


def test_the_live_value_holds_from_the_first_change_on(outside: Any) -> None:
    place, recipe = bound(outside)
    place.lr = 0.2  # the program's own
    recipe.apply()
    assert (place.lr, outside.values()["lr"]) == (0.2, 0.1)
    outside.set(lr=0.5)
    attune.step(1)
    recipe.apply()
    place.lr = 0.2
    recipe.apply()
    assert place.lr == 0.5


def test_all_or_nothing(outside: Any, capsys: Any) -> None:
    class Place:
        lr = 0.1

        @property
        def momentum(self) -> float:
            return 0.9

    recipe, place = Recipe(outside.prefix), Place()
    recipe.bind_attribute("lr", {"": place}, "lr")
    recipe.bind_attribute("momentum", {"": place}, "momentum")
    outside.set(lr=0.5, momentum=0.5)
    attune.step(1)
    assert recipe.apply() == {}
    assert (place.lr, outside.values()) == (0.1, {"lr": 0.1, "momentum": 0.9})
    told = capsys.readouterr().err
    assert "refused by the optimizer: AttributeError" in told and told.count("\n") == 1 and "The program keeps what it had." in told


def test_whole_numbers_and_numbers(outside: Any) -> None:
    """torch's defaults have momentum=0, which is no integer."""
    place, recipe = bound(outside, momentum=0)
    recipe.bind_attribute("batch_size", {"": SimpleNamespace(batch_size=4)}, "batch_size", is_whole=True)
    outside.set(momentum=0.5)
    assert "any integer" in outside.refuse(batch_size=4.5) or "1 or more" in outside.refuse(batch_size=4.5)
    attune.step(1)
    recipe.apply()
    assert place.momentum == 0.5


def test_what_the_script_began_with_is_allowed(outside: Any) -> None:
    _, recipe = bound(outside, momentum=1.5)
    assert recipe.variables["momentum"]() == 1.5
    outside.set(momentum=1.4)


@pytest.mark.parametrize("tag", LIMITS)
def test_limits_hold(tag: str, outside: Any) -> None:
    recipe = Recipe(outside.prefix)
    recipe.bind_attribute(tag, {"": SimpleNamespace(x=1 if tag == "batch_size" else 0.5)}, "x", is_whole=tag == "batch_size")
    assert "refused" in outside.refuse(**{tag: -1})
    if "max" in LIMITS[tag]:
        assert "refused" in outside.refuse(**{tag: 1.01})


def test_those_that_differ_have_names(outside: Any) -> None:
    alike, other = SimpleNamespace(p=0.5), SimpleNamespace(p=0.1)
    recipe = Recipe(outside.prefix)
    recipe.bind_attribute("dropout", {"a": alike, "b.c": other}, "p")
    outside.set(dropout__b__c=0.2)
    attune.step(1)
    recipe.apply()
    assert (alike.p, other.p) == (0.5, 0.2)


def test_one_tag_governs_one_place(outside: Any) -> None:
    _, kept = bound(outside)
    with pytest.raises(ValueError, match="governs something else already"):
        bound(outside)
    kept.detach()
    bound(outside)


def test_loop(outside: Any) -> None:
    place, recipe = bound(outside)
    seen = []
    for number, letter in recipe.loop("abcd", start=10):
        seen.append((number, letter, place.lr))
        if number == 12:
            outside.set(lr=0.5)
    assert seen == [(11, "a", 0.1), (12, "b", 0.1), (13, "c", 0.5), (14, "d", 0.5)]


def test_nothing_is_imported_that_is_not_asked_for() -> None:
    code = f"import sys, attune, attune.recipes; print([one for one in {list(MODULES.values())} if one in sys.modules], 'attune.recipes.torch' in sys.modules)"
    assert in_child(code) == "[] False\n"


@pytest.mark.parametrize("recipe", MODULES)
def test_a_missing_framework_is_named(recipe: str) -> None:
    code = f"""
import sys
sys.modules[{MODULES[recipe]!r}] = None
sys.modules["pytorch_lightning"] = None
try:
    import attune.recipes.{recipe}
except ImportError as problem:
    print(problem)
"""
    assert f"attune.recipes.{recipe} needs" in in_child(code) or "pip install 'attune[" in in_child(code)


TRAINING = """
import sys
from types import SimpleNamespace
import attune
from attune.recipes._recipe import Recipe

place, state = SimpleNamespace(lr=0.1, momentum=0.9), [0.0]
recipe = Recipe()
recipe.bind_attribute("lr", {"": place}, "lr")
recipe.bind_attribute("momentum", {"": place}, "momentum")
recipe.bind_reset(lambda payload: state.clear() or state.append(0.0))
recipe.reload()
weight = 1.0
for number, _ in recipe.loop(range(int(sys.argv[1])), start=int(sys.argv[2])):
    state[0] = place.momentum * state[0] + 2 * weight
    weight -= place.lr * state[0]
    print(number, place.lr, place.momentum, weight.hex())
"""


def in_child(code: str, *arguments: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
    child = subprocess.run(
        [sys.executable, "-c", code, *arguments], env={**kept, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr
    return child.stdout


def test_the_experiments_parameters_come_first(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"lr": 0.25}))
    assert in_child(TRAINING, "1", "0", ATTUNE_CONFIG=str(tmp_path / "config.json")).startswith("1 0.25 0.9 ")


def test_a_resumed_attempt_goes_on_with_the_live_values(tmp_path: Path) -> None:
    path = tmp_path / "changes"
    path.write_text('{"number":1,"step":2,"values":{"lr":0.5}}\n{"number":2,"step":4,"values":{"lr":0.125}}\n')
    lines = in_child(TRAINING, "3", "2", ATTUNE_CHANGES=str(path), ATTUNE_RESUME="1").splitlines()
    assert [line.split()[:2] for line in lines] == [["3", "0.5"], ["4", "0.5"], ["5", "0.125"]]


def test_a_replayed_record_gives_the_same_bits(tmp_path: Path) -> None:
    schedule = tmp_path / "schedule"
    schedule.write_text(
        '{"step":3,"values":{"lr":0.02,"momentum":0.5},"by":"ann"}\n{"step":5,"trigger":"reset_state","by":"ann"}\n'
        '{"step":7,"values":{"lr":0.3},"by":"ann"}\n'
    )
    first = in_child(TRAINING, "10", "0", ATTUNE_REPLAY=str(schedule), ATTUNE_RECORD=str(tmp_path / "record"))
    again = in_child(TRAINING, "10", "0", ATTUNE_REPLAY=str(tmp_path / "record"), ATTUNE_RECORD=str(tmp_path / "second"))
    assert again == first != in_child(TRAINING, "10", "0")
    assert first.splitlines()[3].startswith("4 0.02 0.5 ") and first.splitlines()[7].startswith("8 0.3 0.5 ")
    records = [[json.loads(line) for line in (tmp_path / name).read_text().splitlines()] for name in ("record", "second")]
    for record in records:
        assert [(line["step"], line.get("values") or line["trigger"]) for line in record] == [
            (3, {"lr": 0.02, "momentum": 0.5}), (5, "reset_state"), (7, {"lr": 0.3})]  # fmt: skip


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed: make test-recipes")
def test_torch_replays_to_the_last_bit(tmp_path: Path) -> None:
    code = """
import torch, attune
from attune.recipes.torch import attach
torch.manual_seed(1)
torch.set_num_threads(1)
model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.Dropout(0.2), torch.nn.Linear(8, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)
attach(optimizer, scheduler, model=model)
for number in range(1, 21):
    optimizer.zero_grad()
    model(torch.randn(16, 8)).square().mean().backward()
    optimizer.step()
    scheduler.step()
    attune.step(number)
print([p.tolist() for p in model.parameters()])
"""
    schedule = tmp_path / "schedule"
    schedule.write_text(
        '{"step":4,"values":{"lr":0.05,"dropout":0.5,"amsgrad":true}}\n{"step":9,"trigger":"reset_state","payload":["exp_avg"]}\n'
        '{"step":12,"values":{"lr":0.001,"beta1":0.5}}\n'
    )
    first = in_child(code, ATTUNE_REPLAY=str(schedule), ATTUNE_RECORD=str(tmp_path / "record"))
    assert in_child(code, ATTUNE_REPLAY=str(tmp_path / "record")) == first != in_child(code)
