"""Where torch keeps its hyperparameters: numbers and tensors in the parameter groups of an optimizer, and in its schedules."""

from __future__ import annotations

import bisect
import math
from typing import Any, Iterator


def put(container: Any, key: Any, value: Any) -> None:
    """Stores a number; a tensor keeps its identity, because compiled steps and CUDA graphs hold on to it."""
    if hasattr(container[key], "fill_"):
        container[key].fill_(value)
    else:
        container[key] = value


def number(value: Any) -> Any:
    """A tensor as a Python number, with the digits that its precision has: 0.1 and not 0.10000000149011612."""
    if not hasattr(value, "fill_"):
        return value
    return float(value) if value.element_size() >= 8 else float(f"{float(value):.7g}")


class Groups:
    """One hyperparameter in some parameter groups, which are looked up each time: `load_state_dict` replaces them."""

    def __init__(self, optimizer: Any, indices: list[int], key: str, part: int | None = None) -> None:
        self.optimizer, self.indices, self.key, self.part = optimizer, indices, key, part

    @property
    def is_cheap(self) -> bool:
        """Whether a look does not wait for an accelerator."""
        values = [self.optimizer.param_groups[index][self.key] for index in self.indices]
        parts = [value if self.part is None else value[self.part] for value in values]
        return all(not hasattr(value, "fill_") or value.device.type == "cpu" for value in parts)

    def read(self) -> Any:
        """The value; None when the groups differ."""
        values = [self.look(index) for index in self.indices]
        return values[0] if values.count(values[0]) == len(values) else None

    def write(self, value: Any) -> None:
        for index in self.indices:
            self.set(index, value)

    def look(self, index: int) -> Any:
        value = self.optimizer.param_groups[index][self.key]
        return number(value if self.part is None else value[self.part])

    def set(self, index: int, value: Any) -> None:
        group = self.optimizer.param_groups[index]
        if self.part is None:
            put(group, self.key, value)
        elif hasattr(group[self.key][self.part], "fill_"):
            group[self.key][self.part].fill_(value)
        else:
            group[self.key] = tuple(value if at == self.part else old for at, old in enumerate(group[self.key]))


class MaximumOfSquares(Groups):
    """Adam's `amsgrad`: switched on while it trains, the running maximum begins with the present mean, where torch raises KeyError."""

    def set(self, index: int, value: Any) -> None:
        super().set(index, value)
        for parameter in self.optimizer.param_groups[index]["params"] if value else ():
            state = self.optimizer.state.get(parameter, {})
            if "exp_avg_sq" in state and "max_exp_avg_sq" not in state:
                state["max_exp_avg_sq"] = state["exp_avg_sq"].clone()


class Base(Groups):
    """The learning rate that a schedule starts from, or peaks at. Changing it scales all that the schedule has made of it."""

    def __init__(self, optimizer: Any, indices: list[int], scheduler: Any) -> None:
        super().__init__(optimizer, indices, "lr")
        self.scheduler, self.schedules = scheduler, list(flatten(scheduler))
        for index in indices if self._peaks() else ():
            put(optimizer.param_groups[index], "initial_lr", self.schedules[0].base_lrs[index])  # CyclicLR leaves an earlier schedule's

    def look(self, index: int) -> Any:
        group = self.optimizer.param_groups[index]
        start = float(group["initial_lr"])
        if not all(math.isclose(float(schedule.base_lrs[index]), start, rel_tol=1e-6) for schedule in self.schedules):
            return None  # a checkpoint was loaded into one of the two
        return next((number(rates[index]) for rates in self._peaks()), number(group.get("max_lr", group["initial_lr"])))

    def set(self, index: int, value: Any) -> None:
        group = self.optimizer.param_groups[index]
        peak = next((rates[index] for rates in self._peaks()), group.get("max_lr", group["initial_lr"]))
        ratio = value / float(peak) if float(peak) else 1.0
        start = float(group["initial_lr"]) * ratio if float(peak) else value
        floor = self._floor()
        above = float(group["initial_lr"]) - floor
        effective = floor + (float(group["lr"]) - floor) * ((start - floor) / above if above else 1.0)
        for key in ("max_lr", "min_lr"):
            if key in group:
                put(group, key, float(group[key]) * ratio)
        for rates in self._peaks():
            put(rates, index, float(rates[index]) * ratio)
        for schedule in self.schedules:
            put(schedule.base_lrs, index, start)
        put(group, "initial_lr", start)
        put(group, "lr", effective)
        for schedule in [self.scheduler, *self.schedules]:
            if index < len(getattr(schedule, "_last_lr", ())):
                put(schedule._last_lr, index, effective)

    def _peaks(self) -> list[Any]:
        """CyclicLR's upper ends."""
        return [schedule.max_lrs for schedule in self.schedules if hasattr(schedule, "max_lrs")]

    def _floor(self) -> float:
        """What a cosine comes down to, which is no part of the base."""
        schedule = self.scheduler
        while hasattr(schedule, "_milestones"):
            schedule = schedule._schedulers[bisect.bisect_right(schedule._milestones, schedule.last_epoch)]
        return float(getattr(schedule, "eta_min", 0.0))


def flatten(scheduler: Any) -> Iterator[Any]:
    """The schedules that `SequentialLR` and `ChainedScheduler` are made of."""
    for schedule in getattr(scheduler, "_schedulers", None) or [scheduler]:
        if schedule is scheduler:
            yield schedule
        else:
            yield from flatten(schedule)


def forget(optimizer: Any, names: Any = None) -> None:
    """Lets an optimizer begin anew, as if it had made no step. With names of state entries, only those are set to zero.
    Raises ValueError for an unknown name, and then forgets nothing."""
    states = [
        optimizer.state[parameter] for group in optimizer.param_groups for parameter in group["params"] if parameter in optimizer.state
    ]
    if names is not None:
        wanted = [names] if isinstance(names, str) else list(names)
        known = sorted({name for state in states for name in state})
        if unknown := [name for name in wanted if name not in known]:
            raise ValueError(f"state {', '.join(map(str, unknown))}: the optimizer has {', '.join(known) or 'none'}")
        for entry in (state[name] for state in states for name in wanted if name in state):
            if hasattr(entry, "zero_"):
                entry.zero_()
        return
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if "initial_accumulator_value" in group:  # Adagrad fills its state when it is made, and never again
                optimizer.state[parameter]["step"].zero_()
                optimizer.state[parameter]["sum"].fill_(group["initial_accumulator_value"])
            else:
                optimizer.state.pop(parameter, None)
