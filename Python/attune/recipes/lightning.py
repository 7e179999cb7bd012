"""Live hyperparameters for the Trainer of Lightning.

    trainer = Trainer(..., callbacks=[LiveCallback()])

Steps are the Trainer's global steps. Optimizers and their schedules are those of the module; what the module logs is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attune

from ._recipe import SUSPENDED, Recipe, need

try:
    lightning: Any = need("lightning.pytorch", "lightning")
except ImportError:
    lightning = need("pytorch_lightning", "lightning")
torch_recipe: Any = need("attune.recipes.torch", "lightning")

__all__ = ["LiveCallback"]


class LiveCallback(lightning.Callback):  # type: ignore[misc]
    """Makes the module's optimizers, its dropout and `gradient_clip_val` (as `max_grad_norm`) live; with several optimizers their
    tags begin with `optimizer0`, `optimizer1` … The trigger `attune.checkpoint` saves; `attune.suspend` saves, ends the fit and
    exits with status 75. Both save as `attune.ckpt` in `attune.checkpoint_directory()`, or in the Trainer's default folder: see
    `checkpoint_path`."""

    def __init__(self, *, prefix: str = "", applies: str = "atStep") -> None:
        super().__init__()
        self.recipes = list[Recipe]()
        self._prefix, self._applies, self._step, self._is_suspending = prefix, applies, 0, False

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self._detach()  # of an earlier fit
        self._step = trainer.global_step
        attune.step(self._step)
        extras = Recipe(self._prefix, self._applies, group="trainer")
        self.recipes.append(extras)
        for at, optimizer in enumerate(trainer.optimizers):
            own = [config.scheduler for config in trainer.lr_scheduler_configs if config.scheduler.optimizer is optimizer]
            parts = [self._prefix, f"optimizer{at}"] if len(trainer.optimizers) > 1 else [self._prefix]
            self.recipes.append(torch_recipe.attach(optimizer, *own[:1], prefix=".".join(filter(None, parts)), applies=self._applies))
        torch_recipe.bind_dropout(extras, pl_module)
        if trainer.gradient_clip_val is not None:
            extras.bind_attribute("max_grad_norm", {"": trainer}, "gradient_clip_val")
        extras.reload()
        self._checkpoint, self._suspend, self._is_suspending = attune.trigger("attune.checkpoint"), attune.trigger("attune.suspend"), False

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        if trainer.global_step == self._step:  # gradients are still being gathered
            return
        self._step = trainer.global_step
        attune.step(self._step)
        for recipe in self.recipes:
            recipe.apply()
        if self._step % trainer.log_every_n_steps == 0:
            self._report(trainer.logged_metrics)
        if self._suspend.fired():
            self._is_suspending = trainer.should_stop = True
        if self._checkpoint.fired() or self._is_suspending:
            trainer.save_checkpoint(checkpoint_path(trainer))

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        self._report(trainer.callback_metrics)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._detach()
        if self._is_suspending:
            raise SystemExit(SUSPENDED)

    def _report(self, metrics: Any) -> None:
        if self._step >= 1:
            shown = {name: number for recipe in self.recipes for name, number in recipe.metrics().items()}
            attune.report(step=self._step, **{**{name: float(value) for name, value in metrics.items()}, **shown})

    def _detach(self) -> None:
        for recipe in self.recipes:
            recipe.detach()
        self.recipes = []


def checkpoint_path(trainer: Any) -> Path:
    """Where the callback saves: for `trainer.fit(..., ckpt_path=...)` when the program starts again."""
    return Path(attune.checkpoint_directory() or trainer.default_root_dir) / "attune.ckpt"
