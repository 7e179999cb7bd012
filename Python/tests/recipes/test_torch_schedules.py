"""Schedules of torch: the base is live, and the effective rate follows."""

from __future__ import annotations

from typing import Any, Callable

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: make test-recipes")

from attune.recipes.torch import Recipe, attach  # noqa: E402

from .torch_steps import step, weight  # noqa: E402

OPTIM, SCHEDULE = torch.optim, torch.optim.lr_scheduler


SCHEDULES: dict[str, Callable[[Any], Any]] = {
    "lambda": lambda o: SCHEDULE.LambdaLR(o, lambda n: 1 / (1 + n)),
    "multiplicative": lambda o: SCHEDULE.MultiplicativeLR(o, lambda n: 0.9),
    "step": lambda o: SCHEDULE.StepLR(o, 3),
    "multi-step": lambda o: SCHEDULE.MultiStepLR(o, [2, 7]),
    "constant": lambda o: SCHEDULE.ConstantLR(o, 0.5, 6),
    "linear": lambda o: SCHEDULE.LinearLR(o, 0.1, 1.0, 8),
    "exponential": lambda o: SCHEDULE.ExponentialLR(o, 0.8),
    "polynomial": lambda o: SCHEDULE.PolynomialLR(o, 20, 2.0),
    "cosine": lambda o: SCHEDULE.CosineAnnealingLR(o, 20),
    "cosine to a floor": lambda o: SCHEDULE.CosineAnnealingLR(o, 20, eta_min=0.01),
    "warm restarts": lambda o: SCHEDULE.CosineAnnealingWarmRestarts(o, 4, eta_min=0.001),
    "one cycle": lambda o: SCHEDULE.OneCycleLR(o, o.param_groups[0]["lr"], total_steps=20),
    "cyclic": lambda o: SCHEDULE.CyclicLR(o, float(o.param_groups[0]["lr"]) / 4, float(o.param_groups[0]["lr"]), step_size_up=4),
    "warm-up, then cosine": lambda o: SCHEDULE.SequentialLR(
        o, [SCHEDULE.LinearLR(o, 0.1, 1.0, 4), SCHEDULE.CosineAnnealingLR(o, 12, eta_min=0.01)], [4]
    ),
    "chained": lambda o: SCHEDULE.ChainedScheduler([SCHEDULE.ConstantLR(o, 0.5, 4), SCHEDULE.ExponentialLR(o, 0.9)]),
}


@pytest.mark.parametrize("tensor", [False, True], ids=["number", "tensor"])
@pytest.mark.parametrize("at", [2, 6])
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_new_base_is_what_the_schedule_would_have_made_of_it(name: str, at: int, tensor: bool, outside: Any) -> None:
    """From the change on the effective rates are those of a run that had the new base from its start."""

    def change(number: int, recipe: Recipe) -> None:
        if number == at:
            recipe.variables["lr"].value = 0.3

    if shares_a_tensor(name, tensor):
        pytest.skip("this torch keeps one tensor for lr and its base")
    never = run_plain(name, 0.1, tensor)
    always = run_plain(name, 0.3, tensor)
    changed = run_scheduled(name, 0.1, tensor, outside.prefix, change)
    assert changed[: at - 1] == pytest.approx(never[: at - 1])
    assert changed[at - 1 :] == pytest.approx(always[at - 1 :], rel=1e-6)
    assert outside.values()["lr"] == 0.3


def shares_a_tensor(name: str, tensor: bool) -> bool:
    optimizer = OPTIM.SGD([weight()], lr=torch.tensor(0.1, dtype=torch.float64) if tensor else 0.1, momentum=0.5, foreach=False)
    SCHEDULES[name](optimizer)
    return tensor and optimizer.param_groups[0]["lr"] is optimizer.param_groups[0]["initial_lr"]


def run_plain(name: str, base: float, tensor: bool) -> list[float]:
    return run_scheduled(name, base, tensor, "", lambda number, recipe: None)


def run_scheduled(name: str, base: float, tensor: bool, prefix: str, change: Callable[[int, Recipe], None]) -> list[float]:
    """The effective rates of twelve steps; without a prefix, with nothing attached."""
    rate = torch.tensor(base, dtype=torch.float64) if tensor else base
    optimizer = OPTIM.SGD([weight()], lr=rate, momentum=0.5, foreach=False)
    scheduler = SCHEDULES[name](optimizer)
    recipe = attach(optimizer, scheduler, prefix=prefix) if prefix else Recipe()
    rates = []
    for number in range(1, 13):
        change(number, recipe)
        step(optimizer, number)
        rates.append(float(optimizer.param_groups[0]["lr"]))
        assert not prefix or recipe.metrics() == {f"{prefix}.effective_learning_rate": rates[-1]}
        scheduler.step()
        assert [float(last) for last in scheduler.get_last_lr()] == [float(group["lr"]) for group in optimizer.param_groups]
    return rates


def test_a_base_under_a_schedule_is_never_zero(outside: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1)
    scheduler = SCHEDULE.ExponentialLR(optimizer, 0.5)
    attach(optimizer, scheduler, prefix=outside.prefix)
    assert "1e-12 or more" in outside.refuse(lr=0)
    outside.set(lr=1e-12)
    for number in (1, 2):
        step(optimizer, number)
        scheduler.step()
    outside.set(lr=0.4)
    assert step(optimizer, 3) == pytest.approx(0.1)  # 0.4 halved twice


def test_a_schedule_that_was_not_given_is_told(outside: Any, capsys: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1)
    attach(optimizer, prefix=outside.prefix)
    scheduler = SCHEDULE.LambdaLR(optimizer, lambda n: 0.5)
    outside.set(lr=0.3)
    step(optimizer)
    assert "attach(optimizer, scheduler)" in capsys.readouterr().err
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == 0.05  # the trap: LambdaLR makes it from its own base


def test_plateau_reductions_are_followed(outside: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1)
    scheduler = SCHEDULE.ReduceLROnPlateau(optimizer, factor=0.1, patience=0)
    attach(optimizer, scheduler, prefix=outside.prefix)
    outside.set(lr=0.4)
    assert step(optimizer) == pytest.approx(0.4)
    scheduler.step(1.0)
    scheduler.step(1.0)  # no better: a tenth
    assert step(optimizer, 2) == pytest.approx(0.04)
    assert outside.values()["lr"] == pytest.approx(0.04)
    outside.set(lr=0.2)
    assert step(optimizer, 3) == pytest.approx(0.2)


def test_one_cycle_keeps_its_momentum(outside: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1, momentum=0.9)
    attach(optimizer, SCHEDULE.OneCycleLR(optimizer, 0.1, total_steps=10), prefix=outside.prefix)
    assert "momentum" not in outside.values()
