"""Networks take over from each other while they learn, a killed controller loses nothing, and the winner's schedule replays to the last bit."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import spirals

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ATTUNE = Path(os.environ.get("ATTUNE_BINARY") or ROOT / ".build" / "debug" / "AttuneCommand")
DEADLINE = 240
is_built = pytest.mark.skipif(not ATTUNE.exists(), reason=f"{ATTUNE} is not built")


def environment(**more):
    own = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
    path = os.pathsep.join(filter(None, [str(ROOT / "Python"), own.get("PYTHONPATH", "")]))
    return {**own, "PYTHONPATH": path, "PATH": os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", "")]), **more}


class Bench:
    """The example's experiment in a folder of its own."""

    def __init__(self, folder, *replacements):
        self.folder = folder
        # The path of a socket has little room.
        self.sockets = tempfile.TemporaryDirectory(prefix="a-")
        text = (HERE / "experiment.yaml").read_text().replace("scheduler:", f"directory: {HERE}\nscheduler:")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        self.file = folder / "experiment.yaml"
        self.file.write_text(text)

    def start(self, *words):
        return subprocess.Popen(
            [str(ATTUNE), *words, "--store", str(self.folder)], env=environment(XDG_RUNTIME_DIR=self.sockets.name),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def __call__(self, *words):
        process = self.start(*words)
        said, problems = process.communicate(timeout=DEADLINE)
        assert process.returncode == 0, problems + said
        return said

    def trials(self):
        return json.loads(self("status", "population", "--json"))["trials"]

    def adoptions(self):
        return [adoption for trial in self.trials() for adoption in trial["adoptions"]]

    def wait_for_an_adoption(self):
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            if (self.folder / "attune.db").exists() and "population" in self("status") and self.adoptions():
                return
        pytest.fail("no trial has adopted anything")

    def check(self, count, steps):
        """Everybody has come to the end, on a way that fits together."""
        trials = self.trials()
        assert [trial["state"] for trial in trials] == ["completed"] * count
        # One that hears late that it is over does a step more, and its heir begins there.
        assert all(steps <= trial["steps"] <= steps + 5 for trial in trials)
        for trial in trials:
            for adoption in trial["adoptions"]:
                assert adoption["trial"] != trial["trial"] and 0 < adoption["step"] <= steps + 5
                assert 0.001 <= adoption["configuration"]["rate"] <= 3 and 0 <= adoption["configuration"]["momentum"] <= 0.95
        return trials

    def replay(self, trial):
        return json.loads(self("replay", "population", "--trial", str(trial), "--run", "--json"))


def test_what_is_saved_is_gone_on_with(tmp_path):
    whole, half = spirals.Training(3), spirals.Training(3)
    losses = [whole.learn(0.1, 0.9) for _ in range(6)]
    first = [half.learn(0.1, 0.9) for _ in range(3)]
    spirals.save(tmp_path, half)
    later = spirals.read(tmp_path)
    assert first + [later.learn(0.1, 0.9) for _ in range(3)] == losses
    assert losses[-1] < losses[0] and [path.name for path in tmp_path.iterdir()] == ["training.pickle"]


def test_runs_alone():
    short = "import spirals; spirals.DEFAULTS['epochs'] = 2; spirals.main()"
    result = subprocess.run([sys.executable, "-c", short], cwd=HERE, env=environment(), capture_output=True, text=True, timeout=60)
    assert result.returncode == 0 and result.stdout.startswith("2 epochs"), result.stderr


@is_built
def test_the_winner_s_schedule_replays(tmp_path):
    attune = Bench(tmp_path)
    attune("run", str(attune.file))
    trials = attune.check(6, 60)
    ways = [adoption["way"] for adoption in attune.adoptions()]
    assert ways.count("live") >= 3 and len(ways) == ways.count("live"), "all that differs is live"
    best = json.loads(attune("best", "population", "--json"))
    winner = max((trial for trial in trials if trial["adoptions"]), key=lambda trial: (-trial["value"], trial["trial"]))
    schedule = attune("replay", "population", "--trial", str(winner["trial"]))
    last = winner["adoptions"][-1]
    lines = [json.loads(line) for line in schedule.splitlines() if not line.startswith("#")]
    assert {"step": last["step"]}.items() <= lines[-1].items() or any(line["step"] == last["step"] for line in lines)
    assert f"trial {winner['trial']} went on with its checkpoint" in schedule
    replayed = attune.replay(winner["trial"])
    assert replayed["equal"] == replayed["reports"] >= 60, replayed
    assert best["value"] <= winner["value"]


@is_built
def test_a_killed_controller_loses_nothing(tmp_path):
    attune = Bench(tmp_path, ("limits:", "# limits:"), ("slots: 6", "slots: 3"), ("seed: 1", "seed: 2\nlimits: {trials: 6, steps: 60, grace: 2s}"))
    running = attune.start("run", str(attune.file))
    attune.wait_for_an_adoption()
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    before = len(attune.adoptions())
    attune("resume", "population")
    trials = attune.check(6, 60)
    assert len(attune.adoptions()) >= before >= 1
    adopted = next(trial for trial in trials if trial["adoptions"])
    replayed = attune.replay(adopted["trial"])
    assert replayed["equal"] == replayed["reports"] >= 60, replayed


@is_built
def test_without_loading_in_place_attempts_begin_again(tmp_path):
    script = tmp_path / "restarted.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(HERE)!r})\nimport attune, spirals\n"
        "declared = attune.trigger\n"
        "class Never:\n  take = fired = lambda self: None\n"
        "attune.trigger = lambda tag: Never() if tag == 'attune.load' else declared(tag)\nspirals.main()\n")
    attune = Bench(
        tmp_path, ("command: [python3, spirals.py]", f"command: [python3, {script}]"), ("limits:", "# limits:"),
        ("seed: 1", "seed: 1\nlimits: {trials: 4, steps: 30, grace: 2s}"))
    attune("run", str(attune.file))
    trials = attune.check(4, 30)
    assert [adoption["way"] for adoption in attune.adoptions()].count("restart") >= 1
    adopted = next(trial for trial in trials if trial["adoptions"])
    replayed = attune.replay(adopted["trial"])
    assert replayed["equal"] == replayed["reports"] >= 30, replayed
