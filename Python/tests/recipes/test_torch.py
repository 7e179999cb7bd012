"""Live hyperparameters of torch, and the traps on the way."""

from __future__ import annotations

import copy
import sys
from types import SimpleNamespace
from typing import Any, Callable

import pytest

import attune

torch = pytest.importorskip("torch", reason="torch is not installed: make test-recipes")

from attune.recipes.torch import attach  # noqa: E402

from .torch_steps import step, weight  # noqa: E402

OPTIM, SCHEDULE = torch.optim, torch.optim.lr_scheduler


def test_changes_over_the_socket_while_it_trains(outside: Any) -> None:
    torch.manual_seed(1)
    model = torch.nn.Linear(4, 1)
    optimizer = OPTIM.SGD(model.parameters(), lr=0.1)
    attach(optimizer, prefix=outside.prefix)
    x, y = torch.randn(64, 4), torch.randn(64, 1)
    moved = []
    for number in range(1, 7):
        if number == 4:
            outside.set(lr=0.001)
        before = torch.cat([p.detach().flatten().clone() for p in model.parameters()])
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        gradient = torch.cat([p.grad.flatten() for p in model.parameters()])
        attune.report(step=number)
        optimizer.step()
        after = torch.cat([p.detach().flatten() for p in model.parameters()])
        moved.append(float((before - after).norm() / gradient.norm()))
    assert moved == pytest.approx([0.1] * 3 + [0.001] * 3, rel=1e-3)


@pytest.mark.parametrize(
    "make, held",
    [
        (lambda p: OPTIM.SGD([p], lr=0.1, momentum=0.9), {"lr": 0.1, "weight_decay": 0, "momentum": 0.9}),
        (
            lambda p: OPTIM.AdamW([p], lr=0.01),
            {"lr": 0.01, "weight_decay": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "amsgrad": False},
        ),
        (lambda p: OPTIM.RMSprop([p], lr=0.01), {"lr": 0.01, "weight_decay": 0, "momentum": 0, "alpha": 0.99, "eps": 1e-8}),
        (lambda p: OPTIM.Adadelta([p], lr=1.0), {"lr": 1.0, "weight_decay": 0, "rho": 0.9, "eps": 1e-6}),
    ],
)
def test_declares_what_the_optimizer_holds(make: Callable[[Any], Any], held: dict[str, Any], outside: Any) -> None:
    attach(make(weight()), prefix=outside.prefix)
    assert outside.values() == held


def test_changes_in_place(outside: Any) -> None:
    optimizer = OPTIM.AdamW([weight()], lr=0.01)
    attach(optimizer, prefix=outside.prefix)
    step(optimizer)
    outside.set(lr=0.5, weight_decay=0.25, beta1=0.5, beta2=0.75, eps=0.125)
    step(optimizer, 2)
    [group] = optimizer.param_groups
    assert [group[key] for key in ("lr", "weight_decay", "betas", "eps")] == [0.5, 0.25, (0.5, 0.75), 0.125]
    assert len(optimizer.state) == 1 and int(next(iter(optimizer.state.values()))["step"]) == 2


@pytest.mark.parametrize("values", [{"lr": -1}, {"beta1": 1}, {"beta2": -0.1}, {"eps": "small"}, {"lr": 0.5, "eps": -1}])
def test_a_refused_value_leaves_the_optimizer(values: dict[str, Any], outside: Any) -> None:
    optimizer = OPTIM.Adam([weight()], lr=0.01)
    attach(optimizer, prefix=outside.prefix)
    before = copy.deepcopy(optimizer.state_dict()["param_groups"])
    message = outside.refuse(**values)
    assert "refused" in message and "The program keeps" in message
    step(optimizer)
    assert optimizer.state_dict()["param_groups"] == before


def test_tensor_learning_rate_keeps_its_identity(outside: Any) -> None:
    rate = torch.tensor(0.1)
    optimizer = OPTIM.Adam([weight()], lr=rate, capturable=False, foreach=False)
    recipe = attach(optimizer, prefix=outside.prefix)
    assert recipe.variables["lr"]() == 0.1
    outside.set(lr=0.003)
    assert step(optimizer) == pytest.approx(0.003)
    assert optimizer.param_groups[0]["lr"] is rate and float(rate) == pytest.approx(0.003)


def adam_without_amsgrad(outside: Any) -> Any:
    optimizer = OPTIM.Adam([weight()], lr=0.01)
    attach(optimizer, prefix=outside.prefix)
    step(optimizer)
    return optimizer


def test_amsgrad_can_be_switched_on(outside: Any) -> None:
    bare = OPTIM.Adam([weight()], lr=0.01)
    step(bare)
    bare.param_groups[0]["amsgrad"] = True
    with pytest.raises(KeyError):
        step(bare)  # the trap
    optimizer = adam_without_amsgrad(outside)
    outside.set(amsgrad=True)
    step(optimizer, 2)
    [state] = optimizer.state.values()
    assert float(state["max_exp_avg_sq"]) >= float(state["exp_avg_sq"]) > 0
    outside.set(amsgrad=False)
    step(optimizer, 3)


def test_momentum_can_come_later(outside: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1)
    attach(optimizer, prefix=outside.prefix)
    step(optimizer)
    outside.set(momentum=0.5)
    assert [round(step(optimizer, number), 6) for number in (2, 3)] == [0.1, 0.15]


def test_a_loaded_checkpoint_does_not_bring_old_values_back(outside: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1, momentum=0.9)
    scheduler = SCHEDULE.StepLR(optimizer, 2)
    recipe = attach(optimizer, scheduler, prefix=outside.prefix)
    for number in (1, 2):
        step(optimizer, number)
        scheduler.step()
    saved = copy.deepcopy((optimizer.state_dict(), scheduler.state_dict()))
    outside.set(lr=0.5)
    step(optimizer, 3)
    assert recipe.metrics() == {f"{outside.prefix}.effective_learning_rate": pytest.approx(0.05)}
    for load in ((True, True), (True, False), (False, True)):
        if load[0]:
            optimizer.load_state_dict(copy.deepcopy(saved[0]))
        if load[1]:
            scheduler.load_state_dict(copy.deepcopy(saved[1]))
        step(optimizer, 4)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(0.05)
        assert optimizer.param_groups[0]["initial_lr"] == scheduler.base_lrs[0] == 0.5


def test_what_nobody_changed_is_the_checkpoints(outside: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1, momentum=0.9)
    attach(optimizer, prefix=outside.prefix)
    saved = copy.deepcopy(optimizer.state_dict())
    saved["param_groups"][0]["lr"] = 0.02
    outside.set(momentum=0.5)
    step(optimizer)
    optimizer.load_state_dict(saved)
    step(optimizer, 2)
    assert (optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]) == (0.02, 0.5)
    assert outside.values()["lr"] == 0.02


def test_a_script_that_writes_its_own_rates_goes_on_until_somebody_sets_one(outside: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1)
    attach(optimizer, prefix=outside.prefix)
    moved = []
    for number in range(1, 5):
        if number == 3:
            outside.set(lr=0.7)
        optimizer.param_groups[0]["lr"] = 0.1 / number
        moved.append(step(optimizer, number))
    assert moved == pytest.approx([0.1, 0.05, 0.7, 0.7])


@pytest.mark.parametrize("scheduled", [False, True])
def test_checkpoints_are_what_they_were(scheduled: bool, outside: Any) -> None:
    def run(prefix: str) -> Any:
        optimizer = OPTIM.AdamW([weight()], lr=0.1)
        scheduler = SCHEDULE.CosineAnnealingLR(optimizer, 10) if scheduled else None
        if prefix:
            attach(optimizer, scheduler, prefix=prefix)
        step(optimizer)
        return optimizer.state_dict(), scheduler.state_dict() if scheduler else None, copy.deepcopy(optimizer).state_dict()

    assert str(run(outside.prefix)) == str(run(""))


def test_groups_that_agree_have_one_variable(outside: Any) -> None:
    optimizer = OPTIM.AdamW([{"params": [weight()], "weight_decay": 0.1}, {"params": [weight()], "weight_decay": 0.0}], lr=0.01)
    attach(optimizer, prefix=outside.prefix)
    assert {tag for tag in outside.values() if "decay" in tag or tag.startswith("lr")} == {"lr", "weight_decay.0", "weight_decay.1"}
    outside.set(lr=0.02, weight_decay__0=0.3)
    step(optimizer)
    assert [(group["lr"], group["weight_decay"]) for group in optimizer.param_groups] == [(0.02, 0.3), (0.02, 0.0)]


@pytest.mark.parametrize("by_key", [False, True])
def test_named_groups_have_their_own(by_key: bool, outside: Any) -> None:
    names = ["encoder", "decoder"]
    optimizer = OPTIM.SGD([{"params": [weight()], **({"name": name} if by_key else {})} for name in names], lr=0.1)
    scheduler = SCHEDULE.LambdaLR(optimizer, lambda n: 0.5)
    recipe = attach(optimizer, scheduler, groups=None if by_key else names, prefix=outside.prefix)
    outside.set(lr__decoder=0.4)
    step(optimizer)
    assert [group["lr"] for group in optimizer.param_groups] == [0.05, 0.2]
    assert recipe.metrics() == {
        f"{outside.prefix}.effective_learning_rate.encoder": 0.05,
        f"{outside.prefix}.effective_learning_rate.decoder": 0.2,
    }


def test_wrong_names_are_refused(outside: Any) -> None:
    with pytest.raises(ValueError, match="2 names for 1 parameter groups. Nothing was changed"):
        attach(OPTIM.SGD([weight()], lr=0.1), groups=["a", "b"], prefix=outside.prefix)
    assert outside.values() == {}


OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda p: OPTIM.SGD([p], lr=0.1, momentum=0.9),
    "Adam": lambda p: OPTIM.Adam([p], lr=0.1),
    "AdamW amsgrad": lambda p: OPTIM.AdamW([p], lr=0.1, amsgrad=True),
    "NAdam": lambda p: OPTIM.NAdam([p]),
    "Adagrad": lambda p: OPTIM.Adagrad([p], lr=0.1, initial_accumulator_value=0.5),
    "RMSprop": lambda p: OPTIM.RMSprop([p], momentum=0.9),
    "Adadelta": lambda p: OPTIM.Adadelta([p]),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_reset_state_begins_anew(name: str, outside: Any) -> None:
    optimizer = OPTIMIZERS[name](weight())
    attach(optimizer, prefix=outside.prefix)
    first = step(optimizer)
    later = [step(optimizer, number) for number in range(2, 6)]
    assert name in ("Adam", "AdamW amsgrad") or later[-1] != pytest.approx(first, rel=1e-6)
    outside.fire("reset_state")
    assert step(optimizer, 6) == pytest.approx(first, rel=0.01 if "AdamW" in name else 1e-9)
    [state] = optimizer.state.values()
    assert int(state.get("step", 1)) == 1


def test_a_change_alone_keeps_the_state(outside: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1, momentum=0.9)
    attach(optimizer, prefix=outside.prefix)
    step(optimizer)
    outside.set(lr=0.2)
    assert step(optimizer, 2) == pytest.approx(0.2 * 1.9)


def test_reset_of_one_entry(outside: Any, capsys: Any) -> None:
    optimizer = OPTIM.Adam([weight()], lr=0.1)
    attach(optimizer, prefix=outside.prefix)
    step(optimizer)
    outside.fire("reset_state", "exp_avg")
    step(optimizer, 2)
    [state] = optimizer.state.values()
    assert (float(state["exp_avg"]), int(state["step"])) == (pytest.approx(0.1), 2)
    outside.fire("reset_state", ["momentum"])
    step(optimizer, 3)
    assert "the optimizer has exp_avg, exp_avg_sq, step" in capsys.readouterr().err
    assert int(state["step"]) == 3


def test_what_the_optimizer_refuses_is_taken_back(outside: Any, capsys: Any) -> None:
    class Stubborn(OPTIM.SGD):  # type: ignore[misc, name-defined]
        pass

    optimizer = Stubborn([weight()], lr=0.1, momentum=0.5)
    recipe = attach(optimizer, prefix=outside.prefix)

    def refuse(value: float) -> None:
        raise RuntimeError("not now")

    recipe._knobs[2].write = refuse  # momentum
    outside.set(lr=0.3, momentum=0.7)
    assert step(optimizer) == pytest.approx(0.1)
    assert "refused by the optimizer: RuntimeError('not now')" in capsys.readouterr().err
    assert (outside.values()["lr"], outside.values()["momentum"]) == (0.1, 0.5)


def test_dropout(outside: Any) -> None:
    model = torch.nn.Sequential(torch.nn.Dropout(0.5), torch.nn.Sequential(torch.nn.Dropout(0.5)))
    optimizer = OPTIM.SGD([weight()], lr=0.1)
    attach(optimizer, model=model, prefix=outside.prefix)
    outside.set(dropout=0.0)
    step(optimizer)
    assert torch.equal(model(torch.ones(100)), torch.ones(100))
    assert "0.0...1.0" in outside.refuse(dropout=1.5)


def test_dropouts_that_differ(outside: Any) -> None:
    model = torch.nn.Sequential(torch.nn.Dropout(0.5), torch.nn.Sequential(torch.nn.Dropout2d(0.1)))
    optimizer = OPTIM.SGD([weight()], lr=0.1)
    attach(optimizer, model=model, prefix=outside.prefix)
    assert (outside.values()["dropout.0"], outside.values()["dropout.1.0"]) == (0.5, 0.1)


@pytest.mark.parametrize("workers", [0, 1])
def test_batch_size(workers: int, outside: Any) -> None:
    loader = torch.utils.data.DataLoader(
        torch.arange(64),
        batch_size=4,
        num_workers=workers,
        prefetch_factor=1 if workers else None,
        multiprocessing_context="spawn" if workers else None,
    )
    with pytest.raises(ValueError):
        loader.batch_size = 8  # the trap
    optimizer = OPTIM.SGD([weight()], lr=0.1)
    attach(optimizer, loader=loader, prefix=outside.prefix)
    sizes = []
    for number, batch in enumerate(loader, 1):
        if number == 3:
            outside.set(batch_size=16)
        step(optimizer, number)
        sizes.append(len(batch))
    assert sizes[:3] == [4, 4, 4] and sizes[3 + workers : -1] == [16] * len(sizes[3 + workers : -1]) and sum(sizes) == 64 and 16 in sizes
    assert "1 or more" in outside.refuse(batch_size=0)


def test_a_loader_without_batches_is_refused(outside: Any) -> None:
    with pytest.raises(ValueError, match="no batch_size that could be changed"):
        attach(OPTIM.SGD([weight()], lr=0.1), loader=torch.utils.data.DataLoader(torch.arange(4), batch_size=None), prefix=outside.prefix)


def test_detached_it_is_left_alone(outside: Any) -> None:
    optimizer = OPTIM.SGD([weight()], lr=0.1)
    recipe = attach(optimizer, prefix=outside.prefix)
    recipe.detach()
    outside.set(lr=0.5)
    assert step(optimizer) == pytest.approx(0.1)


def test_two_optimizers_need_two_prefixes(outside: Any) -> None:
    kept = OPTIM.SGD([weight()], lr=0.1)
    attach(kept, prefix=outside.prefix)
    with pytest.raises(ValueError, match=r"governs something else already: .* Nothing was changed"):
        attach(OPTIM.SGD([weight()], lr=0.2), prefix=outside.prefix)  # its 0.2 would have become 0.1
    first, second = OPTIM.SGD([weight()], lr=0.1), OPTIM.SGD([weight()], lr=0.2)
    attach(first, prefix=f"{outside.prefix}.first")
    attach(second, prefix=f"{outside.prefix}.second")
    outside.set(second__lr=0.3)
    assert (step(first), step(second)) == (pytest.approx(0.1), pytest.approx(0.3))


def test_an_optimizer_in_anothers_place(outside: Any) -> None:
    """What somebody has changed holds for it too; the rest is its own."""
    attach(OPTIM.SGD([weight()], lr=0.1, momentum=0.9), prefix=outside.prefix)
    second = OPTIM.SGD([weight()], lr=0.2, momentum=0.9)
    attach(second, prefix=outside.prefix)
    outside.set(momentum=0.5)
    assert (step(second), outside.values()["lr"]) == (pytest.approx(0.2), 0.2)
    del second
    third = OPTIM.SGD([weight()], lr=0.3, momentum=0.9)
    attach(third, prefix=outside.prefix)
    assert (outside.values()["lr"], outside.values()["momentum"], third.param_groups[0]["momentum"]) == (0.3, 0.5, 0.5)


def test_a_script_of_one_line_more(outside: Any) -> None:
    parameter = weight()
    optimizer = OPTIM.SGD([parameter], lr=0.1)
    attach(optimizer, prefix=outside.prefix, tells_steps=True)
    places = []
    for number in range(4):
        if number == 2:
            outside.set(lr=0.3)
        parameter.grad = torch.ones_like(parameter)
        optimizer.step()
        places.append(float(parameter.detach()))
    assert places == pytest.approx([0.9, 0.8, 0.7, 0.4])  # told after the step during which it came


def test_a_tensor_on_an_accelerator_is_not_looked_at_in_each_step(outside: Any) -> None:
    class Far:
        """Stands for a tensor whose reading waits for a device."""

        device, looks, value = SimpleNamespace(type="cuda"), 0, 0.1

        def __float__(self) -> float:
            Far.looks += 1
            return self.value

        def element_size(self) -> int:
            return 4

        def fill_(self, value: float) -> None:
            self.value = value

    optimizer = OPTIM.SGD([weight()], lr=0.1)
    far = optimizer.param_groups[0]["lr"] = Far()
    recipe = attach(optimizer, prefix=outside.prefix)
    outside.set(lr=0.5)
    attune.step(1)
    recipe.apply()
    looks = Far.looks
    for _ in range(10):
        recipe.apply()
    assert (far.value, Far.looks) == (0.5, looks)


def test_ranks_that_have_not_joined_are_told(outside: Any, capsys: Any, monkeypatch: Any) -> None:
    for name, answer in (("is_initialized", True), ("get_world_size", 4)):
        monkeypatch.setattr(torch.distributed, name, lambda answer=answer: answer)
    monkeypatch.delitem(sys.modules, "attune.ranks", raising=False)
    attach(OPTIM.SGD([weight()], lr=0.1), prefix=outside.prefix)
    assert "one of 4 ranks, and they have not joined a group" in capsys.readouterr().err
