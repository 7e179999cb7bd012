"""Live hyperparameters for Keras 3, with each of its backends.

    model.fit(x, y, callbacks=[LiveCallback()])

Steps are batches. A learning rate is a variable of Keras, and changes in place. All else (momentum, betas, weight decay, dropout,
the base of a schedule) is a constant of the compiled step, which would go on with the old one: a change of it lets Keras compile
the step again."""

from __future__ import annotations

from typing import Any, Mapping

import attune

from ._recipe import Recipe, need

keras: Any = need("keras", "keras")

__all__ = ["LiveCallback"]

# Attributes of optimizers by tag.
CONSTANTS = {
    "weight_decay": "weight_decay",
    "momentum": "momentum",
    "beta1": "beta_1",
    "beta2": "beta_2",
    "eps": "epsilon",
    "rho": "rho",
    "max_grad_norm": "clipnorm",
}


class LiveCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Makes the optimizer's learning rate, its other numbers and the model's dropout live, and reports each epoch's metrics.

    Under a LearningRateSchedule `lr` is the base that it starts from or peaks at, and `effective_learning_rate` is reported. What
    callbacks such as ReduceLROnPlateau write is followed. The trigger `reset_state` begins the optimizer's state anew; not under a
    schedule, whose place in time is part of that state. Checkpoints are what they would be without it."""

    def __init__(self, *, prefix: str = "", applies: str = "atStep") -> None:
        super().__init__()
        self.recipe = Recipe(prefix, applies)
        self._options, self._step, self._epoch_began = (prefix, applies), 0, 0

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self.recipe.detach()  # of an earlier fit
        self.recipe = Recipe(*self._options)
        optimizer = self.optimizer
        self._step = self._epoch_began = int(optimizer.iterations)
        attune.step(self._step)
        self._bind_learning_rate(optimizer)
        for tag, name in CONSTANTS.items():
            value = getattr(optimizer, name, None)
            if isinstance(value, (int, float)) and not (
                name == "momentum" and value == 0
            ):  # built without momentum, it has nowhere to keep it
                self.recipe.bind_attribute(tag, {"": optimizer}, name, self._compile)
        layers = {layer.name: layer for layer in self.model._flatten_layers() if isinstance(getattr(layer, "rate", None), float)}
        self.recipe.bind_attribute("dropout", layers, "rate", self._compile)
        if not self._schedule and not optimizer.use_ema:
            self.recipe.bind_reset(lambda payload: self._forget())
        self.recipe.reload()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._step = self._epoch_began + batch + 1
        attune.step(self._step)
        self.recipe.apply()

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self.recipe.follow()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch_began = self._step
        metrics = {name: float(value) for name, value in (logs or {}).items() if getattr(value, "ndim", 0) == 0}
        attune.report(step=max(self._step, 1), **{**metrics, **self.recipe.metrics()})
        self.recipe.apply()

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self.recipe.detach()

    @property
    def optimizer(self) -> Any:
        """The optimizer that holds the numbers, inside the one that scales losses."""
        optimizer = self.model.optimizer
        while hasattr(optimizer, "inner_optimizer"):
            optimizer = optimizer.inner_optimizer
        return optimizer

    @property
    def _schedule(self) -> Any:
        rate = self.optimizer._learning_rate
        return rate if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule) else None

    def _bind_learning_rate(self, optimizer: Any) -> None:
        schedule = self._schedule
        if schedule:
            base = _Base(schedule, self._compile)
            if base.peak:
                self.recipe.bind("lr", base.read, base.write)
        elif hasattr(optimizer._learning_rate, "assign"):
            self.recipe.bind(
                "lr",
                lambda: self._look(optimizer._learning_rate),
                lambda rate: self._assign(optimizer._learning_rate, rate),
                is_cheap=False,
                follows=True,
            )
        self.recipe.show("effective_learning_rate", lambda: self._look(optimizer.learning_rate))

    def _look(self, variable: Any) -> float:
        self._sync()
        return float(f"{float(keras.ops.convert_to_numpy(variable)):.7g}")

    def _assign(self, variable: Any, value: float) -> None:
        self._sync()
        variable.assign(value)

    def _sync(self) -> None:
        """With JAX the variables are empty while an epoch runs; their values travel with the steps."""
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()

    def _compile(self) -> None:
        self._sync()
        self.model.make_train_function(force=True)

    def _forget(self) -> None:
        """Copies the state of a new optimizer. The number of iterations is part of it: Adam corrects its means by it."""
        self._sync()
        optimizer = self.optimizer
        fresh = type(optimizer).from_config(optimizer.get_config())
        fresh.build(self.model.trainable_variables)
        for old, new in zip(optimizer.variables, fresh.variables):
            old.assign(new)


class _Base:
    """The number of a schedule that its others are made from; they keep their proportion to it, except for a floor."""

    PEAKS = ("warmup_target", "initial_learning_rate", "values")

    def __init__(self, schedule: Any, then: Any) -> None:
        self.schedule, self.then = schedule, then
        self.peak = next((name for name in self.PEAKS if getattr(schedule, name, None)), None)

    def read(self) -> float:
        value = getattr(self.schedule, self.peak or "")
        return float(value[0] if isinstance(value, (list, tuple)) else value)

    def write(self, rate: float) -> None:
        ratio = rate / self.read()
        for name in self.PEAKS:
            value = getattr(self.schedule, name, None)
            if isinstance(value, (list, tuple)):
                setattr(self.schedule, name, [one * ratio for one in value])
            elif value is not None:
                setattr(self.schedule, name, value * ratio)
        self.then()
