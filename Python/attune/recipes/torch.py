"""Live hyperparameters for torch: of an optimizer and its schedule, of dropout, and of a data loader.

    attach(optimizer, scheduler)          # after both are made; the rest of the script stays as it is
    ...
    attune.report(step=step, loss=loss, **recipe.metrics())

Changes take effect in place, at the first `optimizer.step()` after the step that the program tells. The state of the optimizer is
kept, unless somebody fires `reset_state`. `state_dict()` has what it would have without this."""

from __future__ import annotations

import itertools
import sys
from typing import Any, Sequence

import attune

from ._recipe import BELOW_ONE, Recipe, need
from ._torch_places import Base, Groups, MaximumOfSquares, flatten, forget, number

torch: Any = need("torch", "torch")

__all__ = ["Recipe", "attach", "forget"]

# What parameter groups may hold: tag, key, part of a tuple, hints that replace those of the tag.
PLACES: tuple[tuple[str, str, int | None, dict[str, Any]], ...] = (
    ("lr", "lr", None, {}),
    ("weight_decay", "weight_decay", None, {}),
    ("momentum", "momentum", None, {}),
    ("beta1", "betas", 0, {}),
    ("beta2", "betas", 1, {}),
    ("eps", "eps", None, {}),
    ("alpha", "alpha", None, {"min": 0.0, "max": BELOW_ONE, "help": "decay of the running mean of squared gradients"}),
    ("rho", "rho", None, {}),
    ("amsgrad", "amsgrad", None, {"help": "divide by the largest mean of squared gradients so far"}),
)


def attach(
    optimizer: Any,
    scheduler: Any = None,
    *,
    model: Any = None,
    loader: Any = None,
    groups: Sequence[str] | None = None,
    prefix: str = "",
    applies: str = "atStep",
    tells_steps: bool = False,
) -> Recipe:
    """Makes what the optimizer holds live: `lr`, `weight_decay`, `momentum`, `beta1`, `beta2`, `eps`, `amsgrad`, where it has them.

    With a `scheduler`, `lr` is the base that it multiplies, and `metrics()` has the effective one. ReduceLROnPlateau has no base: `lr` is
    what is in effect, and follows its reductions. With a `model`, its dropout; with a `loader`, its batch size.

    One variable governs all parameter groups where they agree, and `lr.0`, `lr.1` where they differ. With names in `groups`, or a "name" in
    each group, every group has its own: `lr.decoder`. For a second optimizer give a `prefix`. Groups that are added later are not governed.

    With `tells_steps` each `optimizer.step()` is a step that changes can wait for: for a script that tells and reports none itself.
    Raises ValueError for what cannot work, before anything is changed."""
    if groups is not None and len(groups) != len(optimizer.param_groups):
        raise ValueError(f"groups: {len(groups)} names for {len(optimizer.param_groups)} parameter groups. Nothing was changed.")
    if loader is not None and getattr(loader.batch_sampler, "batch_size", None) is None:
        raise ValueError("loader: its batch_sampler has no batch_size that could be changed. Nothing was changed.")
    recipe = Recipe(prefix, applies)
    _Binding(recipe, optimizer, scheduler, groups).bind()
    if model is not None:
        bind_dropout(recipe, model)
    if loader is not None:
        recipe.bind_attribute("batch_size", {"": loader.batch_sampler}, "batch_size", is_whole=True, unit="samples")
    recipe.bind_reset(lambda payload: forget(optimizer, payload))
    if tells_steps:
        steps = itertools.count(1)
        recipe.undo(optimizer.register_step_post_hook(lambda *_: attune.step(next(steps))).remove)
    _hook(recipe, optimizer, scheduler)
    recipe.reload()
    _warn_of_ranks(recipe)
    return recipe


def bind_dropout(recipe: Recipe, model: Any) -> None:
    """`dropout` where all layers agree, and one by the layer's path where they differ."""
    layers = {path: layer for path, layer in model.named_modules() if isinstance(layer, torch.nn.modules.dropout._DropoutNd)}
    recipe.bind_attribute("dropout", layers, "p")


class _Binding:
    """Finds out which variables the parameter groups need."""

    def __init__(self, recipe: Recipe, optimizer: Any, scheduler: Any, names: Sequence[str] | None) -> None:
        self.recipe, self.optimizer, self.scheduler = recipe, optimizer, scheduler
        every = optimizer.param_groups
        self.are_named = names is not None or len(every) > 1 and all("name" in group for group in every)
        self.names = list(names or [str(group.get("name", at)) for at, group in enumerate(every)])
        schedules = list(flatten(scheduler)) if scheduler is not None else []
        self.follows = isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)
        self.has_base = bool(schedules) and not self.follows
        if self.has_base and not all(hasattr(schedule, "base_lrs") for schedule in schedules):
            raise ValueError(f"scheduler: {type(scheduler).__name__} has no base_lrs; allowed are torch's schedulers. Nothing was changed.")
        if self.has_base and any(hasattr(group["lr"], "fill_") and group["lr"] is group.get("initial_lr") for group in every):
            raise ValueError(
                "scheduler: this torch keeps one tensor for lr and its base; allowed are a number for lr, or a newer torch. "
                "Nothing was changed."
            )
        cycles = any(getattr(schedule, "cycle_momentum", False) for schedule in schedules)
        self.cycled = {"momentum", "beta1"} if cycles else set[str]()  # OneCycleLR writes them at each step: they are its own

    def bind(self) -> None:
        for tag, key, part, hints in PLACES:
            having = [at for at, group in enumerate(self.optimizer.param_groups) if isinstance(_look(group, key, part), (bool, int, float))]
            if not having or tag in self.cycled:
                continue
            place = self.place(key, part, having)
            if place.read() is not None and not (self.are_named and len(self.names) > 1):
                self.add(tag, place, hints)
            else:
                for index in having:
                    self.add(f"{tag}.{self.names[index]}", self.place(key, part, [index]), hints)
        labels = {at: "." + name for at, name in enumerate(self.names)} if "lr" not in self.recipe.variables else {0: ""}
        for at, label in labels.items():
            self.recipe.show(f"effective_learning_rate{label}", Groups(self.optimizer, [at], "lr").read)

    def place(self, key: str, part: int | None, indices: list[int]) -> Groups:
        if key == "lr" and self.has_base:
            return Base(self.optimizer, indices, self.scheduler)
        return (MaximumOfSquares if key == "amsgrad" else Groups)(self.optimizer, indices, key, part)

    def add(self, tag: str, place: Groups, hints: dict[str, Any]) -> None:
        if isinstance(place, Base) and place.read():
            hints = {**hints, "min": 1e-12}  # from 0 no schedule that multiplies could bring it back
        follows = self.follows and place.key == "lr"
        self.recipe.bind(tag, place.read, place.write, is_cheap=place.is_cheap, follows=follows, **hints)


def _look(group: Any, key: str, part: int | None) -> Any:
    value = group.get(key)
    if part is not None and value is not None:
        value = value[part]
    return number(value) if getattr(value, "ndim", 0) == 0 else None


def _hook(recipe: Recipe, optimizer: Any, scheduler: Any) -> None:
    """The optimizer itself applies the changes, right before each step: after whatever else has written into its groups."""
    has_warned = scheduler is not None

    def before_step(*_: Any) -> None:
        nonlocal has_warned
        written = recipe.apply()
        if written and not has_warned and any("initial_lr" in group for group in optimizer.param_groups):
            has_warned = True
            print(
                f"attune: {', '.join(written)}: the optimizer has a schedule that attach() was not given: what it writes and what is "
                "set live replace each other. Allowed: attach(optimizer, scheduler). The program goes on.",
                file=sys.stderr,
            )

    hooks = []
    if hasattr(optimizer, "register_step_pre_hook"):
        hooks.append(optimizer.register_step_pre_hook(before_step))
    if hasattr(optimizer, "register_load_state_dict_post_hook"):
        hooks.append(optimizer.register_load_state_dict_post_hook(lambda _: recipe.reload()))
    for hook in hooks:
        recipe.undo(hook.remove)


def _warn_of_ranks(recipe: Recipe) -> None:
    distributed = torch.distributed
    ranks = distributed.get_world_size() if distributed.is_available() and distributed.is_initialized() else 1
    if ranks > 1 and "attune.ranks" not in sys.modules:
        print(
            f"attune: this is one of {ranks} ranks, and they have not joined a group (attune.ranks.join): a change would reach them at "
            f"different steps. The {recipe.group} goes on.",
            file=sys.stderr,
        )
