"""Live hyperparameters of Keras 3, and the traps on the way. One process has one backend: the last test runs the others with torch."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax" if importlib.util.find_spec("jax") else "torch")
pytest.importorskip("keras", reason="keras is not installed: make test-recipes")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from attune.recipes.keras import LiveCallback  # noqa: E402


def look(model: Any) -> float:
    if hasattr(model, "jax_state_sync"):
        model.jax_state_sync()
    return float(keras.ops.convert_to_numpy(model.weights[0]).ravel()[0])


class Meanwhile(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps how far the weight went in each step, and does something after some."""

    def __init__(self, **actions: Callable[[], Any]) -> None:
        super().__init__()
        self.actions, self.moved, self.place = {int(name[5:]): action for name, action in actions.items()}, list[float](), 0.0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        place = look(self.model)
        self.moved.append(place - self.place)
        self.place = place
        if action := self.actions.get(len(self.moved)):
            action()


def fit(optimizer: Any, callbacks: list[Any], batches: int = 6, epochs: int = 1, model: Any = None) -> Any:
    """Steps with a gradient of -1 on a single weight that begins at 0."""
    if model is None:
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
        model.compile(optimizer=optimizer, loss=lambda truth, guess: -guess)
    return model, model.fit(np.ones((batches, 1)), np.ones((batches, 1)), batch_size=1, epochs=epochs, verbose=0, callbacks=callbacks)


def test_changes_over_the_socket_while_it_trains(outside: Any) -> None:
    meanwhile = Meanwhile(after3=lambda: outside.set(lr=0.01))
    fit(keras.optimizers.SGD(0.1), [meanwhile, LiveCallback(prefix=outside.prefix)])
    assert meanwhile.moved == pytest.approx([0.1] * 3 + [0.01] * 3, rel=1e-4)


def test_changes_while_the_variables_are_elsewhere(outside: Any, monkeypatch: Any) -> None:
    """With JAX they are empty while an epoch runs, and fetching them costs: that is done for a change, and not in each step."""
    fetched = list[int]()
    if keras.backend.backend() == "jax":
        fetch = keras.Model.jax_state_sync
        monkeypatch.setattr(keras.Model, "jax_state_sync", lambda model: (fetched.append(not model._jax_state_synced), fetch(model)))

    class Setter(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 2:
                outside.set(lr=0.01)

    model, _ = fit(keras.optimizers.SGD(0.1), [Setter(), LiveCallback(prefix=outside.prefix)])
    assert look(model) == pytest.approx(0.33, rel=1e-4)
    assert sum(fetched) == (2 if fetched else 0)  # for the change, and by Keras at the end of the epoch
    assert "momentum" not in outside.values()  # built without one, the optimizer has no place for it


def test_momentum_is_not_ignored(outside: Any) -> None:
    def run(prefix: str, after3: Callable[[Any], Any]) -> list[float]:
        optimizer = keras.optimizers.SGD(0.1, momentum=0.5)
        meanwhile = Meanwhile(after3=lambda: after3(optimizer))
        fit(optimizer, [meanwhile, LiveCallback(prefix=prefix)])
        return meanwhile.moved

    live = run(outside.prefix, lambda optimizer: outside.set(momentum=0.0))
    assert live == pytest.approx([0.1, 0.15, 0.175, 0.1, 0.1, 0.1], rel=1e-4)
    if keras.backend.backend() == "jax":
        trapped = run(f"{outside.prefix}.bare", lambda optimizer: setattr(optimizer, "momentum", 0.0))
        assert trapped[3] == pytest.approx(0.1875, rel=1e-4)  # the trap: it was a constant of the compiled step


@pytest.mark.parametrize(
    "make",
    [
        lambda base: keras.optimizers.schedules.ExponentialDecay(base, 2, 0.5),
        lambda base: keras.optimizers.schedules.CosineDecay(0.0, 20, warmup_target=base, warmup_steps=3),
        lambda base: keras.optimizers.schedules.PiecewiseConstantDecay([2, 4], [base, base / 2, base / 4]),
    ],
    ids=["exponential", "warm-up and cosine", "piecewise"],
)
def test_a_new_base_is_what_the_schedule_would_have_made_of_it(make: Callable[[float], Any], outside: Any) -> None:
    always, changed = Meanwhile(), Meanwhile(after3=lambda: outside.set(lr=0.4))
    fit(keras.optimizers.SGD(make(0.4)), [always])
    fit(keras.optimizers.SGD(make(0.1)), [changed, LiveCallback(prefix=outside.prefix)])
    assert changed.moved[3:] == pytest.approx(always.moved[3:], rel=1e-4)
    assert changed.moved[:3] == pytest.approx([one / 4 for one in always.moved[:3]], rel=1e-4)


def test_reports_each_epoch_with_the_effective_rate(outside: Any) -> None:
    fit(
        keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 4, 0.5, staircase=True)),
        [LiveCallback(prefix=outside.prefix)],
        batches=4,
        epochs=2,
    )
    found = outside.reports(f"{outside.prefix}.effective_learning_rate", 2)
    assert [one["step"] for one in found] == [4, 8]
    assert [one["metrics"][f"{outside.prefix}.effective_learning_rate"] for one in found] == pytest.approx([0.05, 0.025])
    assert all("loss" in one["metrics"] for one in found)


def test_a_refused_value_leaves_the_optimizer(outside: Any) -> None:
    meanwhile = Meanwhile(after2=lambda: outside.refuse(lr=-1.0), after3=lambda: outside.refuse(lr=0.5, momentum=2))
    fit(keras.optimizers.SGD(0.1, momentum=1e-9), [meanwhile, LiveCallback(prefix=outside.prefix)])
    assert meanwhile.moved == pytest.approx([0.1] * 6, rel=1e-4)


@pytest.mark.parametrize("make", [keras.optimizers.Adam, keras.optimizers.Nadam, keras.optimizers.Adagrad])
def test_reset_state_begins_anew(make: Any, outside: Any) -> None:
    meanwhile = Meanwhile(after4=lambda: outside.fire("reset_state"))
    fit(make(0.1), [meanwhile, LiveCallback(prefix=outside.prefix)])
    assert meanwhile.moved[4:] == pytest.approx(meanwhile.moved[:2], rel=1e-3)


def test_a_change_alone_keeps_the_state(outside: Any) -> None:
    meanwhile = Meanwhile(after2=lambda: outside.set(lr=0.2))
    fit(keras.optimizers.SGD(0.1, momentum=0.5), [meanwhile, LiveCallback(prefix=outside.prefix)], batches=3)
    assert meanwhile.moved[2] == pytest.approx(0.5 * 0.15 + 0.2, rel=1e-4)


def test_what_other_callbacks_write_is_followed(outside: Any) -> None:
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)
    meanwhile = Meanwhile(after4=lambda: outside.set(lr=0.4))
    fit(keras.optimizers.SGD(0.1), [halve, meanwhile, LiveCallback(prefix=outside.prefix)], batches=3, epochs=3)
    assert meanwhile.moved == pytest.approx([0.1] * 3 + [0.05] + [0.4] * 2 + [0.2] * 3, rel=1e-4)
    assert outside.values()["lr"] == pytest.approx(0.2)


def test_dropout(outside: Any) -> None:
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros"), keras.layers.Dropout(0.5)]
    )
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=lambda truth, guess: -guess)
    meanwhile = Meanwhile(after3=lambda: outside.set(dropout=0.0))
    fit(None, [meanwhile, LiveCallback(prefix=outside.prefix)], batches=16, model=model)
    assert meanwhile.moved[3:] == pytest.approx([0.1] * 13, rel=1e-4)
    assert set(np.round(meanwhile.moved[:3], 4)) <= {0.0, 0.2}


def test_a_second_fit_keeps_the_live_value_and_checkpoints_are_plain(outside: Any, tmp_path: Path) -> None:
    callback, path = LiveCallback(prefix=outside.prefix), str(tmp_path / "model.keras")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    meanwhile = Meanwhile(after2=lambda: outside.set(lr=0.25))
    fit(None, [meanwhile, callback], model=model)
    model.save(path)
    fit(None, [callback], model=model)
    assert float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)) == 0.25
    restored = keras.models.load_model(path)
    assert float(keras.ops.convert_to_numpy(restored.optimizer.learning_rate)) == 0.25
    assert "attune" not in str(model.get_compile_config())


def test_the_same_with_torch() -> None:
    if keras.backend.backend() == "torch" or importlib.util.find_spec("torch") is None:
        pytest.skip("torch is the backend already, or not installed: make test-recipes")
    child = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert child.returncode == 0, child.stdout[-4000:]
