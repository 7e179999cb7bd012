"""Times to a target over repeats that all schedulers share, and what can be said of their ratios: bootstrap over repeats, seeded."""

from __future__ import annotations

import functools
import random
import statistics
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

RESAMPLES = 2000
CONFIDENCE = 0.9


@dataclass(frozen=True)
class Interval:
    value: float
    low: float
    high: float

    def text(self, digits: int = 2, sign: str = "") -> str:
        value, low, high = (f"{number:{sign}.{digits}f}" for number in (self.value, self.low, self.high))
        return f"{value} ({low} to {high})"


def penalised(reached: Sequence[Optional[float]], ends: Sequence[float], anew: Sequence[float]) -> list[float]:
    """Seconds to the target; where it was not reached, to the experiment's end and then as long as one that begins anew needs."""
    return [end + again if time is None else time for time, end, again in zip(reached, ends, anew, strict=True)]


@functools.cache
def draws(count: int, seed: int) -> list[list[int]]:
    draw = random.Random(seed)
    return [draw.choices(range(count), k=count) for _ in range(RESAMPLES)]


def bootstrap(statistic: Callable[[Sequence[int]], float], count: int, seed: int = 0) -> Interval:
    """Of a statistic of the repeats with these indices: over all of them, and its 90 % interval when they are drawn again."""
    values = sorted(map(statistic, draws(count, seed)))
    tail = round(RESAMPLES * (1 - CONFIDENCE) / 2)
    return Interval(statistic(range(count)), values[tail], values[-tail - 1])


def ratio_of_means(ours: Sequence[float], theirs: Sequence[float], seed: int = 0) -> Interval:
    """The same repeats are drawn of both: they had the same configurations in the same order."""
    assert len(ours) == len(theirs), (len(ours), len(theirs))
    return bootstrap(lambda chosen: sum(ours[index] for index in chosen) / sum(theirs[index] for index in chosen), len(ours), seed)


def mean_difference(ours: Sequence[float], theirs: Sequence[float], seed: int = 0) -> Interval:
    differences = [our - their for our, their in zip(ours, theirs, strict=True)]
    return bootstrap(lambda chosen: sum(differences[index] for index in chosen) / len(chosen), len(differences), seed)


def best(times: dict[str, list[float]]) -> str:
    """The one with the lowest mean, picked in hindsight."""
    return min(times, key=lambda name: statistics.fmean(times[name]))


def spread(values: Sequence[float]) -> float:
    return max(values) - min(values)
