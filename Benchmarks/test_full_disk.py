"""A full disk ends the controller with one line and harms nothing: trainings go on, and with room again `resume` ends it all well."""

from __future__ import annotations

import errno
import shutil
import subprocess
from pathlib import Path
from typing import Iterator

import chaos_checks
import harness
import pytest
from harness import Place, wait_until

HERE = Path(__file__).resolve().parent
DEADLINE = 60.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of sixteen megabytes and a thousand files."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m,nr_inodes=1000,mode=700", "none", str(tmp_path)]
    result = subprocess.run(mount, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {result.stderr.strip()}")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def fill(disk: Path) -> Path:
    """Takes what room there is, to the last byte."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as problem:
                assert problem.errno == errno.ENOSPC
    return filler


def fill_with_files(disk: Path) -> Path:
    """Takes every file that is left: no new one can be made, and those that are there can grow."""
    folder = disk / "filler"
    folder.mkdir()
    with pytest.raises(OSError, match="No space left"):
        for number in range(1000):
            (folder / str(number)).touch()
    return folder


def start(place: Place, elsewhere: Path, trials: int) -> subprocess.Popen[bytes]:
    """An experiment in the place, whose scripts end when there is a file `finish` elsewhere."""
    script = [str(HERE / "chaos" / "until_told.py"), str(elsewhere)]
    file = harness.write(elsewhere / "full.json", {
        "name": "full", "command": ["python3", *script], "objective": {"metric": "loss", "goal": "minimize"},
        "parameters": {"x": {"type": "float", "range": [0, 1]}}, "resources": {"local": {"slots": 2}}, "limits": {"trials": trials},
    })  # fmt: skip
    return place.start("run", str(file), log=elsewhere / "log")


def reports(place: Place) -> int:
    try:
        return int(place.query("SELECT COUNT(DISTINCT trial) FROM report WHERE step >= 20")[0][0])
    except Exception:  # the tables are not there yet
        return 0


def trainings(place: Place) -> list[int]:
    words = {process: " ".join(harness.arguments_of(process)) for process in harness.processes_of(place.folder)}
    return [process for process, command in words.items() if "until_told" in command]


def check_reports(place: Place) -> None:
    """Each report of both trials is there once, those from the time of the full disk, too."""
    assert place.query("SELECT trial, number, ending FROM attempt ORDER BY trial") == [(1, 1, "exit status 0"), (2, 1, "exit status 0")]
    for trial in (1, 2):
        steps = [step for (step,) in place.query("SELECT step FROM report WHERE trial = ? ORDER BY entry", trial)]
        assert steps == list(range(1, len(steps) + 1))


def test_a_store_on_a_full_disk_ends_the_controller_and_nothing_else(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with Place(disk) as place:
        place.store.mkdir()
        (place.store / "experiments").symlink_to(elsewhere)
        controller = start(place, elsewhere, trials=2)
        wait_until("both trials have reported", lambda: reports(place) == 2)
        before = set(trainings(place))
        filler = fill(disk)
        assert controller.wait(DEADLINE) == 2, (elsewhere / "log").read_text()
        last = (elsewhere / "log").read_text().splitlines()[-1]
        assert last.startswith("attune: store ") and "disk is full" in last
        assert before and set(trainings(place)) == before, "the trainings go on"
        assert place.call("status", "full").returncode == 0, "the store can be read"
        assert place.call("resume").returncode == 2, "and not be written"
        filler.unlink()
        (elsewhere / "finish").touch()
        result = place.call("resume", timeout=DEADLINE)
        assert result.returncode == 0, result.stderr
        check_reports(place)


def test_reports_wait_for_room_on_the_agents_disk(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with Place(elsewhere) as place:
        place.store.mkdir()
        (place.store / "experiments").symlink_to(disk)
        controller = start(place, elsewhere, trials=2)
        wait_until("both trials have reported", lambda: reports(place) == 2)
        before = set(trainings(place))
        filler = fill(disk)
        wait_until("a person is told", lambda: "Reports wait until there is room" in (elsewhere / "log").read_text())
        assert before and set(trainings(place)) == before, "the trainings go on"
        assert controller.poll() is None, "and so does the controller"
        filler.unlink()
        (elsewhere / "finish").touch()
        assert controller.wait(DEADLINE) == 0, (elsewhere / "log").read_text()
        check_reports(place)


def test_trials_start_when_there_is_room_for_them(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with Place(disk) as place:
        controller = start(place, elsewhere, trials=6)
        wait_until("both trials have reported", lambda: reports(place) == 2)
        filler = fill_with_files(disk)
        (elsewhere / "finish").touch()
        wait_until("a person is told", lambda: "No space left" in (elsewhere / "log").read_text())
        shutil.rmtree(filler)
        assert controller.wait(DEADLINE) == 0, (elsewhere / "log").read_text()
        assert place.query("SELECT state, reason, COUNT(*) FROM trial GROUP BY state, reason") == [("completed", None, 6)]
        assert place.query("SELECT MAX(number) FROM attempt") == [(1,)], "none needed a second attempt"
        assert [chaos_checks.describe(process) for process in harness.processes_of(place.folder)] == []


def test_a_folder_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    with Place(tmp_path) as place:
        file = harness.write(place.folder / "none.json", {
            "name": "none", "command": ["/bin/true"], "objective": {"metric": "loss", "goal": "minimize"},
            "parameters": {"x": {"type": "float", "range": [0, 1]}},
        })  # fmt: skip
        # Root may write anywhere, but not below a file.
        for store, folder in {"file/store": "file", "/proc/attune": "/proc"}.items():
            (place.folder / "file").touch()
            result = place.call("run", str(file), "--store", store)
            assert result.returncode == 2
            assert folder in result.stderr and "cannot be written" in result.stderr
            assert result.stdout == "" and len(result.stderr.splitlines()) == 1
