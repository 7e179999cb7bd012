"""What all recipes share: live variables that are declared from somebody's object, and brought into it once a step."""

from __future__ import annotations

import contextlib
import gc
import importlib
import math
import sys
import weakref
from typing import Any, Callable, Iterable, Iterator, Mapping, TypeVar

import attune

Item = TypeVar("Item")
BELOW_ONE = math.nextafter(1.0, 0.0)

LIMITS: dict[str, dict[str, Any]] = {
    "lr": {"min": 0.0, "help": "learning rate; under a schedule the base that the schedule multiplies"},
    "weight_decay": {"min": 0.0, "help": "weight decay"},
    "momentum": {"min": 0.0, "max": 1.0, "help": "momentum"},
    "beta1": {"min": 0.0, "max": BELOW_ONE, "help": "decay of the running mean of gradients"},
    "beta2": {"min": 0.0, "max": BELOW_ONE, "help": "decay of the running mean of squared gradients"},
    "eps": {"min": 0.0, "help": "added to the denominator"},
    "rho": {"min": 0.0, "max": BELOW_ONE, "help": "decay of the running mean of squared gradients"},
    "dropout": {"min": 0.0, "max": 1.0, "help": "probability of dropping"},
    "max_grad_norm": {"min": 0.0, "help": "gradients are clipped to this norm"},
    "batch_size": {"min": 1, "help": "samples a batch"},
}

SUSPENDED = 75  # the exit status of a program that has saved itself and wants to be started again


def need(module: str, extra: str) -> Any:
    """The framework's module. Raises ImportError that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as problem:
        raise ImportError(
            f"attune.recipes.{extra} needs {module}, which cannot be imported ({problem}): pip install 'attune[{extra}]'"
        ) from problem


def differs(place: Any, value: Any) -> bool:
    """Whether a place holds another value, and not only fewer digits of it."""
    return bool(place != value) and not (
        isinstance(place, float) and isinstance(value, (int, float)) and math.isclose(place, value, rel_tol=1e-6)
    )


class Knob:
    """One live variable and the place it governs. Until somebody changes the variable the place is left alone; then the live value
    holds."""

    __slots__ = ("tag", "variable", "read", "write", "seen", "is_held", "is_cheap", "follows")

    def __init__(
        self, tag: str, variable: Any, read: Callable[[], Any], write: Callable[[Any], None], is_cheap: bool, follows: bool
    ) -> None:
        self.tag, self.variable, self.read, self.write = tag, variable, read, write
        self.is_cheap, self.follows = is_cheap, follows
        self.seen, self.is_held = variable(), False

    def follow(self) -> None:
        """The variable shows what the place holds, recorded as the program's change. What does not fit is not shown."""
        place = self.read()
        if place is not None and differs(place, self.variable()):
            with contextlib.suppress(attune.Refused):
                self.variable.value = place
        self.seen = self.variable()
        self.variable.is_changed()


_held = set[str]()  # tags whose values somebody has changed: they hold for an optimizer that takes another's place, too
_owners = weakref.WeakValueDictionary[str, "Recipe"]()
_known = set[str]()


class Recipe:
    """The live variables of one object. `apply()` once a step; `metrics()` beside what is reported."""

    def __init__(self, prefix: str = "", applies: str = "atStep", group: str = "optimizer") -> None:
        self.prefix, self.applies, self.group = f"{prefix}." if prefix else "", applies, group
        self.variables = dict[str, Any]()
        self._knobs = list[Knob]()
        self._effective = dict[str, Callable[[], float]]()
        self._resets = list[tuple[Any, Callable[[Any], None]]]()
        self._detaching = list[Callable[[], None]]()

    def bind(
        self,
        tag: str,
        read: Callable[[], Any],
        write: Callable[[Any], None],
        *,
        is_cheap: bool = True,
        follows: bool = False,
        is_whole: bool = False,
        **hints: Any,
    ) -> None:
        """Declares a variable with the place's own value. The tag's first part finds its limits, which `hints` (those of `attune.live`)
        can replace. `read` answers None when the place does not hold one value at present: it is then written again. `is_cheap=False`:
        a look costs more than a step may, and is taken only when a checkpoint was loaded. `follows`: the program's own changes of the
        place are rare, and the variable shows them. `is_whole`: only integers. Raises ValueError when the tag governs another place
        already."""
        default = float(read()) if type(read()) is int and not is_whole else read()  # torch's defaults have momentum=0
        limits = {**LIMITS.get(tag.split(".")[0], {}), **hints}
        if default < limits.get("min", default) or default > limits.get("max", default):
            limits = {**limits, "min": None, "max": None}  # what the script began with is allowed
        name = self.prefix + tag
        if name in _owners:
            gc.collect()  # an optimizer that the script has given up is no conflict
        if name in _owners:
            raise ValueError(
                f"'{name}' governs something else already: give one of the two a prefix, or detach() the other. Nothing was changed."
            )
        variable = attune.live(name, default, applies=self.applies, group=self.prefix.rstrip(".") or self.group, **limits)
        knob = Knob(name, variable, read, write, is_cheap, follows)
        if name in _known:
            knob.is_held = name in _held or variable.is_changed()
            if not knob.is_held:
                knob.follow()
        else:
            knob.is_held = differs(knob.seen, default)  # the experiment's value, or an earlier attempt's
        _known.add(name)
        _owners[name] = self
        self.variables[tag] = variable
        self._knobs.append(knob)

    def bind_attribute(
        self, tag: str, owners: Mapping[str, Any], attribute: str, then: Callable[[], Any] = lambda: None, **hints: Any
    ) -> None:
        """One variable for an attribute of all the owners where they agree; where they differ, one of each by its name: `dropout.encoder`.
        `then` is called when some were written; `hints` are those of `bind`."""

        def bind(tag: str, some: list[Any]) -> None:
            def read() -> Any:
                values = [getattr(owner, attribute) for owner in some]
                return values[0] if values.count(values[0]) == len(values) else None

            def write(value: Any) -> None:
                for owner in some:
                    setattr(owner, attribute, value)
                then()

            self.bind(tag, read, write, **hints)

        if len({getattr(owner, attribute) for owner in owners.values()}) == 1:
            bind(tag, list(owners.values()))
        else:
            for name, owner in owners.items():
                bind(f"{tag}.{name}", [owner])

    def bind_reset(self, reset: Callable[[Any], None], tag: str = "reset_state") -> None:
        """Declares the trigger that makes the optimizer forget its state. `reset` gets the firing's payload."""
        self._resets.append((attune.trigger(self.prefix + tag), reset))

    def show(self, name: str, read: Callable[[], float]) -> None:
        """Adds a number to `metrics`."""
        self._effective[self.prefix + name] = read

    def apply(self) -> dict[str, Any]:
        """Brings into the object what was changed since the last call, all or nothing, and again what others have overwritten.
        Never raises: what the object refuses is taken back with one line on stderr. The answer has what was written, by tag."""
        due: list[Knob] = []
        for knob in self._knobs:
            value = knob.variable()
            if value is not knob.seen:
                knob.is_held = True
                _held.add(knob.tag)
                due.append(knob)
            elif (knob.is_held or knob.follows) and knob.is_cheap and differs(place := knob.read(), value):
                if knob.follows and place is not None:
                    knob.follow()
                else:
                    due.append(knob)
        written = self._write(due) if due else {}
        for trigger, reset in self._resets:
            while (firing := trigger.take()) is not None:
                self._try(f"'{trigger.tag}'", "The state stays.", lambda: reset(firing.payload))
        return written

    def reload(self) -> None:
        """To be called when a checkpoint was loaded into the object: values that were changed live hold, the others are the
        checkpoint's."""
        for knob in self._knobs:
            if not knob.is_held:
                knob.follow()
        self._write([knob for knob in self._knobs if knob.is_held])

    def follow(self) -> None:
        """Lets the variables show what the program itself has put into places that were bound with `follows`."""
        for knob in self._knobs:
            if knob.follows and knob.variable() is knob.seen:
                knob.follow()

    def metrics(self) -> dict[str, float]:
        """What is in effect now, where it can differ from the live values: under a schedule `effective_learning_rate`. For
        `attune.report`."""
        return {name: float(read()) for name, read in self._effective.items()}

    def undo(self, action: Callable[[], None]) -> None:
        """Something that `detach` has to do."""
        self._detaching.append(action)

    def detach(self) -> None:
        """Leaves the object as it is, and changes it no more."""
        for undo in self._detaching:
            undo()
        for tag in self.variables:
            _owners.pop(self.prefix + tag, None)
        self._knobs, self._resets, self._detaching = [], [], []

    def loop(self, items: Iterable[Item], start: int = 0) -> Iterator[tuple[int, Item]]:
        """The items with the numbers of their steps, from `start + 1`: a training that goes on from a checkpoint starts at the checkpoint's.
        Changes take effect between two of them."""
        if start:
            attune.step(start)
        for number, item in enumerate(items, start + 1):
            self.apply()
            yield number, item
            attune.step(number)

    def _write(self, due: list[Knob]) -> dict[str, Any]:
        before = [(knob, knob.read()) for knob in due]
        values = {knob.tag: knob.variable() for knob in due}
        if not self._try(str(values), "The program keeps what it had.", lambda: [knob.write(knob.variable()) for knob in due]):
            for knob, place in before:
                if place is not None:
                    with contextlib.suppress(Exception):
                        knob.write(place)
                    knob.follow()
            return {}
        for knob in due:
            knob.seen = knob.variable()
        return values

    def _try(self, what: str, otherwise: str, action: Callable[[], Any]) -> bool:
        try:
            action()
        except Exception as problem:  # a change from outside never ends the training
            print(f"attune: {what} refused by the {self.group}: {problem!r}. {otherwise}", file=sys.stderr)
            return False
        return True
