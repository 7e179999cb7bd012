"""What a script holds in its hands: live variables and triggers."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, Callable, Generic, Optional, Sequence, TypeVar

if TYPE_CHECKING:
    from ._registry import Registry

T = TypeVar("T", bool, int, float, str)
_KINDS: dict[type, str] = {bool: "bool", int: "int", float: "float", str: "string"}
_WORDS = {"bool": "true or false", "int": "any integer", "float": "any finite number", "string": "any text"}
_Method = Callable[[Any, Any], Any]


class Refused(ValueError):
    """A value was refused; the message says what is allowed."""


def _both(operation: _Method) -> tuple[_Method, _Method]:
    """An operator of `Live` and its mirror image."""
    return lambda self, other: operation(self._value, other), lambda self, other: operation(other, self._value)


class Live(Generic[T]):
    """A value that can change while the program runs. `rate()` is an attribute read; it calculates and compares like its value."""

    __slots__ = ("_registry", "_value", "_changed", "tag", "initial", "kind", "choices", "low", "high", "applies", "descriptor")
    __array_ufunc__ = None  # numpy then leaves `array * rate` to __rmul__, and the array keeps its type

    def __init__(
        self, registry: Registry, tag: str, default: T, low: Optional[float], high: Optional[float], choices: Optional[Sequence[T]],
        scale: str, applies: str, **hints: object,
    ) -> None:
        if type(default) not in _KINDS or scale not in ("linear", "log") or applies not in ("immediately", "atStep"):
            raise ValueError(f"'{tag}': allowed are a bool, int, float or str; scale linear or log; applies immediately or atStep")
        self._registry, self.tag, self.applies, self._changed = registry, tag, applies, False
        self.choices: list[T] = list(choices or ())
        self.kind = _KINDS[type(default)] if choices is None else "choice"
        number = float if self.kind == "float" else int
        self.low, self.high = None if low is None else number(low), None if high is None else number(high)
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
        self._registry.set_own(self.tag, value)

    def is_changed(self) -> bool:
        """Whether it has been changed since the last time this was asked."""
        if not self._changed:
            return False
        self._changed = False
        return True

    def convert(self, value: Any) -> Any:
        """The value in the variable's type, whatever the range; None when it is of another type, nan or infinite."""
        if self.kind == "choice":
            return next((c for c in self.choices if c == value and isinstance(c, bool) == isinstance(value, bool)), None)
        if self.kind in ("bool", "string"):
            return value if _KINDS.get(type(value)) == self.kind else None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return None
        return float(value) if self.kind == "float" else int(value) if int(value) == value else None

    def accept(self, value: Any) -> T:
        """The value as the variable holds it. Raises Refused."""
        result: Optional[T] = self.convert(value)
        if result is None or self.low is not None and result < self.low or self.high is not None and result > self.high:  # type: ignore[operator]
            arrived = f"'{value}'" if isinstance(value, str) else _text(value)
            raise Refused(f"'{self.tag}' = {arrived} refused: allowed {self.allowed()}. The program keeps {_text(self._value)}.")
        return result

    def allowed(self) -> str:
        """What it takes, in words."""
        if self.low is None and self.high is None:
            return _WORDS.get(self.kind) or ", ".join(map(_text, self.choices))
        return f"{self.low} or more" if self.high is None else f"{self.high} or less" if self.low is None else f"{self.low}...{self.high}"

    __add__, __radd__ = _both(operator.add)
    __sub__, __rsub__ = _both(operator.sub)
    __mul__, __rmul__ = _both(operator.mul)
    __truediv__, __rtruediv__ = _both(operator.truediv)
    __floordiv__, __rfloordiv__ = _both(operator.floordiv)
    __mod__, __rmod__ = _both(operator.mod)
    __pow__, __rpow__ = _both(operator.pow)
    __lt__, __gt__ = _both(operator.lt)
    __le__, __ge__ = _both(operator.le)
    __hash__ = object.__hash__
    def __eq__(self, other: object) -> bool: return bool(self._value == other)
    def __neg__(self) -> Any: return -self._value  # type: ignore[operator]
    def __abs__(self) -> Any: return abs(self._value)  # type: ignore[arg-type]
    def __round__(self, digits: Optional[int] = None) -> Any: return round(float(self._value), digits)
    def __float__(self) -> float: return float(self._value)
    def __int__(self) -> int: return int(self._value)
    def __index__(self) -> int: return operator.index(self._value)  # type: ignore[arg-type]
    def __bool__(self) -> bool: return bool(self._value)
    def __repr__(self) -> str: return f"Live({self.tag!r}, {self._value!r})"
    def __str__(self) -> str: return str(self._value)
    def __format__(self, spec: str) -> str: return format(self._value, spec)


class Trigger:
    """A button that can be pressed while the program runs."""

    __slots__ = ("_registry", "tag", "waiting")

    def __init__(self, registry: Registry, tag: str) -> None:
        self._registry, self.tag = registry, tag
        self.waiting: list[dict[str, Any]] = []

    def fired(self) -> bool:
        """Whether it was fired since the last time this was asked."""
        return bool(self.waiting) and self._registry.consume(self)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
