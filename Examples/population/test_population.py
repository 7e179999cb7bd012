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

    def ways(self):
        return [adoption["way"] for adoption in self.adoptions()]

    def wait_for_adoptions(self, running, way, count=1):
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until and running.poll() is None:
            if (self.folder / "attune.db").exists() and "population" in self("status") and self.ways().count(way) >= count:
                return
        pytest.fail(f"no {count} trials have adopted anything by {way}")

    def go_on_until_adoptions(self, way, count, *words):
        """However fast the machine is: the networks learn until enough of them have taken over from another."""
        running = self.start(*words)
        self.wait_for_adoptions(running, way, count)
        self("stop", "population")
        said, problems = running.communicate(timeout=DEADLINE)
        assert running.returncode == 0, problems + said

    def check(self, count):
        """All have their trial, on a way that fits together."""
        trials = self.trials()
        assert len(trials) == count and {trial["state"] for trial in trials} <= {"completed", "stopped"}
        furthest = max(trial["steps"] for trial in trials)
        for trial in trials:
            for adoption in trial["adoptions"]:
                assert adoption["trial"] != trial["trial"] and 0 < adoption["step"] <= furthest
                assert 0.001 <= adoption["configuration"]["rate"] <= 3 and 0 <= adoption["configuration"]["momentum"] <= 0.95
        return trials

    def check_replay(self, trial):
        replayed = json.loads(self("replay", "population", "--trial", str(trial["trial"]), "--run", "--json"))
        assert replayed["equal"] == replayed["reports"] >= trial["adoptions"][-1]["step"], replayed


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


ENDLESS = ('command: [python3, spirals.py]', 'command: [python3, -c, "import spirals; spirals.DEFAULTS[\'epochs\'] = 10**6; spirals.main()"]')


@is_built
def test_the_example_completes(tmp_path):
    attune = Bench(tmp_path)
    attune("run", str(attune.file))
    trials = attune.check(6)
    assert {trial["state"] for trial in trials} == {"completed"}
    assert all(max(trial["steps"], *[adoption["step"] for adoption in trial["adoptions"]], 0) >= 60 for trial in trials)
    assert json.loads(attune("best", "population", "--json"))["value"] <= min(trial["value"] for trial in trials)


@is_built
def test_the_winner_s_schedule_replays(tmp_path):
    attune = Bench(tmp_path, ENDLESS, ("steps: 60", "grace: 2s"))
    attune.go_on_until_adoptions("live", 3, "run", str(attune.file))
    trials = attune.check(6)
    assert set(attune.ways()) == {"live"}, "all that differs is live"
    winner = max((trial for trial in trials if trial["adoptions"]), key=lambda trial: (-trial["value"], trial["trial"]))
    schedule = attune("replay", "population", "--trial", str(winner["trial"]))
    last = winner["adoptions"][-1]
    lines = [json.loads(line) for line in schedule.splitlines() if not line.startswith("#")]
    assert any(line["step"] == last["step"] for line in lines)
    assert f"trial {winner['trial']} went on with its checkpoint" in schedule
    attune.check_replay(winner)


@is_built
def test_a_killed_controller_loses_nothing(tmp_path):
    attune = Bench(tmp_path, ENDLESS, ("slots: 6", "slots: 3"), ("seed: 1", "seed: 2"), ("steps: 60", "grace: 2s"))
    running = attune.start("run", str(attune.file))
    attune.wait_for_adoptions(running, "live")
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    before = attune.adoptions()
    attune.go_on_until_adoptions("live", len(before) + 2, "resume", "population")
    trials = attune.check(6)
    assert all(adoption in attune.adoptions() for adoption in before)
    attune.check_replay(next(trial for trial in trials if trial["adoptions"]))


@is_built
def test_without_loading_in_place_attempts_begin_again(tmp_path):
    script = tmp_path / "restarted.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(HERE)!r})\nimport attune, spirals\n"
        "declared = attune.trigger\n"
        "class Never:\n  take = fired = lambda self: None\n"
        "attune.trigger = lambda tag: Never() if tag == 'attune.load' else declared(tag)\n"
        "spirals.DEFAULTS['epochs'] = 10**6\nspirals.main()\n")
    attune = Bench(
        tmp_path, ("command: [python3, spirals.py]", f"command: [python3, {script}]"), ("trials: 6, steps: 60", "trials: 4, grace: 2s"))
    attune.go_on_until_adoptions("restart", 1, "run", str(attune.file))
    attune.check_replay(next(trial for trial in attune.check(4) if trial["adoptions"]))
