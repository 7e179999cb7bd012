"""What the original LiveTune has, on Attune: `from attune.livetune import liveVar, liveTrigger`.

A script that was written for the original runs with that line changed, and everything of Attune's works on it besides: `attune ps`,
`attune set`, experiments, the record. Docs/LiveTune.md compares the two, behaviour by behaviour.
"""

from . import tools
from ._variables import liveTrigger, liveVar

__all__ = ["liveTrigger", "liveVar", "tools"]
