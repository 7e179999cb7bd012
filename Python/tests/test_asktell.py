"""Asking and telling, with the real command."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from attune import asktell
from attune.asktell import Exhausted, Refused, Study, StudyGone

REPOSITORY = Path(__file__).resolve().parent.parent.parent
ATTUNE = Path(os.environ.get("ATTUNE_BINARY") or REPOSITORY / ".build" / "debug" / "AttuneCommand")

pytestmark = pytest.mark.skipif(not ATTUNE.exists(), reason=f"{ATTUNE} is not built; `swift build` builds it")

FILE = """
objective: {metric: loss, goal: minimize}
parameters:
  rate: {type: float, range: [1e-5, 1.0], scale: log}
  solver: {type: choice, values: [sgd, adam]}
limits: {trials: 6}
seed: 3
"""


@pytest.fixture
def place(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(directory)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(directory))
    monkeypatch.setenv("ATTUNE_STORE", str(directory / "store"))
    (directory / "search.yaml").write_text(FILE)
    return directory


def study(target: str = "search.yaml", **more: bool) -> Study:
    return Study(target, attune=str(ATTUNE), **more)


def shell(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ATTUNE), *words], capture_output=True, text=True, timeout=60, check=False)


def test_a_search_from_its_beginning_to_its_end(place: Path) -> None:
    with study() as search:
        assert search.name == "search" and search.best is None
        losses = {}
        for trial in search.trials():
            assert set(trial.configuration) == {"rate", "solver"} and 1e-5 <= trial["rate"] <= 1
            losses[trial.number] = abs(math.log10(trial["rate"]) + 3)
            assert search.tell(trial, loss=losses[trial.number]) == "completed"
        assert list(losses) == [1, 2, 3, 4, 5, 6]
        assert search.best is not None
        best, value = search.best
        assert value == min(losses.values()) and losses[best.number] == value
        with pytest.raises(Exhausted, match="all trials are done"):
            search.ask()
    with study() as search:
        with pytest.raises(Exhausted):
            search.ask()
    assert json.loads(shell("best", "search", "--json").stdout)["value"] == min(losses.values())


def test_what_was_asked_and_not_told_stays_open(place: Path) -> None:
    with study() as search:
        first, second = search.ask(), search.ask()
        search.tell(second, loss=1.0)
    with study() as search:
        assert search.open_trials() == [first]
        assert search.ask_again(first.number) == first
        assert search.tell(first.number, loss=0.5) == "completed"
        for wrong in (second.number, 17):
            with pytest.raises(Refused):
                search.tell(wrong, loss=0.0)
        assert search.ask().number == 3


def test_steps_failures_and_numbers_that_are_none(place: Path) -> None:
    with study() as search:
        trial = search.ask()
        assert search.report(trial, 1, loss=3.0) and search.report(trial, 2, loss=2.0, memory=7)
        with pytest.raises(Refused, match="cannot be done without 'loss'"):
            search.tell(search.ask(), los=1.0)
        assert search.tell(trial, loss=1.0) == "completed"
        assert search.tell(2, loss=math.nan) == "failed"
        assert search.fail(search.ask(), "out of memory") == "failed"
    table = json.loads(shell("status", "search", "--json").stdout)["trials"]
    assert [(row["state"], row["steps"]) for row in table] == [("completed", 3), ("failed", 1), ("failed", 0)]
    assert table[2]["reason"] == "out of memory"


def test_threads_share_a_study(place: Path) -> None:
    with study() as search:
        numbers: list[int] = []

        def work() -> None:
            for trial in search.trials():
                numbers.append(trial.number)
                search.tell(trial, loss=1.0)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_a_shell_asks_the_process_that_has_the_experiment(place: Path) -> None:
    with study() as search:
        mine = search.ask()
        asked = shell("ask", "search.yaml")
        assert json.loads(asked.stdout)["trial"] == 2, asked.stderr
        assert shell("tell", "search", str(mine.number), "loss=0.25").stdout == "completed\n"
        with pytest.raises(Refused):
            search.tell(mine, loss=0.1)
        assert [trial.number for trial in search.open_trials()] == [2]


def test_the_death_of_the_keeper_loses_nothing(place: Path) -> None:
    search = study()
    trial = search.ask()
    search.tell(trial, loss=1.0)
    second = search.ask()
    search._process.kill()
    with pytest.raises(StudyGone):
        search.tell(second, loss=2.0)
    search.close()
    with study() as again:
        assert again.tell(second, loss=2.0) == "completed"
        assert again.ask().number == 3


def test_the_death_of_the_program_ends_the_keeper(place: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from attune.asktell import Study\n"
        f"search = Study('search.yaml', attune={str(ATTUNE)!r})\n"
        "search.tell(search.ask(), loss=1.0)\n"
        "search.ask()\n"
        "print(search._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(asktell.__file__).parent.parent)}
    output = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=False).stdout
    assert re.fullmatch(r"\d+\n", output)
    with study() as search:  # waits for the lock, which the other gives back at the end of its input
        assert [trial.number for trial in search.open_trials()] == [2]


def test_what_cannot_be_opened_says_why(place: Path) -> None:
    with pytest.raises(Refused, match="there is no such file"):
        study("other.yaml")
    with pytest.raises(Refused, match="cannot be started"):
        Study("search.yaml", attune="no-such-program")
    (place / "broken.yaml").write_text("objective: {metric: loss}\n")
    with pytest.raises(Refused, match="broken.yaml:1"):
        study("broken.yaml")
    closed = study()
    closed.close()
    with pytest.raises(StudyGone, match="closed"):
        closed.ask()


def test_the_examples_of_the_guide_run(place: Path) -> None:
    guide = (REPOSITORY / "Docs" / "AskTell.md").read_text()
    (place / "search.yaml").unlink()
    yaml = re.search(r"```yaml\n(.*?)```", guide, re.S)
    assert yaml
    (place / "search.yaml").write_text(yaml[1])
    (place / "bin").mkdir()
    (place / "bin" / "attune").symlink_to(ATTUNE)
    environment = {
        **os.environ, "PATH": f"{place / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(Path(asktell.__file__).parent.parent),
    }  # fmt: skip
    for language, program in (("sh", "sh"), ("python", sys.executable)):
        example = re.search(rf"```{language}\n(.*?)```", guide, re.S)
        assert example
        run = subprocess.run([program, "-c", example[1]], env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert run.returncode == 0, run.stderr
        assert "best loss" in run.stdout or "best" in run.stdout, run.stdout
