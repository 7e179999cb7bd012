"""The original's two classes."""

from __future__ import annotations

import operator
import sys
from typing import Any, Callable, ClassVar

from .. import registry
from .._livetune import serve
from .._reading import Reading, Text
from .._registry import warn
from .._values import Live

TYPES = (bool, int, float, str)


class _Shared:
    """What both have: a tag, a port, and the program's dictionary of them."""

    instances: ClassVar[list[Any]] = []
    dictionary_port: ClassVar[list[int]] = []
    preferred_port: ClassVar[list[int]] = []
    tag: str

    @classmethod
    def setPort(cls, port: int) -> None:
        """Where the dictionary is to listen; before the first variable."""
        if type(port) is not int or not 0 < port < 1 << 16:
            raise TypeError(f"setPort: {port!r} refused: allowed is an integer from 1 to 65535. The system will choose a port.")
        if cls.dictionary_port or cls.preferred_port:
            warn(f"setPort({port}) comes too late: the dictionary's port is {(cls.dictionary_port or cls.preferred_port)[0]}.")
        else:
            cls.preferred_port.append(port)

    def get_dictionary_port(self) -> int:
        """The port that the original's `tune` command wants."""
        return self.dictionary_port[0]

    @property
    def port(self) -> int:
        """Its own port, which stays open from now on; 0 in a process that does not serve, such as a worker of a data loader."""
        server = self._serve()
        return server.door(self.tag, pinned=True) if server else 0

    @property
    def lock(self) -> Any:
        """While it is held, nobody else changes a variable."""
        return registry.lock

    @classmethod
    def _serve(cls) -> Any:
        if registry.is_quiet:
            return None
        chosen = cls.preferred_port[0] if cls.preferred_port else None
        server = serve(registry, chosen, sys.stdout)
        if server and not cls.dictionary_port:
            cls.dictionary_port.append(server.port)
        return server

    def _replace(self, tag: Any) -> None:
        """Takes the tag's place; who has it already keeps its value, and cannot be tuned any more."""
        if not isinstance(tag, str):
            raise TypeError(f"a tag is a text; got {tag!r}")
        with registry.lock:
            old = [registry.variables.pop(tag, None), registry.triggers.pop(tag, None)]
        if any(one is not None for one in old):
            warn(f"'{tag}' is declared again: the new one takes its place, the one before keeps its value and cannot be tuned any more.")
        self.tag = str(tag)
        _Shared.instances[:] = [one for one in _Shared.instances if one.tag != tag]

    def _join(self) -> None:
        self.instances.append(self)
        self._serve()


class liveVar(_Shared, Reading[Any]):
    """A value that can change while the program runs, and calculates, compares and prints like one of its type.

    `rate = liveVar(0.1, "rate")`; `rate()` reads it, `rate.changed()` asks whether it was changed since that was asked last,
    `rate.update(0.2)` changes it from within. It keeps its type. Raises TypeError for what is no number, bool or text.
    """

    _live: Live[Any]

    def __new__(cls, initial_value: Any, tag: str) -> liveVar:
        made: liveVar = object.__new__(_TextVar if isinstance(initial_value, str) else cls)
        return made

    def __init__(self, initial_value: Any, tag: str) -> None:
        if isinstance(initial_value, Reading):
            initial_value = initial_value()
        if not isinstance(initial_value, TYPES):
            raise TypeError(f"'{tag}' = {initial_value!r} refused: allowed are a bool, an int, a float and a text")
        self._replace(tag)
        self.dtype: type = next(one for one in TYPES if isinstance(initial_value, one))
        self._live = registry.live(self.tag, self.dtype(initial_value))
        self._join()

    @property
    def _value(self) -> Any:
        return self._live._value

    def __call__(self) -> Any:
        return self._live._value

    def changed(self) -> bool:
        """Whether it was changed since the last time this was asked."""
        return self._live.is_changed()

    def update(self, value: Any) -> None:
        """Changes it. Raises TypeError for a value that is not exactly of its type."""
        if type(value) is not self.dtype:
            raise TypeError(self._mismatch(value))
        self._hold(value)

    @property
    def var_value(self) -> Any:
        """What it holds. Raises TypeError when a value of another type is assigned; an integral float is an int."""
        return self._live._value

    @var_value.setter
    def var_value(self, value: Any) -> None:
        value = value() if isinstance(value, Reading) else value
        is_number = self.dtype in (int, float) and type(value) in (int, float)
        if type(value) is not self.dtype and not (is_number and self.dtype(value) == value):
            raise TypeError(self._mismatch(value))
        self._hold(value)

    @property
    def has_changed(self) -> bool:
        """What `changed` would say, without having asked."""
        return self._live._changed

    @has_changed.setter
    def has_changed(self, value: bool) -> None:
        self._live._changed = value

    def __getitem__(self, key: Any) -> Any:
        if key in ("value", "dtype", "port"):
            return self.var_value if key == "value" else getattr(self, key)
        if isinstance(self._value, str) and not isinstance(key, str):
            return self._value[key]
        raise KeyError(f"'{self.tag}' has no {key!r}; allowed are 'value', 'dtype' and 'port'")

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in ("dtype", "port"):
            raise TypeError(f"the {key} of '{self.tag}' cannot be changed")
        if key != "value":
            raise KeyError(f"'{self.tag}' has no {key!r}; allowed is 'value'")
        self.var_value = value

    def __repr__(self) -> str:
        return f"liveVar({self._value!r})"

    def _hold(self, value: Any) -> None:
        if registry.variables.get(self.tag) is self._live:
            self._live.value = value
        else:  # another one has its tag by now
            self._live._value, self._live._changed = self._live.accept(value), True

    def _mismatch(self, value: Any) -> str:
        kind = self.dtype.__name__
        return f"'{self.tag}' = {value!r} refused: it is of type {kind}, and stays so. It keeps {self._value!r}."

    def _calculate(self, do: Callable[[Any, Any], Any], other: Any) -> liveVar:
        with self.lock:
            self.var_value = do(self._value, other() if isinstance(other, Reading) else other)
        return self


class _TextVar(liveVar, Text[Any]):
    """One that reads as a text."""

    __getitem__ = liveVar.__getitem__


def _in_place(name: str) -> Callable[[liveVar, Any], liveVar]:
    do = getattr(operator, name)
    return lambda self, other: self._calculate(do, other)


for _name in "add sub mul truediv floordiv mod pow".split():
    # Elsewhere `x += 1` makes x a plain number; here it changes the variable, as in the original.
    setattr(liveVar, f"__i{_name}__", _in_place(f"__{_name}__"))


class liveTrigger(_Shared):
    """A button: `save = liveTrigger("save")`; `save()` is True once after it was fired."""

    def __init__(self, tag: str) -> None:
        self._replace(tag)
        self._trigger = registry.trigger(self.tag)
        self._join()

    def __call__(self) -> bool:
        return self._trigger.fired()

    def __bool__(self) -> bool:
        return self._trigger.fired()

    @property
    def state_is_triggered(self) -> bool:
        """What a call would say, without having asked."""
        return bool(self._trigger._waiting)

    def __repr__(self) -> str:
        return f"liveTrigger({self.tag!r})"
