"""Which ways of searching there are on this machine, and the running of one search."""

from __future__ import annotations

import hashlib
from importlib import metadata

import coco
import ours
import peers
from functions import BY_NAME, Function
from runs import Method, Search

OURS = "Attune"


def of_peers() -> list[Method]:
    """Optuna's samplers and Hyperopt, as far as they are installed."""
    found = []
    for library, names in (("Optuna", peers.OPTUNA), ("Hyperopt", {"tpe": ""})):
        try:
            version = metadata.version(library.lower())
        except metadata.PackageNotFoundError:
            continue
        found += [Method(library, version, name) for name in names]
    return found


def of_ours(proposers: list[str]) -> list[Method]:
    """As far as the catalog has them. What is kept of ours holds for the very program that it was made with."""
    version = hashlib.sha256(ours.PROGRAM.read_bytes()).hexdigest()[:12]
    catalog = ours.catalog()
    return [Method(OURS, version, name) for name in proposers if name in catalog]


def function(name: str, seed: int) -> Function:
    return BY_NAME[name] if name in BY_NAME else coco.function(name, seed)


def run(search: Search) -> list[float]:
    """The value of every evaluation."""
    where, method = function(search.function, search.seed), search.method
    if method.library == OURS:
        return ours.search({"name": method.name}, where, search.seed, search.evaluations, search.parallel).values
    return peers.SEARCHES[method.library](method.name, where, search.seed, search.evaluations, search.parallel)
