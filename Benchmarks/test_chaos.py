"""A few deaths of controller and agent under some thousand reports; `chaos.py` without `--fast` does the same to a real training."""

from __future__ import annotations

import random

import chaos
import chaos_checks
import harness
from harness import Place, wait_until


def test_ten_deaths_lose_nothing_and_double_nothing() -> None:
    tally, spent = chaos.besiege(chaos.fast(10), trials=10, kills=10, seed=2)
    assert tally.digest == []
    assert sum(spent.values()) == 10
    assert tally.reports > 1000


def test_a_training_that_ends_while_nobody_is_there_loses_no_report() -> None:
    with Place() as place:
        siege = chaos.Siege(chaos.fast(1), place, random.Random(1), ["--trials", "1", "--seed", "3"])
        harness.write(place.folder / "experiment.yaml", siege.plan.file.replace("[library, output]", "[library]"))
        controller = siege.start()
        wait_until("the training begins", lambda: any(place.experiment("chatty").glob("trials/1/attempts/1/witness.jsonl")))
        siege.kill("both", controller)
        controller.wait()
        wait_until("the training ends", lambda: not harness.processes_of(place.folder))
        result = place.call("resume")
        assert result.returncode == 0, result.stderr
        tally = chaos_checks.check(place, 1)
        assert tally.digest == []
        assert tally.reports >= 100


def test_the_checks_see_what_is_wrong() -> None:
    """A report taken from a store, one doubled and one attempt too many are all noticed."""
    with Place() as place:
        siege = chaos.Siege(chaos.fast(2), place, random.Random(1), ["--trials", "2", "--seed", "3"])
        assert siege.run(kills=0) == ""
        assert chaos_checks.check(place, 2).digest == []
        place.change("DELETE FROM report WHERE trial = 1 AND step = 50")
        place.change("UPDATE report SET step = 60 WHERE trial = 2 AND step = 61")
        place.change("DELETE FROM journal WHERE event LIKE '%attemptEnded%' AND event LIKE '%2.1%'")
        tally = chaos_checks.check(place, 3)
        for what in ["step 50: reported and not there", "step 60: there more than once", "step 61: reported and not there"]:
            assert any(what in problem for problem in tally.wrong_reports), what
        for what in ["expected trials 1...3", "trial 3: one attempt expected", "attempt 2.1: 0 times attemptEnded"]:
            assert any(what in problem for problem in tally.wrong_trials), what
