"""The example's files run as they stand, and what the measurement counts is right."""

import harness
import inheritance
import pytest


def test_epochs_are_counted_from_one():
    assert [inheritance.epochs_to(0.9, curve) for curve in ([0.95], [0.5, 0.9, 0.8], [0.1, 0.2])] == [1, 2, 3]


@pytest.mark.parametrize("proposer, options", [("evolution", {"population: 8": "population: 2"}), ("reinforce", {})])
def test_the_example_runs(proposer, options):
    with harness.Place() as place:
        children = inheritance.explored(place, proposer, seed=1, trials=5, changes={"range: [1, 3]": "range: [1, 1]", **options})
        assert place.query("SELECT COUNT(*) FROM trial WHERE state = 'completed'") == [(5,)]
        # What a child of two parents is, chance decides; that a grown one is told from a fresh one, not.
        assert place.query("SELECT COUNT(*) FROM trial WHERE inherited")[0][0] >= len(children)
        assert all(len(curve) == 6 and "width_1" in configuration for configuration, curve in children)
