"""The digits example learns, obeys live changes in the middle of its training, and loses nothing when it is interrupted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import train

HERE = Path(__file__).parent


class Stage:
    """Plays Attune's part for one attempt: configuration, live values by epoch, the moment to suspend; keeps the reports."""

    def __init__(self, monkeypatch, directory=None, resuming=False, suspend_after=None, live=None, **config):
        self.reports = []
        self.live = live or {}
        monkeypatch.setattr(train.attune, "config", lambda defaults: {**defaults, **config})
        monkeypatch.setattr(train.attune, "live", lambda tag, default, **_: lambda: self.value(tag, default))
        monkeypatch.setattr(train.attune, "trigger", lambda _: self)
        monkeypatch.setattr(train.attune, "report", lambda **report: self.reports.append(report))
        monkeypatch.setattr(train.attune, "checkpoint_directory", lambda: directory)
        monkeypatch.setattr(train.attune, "resuming", lambda: resuming)
        monkeypatch.setattr(train.attune, "step", lambda _: None)
        monkeypatch.setattr(train.attune, "seed", lambda *_: 7)
        self.suspend_after = suspend_after

    def value(self, tag, default):
        return self.live.get(tag, {}).get(len(self.reports), default)

    def fired(self):
        return len(self.reports) == self.suspend_after

    def run(self):
        train.main()
        return self.reports


def test_learns(monkeypatch):
    reports = Stage(monkeypatch, epochs=6, batch=8).run()
    assert [report["step"] for report in reports] == [1, 2, 3, 4, 5, 6]
    assert reports[-1]["accuracy"] > 0.9
    assert reports[-1]["loss"] < reports[0]["loss"]


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_a_live_learning_rate_acts_in_the_next_epoch(monkeypatch, solver):
    still = {"learning_rate": dict.fromkeys([2, 3], 1e-12), "momentum": dict.fromkeys([2, 3], 0.0)}
    accuracies = [report["accuracy"] for report in Stage(monkeypatch, epochs=5, solver=solver, live=still).run()]
    assert accuracies[1] == accuracies[2] == accuracies[3], "a rate of nearly nothing learns nothing"
    assert accuracies[0] < accuracies[1], "it learnt before"
    assert accuracies[3] < accuracies[4], "and it learns again"


def test_a_live_momentum_acts_for_sgd_only(monkeypatch):
    changed = {"momentum": {2: 0.0}}
    for solver, has_effect in [("sgd", True), ("adam", False)]:
        plain = Stage(monkeypatch, epochs=3, solver=solver).run()
        tuned = Stage(monkeypatch, epochs=3, solver=solver, live=changed).run()
        assert plain[:2] == tuned[:2]
        assert (plain[2] != tuned[2]) == has_effect


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_suspended_and_resumed_it_ends_with_the_same_numbers(monkeypatch, tmp_path, solver):
    whole = Stage(monkeypatch, epochs=5, solver=solver).run()
    first = Stage(monkeypatch, epochs=5, solver=solver, directory=tmp_path, suspend_after=2)
    with pytest.raises(SystemExit) as ending:
        first.run()
    second = Stage(monkeypatch, epochs=5, solver=solver, directory=tmp_path, resuming=True).run()
    assert ending.value.code == 75
    assert first.reports + second == whole
    assert [path.name for path in tmp_path.iterdir()] == ["model.pickle"]


def test_runs_alone(tmp_path):
    short = "import train; train.DEFAULTS['epochs'] = 2; train.main()"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    result = subprocess.run(
        [sys.executable, "-c", short], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["epoch 1", "epoch 2"]
