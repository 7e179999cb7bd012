"""Live hyperparameters for optax, where they are made with `optax.inject_hyperparams`.

    optimizer = optax.inject_hyperparams(optax.adam)(learning_rate=0.01)
    state = optimizer.init(params)
    recipe = attach(state, optimizer)
    for ...:
        state = recipe.apply_to(state, params)          # before the update, which may be compiled
        params, state = update(params, state, batch)
        attune.report(step=step, loss=loss)

A changed value has the type, the shape and the place of the old one: nothing is compiled again."""

from __future__ import annotations

from typing import Any, Iterator

from ._recipe import Recipe as _Recipe
from ._recipe import need

optax: Any = need("optax", "optax")
jax: Any = need("jax", "optax")

__all__ = ["Recipe", "attach"]

TAGS = {"learning_rate": "lr", "b1": "beta1", "b2": "beta2"}


class _Place:
    """One hyperparameter of one injection in the state that passes through."""

    def __init__(self, recipe: Recipe, index: int, name: str) -> None:
        self.recipe, self.index, self.name = recipe, index, name
        self.live: Any = None

    @property
    def hyperparameters(self) -> dict[str, Any]:
        held: dict[str, Any] = list(injections(self.recipe.state))[self.index].hyperparams
        return held

    def read(self) -> float:
        value = self.hyperparameters[self.name]
        return float(value) if jax.numpy.result_type(value).itemsize >= 8 else float(f"{float(value):.7g}")

    def write(self, value: float) -> None:
        old = self.hyperparameters[self.name]
        new = jax.numpy.full_like(old, value)
        self.live = jax.device_put(new, old.sharding) if getattr(old, "committed", False) else new
        self.hyperparameters[self.name] = self.live

    def hold(self, hyperparameters: dict[str, Any], value: float) -> None:
        """Puts the live value where a checkpoint may have brought an old one back. No work for the device, unless an update took
        the buffer."""
        if self.live is not None:
            if self.live.is_deleted():
                self.write(value)
            hyperparameters[self.name] = self.live


class Recipe(_Recipe):
    """The live variables of one optimizer. Its state is a value that passes through `apply_to` once a step."""

    def __init__(self, state: Any, optimizer: Any, prefix: str, applies: str) -> None:
        super().__init__(prefix, applies)
        self.state, self._optimizer, self._params = state, optimizer, None
        self._places = list[tuple[Any, _Place]]()

    def add(self, tag: str, index: int, name: str) -> None:
        place = _Place(self, index, name)
        self.bind(tag, place.read, place.write, is_cheap=False)  # a look waits for the device
        self._places.append((self.variables[tag], place))

    def apply_to(self, state: Any, params: Any = None) -> Any:
        """The state with all that was changed live, also when it comes from a checkpoint. `params` are needed for `reset_state` only."""
        self.state, self._params = state, params
        self.apply()
        if any(place.live is not None for _, place in self._places):
            injected = [injection.hyperparams for injection in injections(self.state)]
            for variable, place in self._places:
                place.hold(injected[place.index], variable())
        state, self.state, self._params = self.state, None, None  # buffers that the update wants to reuse are not held
        return state

    def reset(self, payload: Any) -> None:
        """Replaces the state by that of a new optimizer, with the present hyperparameters. Raises ValueError without params."""
        if self._params is None:
            raise ValueError("apply_to was given no params")
        fresh = self._optimizer.init(self._params)
        for new, old in zip(injections(fresh), injections(self.state)):
            new.hyperparams.update({name: value for name, value in old.hyperparams.items() if name not in schedules(old)})
        self.state = fresh


def attach(state: Any, optimizer: Any = None, *, prefix: str = "", applies: str = "atStep") -> Recipe:
    """Makes the injected hyperparameters live: `lr` for `learning_rate`, `beta1` for `b1`, others by their names. With the
    `optimizer`, the trigger `reset_state` begins its state anew. Of several injections, those after the first that has the name are
    `lr.1`, `lr.2` …

    What a schedule computes is not declared, because optax overwrites it at each update. Raises ValueError when nothing is left."""
    recipe = Recipe(state, optimizer, prefix, applies)
    counts = dict[str, int]()
    for index, injection in enumerate(injections(state)):
        for name, value in injection.hyperparams.items():
            if (
                name in schedules(injection)
                or jax.numpy.ndim(value)
                or not jax.numpy.issubdtype(jax.numpy.result_type(value), jax.numpy.floating)
            ):
                continue
            tag = TAGS.get(name, name)
            counts[tag] = counts.get(tag, -1) + 1
            recipe.add(f"{tag}.{counts[tag]}" if counts[tag] else tag, index, name)
    if not recipe.variables:
        raise ValueError(
            "state: it has no hyperparameters that could be changed; allowed is optax.inject_hyperparams(optax.adam)(learning_rate=0.01), "
            "with numbers and no schedules. Nothing was changed."
        )
    if optimizer is not None:
        recipe.bind_reset(recipe.reset)
    recipe.reload()
    recipe.state = None
    return recipe


def injections(state: Any) -> Iterator[Any]:
    """The states of `inject_hyperparams` in a state, from the outside to the inside."""
    if hasattr(state, "hyperparams"):
        yield state
        yield from injections(state.inner_state)
    elif isinstance(state, dict):
        for part in state.values():
            yield from injections(part)
    elif isinstance(state, (tuple, list)):
        for part in state:
            yield from injections(part)


def schedules(injection: Any) -> Any:
    """The names of hyperparameters that a schedule computes."""
    return getattr(injection, "hyperparams_states", {})
