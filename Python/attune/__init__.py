"""Hyperparameters that can be changed while a program trains. Without Attune around it, a script runs just the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Mapping, Optional

from ._live import Live, Refused, Trigger
from ._registry import Registry, read_configuration

__all__ = ["Live", "Refused", "Trigger", "checkpoint_directory", "config", "live", "report", "resuming", "seed", "step", "trigger"]
_registry = Registry()
live, trigger, report, step = _registry.live, _registry.trigger, _registry.report, _registry.advance


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
