"""How searches are compared: regrets, medians over seeds, ranks over functions."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RESOLUTION = 1e-6
"""Regrets below it count as equal: COCO's functions are lifted by up to 1,000, and their optimum is then reached as well as can be told."""


def best(values: Sequence[float], evaluations: int) -> float:
    """The lowest value of the first so many evaluations."""
    return min(values[:evaluations])


def median_regret(searches: Sequence[Sequence[float]], optima: Sequence[float], evaluations: int) -> float:
    """The median over seeds of what the best evaluation lacks to the optimum, not below the resolution."""
    regrets = [best(values, evaluations) - optimum for values, optimum in zip(searches, optima, strict=True)]
    return max(statistics.median(regrets), RESOLUTION)


def ranks(regrets: Mapping[str, float]) -> dict[str, float]:
    """1 for the lowest; those that are equal share the mean of their places."""
    ordered = sorted(regrets.values())
    return {name: ordered.index(regret) + (ordered.count(regret) + 1) / 2 for name, regret in regrets.items()}


def mean_ranks(functions: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean over functions of every method's rank."""
    ranked = [ranks(regrets) for regrets in functions]
    return {name: statistics.fmean(one[name] for one in ranked) for name in ranked[0]}


@dataclass(frozen=True)
class Duel:
    """One method against others, over functions."""

    wins: int
    ties: int
    losses: int

    @property
    def share(self) -> float:
        """Of all functions, those that were won; a tie is none."""
        return self.wins / (self.wins + self.ties + self.losses)


def duel(functions: Sequence[Mapping[str, float]], ours: str, theirs: Sequence[str]) -> Duel:
    """On every function against whichever of them was best there."""
    pairs = [(regrets[ours], min(regrets[name] for name in theirs)) for regrets in functions]
    wins, losses = sum(our < their for our, their in pairs), sum(our > their for our, their in pairs)
    return Duel(wins, len(pairs) - wins - losses, losses)


def strongest(functions: Sequence[Mapping[str, float]], among: Sequence[str]) -> str:
    """The one with the lowest mean rank."""
    found = mean_ranks(functions)
    return min(among, key=lambda name: found[name])
