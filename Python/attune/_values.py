"""Live variables, and values that follow them."""

from __future__ import annotations

import itertools
import math
import sys
from typing import TYPE_CHECKING, Any, Callable, Iterable, Sequence, TypeVar
from weakref import ref

from ._reading import Items, Reading, Text, plain
from ._triggers import DECLARABLE

if TYPE_CHECKING:
    from ._registry import Registry

T = TypeVar("T", bool, int, float, str)
R = TypeVar("R")
KINDS = {bool: ("bool", "true or false"), int: ("int", "any integer"), float: ("float", "any finite number"), str: ("string", "any text")}
INTEGERS = 1 << 63
TEXT_LIMIT = 1 << 16


class Refused(ValueError):
    """A value was refused; the message says what is allowed."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


class Source(Reading[R]):
    """What others can follow."""

    __slots__ = ("_followers",)
    _followers: list[ref[Derived[Any]]] | None

    def map(self, function: Callable[[R], Any]) -> Derived[Any]:
        """A value that follows this one: `function` of it, calculated again whenever it changes."""
        return derived(function, self)


class Live(Source[T]):
    """A value that can change while the program runs. `rate()` is an attribute read; where a value is expected, `rate` alone is one."""

    __slots__ = ("tag", "_registry", "_changed", "_bounds", "_hints")

    def __init__(self, registry: Registry, tag: str, default: T, bounds: Any, hints: dict[str, Any] | None) -> None:
        self.tag, self._registry, self._bounds, self._hints = tag, registry, bounds, hints
        self._changed, self._followers = False, None
        self._value = default
        self._value = self.accept(default)

    @property
    def value(self) -> T:
        """What it holds now. Assigning changes it at once, recorded like any change. Raises Refused."""
        return self._value

    @value.setter
    def value(self, value: T) -> None:
        self._registry.change({self.tag: value})

    def is_changed(self) -> bool:
        """Whether it has been changed since the last time this was asked."""
        if not self._changed:
            return False
        self._changed = False
        return True

    @property
    def kind(self) -> str:
        """`bool`, `int`, `float`, `string` or `choice`."""
        return "choice" if self._hints and "choices" in self._hints else KINDS[type(self._value)][0]

    @property
    def waits_for_steps(self) -> bool:
        """Whether a change of it takes effect at a step only."""
        return self._hints is not None and "applies" in self._hints

    @property
    def description(self) -> dict[str, Any]:
        """What the protocol tells of it."""
        told: dict[str, Any] = {"tag": self.tag, "type": self.kind, "value": self._value}
        if self._bounds:
            told["range"] = list(self._bounds)
        return {**told, **{name: hint for name, hint in (self._hints or {}).items() if name != "validate"}}

    def accept(self, value: Any) -> T:
        """The value in the variable's type. Raises Refused when it is of another type, out of range, nan, infinite, or found unfit."""
        result = self._converted(value)
        low, high = self._bounds or (None, None)
        if result is None or (low is not None and result < low) or (high is not None and result > high):
            raise self._refused(value, f"allowed {self._allowed()}")
        validate = self._hints and self._hints.get("validate")
        if validate:
            try:
                reason = validate(result)
            except Exception as problem:
                reason = str(problem) or type(problem).__name__
            if reason:
                raise self._refused(value, str(reason).rstrip("."))
        return result

    def _converted(self, value: Any) -> T | None:
        """In the variable's type, and one of the choices; None when it is not."""
        value, own = plain(value), type(self._value)
        kind = type(value)
        if kind is not own and not (kind in (int, float) and own in (int, float)) and not (kind not in KINDS and isinstance(value, own)):
            return None
        try:
            result: Any = own(value)
            if own is float and not math.isfinite(result) or own is int and (result != value or not -INTEGERS <= result < INTEGERS):
                return None
            if own is str and len(result.encode()) > TEXT_LIMIT:
                return None
        except (ValueError, OverflowError):  # nan or half a pair of surrogates, 1e999
            return None
        choices = self._hints.get("choices") if self._hints else None
        return next((one for one in choices if one == result), None) if choices else result

    def _allowed(self) -> str:
        low, high = self._bounds or (None, None)
        if (low, high) != (None, None):
            return f"{low} or more" if high is None else f"{high} or less" if low is None else f"{low}...{high}"
        choices = self._hints.get("choices") if self._hints else None
        return ", ".join(map(_word, choices)) if choices else KINDS[type(self._value)][1]

    def _refused(self, value: Any, why: str) -> Refused:
        arrived = f"'{value}'" if isinstance(value, str) else _word(value)
        arrived = arrived if len(arrived) <= 80 else arrived[:77] + "..."
        return Refused(f"'{self.tag}' = {arrived} refused: {why}. The program keeps {_word(self._value)}.")


class LiveText(Text[str], Live[str]):
    """A live variable that reads as a text."""

    __slots__ = ()


class Derived(Source[R]):
    """A value that follows live variables. It is calculated where they change; reading it is an attribute read."""

    __slots__ = ("_function", "_sources", "_order", "__weakref__")
    _orders = itertools.count()

    def __init__(self, value: R, function: Callable[..., R], sources: tuple[Source[Any], ...]) -> None:
        self._function, self._sources, self._order, self._followers = function, sources, next(self._orders), None
        self._value = value
        for source in sources:
            source._followers = [one for one in source._followers or () if one() is not None] + [ref(self)]

    @property
    def value(self) -> R:
        """What it is now."""
        return self._value

    def follow(self) -> None:
        """Calculates again. When that fails, it keeps its value and one line on stderr says so."""
        try:
            self._value = self._function(*(source() for source in self._sources))
        except Exception as problem:
            name = getattr(self._function, "__name__", "a function")
            print(f"attune: {name} of a change failed: {problem!r}. The derived value stays {self._value!r}.", file=sys.stderr)


class DerivedItems(Items[R], Derived[R]):
    """A derived value that reads as a sequence."""

    __slots__ = ()


class DerivedText(Text[R], Derived[R]):
    """A derived value that reads as a text."""

    __slots__ = ()


def derived(function: Callable[..., Any], *sources: Source[Any]) -> Derived[Any]:
    """A value that follows live variables: `function` of them, calculated again on the thread that changes one of them.

    Raises what the function raises at the first time; later it keeps its last value then.
    """
    if not sources or not all(isinstance(source, Source) for source in sources):
        raise ValueError("derived: what it follows must be live variables or derived values, at least one")
    value = function(*(source() for source in sources))
    form = DerivedText if isinstance(value, str) else DerivedItems if hasattr(type(value), "__getitem__") else Derived
    return form(value, function, sources)


def follow(changed: Iterable[Live[Any]]) -> None:
    """Calculates everything again that follows those variables: each once, in the order of declaration."""
    found: dict[int, Derived[Any]] = {}
    waiting: list[Source[Any]] = list(changed)
    while waiting:
        for follower in [one() for one in waiting.pop()._followers or ()]:
            if follower is not None and follower._order not in found:
                found[follower._order] = follower
                waiting.append(follower)
    for order in sorted(found):
        found[order].follow()


def check_tag(tag: str, allowed: Sequence[str] = ()) -> None:
    """Raises ValueError for a tag that no program may declare."""
    if type(tag) is not str or not tag:
        raise ValueError(f"a tag is a text of at least one character; got {tag!r}")
    if tag.startswith("attune.") and tag not in allowed:
        raise ValueError(f"'{tag}' refused: tags that begin with 'attune.' are reserved; triggers of that kind: {', '.join(DECLARABLE)}")


def typed_bounds(tag: str, kind: type, told: tuple[Any, Any]) -> tuple[Any, Any] | None:
    """Least and greatest value in the variable's type; None for what has no end."""
    low, high = (None if bound is None or bound in (math.inf, -math.inf) else plain(bound) for bound in told)
    if (low, high) == (None, None):
        return None
    if kind not in (int, float) or low != low or high != high:  # nan is not itself
        raise ValueError(f"'{tag}': min = {low}, max = {high} refused: allowed are numbers, for an int or a float.")
    low_in, high_in = (math.ceil, math.floor) if kind is int else (float, float)
    return None if low is None else low_in(low), None if high is None else high_in(high)


def typed_choices(tag: str, kind: type, choices: Sequence[Any]) -> tuple[Any, ...]:
    """In the variable's type."""
    found = tuple(plain(choice) for choice in choices)
    if any(isinstance(choice, str) != (kind is str) or kind(choice) != choice for choice in found):
        shown = ", ".join(map(repr, found))
        raise ValueError(f"'{tag}': choices {shown} refused: allowed are those of the default's type, {kind.__name__}.")
    return tuple(kind(choice) for choice in found)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
