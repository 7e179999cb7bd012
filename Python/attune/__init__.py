"""Hyperparameters that can be changed while a program trains. Without Attune around it, a script runs just the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, SupportsFloat

from ._live import Live, Refused, T, Trigger
from ._registry import Registry, read_configuration

__all__ = ["Live", "Refused", "Trigger", "checkpoint_directory", "config", "live", "report", "resuming", "seed", "step", "trigger"]
_registry = Registry()


def live(
    tag: str, default: T, *, min: Optional[float] = None, max: Optional[float] = None, choices: Optional[Sequence[T]] = None,
    scale: str = "linear", step: Optional[float] = None, unit: Optional[str] = None, help: Optional[str] = None,
    group: Optional[str] = None, applies: str = "immediately",
) -> Live[T]:
    """Declares a value that can be changed while the program runs. The same tag again gives the same object.

    With `applies="atStep"` an accepted value waits for the next `step` or `report`. Raises ValueError for a default out of range.
    """
    return _registry.declare(Live(_registry, tag, default, min, max, choices, scale, applies, step=step, unit=unit, help=help, group=group))


def trigger(tag: str) -> Trigger:
    """Declares a button that can be pressed while the program runs."""
    return _registry.declare_trigger(tag)


def report(step: Optional[int] = None, **metrics: SupportsFloat) -> None:
    """Reports numbers of a completed step: from 1; without one, of the next. Never waits. nan and infinity are allowed."""
    _registry.report(step, {name: float(value) for name, value in metrics.items()})


def step(n: int) -> None:
    """Tells that n steps are completed; changes that waited for it take effect now. `report` does it too."""
    _registry.advance(n)


def config(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The experiment's parameters over the defaults. Raises OSError or ValueError when ATTUNE_CONFIG cannot be read."""
    return {**defaults, **read_configuration()}


def checkpoint_directory() -> Optional[Path]:
    """The trial's own directory for checkpoints; None without an experiment."""
    return Path(os.environ["ATTUNE_CHECKPOINT"]) if os.environ.get("ATTUNE_CHECKPOINT") else None


def resuming() -> bool:
    """Whether the checkpoint directory may hold a checkpoint to go on from."""
    return os.environ.get("ATTUNE_RESUME") == "1"


def seed(default: int = 0) -> int:
    """A number for the program's random generators: the same for every attempt of a trial."""
    return int(os.environ.get("ATTUNE_SEED") or default)
