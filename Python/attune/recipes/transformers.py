"""Live hyperparameters for the Trainer of Hugging Face.

    trainer = Trainer(..., callbacks=[LiveCallback()])

Steps are the Trainer's global steps. `lr` is the base of its schedule; the rate in its logs is the effective one. What it logs is
reported."""

from __future__ import annotations

from typing import Any, Mapping

import attune

from ._recipe import SUSPENDED, Recipe, need

transformers: Any = need("transformers", "transformers")
torch_recipe: Any = need("attune.recipes.torch", "transformers")

__all__ = ["LiveCallback"]


class LiveCallback(transformers.TrainerCallback):  # type: ignore[misc]
    """Makes the Trainer's optimizer, its dropout and `max_grad_norm` live. Others' triggers become what the Trainer does by itself:
    `attune.checkpoint` saves, `attune.evaluate` evaluates, `attune.suspend` saves, ends the training and exits with status 75.
    Start again with `trainer.train(resume_from_checkpoint=attune.resuming())` and `output_dir=attune.checkpoint_directory() or
    ...`."""

    def __init__(self, *, prefix: str = "", applies: str = "atStep") -> None:
        self.recipe = Recipe(prefix, applies)
        self._options = {"prefix": prefix, "applies": applies}
        self._is_suspending = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **parts: Any) -> None:
        self.recipe.detach()  # of an earlier training
        attune.step(state.global_step)
        optimizer, scheduler = unwrap(parts.get("optimizer"), "optimizer"), unwrap(parts.get("lr_scheduler"), "scheduler")
        self.recipe = torch_recipe.attach(optimizer, scheduler, model=parts.get("model"), **self._options)
        self.recipe.bind_attribute("max_grad_norm", {"": args}, "max_grad_norm")
        self.recipe.reload()
        self._checkpoint, self._evaluate = attune.trigger("attune.checkpoint"), attune.trigger("attune.evaluate")
        self._suspend, self._is_suspending = attune.trigger("attune.suspend"), False

    def on_step_end(self, args: Any, state: Any, control: Any, **parts: Any) -> None:
        attune.step(state.global_step)
        self.recipe.apply()
        control.should_save = control.should_save or self._checkpoint.fired()
        control.should_evaluate = control.should_evaluate or self._evaluate.fired()
        if self._suspend.fired():
            self._is_suspending = control.should_save = control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **parts: Any) -> None:
        if state.is_world_process_zero and state.global_step >= 1:
            metrics = {name: float(value) for name, value in (logs or {}).items() if isinstance(value, (int, float))}
            attune.report(step=state.global_step, **{**metrics, **self.recipe.metrics()})

    def on_train_end(self, args: Any, state: Any, control: Any, **parts: Any) -> None:
        self.recipe.detach()
        if self._is_suspending:
            raise SystemExit(SUSPENDED)


def unwrap(part: Any, name: str) -> Any:
    """What Accelerate has put a wrapper around."""
    while type(part).__name__.startswith("Accelerated"):
        part = getattr(part, name)
    return part
