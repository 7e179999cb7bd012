"""What the forests report is the same everywhere, and an experiment finds the front of the good and the small ones."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import grow
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ATTUNE = Path(os.environ.get("ATTUNE_BINARY") or ROOT / ".build" / "debug" / "AttuneCommand")

LARGE = {"trees": 40, "depth": 12, "leaf": 1, "features": 0.1, "criterion": "gini"}
SMALL = {"trees": 3, "depth": 4, "leaf": 1, "features": 0.1, "criterion": "entropy"}


def test_what_is_good_is_large():
    large, small = grow.measure(LARGE, 1), grow.measure(SMALL, 1)
    assert large == grow.measure(LARGE, 1)
    assert large["accuracy"] > 0.95 > 0.8 > small["accuracy"] > 0.4
    assert large["kilobytes"] > 20 * small["kilobytes"]
    assert small["comparisons"] <= SMALL["trees"] * SMALL["depth"] < 250 < large["comparisons"] <= LARGE["trees"] * LARGE["depth"]


def environment(**more):
    own = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
    path = os.pathsep.join(filter(None, [str(ROOT / "Python"), own.get("PYTHONPATH", "")]))
    return {**own, "PYTHONPATH": path, "PATH": os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", "")]), **more}


def test_runs_alone():
    result = subprocess.run([sys.executable, str(HERE / "grow.py")], env=environment(), capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert [word.split(" ")[0] for word in result.stdout.strip().split(", ")] == ["accuracy", "kilobytes", "comparisons"]


@pytest.mark.skipif(not ATTUNE.exists(), reason=f"{ATTUNE} is not built")
def test_an_experiment_finds_a_front(tmp_path):
    # The path of a socket has little room.
    sockets = tempfile.TemporaryDirectory(prefix="a-")

    def attune(*words):
        result = subprocess.run(
            [str(ATTUNE), *words, "--store", str(tmp_path)], cwd=HERE, env=environment(XDG_RUNTIME_DIR=sockets.name),
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return result.stdout

    # Fewer trials than the example has, and proposals that cost nothing.
    text = (HERE / "experiment.yaml").read_text()
    file = tmp_path / "experiment.yaml"
    file.write_text(text.replace("trials: 40", "trials: 8").replace("proposer: auto", f"proposer: sobol\ndirectory: {HERE}"))
    attune("run", str(file))
    best = json.loads(attune("best", "two-objectives", "--json"))
    front = sorted((trial["values"]["kilobytes"], trial["values"]["accuracy"]) for trial in best["front"])
    assert best["configurations"] == 8 and 1 <= best["feasible"] <= 8 and best["hypervolume"] > 0
    assert len(front) >= 2 and front == sorted(front, key=lambda trial: trial[1]), "a larger one is there only if it is better"
    words = attune("best", "two-objectives")
    assert f"{best['feasible']} of 8 configurations keep comparisons <= 250" in words and "hypervolume" in words
