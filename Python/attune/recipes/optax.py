"""Live hyperparameters for optax, where they are made with `optax.inject_hyperparams`.

    optimizer = optax.inject_hyperparams(optax.adam)(learning_rate=0.01)
    state = optimizer.init(params)
    recipe = attach(state, optimizer)
    for ...:
        state = recipe.apply_to(state, params)          # before the update, which may be compiled
        params, state = update(params, state, batch)
        attune.report(step=step, loss=loss, **recipe.metrics())

A changed value has the type, the shape and the place of the old one: nothing is compiled again."""

from __future__ import annotations

from typing import Any, Iterator

from ._recipe import Recipe as _Recipe
from ._recipe import need

optax: Any = need("optax", "optax")
jax: Any = need("jax", "optax")

__all__ = ["Recipe", "attach"]

TAGS = {"learning_rate": "lr", "b1": "beta1", "b2": "beta2"}


class Recipe(_Recipe):
    """The live variables of one optimizer. Its state is a value that passes through `apply_to` once a step."""

    def __init__(self, state: Any, optimizer: Any, prefix: str, applies: str) -> None:
        super().__init__(prefix, applies)
        self._state, self._params, self._optimizer = state, None, optimizer

    def apply_to(self, state: Any, params: Any = None) -> Any:
        """The state with what was changed since the last call. `params` are needed for `reset_state` only."""
        self._state, self._params = state, params
        self.apply()
        state, self._state, self._params = self._state, None, None  # buffers that the update wants to reuse are not held
        return state

    def metrics(self) -> dict[str, float]:
        """Empty: what a schedule makes is in the state, which is not kept. See `hyperparameters`."""
        return {}

    def at(self, index: int) -> dict[str, Any]:
        """The hyperparameters of the state's injection with that number, counted from the outside."""
        hyperparameters: dict[str, Any] = list(injections(self._state))[index].hyperparams
        return hyperparameters

    def reset(self, payload: Any) -> None:
        """Replaces the state by that of a new optimizer, with the present hyperparameters. Raises ValueError when it cannot."""
        if self._params is None:
            raise ValueError("apply_to was given no params")
        fresh = self._optimizer.init(self._params)
        for new, old in zip(injections(fresh), injections(self._state)):
            new.hyperparams.update({name: value for name, value in old.hyperparams.items() if name not in schedules(old)})
        self._state = fresh


def attach(state: Any, optimizer: Any = None, *, prefix: str = "", applies: str = "atStep") -> Recipe:
    """Makes the injected hyperparameters live: `lr` for `learning_rate`, `beta1` for `b1`, others by their names. With the `optimizer`, the trigger
    `reset_state` begins its state anew. Of several injections, those after the first that has the name are `lr.1`, `lr.2` …

    What a schedule computes is not declared, because optax overwrites it at each update. Raises ValueError when nothing is left."""
    recipe = Recipe(state, optimizer, prefix, applies)
    counts = dict[str, int]()
    for index, injection in enumerate(injections(state)):
        for name, value in injection.hyperparams.items():
            if name in schedules(injection) or not jax.numpy.issubdtype(jax.numpy.result_type(value), jax.numpy.floating) or jax.numpy.ndim(value):
                continue
            tag = TAGS.get(name, name)
            counts[tag] = counts.get(tag, -1) + 1
            _bind(recipe, f"{tag}.{counts[tag]}" if counts[tag] else tag, index, name)
    if not recipe.variables:
        raise ValueError("state: it has no hyperparameters that could be changed; allowed is optax.inject_hyperparams(optax.adam)(learning_rate=0.01), "
                         "with numbers and no schedules. Nothing was changed.")
    if optimizer is not None:
        recipe.bind_reset(recipe.reset)
    recipe._state = None
    return recipe


def injections(state: Any) -> Iterator[Any]:
    """The states of `inject_hyperparams` in a state, from the outside to the inside."""
    if hasattr(state, "hyperparams"):
        yield state
    if isinstance(state, dict):
        parts = list(state.values())
    else:
        parts = list(state) if isinstance(state, (tuple, list)) else []
    for part in parts:
        if not (isinstance(part, dict) and part is getattr(state, "hyperparams", None)):
            yield from injections(part)


def schedules(injection: Any) -> Any:
    """The names of hyperparameters that a schedule computes."""
    return getattr(injection, "hyperparams_states", {})


def _bind(recipe: Recipe, tag: str, index: int, name: str) -> None:
    def read() -> float:
        value = recipe.at(index)[name]
        digits = float(f"{float(value):.7g}")
        return float(value) if jax.numpy.result_type(value).itemsize >= 8 else digits

    def write(value: float) -> None:
        old = recipe.at(index)[name]
        new = jax.numpy.full_like(old, value)
        recipe.at(index)[name] = jax.device_put(new, old.sharding) if hasattr(old, "sharding") else new

    recipe.bind(tag, read, write, is_cheap=False)  # a look waits for the device
