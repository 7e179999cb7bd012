"""Live hyperparameters of optax, and the traps on the way."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("optax", reason="optax is not installed: make test-recipes")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import optax  # noqa: E402

import attune  # noqa: E402
from attune.recipes.optax import attach  # noqa: E402

adam = optax.inject_hyperparams(optax.adam)


def updater(optimizer: Any) -> Any:
    """A compiled update with the gradient 1."""

    @jax.jit
    def update(params: Any, state: Any) -> Any:
        updates, state = optimizer.update(jax.tree.map(jnp.ones_like, params), state, params)
        return optax.apply_updates(params, updates), state

    return update


def test_changes_over_the_socket_while_it_trains(outside: Any) -> None:
    optimizer = optax.inject_hyperparams(optax.sgd)(learning_rate=0.1, momentum=0.0)
    params = {"w": jnp.ones(())}
    state, update = optimizer.init(params), updater(optimizer)
    recipe = attach(state, optimizer, prefix=outside.prefix)
    assert outside.values() == {"lr": 0.1, "momentum": 0.0}
    moved = []
    for number in range(1, 7):
        if number == 4:
            outside.set(lr=0.01)
        before = params["w"]
        attune.report(step=number)
        state = recipe.apply_to(state, params)
        params, state = update(params, state)
        moved.append(float(before - params["w"]))
    assert moved == pytest.approx([0.1] * 3 + [0.01] * 3, rel=1e-4)
    assert update._cache_size() == 1  # compiled once


def test_donated_buffers_are_not_held(outside: Any) -> None:
    optimizer = adam(learning_rate=0.1)
    params = jnp.ones(3)

    def plain(params: Any, state: Any) -> Any:
        updates, state = optimizer.update(jnp.ones_like(params), state, params)
        return optax.apply_updates(params, updates), state

    update, state = jax.jit(plain, donate_argnums=(0, 1)), optimizer.init(params)
    recipe = attach(state, prefix=outside.prefix)
    outside.set(lr=0.3)
    for number in range(1, 4):
        attune.step(number)
        params, state = update(params, recipe.apply_to(state))
    assert float(state.hyperparams["learning_rate"]) == pytest.approx(0.3)
    assert update._cache_size() == 1


def test_a_change_keeps_the_state_and_a_reset_does_not(outside: Any) -> None:
    optimizer = adam(learning_rate=0.1)
    params = jnp.ones(3)
    state, update = optimizer.init(params), updater(optimizer)
    recipe = attach(state, optimizer, prefix=outside.prefix)
    for number in range(1, 4):
        params, state = update(params, recipe.apply_to(state, params))
    outside.set(lr=0.5, beta1=0.8)
    attune.step(4)
    state = recipe.apply_to(state, params)
    assert int(state.inner_state[0].count) == 3 and float(state.inner_state[0].mu[0]) > 0.2
    state.hyperparams["eps"] = jnp.full_like(state.hyperparams["eps"], 0.5)  # by the script itself
    outside.fire("reset_state")
    state = recipe.apply_to(state, params)
    assert float(state.hyperparams["eps"]) == 0.5
    assert int(state.inner_state[0].count) == 0 and float(state.inner_state[0].mu[0]) == 0
    assert [float(state.hyperparams[name]) for name in ("learning_rate", "b1")] == pytest.approx([0.5, 0.8])


def test_a_reset_without_params_is_told(outside: Any, capsys: Any) -> None:
    optimizer = adam(learning_rate=0.1)
    state = optimizer.init(jnp.ones(3))
    recipe = attach(state, optimizer, prefix=outside.prefix)
    outside.fire("reset_state")
    assert recipe.apply_to(state) is state
    assert "apply_to was given no params" in capsys.readouterr().err


@pytest.mark.parametrize("values", [{"lr": -1}, {"beta1": 1}, {"lr": "fast"}, {"lr": 0.2, "eps": -1}])
def test_a_refused_value_leaves_the_state(values: dict[str, Any], outside: Any) -> None:
    state = adam(learning_rate=0.1).init(jnp.ones(3))
    recipe = attach(state, prefix=outside.prefix)
    before = dict(state.hyperparams)
    assert "refused" in outside.refuse(**values)
    attune.step(1)
    assert recipe.apply_to(state).hyperparams == before


def test_a_schedule_is_not_declared(outside: Any) -> None:
    """Because what is set there has no effect."""
    optimizer = adam(learning_rate=optax.linear_schedule(0.1, 0.0, 10))
    state = optimizer.init(jnp.ones(3))
    attach(state, prefix=outside.prefix)
    assert set(outside.values()) == {"beta1", "beta2", "eps", "eps_root"}
    state.hyperparams["learning_rate"] = jnp.asarray(9.0)
    _, state = updater(optimizer)(jnp.ones(3), state)
    assert float(state.hyperparams["learning_rate"]) == pytest.approx(0.1)  # the trap


def test_a_factor_behind_a_schedule_is_live(outside: Any) -> None:
    optimizer = optax.chain(optax.sgd(optax.linear_schedule(0.1, 0.0, 10)), optax.inject_hyperparams(optax.scale)(step_size=1.0))
    params = jnp.ones(())
    state, update = optimizer.init(params), updater(optimizer)
    recipe = attach(state, prefix=outside.prefix)
    outside.set(step_size=0.5)
    attune.step(1)
    moved, _ = update(params, recipe.apply_to(state))
    assert float(params - moved) == pytest.approx(0.05)


def test_several_injections(outside: Any) -> None:
    optimizer = optax.multi_transform({"a": adam(learning_rate=0.1), "b": adam(learning_rate=0.2)}, {"x": "a", "y": "b"})
    params = {"x": jnp.ones(()), "y": jnp.ones(())}
    state, update = optimizer.init(params), updater(optimizer)
    recipe = attach(state, prefix=outside.prefix)
    assert (outside.values()["lr"], outside.values()["lr.1"]) == (0.1, 0.2)
    outside.set(lr__1=0.4)
    attune.step(1)
    moved, _ = update(params, recipe.apply_to(state))
    assert [float(params[name] - moved[name]) for name in "xy"] == pytest.approx([0.1, 0.4], rel=1e-4)


def test_a_loaded_state_does_not_bring_old_values_back(outside: Any) -> None:
    optimizer = adam(learning_rate=0.1)
    state = optimizer.init(jnp.ones(3))
    recipe = attach(state, prefix=outside.prefix)
    outside.set(lr=0.5)
    attune.step(1)
    recipe.apply_to(state)
    loaded = optimizer.init(jnp.ones(3))
    assert float(recipe.apply_to(loaded).hyperparams["learning_rate"]) == 0.5


def test_nothing_injected_is_refused(outside: Any) -> None:
    with pytest.raises(ValueError, match="no hyperparameters that could be changed; allowed is optax.inject_hyperparams"):
        attach(optax.adam(0.1).init(jnp.ones(3)), prefix=outside.prefix)
