"""Files that the environment names."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    import pathlib

# Where launchers tell a process its rank, and how many there are. The program's own word comes first.
LAUNCHERS = (
    ("ATTUNE_RANK", "ATTUNE_WORLD"), ("RANK", "WORLD_SIZE"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
)  # fmt: skip
_configuration: tuple[str, dict[str, Any]] = ("", {})
_open: dict[str, tuple[str, int]] = {}
_failing: set[str] = set()


def configuration() -> dict[str, Any]:
    """The experiment's parameters. Raises OSError or ValueError when ATTUNE_CONFIG cannot be read."""
    global _configuration
    path = os.environ.get("ATTUNE_CONFIG", "")
    if _configuration[0] != path:
        with open(path, "rb") as file:
            _configuration = path, json.load(file)
    return _configuration[1] if path else {}


def config(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The experiment's parameters over the defaults. Raises OSError or ValueError when ATTUNE_CONFIG cannot be read."""
    return {**defaults, **configuration()}


def checkpoint_directory() -> pathlib.Path | None:
    """The trial's own directory for checkpoints; None without an experiment."""
    import pathlib

    return pathlib.Path(os.environ["ATTUNE_CHECKPOINT"]) if os.environ.get("ATTUNE_CHECKPOINT") else None


def parent_checkpoint() -> pathlib.Path | None:
    """A copy of the checkpoint of the trial that this one descends from, to begin with where it fits; None without one. When `resuming()`,
    the trial's own checkpoint has gone on from there."""
    import pathlib

    return pathlib.Path(os.environ["ATTUNE_PARENT_CHECKPOINT"]) if os.environ.get("ATTUNE_PARENT_CHECKPOINT") else None


def resuming() -> bool:
    """Whether the checkpoint directory may hold a checkpoint to go on from."""
    return os.environ.get("ATTUNE_RESUME") == "1"


def seed(default: int = 0) -> int:
    """A number for the program's random generators: the same for every attempt of a trial."""
    return int(os.environ.get("ATTUNE_SEED") or default)


def place(launchers: tuple[tuple[str, str], ...]) -> tuple[int, int] | None:
    """This process's rank, and how many there are, in the words of the first launcher that tells both."""
    for names in launchers:
        rank, world = (os.environ.get(name, "") for name in names)
        if rank.isdigit() and world.isdigit():
            return int(rank), int(world)
    return None


def is_follower() -> bool:
    """Whether the process is another rank than the first of several. Slurm's word does not count: an agent that `srun` started hands it on
    to programs that run by themselves."""
    found = place(LAUNCHERS)
    return found is not None and 0 < found[0] < found[1]


def append(name: str, lines: list[dict[str, Any]]) -> None:
    """Appends to the file that the variable of the environment names, if it does. What fails is said once, and again after it went well."""
    path = os.environ.get(name)
    if not path or not lines:
        return
    try:
        if _open.get(name, ("",))[0] != path:
            _open[name] = path, os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        rest = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        while rest:
            rest = rest[os.write(_open[name][1], rest):]
        _failing.discard(name)
    except OSError as problem:
        if name not in _failing:
            print(f"attune: {name}: {problem}. Lines that are lost: {len(lines)}, and those after until it goes again.", file=sys.stderr)
        _failing.add(name)
