"""A few deaths of controller and agent under some thousand reports; `chaos.py` without `--fast` does the same to a real training."""

from __future__ import annotations

import chaos


def test_ten_deaths_lose_nothing_and_double_nothing() -> None:
    tally, spent = chaos.besiege(chaos.fast(10), trials=10, kills=10, seed=2)
    assert tally.digest == []
    assert sum(spent.values()) == 10
    assert tally.reports > 1000
