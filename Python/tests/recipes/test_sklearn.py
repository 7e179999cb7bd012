"""Live hyperparameters of scikit-learn, and the traps on the way."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: make test-recipes")

import numpy as np  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402
from sklearn.linear_model import Perceptron, SGDClassifier, SGDRegressor  # noqa: E402
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402

import attune  # noqa: E402
from attune.recipes.sklearn import attach  # noqa: E402

CLASSES = [0, 1]


def batches(count: int) -> list[tuple[Any, Any]]:
    random = np.random.default_rng(1)
    return [(random.normal(size=(32, 3)), random.integers(0, 2, 32)) for _ in range(count)]


def weights(model: Any) -> Any:
    return np.concatenate([np.ravel(part) for part in (model.coefs_ if hasattr(model, "coefs_") else [model.coef_])]).copy()


def test_changes_over_the_socket_while_it_trains(outside: Any) -> None:
    model = SGDRegressor(learning_rate="constant", eta0=0.01, alpha=0.0, random_state=1)
    x, y = np.array([[1.0]]), np.array([1.0])
    recipe = attach(model, prefix=outside.prefix)
    moved = []
    for number, _ in recipe.loop(range(6)):
        before = weights(model)[0] + model.intercept_[0] if hasattr(model, "coef_") else 0.0
        model.partial_fit(x, y)
        moved.append((weights(model)[0] + model.intercept_[0] - before) / (1 - before))
        if number == 3:
            outside.set(lr=0.2)
    assert moved == pytest.approx([0.02] * 3 + [0.4] * 3)  # twice the rate: for the weight and for the intercept
    assert recipe.metrics() == {f"{outside.prefix}.effective_learning_rate": 0.2}


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_the_learning_rate_of_an_mlp(solver: str, outside: Any) -> None:
    def run(change: str) -> Any:
        model = MLPClassifier((4,), solver=solver, learning_rate_init=0.1, momentum=0.0, random_state=1)
        recipe = attach(model, prefix=f"{outside.prefix}.{change}")
        moved = []
        for number, (x, y) in recipe.loop(batches(4)):
            before = weights(model) if hasattr(model, "coefs_") else None
            model.partial_fit(x, y, classes=CLASSES)
            moved.append(0.0 if before is None else float(np.abs(weights(model) - before).max()))
            if number == 2 and change == "trap":
                model.set_params(learning_rate_init=1e-9)
            if number == 2 and change == "live":
                outside.set(**{"live__lr": 1e-9})
        recipe.detach()
        return moved

    untouched, trapped, live = run("never"), run("trap"), run("live")
    assert trapped == untouched  # it is ignored after the first fit
    assert live[1] == untouched[1] and 0 < live[2] < 1e-6


def test_an_mlp_before_its_first_fit(outside: Any) -> None:
    model = MLPRegressor(hidden_layer_sizes=(4,), learning_rate_init=0.1, random_state=1)
    recipe = attach(model, prefix=outside.prefix)
    outside.set(lr=0.025, beta1=0.5)
    attune.step(1)
    recipe.apply()
    model.partial_fit(*batches(1)[0])
    assert (model._optimizer.learning_rate_init, model._optimizer.beta_1) == (0.025, 0.5)


def test_a_schedule_of_an_mlp_goes_on_from_the_new_base(outside: Any) -> None:
    def run(base: float, change: bool) -> Any:
        model = MLPClassifier((4,), solver="sgd", learning_rate="invscaling", learning_rate_init=base, random_state=1)
        recipe = attach(model, prefix=outside.prefix)
        rates = []
        for number, (x, y) in recipe.loop(batches(6)):
            model.partial_fit(x, y, classes=CLASSES)
            rates.append(recipe.metrics()[f"{outside.prefix}.effective_learning_rate"])
            if number == 3 and change:
                outside.set(lr=0.4)
        recipe.detach()
        return rates

    always = run(0.4, False)
    assert run(0.1, True)[3:] == pytest.approx(always[3:])


def test_a_new_solver_starts_from_the_live_values(outside: Any) -> None:
    model = MLPClassifier((4,), learning_rate_init=0.1, random_state=1)
    recipe = attach(model, prefix=outside.prefix)
    for number, (x, y) in recipe.loop(batches(4)):
        model.partial_fit(x, y, classes=CLASSES)
        if number == 2:
            outside.set(lr=0.3)
            outside.fire("reset_state")
        assert model._optimizer.t == [0, 1, 2, 1, 2][number]
    assert model._optimizer.learning_rate_init == 0.3


@pytest.mark.parametrize("values", [{"lr": 0}, {"lr": -1}, {"alpha": -1e-3}, {"lr": "fast"}])
def test_a_refused_value_leaves_the_estimator(values: dict[str, Any], outside: Any) -> None:
    model = SGDClassifier(learning_rate="constant", eta0=0.5, alpha=0.001)
    recipe = attach(model, prefix=outside.prefix)
    before = model.get_params()
    assert "refused" in outside.refuse(**values)
    for _, (x, y) in recipe.loop(batches(2)):
        model.partial_fit(x, y, classes=CLASSES)
    assert model.get_params() == before


def test_only_what_is_not_ignored_is_declared(outside: Any) -> None:
    attach(SGDClassifier(), prefix=outside.prefix)
    assert set(outside.values()) == {"alpha", "epsilon"}  # learning_rate="optimal" ignores eta0
    assert "refused" in outside.refuse(alpha=0)  # it divides by it
    attach(SGDClassifier(learning_rate="invscaling", eta0=0.1, penalty="elasticnet"), prefix=f"{outside.prefix}.second")
    assert {tag for tag in outside.values() if "second" in tag} == {
        f"second.{tag}" for tag in ("lr", "alpha", "epsilon", "l1_ratio", "power_t")
    }


def test_perceptron(outside: Any) -> None:
    model = Perceptron(eta0=1.0, random_state=1, shuffle=False)
    recipe = attach(model, prefix=outside.prefix)
    for number, (x, y) in recipe.loop(batches(2)):
        before = weights(model) if hasattr(model, "coef_") else 0.0
        model.partial_fit(x, y, classes=CLASSES)
        if number == 1:
            outside.set(lr=1e-6)
    assert 0 < np.abs(weights(model) - before).max() < 1e-3


def test_pickles_and_clones_as_before(outside: Any) -> None:
    model = MLPClassifier((4,), learning_rate_init=0.1, random_state=1)
    recipe = attach(model, prefix=outside.prefix)
    for number, (x, y) in recipe.loop(batches(3)):
        model.partial_fit(x, y, classes=CLASSES)
        if number == 1:
            outside.set(lr=0.2)
    assert b"attune" not in pickle.dumps(model)
    assert clone(model).learning_rate_init == 0.2


def test_the_batch_size_of_an_mlp(outside: Any) -> None:
    model = MLPClassifier((4,), batch_size=32, random_state=1)
    recipe = attach(model, prefix=outside.prefix)
    outside.set(batch_size=8)
    for _, (x, y) in recipe.loop(batches(2)):
        model.partial_fit(x, y, classes=CLASSES)
    assert model._optimizer.t == 1 + 4


@pytest.mark.parametrize("model", [PCA(), MLPClassifier(solver="lbfgs")])
def test_what_learns_at_once_is_refused(model: Any, outside: Any) -> None:
    with warnings.catch_warnings(), pytest.raises(ValueError, match="has no step that could be changed; allowed are"):
        attach(model, prefix=outside.prefix)
