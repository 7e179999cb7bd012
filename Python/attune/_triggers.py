"""Buttons that can be pressed while the program runs."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ._registry import Registry

PAUSE, RESUME = "attune.pause", "attune.resume"
LOAD = "attune.load"  # with values that are taken over when the program takes notice
DECLARABLE = ("attune.suspend", "attune.checkpoint", "attune.evaluate", LOAD)


class Firing(NamedTuple):
    """What came with a trigger."""

    payload: Any
    by: str
    reason: str | None
    number: int


class Trigger:
    """A button that can be pressed while the program runs. Fired several times before it is read, it is read once; counted, each time."""

    __slots__ = ("tag", "counted", "_registry", "_waiting")

    def __init__(self, registry: Registry, tag: str, counted: bool) -> None:
        self.tag, self.counted, self._registry = tag, counted, registry
        self._waiting: deque[dict[str, Any]] = deque()

    def fired(self) -> bool:
        """Whether it was fired since the last time this was asked; of a counted one, each firing is told."""
        return bool(self._waiting) and self.take() is not None

    def take(self) -> Firing | None:
        """Like `fired`, with what came with it: of several firings that are read as one, the last."""
        if not self._waiting:
            return None
        taken = self._registry.consume(self)
        if not taken:
            return None
        return Firing(taken.get("payload"), taken["by"], taken.get("reason"), taken["number"])
