"""Several ranks of one data-parallel job: what is changed, all of them change at the same step, or none does.

    import attune.ranks

    lr = attune.live("lr", 0.1, min=0.0, max=1.0)
    attune.ranks.join()          # in every rank, before the loop; alone it does nothing

Rank 0 leads, and is the only one that can be reached from outside. No collective is needed for it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from . import _files
from . import registry as _registry
from ._registry import warn

if TYPE_CHECKING:
    from ._rank_link import Group

__all__ = ["join"]

_LAUNCHERS = (*_files.LAUNCHERS, ("SLURM_PROCID", "SLURM_NTASKS"))
# What all ranks of one start of one job share, and no other job on the machine has.
_NAMES = ("MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid",
          "SLURM_JOB_ID", "SLURM_STEP_ID")  # fmt: skip
_LOCAL_SIZES = ("LOCAL_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS")


class Seat(NamedTuple):
    """Which rank of which group a process is."""

    rank: int
    world: int
    address: str
    token: str | None

    @property
    def host(self) -> tuple[str, int] | None:
        """The host and port of an address that is no path."""
        host, colon, port = self.address.rpartition(":")
        return (host or "127.0.0.1", int(port)) if colon and port.isdigit() and "/" not in self.address else None


def join(rank: int | None = None, world: int | None = None, address: str | None = None, limit: float = 30.0,
         patience: float = 4.0) -> bool:
    """Makes this process a rank of a group. Whether there is a group: a program that runs alone has none.

    From then on a change is put to every rank, and made by all of them in the same call of `step` or `report`; a rank whose range or
    validator refuses, or that is missing, keeps all the others from it. A rank that joins later, in the place of one that died, is given
    what the group has changed so far. What is missing the launcher says: `ATTUNE_RANK`, `ATTUNE_WORLD` and `ATTUNE_GROUP` (a path or
    HOST:PORT, then with `ATTUNE_GROUP_TOKEN`), or torchrun, Open MPI, MPICH, Slurm.

    Another rank than the first waits up to `limit` seconds for the leader; one that was not welcomed in time says so on stderr, goes on,
    and joins later. A rank that has not answered the leader within `patience` seconds, as one that is stopped, keeps the others from changing;
    until then they may wait for it at a step. Raises ValueError when what the launcher says does not fit together; the program is then in no group.
    """
    seat = find_seat(rank, world, address)
    if seat is None:
        return False
    from ._rank_link import Group

    with _registry.lock:
        if _registry.group:
            return True
        group = _registry.group = Group(_registry, seat, patience)
    _open(group, limit)
    return True


def _open(group: Group, limit: float) -> None:
    try:
        group.open()
        problem = group.wait(limit)
    except (OSError, RuntimeError) as failure:
        group.is_over = True
        return warn(f"{failure}. The ranks cannot be tuned; the program goes on with its values.")
    if problem:
        seat = group.seat
        warn(f"rank {seat.rank} of {seat.world} waits no longer for its leader at {seat.address}: {problem}. The program goes on.")


def find_seat(rank: int | None, world: int | None, address: str | None) -> Seat | None:
    """None for a program that runs alone. Raises ValueError."""
    told = _files.place(_LAUNCHERS)
    rank, world = rank if rank is not None else told and told[0], world if world is not None else told and told[1]
    if rank is None or world is None:
        if rank is not None or world is not None:
            raise ValueError("a group needs a rank and the number of ranks; only one of them is known. The program is in no group.")
        return None
    if not 0 <= rank < world:
        raise ValueError(f"rank {rank} of {world} refused: allowed 0..<{max(1, world)}. The program is in no group.")
    if world == 1:
        return None
    seat = Seat(rank, world, address or os.environ.get("ATTUNE_GROUP") or _derived_path(world), os.environ.get("ATTUNE_GROUP_TOKEN") or None)
    if seat.host and not seat.token:
        raise ValueError(f"a group at {seat.address} needs ATTUNE_GROUP_TOKEN, the same for every rank. The program is in no group.")
    return seat


def _derived_path(world: int) -> str:
    shared = [f"{name}={os.environ[name]}" for name in _NAMES if os.environ.get(name)]
    is_spread = any(size.isdigit() and int(size) < world for size in (os.environ.get(name, "") for name in _LOCAL_SIZES))
    if not shared or is_spread:
        problem = "the ranks are on several machines" if is_spread else "nothing says where the leader of the group is"
        raise ValueError(f"{problem}: set ATTUNE_GROUP to a path or HOST:PORT, the same for every rank. The program is in no group.")
    from ._link import runtime_directory

    try:
        return f"{runtime_directory()}/ranks-{_hash(chr(10).join(shared))}.group"
    except OSError as problem:
        raise ValueError(f"{problem}. The program is in no group.") from None


def _hash(text: str) -> str:
    """FNV-1a, 64 bits, in hexadecimal figures: the same in every language."""
    state = 0xCBF29CE484222325
    for byte in text.encode():
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{state:x}"
