"""Starts Auptimizer 2.0's own entry points, although the package does not import as it is published.

Usage: auptimizer.py MODULE [ARGUMENT…], with MODULE as after `python -m` (`aup`, `aup.setupdb.sqlite`).

At its start it imports the dashboard, the compression of networks and the access to remote machines, and through them modules that it
does not declare or that Python has dropped since. None of them takes part in running local jobs, so each is replaced by a module in
which every name is an empty class. The code that runs jobs is the published one, untouched.
"""

import runpy
import sys
from types import ModuleType
from typing import Any

REPLACED = [
    "paramiko", "aup.compression", "aup.compression.utils", "aup.dashboard", "aup.dashboard.dashboard",
    "aup.EE.Resource.utils.curve_fitting",
]  # fmt: skip


class Empty(ModuleType):
    """Every name in it is an empty class."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def main() -> None:
    for name in REPLACED:
        sys.modules[name] = Empty(name)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
