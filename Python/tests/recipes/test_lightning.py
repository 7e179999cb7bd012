"""Live hyperparameters of Lightning's Trainer, and the traps on the way."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Callable

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: make test-recipes")
lightning: Any = pytest.importorskip("lightning.pytorch", reason="lightning is not installed: make test-recipes")

from attune.recipes.lightning import LiveCallback, checkpoint_path  # noqa: E402

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
pytestmark = pytest.mark.filterwarnings("ignore")


class Module(lightning.LightningModule):  # type: ignore[misc, name-defined]
    """A single weight with the gradient 1."""

    def __init__(self, scheduled: bool = False, rate: float = 0.1, scale: float = 1.0) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.dropout = torch.nn.Dropout(0.1)
        self.scheduled, self.rate, self.scale = scheduled, rate, scale

    def training_step(self, batch: Any, index: int) -> Any:
        loss = self.scale * self.weight.sum()
        self.log("loss", loss)
        return loss

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.SGD(self.parameters(), lr=self.rate)
        if not self.scheduled:
            return optimizer
        return [optimizer], [{"scheduler": torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5), "interval": "step"}]


class Meanwhile(lightning.Callback):  # type: ignore[misc, name-defined]
    """Keeps how far the weight went in each step, and does something after some."""

    def __init__(self, **actions: Callable[[], Any]) -> None:
        self.actions, self.moved, self.place = {int(name[5:]): action for name, action in actions.items()}, list[float](), 0.0

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self.place = float(pl_module.weight.detach())

    def on_train_batch_end(self, trainer: Any, pl_module: Any, *rest: Any) -> None:
        place = float(pl_module.weight.detach())
        self.moved.append(self.place - place)
        self.place = place
        if action := self.actions.pop(trainer.global_step, None):
            action()


def fit(directory: Path, callbacks: list[Any], module: Any = None, checkpoint: str | None = None, **options: Any) -> Any:
    loader = torch.utils.data.DataLoader(torch.arange(6), batch_size=1)
    trainer = lightning.Trainer(
        **{
            "max_epochs": 1,
            "accelerator": "cpu",
            "logger": False,
            "enable_checkpointing": False,
            "enable_progress_bar": False,
            "enable_model_summary": False,
            "log_every_n_steps": 2,
            "default_root_dir": str(directory),
            "callbacks": callbacks,
            **options,
        }
    )
    module = module or Module()
    trainer.fit(module, loader, ckpt_path=checkpoint)
    return trainer, module


def test_changes_over_the_socket_while_it_trains(outside: Any, tmp_path: Path) -> None:
    meanwhile = Meanwhile(after3=lambda: outside.set(lr=0.01))
    fit(tmp_path, [meanwhile, LiveCallback(prefix=outside.prefix)])
    assert meanwhile.moved == pytest.approx([0.1] * 3 + [0.01] * 3)


def test_the_base_of_a_schedule_and_what_is_reported(outside: Any, tmp_path: Path) -> None:
    always, changed = Meanwhile(), Meanwhile(after3=lambda: outside.set(lr=0.4))
    fit(tmp_path, [always], Module(scheduled=True, rate=0.4))
    fit(tmp_path, [changed, LiveCallback(prefix=outside.prefix)], Module(scheduled=True))
    assert changed.moved[3:] == pytest.approx(always.moved[3:])
    reports = outside.reports(f"{outside.prefix}.effective_learning_rate", 4)
    assert [one["step"] for one in reports] == [2, 4, 6, 6] and all("loss" in one["metrics"] for one in reports)


def test_clipping_and_dropout(outside: Any, tmp_path: Path) -> None:
    meanwhile = Meanwhile(after3=lambda: outside.set(max_grad_norm=0.5, dropout=0.5), after4=lambda: outside.refuse(lr=-1))
    _, module = fit(tmp_path, [meanwhile, LiveCallback(prefix=outside.prefix)], gradient_clip_val=2.0)
    assert meanwhile.moved == pytest.approx([0.1] * 3 + [0.05] * 3, rel=1e-4)
    assert module.dropout.p == 0.5


def test_gathered_gradients_are_one_step(outside: Any, tmp_path: Path) -> None:
    meanwhile = Meanwhile(after1=lambda: outside.set(lr=0.01))
    fit(tmp_path, [meanwhile, LiveCallback(prefix=outside.prefix)], accumulate_grad_batches=2, log_every_n_steps=1)
    assert [one["step"] for one in outside.reports(f"{outside.prefix}.effective_learning_rate", 4)] == [1, 2, 3, 3]  # and of the epoch
    assert meanwhile.moved == pytest.approx([0, 0.1, 0, 0.01, 0, 0.01], abs=1e-6)


class Adversaries(Module):
    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.other = torch.nn.Parameter(torch.zeros(1))

    def configure_optimizers(self) -> Any:
        return [torch.optim.SGD([self.weight], lr=0.1), torch.optim.SGD([self.other], lr=0.2)]

    def training_step(self, batch: Any, index: int) -> None:
        for optimizer, parameter in zip(self.optimizers(), (self.weight, self.other)):
            optimizer.zero_grad()
            self.manual_backward(parameter.sum())
            optimizer.step()


def test_several_optimizers(outside: Any, tmp_path: Path) -> None:
    _, module = fit(
        tmp_path, [Meanwhile(after2=lambda: outside.set(optimizer1__lr=0.4)), LiveCallback(prefix=outside.prefix)], Adversaries()
    )
    assert (float(module.weight), float(module.other)) == (pytest.approx(-0.6), pytest.approx(-0.2 - 5 * 0.4))


def test_checkpoint_suspend_and_resume(outside: Any, tmp_path: Path) -> None:
    first = Meanwhile(after1=lambda: outside.set(lr=0.02), after2=lambda: outside.ask("trigger.fire", trigger="attune.suspend"))
    with pytest.raises(SystemExit) as end:
        fit(tmp_path, [first, LiveCallback(prefix=outside.prefix)])
    assert end.value.code == 75 and first.moved == pytest.approx([0.1, 0.02])
    path = tmp_path / "attune.ckpt"
    assert b"attune" not in path.read_bytes().replace(b"attune.ckpt", b"")
    second = Meanwhile()
    trainer, _ = fit(tmp_path, [second, LiveCallback(prefix=outside.prefix)], checkpoint=str(path))
    assert len(second.moved) >= 4 and second.moved == pytest.approx([0.02] * len(second.moved)) and checkpoint_path(trainer) == path


def test_a_checkpoint_does_not_bring_the_old_value_back(outside: Any, tmp_path: Path) -> None:
    def both() -> None:
        outside.ask("trigger.fire", trigger="attune.checkpoint")

    first = Meanwhile(after2=both, after3=lambda: outside.set(lr=0.02))
    fit(tmp_path, [first, LiveCallback(prefix=outside.prefix)])
    second = Meanwhile()
    fit(tmp_path, [second, LiveCallback(prefix=outside.prefix)], checkpoint=str(tmp_path / "attune.ckpt"))
    assert len(second.moved) >= 4 and second.moved == pytest.approx([0.02] * len(second.moved))
