"""What stands for a value wherever a value is expected."""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any, Callable, Generic, Iterator, TypeVar

T = TypeVar("T")
_Value: Any = object  # to a type checker, what reads as a value is also that value


def plain(value: Any) -> Any:
    """The value of what reads as one, and Python's own number for a scalar of numpy or torch."""
    if isinstance(value, Reading):
        value = value._value
    if type(value) in (bool, int, float, str) or not hasattr(value, "item"):
        return value
    try:
        return value.item()
    except (TypeError, ValueError, RuntimeError):  # an array of several
        return value


class Reading(Generic[T], _Value):  # type: ignore[misc]
    """Reads as its value: it calculates, compares, prints, copies and pickles like it, and `isinstance` takes it for one.

    Equality and hash are those of the value at that moment: look up with it, but keep `x()` as the key of a dictionary. Where C code
    insists on a real float (json, torch.tensor, jax.jit), write `x()`. `x += 1` makes `x` the name of a plain number, as everywhere.
    """

    __slots__ = ("_value",)
    __class__ = property(lambda self: type(self._value))  # what isinstance asks
    _value: T

    def __call__(self) -> T:
        return self._value

    def __eq__(self, other: Any) -> bool:
        return bool(self._value == (other._value if isinstance(other, Reading) else other))

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce_ex__(self, protocol: Any) -> Any:
        value = self._value
        return (type(value) if type(value) in (bool, int, float, str) else _same), (value,)

    def __deepcopy__(self, memo: Any) -> T:
        return self._value

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        import numpy

        return numpy.asarray(self._value, dtype=dtype)

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        values = [one._value if isinstance(one, Reading) else one for one in inputs]  # a plain number leaves an array its type
        return getattr(function, method)(*values, **options)

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, inputs: Any = (), options: Any = None) -> Any:
        named = {name: one._value if isinstance(one, Reading) else one for name, one in (options or {}).items()}
        return function(*(one._value if isinstance(one, Reading) else one for one in inputs), **named)

    def __jax_array__(self) -> Any:
        return self._value


class Items(Reading[T]):
    """Reads as a sequence."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self._value)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._value)  # type: ignore[call-overload, no-any-return]

    def __contains__(self, item: Any) -> bool:
        return item in self._value  # type: ignore[operator]

    def __getitem__(self, index: Any) -> Any:
        return self._value[index]  # type: ignore[index]


class Text(Items[T]):
    """Reads as a text."""

    __slots__ = ()

    def __fspath__(self) -> Any:
        return self._value


def _same(value: T) -> T:
    return value


def _forwards(do: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *others: do(self._value, *others)


def _backwards(do: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: do(other, self._value)


def _method(name: str) -> Callable[..., Any]:
    return lambda self, *others, **named: getattr(self._value, name)(*others, **named)


def _define() -> None:
    for name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():
        do = pow if name == "pow" else getattr(operator, f"__{name}__")
        setattr(Reading, f"__{name}__", _forwards(do))
        setattr(Reading, f"__r{name}__", _backwards(do))
    for name in "lt le gt ge ne neg pos abs index invert".split():
        setattr(Reading, f"__{name}__", _forwards(getattr(operator, f"__{name}__")))
    for name in "float int bool complex str repr round format divmod".split():
        setattr(Reading, f"__{name}__", _forwards(getattr(builtins, name)))
    for name in "floor ceil trunc".split():
        setattr(Reading, f"__{name}__", _forwards(getattr(math, name)))
    setattr(Reading, "__rdivmod__", _backwards(divmod))
    # One by one, because a class with __getattr__ would make every attribute slow.
    for name in "real imag numerator denominator".split():
        setattr(Reading, name, property(operator.attrgetter(f"_value.{name}")))
    for name in "is_integer as_integer_ratio conjugate bit_length hex to_bytes".split():
        setattr(Reading, name, _method(name))
    for name in dir(str):
        if not name.startswith("_"):
            setattr(Text, name, _method(name))


_define()
