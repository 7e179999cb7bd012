"""Hyperparameters that can be changed while a program trains. Without Attune around it, a script runs just the same."""

from ._changes import Snapshot
from ._files import checkpoint_directory, config, parent_checkpoint, resuming, seed
from ._registry import Registry
from ._triggers import Firing, Trigger
from ._values import Derived, Live, Refused, derived

__all__ = [
    "Derived", "Firing", "Live", "Refused", "Snapshot", "Trigger",
    "change", "checkpoint_directory", "config", "derived", "live", "parent_checkpoint", "report", "resuming", "seed", "snapshot",
    "step", "trigger",
]  # fmt: skip

registry = Registry()
live, trigger, report, step = registry.live, registry.trigger, registry.report, registry.advance
change, snapshot = registry.change, registry.snapshot
