"""What a script holds in its hands: live variables and triggers."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, Callable, Generic, Optional, Sequence, TypeVar

if TYPE_CHECKING:
    from ._registry import Registry
    _Number = float  # to a type checker, a live variable is the number that it reads as
else:
    _Number = object

T = TypeVar("T", bool, int, float, str)
_KINDS: dict[type, str] = {bool: "bool", int: "int", float: "float", str: "string"}
_WORDS = {"bool": "true or false", "int": "any integer", "float": "any finite number", "string": "any text"}


class Refused(ValueError):
    """A value was refused; the message says what is allowed."""


class Live(Generic[T], _Number):
    """A value that can change while the program runs. `rate()` is an attribute read; it calculates and compares like its value."""

    __slots__ = ("_registry", "_value", "_changed", "tag", "initial", "kind", "choices", "low", "high", "applies", "descriptor")
    __array_ufunc__ = None  # numpy then leaves `array * rate` to us, and the array keeps its type

    def __init__(self, registry: Registry, tag: str, default: T, low: Optional[float], high: Optional[float],
                 choices: Optional[Sequence[T]], scale: str, applies: str, **hints: object) -> None:
        if type(default) not in _KINDS or scale not in ("linear", "log") or applies not in ("immediately", "atStep"):
            raise ValueError(f"'{tag}': allowed are a bool, int, float or str; scale linear or log; applies immediately or atStep")
        self._registry, self._changed, self.tag, self.applies = registry, False, tag, applies
        self.kind, number = "choice" if choices else _KINDS[type(default)], float if type(default) is float else int
        self.low: Optional[float] = None if low is None else number(low)
        self.high: Optional[float] = None if high is None else number(high)
        self.choices: list[T] = list(choices or ())
        self._value: T = default
        self.initial: T = self.accept(default)
        hints.update(range=None if low is None and high is None else [self.low, self.high], choices=self.choices or None,
                     scale="log" if scale == "log" else None, applies="atStep" if applies == "atStep" else None)
        self.descriptor = {"tag": tag, "type": self.kind, **{name: hint for name, hint in hints.items() if hint is not None}}

    def __call__(self) -> T:
        return self._value

    @property
    def value(self) -> T:
        """What it holds now. Assigning changes it at once, recorded like any change; raises Refused."""
        return self._value

    @value.setter
    def value(self, value: T) -> None:
        self._registry.change(self, value)

    def is_changed(self) -> bool:
        """Whether it has been changed since the last time this was asked."""
        if not self._changed:
            return False
        self._changed = False
        return True

    def accept(self, value: Any) -> T:
        """The value in the variable's type. Raises Refused when it is of another type, out of range, nan or infinite."""
        low, high = self.low, self.high
        result: Any = None
        if self.kind == "choice":
            result = next((c for c in self.choices if c == value and isinstance(c, bool) == isinstance(value, bool)), None)
        elif self.kind in ("bool", "string"):
            result = value if _KINDS.get(type(value)) == self.kind else None
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            result = float(value) if self.kind == "float" else int(value) if int(value) == value else None
        if result is not None and (low is None or result >= low) and (high is None or result <= high):
            return result  # type: ignore[no-any-return]
        allowed = f"{low} or more" if high is None else f"{high} or less" if low is None else f"{low}...{high}"
        if low is None and high is None:
            allowed = _WORDS.get(self.kind) or ", ".join(map(str, self.choices))
        arrived, kept = (str(v).lower() if isinstance(v, bool) else str(v) for v in (value, self._value))
        arrived = f"'{value}'" if isinstance(value, str) else arrived
        raise Refused(f"'{self.tag}' = {arrived} refused: allowed {allowed}. The program keeps {kept}.")

    def __repr__(self) -> str:
        return f"Live({self.tag!r}, {self._value!r})"


def _forward(operation: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *others: operation(self._value, *others)


for _name in "add sub mul truediv floordiv mod pow lt le gt ge eq ne neg pos abs index".split():
    setattr(Live, f"__{_name}__", _forward(getattr(operator, _name)))
for _name in "add sub mul truediv floordiv mod pow".split():
    setattr(Live, f"__r{_name}__", _forward(lambda mine, other, operation=getattr(operator, _name): operation(other, mine)))
for _function in (float, int, bool, str, round, format):
    setattr(Live, f"__{_function.__name__}__", _forward(_function))


class Trigger:
    """A button that can be pressed while the program runs."""

    def __init__(self, registry: Registry, tag: str) -> None:
        self._registry, self.tag, self.waiting = registry, tag, list[dict[str, Any]]()

    def fired(self) -> bool:
        """Whether it was fired since the last time this was asked."""
        return bool(self.waiting) and self._registry.consume(self)
