"""Several ranks, as processes: what one changes all change, at the same step, or none does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from conftest import DEADLINE, ROOT, Script, Talk

WORLD = 4
SWIFT_WORKER = ROOT.parent / ".build" / "debug" / "RankWorker"
Start = Callable[..., "Rank"]


class Rank:
    """A process of `rank_worker.py`, or of its Swift twin."""

    def __init__(self, directory: Path, rank: int, seed: int = 1, pace: int = 1500, start: int = 0, patience: int = 5000,
                 command: tuple[str, ...] = (sys.executable, str(Path(__file__).parent / "rank_worker.py")), **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATTUNE_", "XDG_"))}
        self.directory = directory
        self.process = subprocess.Popen(
            [*command, str(seed), str(pace), str(start), str(patience)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**kept, "PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(directory), "ATTUNE_GROUP": f"{directory}/group",
                 "ATTUNE_RANK": str(rank), "ATTUNE_WORLD": str(WORLD), **environment})

    def joined(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def dial(self) -> Talk:
        sock = socket.socket(socket.AF_UNIX)
        [path] = (self.directory / "attune").glob(f"*-{self.process.pid}.sock")
        sock.connect(str(path))
        return Talk(sock)

    def end(self) -> tuple[list[str], str]:
        """What it has printed until its end, and what it said on stderr."""
        lines, problems = self.process.communicate(timeout=DEADLINE)
        return lines.splitlines(), problems


@pytest.fixture
def begin(directory: Path) -> Iterator[Start]:
    ranks: list[Rank] = []

    def start(rank: int, **options: Any) -> Rank:
        ranks.append(Rank(directory, rank, **options))
        return ranks[-1]

    yield start
    for rank in ranks:
        rank.process.kill()
        rank.process.communicate()


def together(begin: Start, **options: Any) -> list[Rank]:
    ranks = [begin(rank, **options) for rank in range(WORLD)]
    assert [rank.joined() for rank in ranks] == ["joined 0.5 0"] * WORLD
    return ranks


def test_all_ranks_change_at_the_same_step_and_a_veto_changes_nobody(begin: Start) -> None:
    ranks = together(begin)
    talk = ranks[0].dial()
    assert talk.ask("hello")["result"]["ranks"] == WORLD
    talk.ask("changes.subscribe")
    refusal = "rank 2: 'rate' = 0.05 refused: rank 2 does not go below 0.1. The program keeps 0.5. No rank has changed anything."
    for number in range(1, 101):
        if number % 10 == 0:
            assert talk.ask("variables.set", values={"rate": 0.05, "level": number})["error"] == {"code": 2, "message": refusal}
        elif number % 10 == 5:
            assert "result" in talk.ask("trigger.fire", trigger="save")
        else:
            assert talk.ask("variables.set", values={"level": number}, by="ann")["result"]["by"] == "ann"
    changed = talk.wait("changed", 80)
    assert {change["ranks"] for change in changed} == {WORLD}
    assert [change["n"] for change in changed] == list(range(1, len(changed) + 1))
    talk.ask("trigger.fire", trigger="stop")
    ends = [rank.end() for rank in ranks]
    assert len(ends[0][0]) > 20 and any(line.endswith("save") for line in ends[0][0])
    assert ends == [ends[0]] * WORLD
    assert ends[0][1] == ""


def test_a_stopped_rank_keeps_the_others_from_changing_and_from_waiting(begin: Start) -> None:
    ranks = together(begin, patience=300)
    talk, pid = ranks[0].dial(), ranks[3].process.pid
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)  # until all of its threads stand still
    refusal = f"rank 3 (process {pid}) did not answer in time: it is stopped or very busy. No rank has changed anything."
    assert talk.ask("variables.set", values={"level": 1})["error"]["message"] == refusal
    os.kill(pid, signal.SIGCONT)
    assert "result" in talk.ask("variables.set", values={"level": 2})
    talk.ask("trigger.fire", trigger="stop")
    ends = [rank.end() for rank in ranks]
    assert ends == [ends[0]] * WORLD
    assert [line.split()[-1] for line in ends[0][0][:-1]] == ["2"]


def test_a_missing_rank_is_replaced_and_given_what_was_changed(begin: Start) -> None:
    ranks = together(begin, patience=300)
    talk, pid = ranks[0].dial(), ranks[1].process.pid
    assert "result" in talk.ask("variables.set", values={"rate": 0.25, "level": 7})
    ranks[1].process.kill()
    ranks[1].process.wait()
    refusal = f"rank 1 (process {pid}) has lost its connection: 3 of 4 ranks are there. No rank has changed anything."
    assert talk.ask("variables.set", values={"level": 8})["error"]["message"] == refusal
    assert begin(1, start=100_000, patience=300).joined() == "joined 0.25 7"


def test_ranks_whose_leader_has_died_go_on_and_say_so(begin: Start) -> None:
    ranks = together(begin)
    ranks[0].process.kill()
    for number, rank in enumerate(ranks[1:], start=1):
        assert rank.process.stderr
        line = rank.process.stderr.readline()
        assert line == f"attune: the leader of the ranks has died: rank {number} can no longer be tuned. The program goes on.\n"
        assert rank.process.poll() is None


def test_a_paused_leader_makes_a_change_at_the_same_step_when_it_goes_on(begin: Start) -> None:
    ranks = together(begin)
    talk = ranks[0].dial()
    talk.ask("changes.subscribe")
    talk.ask("program.pause")
    [pause] = talk.wait("changed")
    assert pause["trigger"] == "attune.pause"
    for number in range(1, 4):
        assert "result" in talk.ask("variables.set", values={"level": number})
    talk.ask("program.resume")
    changed = talk.wait("changed", 5)
    assert [(change["number"], change.get("ranks")) for change in changed[1:]] == [(5, None), (2, WORLD), (3, WORLD), (4, WORLD)]
    talk.ask("trigger.fire", trigger="stop")
    ends = [rank.end() for rank in ranks]
    assert ends == [ends[0]] * WORLD


def test_a_leader_waits_for_ranks_only_so_long(begin: Start) -> None:
    leader = begin(0, patience=100)
    assert leader.joined() == "joined 0.5 0"
    error = leader.dial().ask("variables.set", values={"level": 1})["error"]
    assert error == {"code": 2, "message": "rank 1 has not joined: 1 of 4 ranks are there. No rank has changed anything."}


def test_ranks_over_tcp_need_the_token(begin: Start, free_port: int) -> None:
    over_tcp = {"ATTUNE_GROUP": f"127.0.0.1:{free_port}", "ATTUNE_WORLD": "2"}
    leader = begin(0, **over_tcp, ATTUNE_GROUP_TOKEN="one")
    assert leader.joined() == "joined 0.5 0"
    stranger = begin(1, **over_tcp, ATTUNE_GROUP_TOKEN="other")
    assert stranger.joined() == "joined 0.5 0"
    stranger.process.kill()
    stranger.process.wait()
    assert stranger.process.stderr
    refusal = "attune: rank 1 has another ATTUNE_GROUP_TOKEN than its leader. The program goes on and cannot be tuned.\n"
    assert stranger.process.stderr.read() == refusal
    assert begin(1, **over_tcp, ATTUNE_GROUP_TOKEN="one").joined() == "joined 0.5 0"
    assert "result" in leader.dial().ask("variables.set", values={"level": 1})


def test_only_the_first_rank_is_reached_under_an_experiment(begin: Start, hub: Any) -> None:
    agent = hub()
    ranks = [begin(rank, ATTUNE_SOCKET=str(agent.path), ATTUNE_WORLD="2") for rank in range(2)]
    talk = agent.accept()
    assert [rank.joined() for rank in ranks] == ["joined 0.5 0"] * 2
    assert "result" in talk.ask("variables.set", values={"level": 1}, number=12)
    [change] = talk.wait("changed")
    assert (change["number"], change["ranks"]) == (12, 2)
    agent.sock.settimeout(0.0)
    with pytest.raises(BlockingIOError):
        agent.sock.accept()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


SEATS = [
    ({}, None),
    ({"RANK": "1", "WORLD_SIZE": "1"}, ValueError),
    ({"RANK": "0", "WORLD_SIZE": "1"}, None),
    ({"RANK": "3", "WORLD_SIZE": "4", "ATTUNE_GROUP": "/g"}, (3, 4, "/g", None)),
    ({"RANK": "3", "WORLD_SIZE": "4", "ATTUNE_RANK": "0", "ATTUNE_WORLD": "2", "ATTUNE_GROUP": "/g"}, (0, 2, "/g", None)),
    ({"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "ATTUNE_GROUP": "h:1", "ATTUNE_GROUP_TOKEN": "t"}, (1, 2, "h:1", "t")),
    ({"SLURM_PROCID": "1", "SLURM_NTASKS": "2", "ATTUNE_GROUP": "127.0.0.1:1"}, ValueError),
    ({"RANK": "1", "WORLD_SIZE": "2"}, ValueError),
    ({"RANK": "1", "WORLD_SIZE": "2", "MASTER_PORT": "29500", "LOCAL_WORLD_SIZE": "1"}, ValueError),
    ({"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500", "LOCAL_WORLD_SIZE": "2"},
     (1, 2, "ranks-d4fb9ce5b8311614.group", None)),
]


@pytest.mark.parametrize("environment, expected", SEATS)
def test_launchers_are_understood(start: Callable[..., Script], directory: Path, environment: dict[str, str], expected: Any) -> None:
    names = ["RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"]
    script = start(**{**{name: "" for name in names}, **environment})
    script("from attune.ranks import find_seat")
    seat = script("(lambda seat: seat and tuple(seat))(find_seat(None, None, None))")
    if expected is ValueError:
        assert seat.startswith("ValueError: ") and seat.endswith("The program is in no group.")
    elif expected and expected[2].startswith("ranks-"):
        assert seat == (*expected[:2], f"{directory}/attune/{expected[2]}", None)
    else:
        assert seat == expected


@pytest.mark.skipif(not SWIFT_WORKER.exists(), reason="RankWorker is not built")
@pytest.mark.parametrize("swift", [{0}, {1, 3}], ids=["Swift leads", "Python leads"])
def test_swift_and_python_ranks_understand_each_other(begin: Start, swift: set[int]) -> None:
    ranks = [begin(rank, **({"command": (str(SWIFT_WORKER),)} if rank in swift else {})) for rank in range(WORLD)]
    assert {rank.joined() for rank in ranks} == {"joined 0.5 0"}
    talk = ranks[0].dial()
    for number in range(1, 21):
        assert "result" in talk.ask("variables.set", values={"level": number})
    assert talk.ask("variables.set", values={"rate": 0.05})["error"]["message"].startswith("rank 2: 'rate' = 0.05 refused: rank 2 does not")
    talk.ask("trigger.fire", trigger="stop", by="ann", reason="enough", payload={"why": [1, None]})
    ends = [rank.end() for rank in ranks]
    assert len(ends[0][0]) > 10 and ends == [ends[0]] * WORLD


MULTIPROCESSING = """
import multiprocessing, sys, attune, attune.ranks

def work(rank, method):
    level, stop = attune.live("level", 0), attune.trigger("stop")
    assert attune.ranks.join(rank, 2, sys.argv[1])
    print("joined", rank, flush=True)
    step = 0
    while not stop.fired():
        step += 1
        attune.step(step)
    print("end", step, level(), flush=True)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[2])
    ranks = [context.Process(target=work, args=(rank, sys.argv[2])) for rank in range(2)]
    [rank.start() for rank in ranks]
    print("leader", ranks[0].pid, flush=True)
    [rank.join() for rank in ranks]
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_children_of_multiprocessing_are_ranks_when_they_join(directory: Path, method: str) -> None:
    (directory / "train.py").write_text(MULTIPROCESSING)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(directory)}
    parent = subprocess.Popen([sys.executable, str(directory / "train.py"), f"{directory}/group", method], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert parent.stdout
        lines = sorted(parent.stdout.readline().split() for _ in range(3))
        assert lines[:2] == [["joined", "0"], ["joined", "1"]]
        leader = socket.socket(socket.AF_UNIX)
        [path] = (directory / "attune").glob(f"*-{lines[2][1]}.sock")
        leader.connect(str(path))
        talk = Talk(leader)
        assert "result" in talk.ask("variables.set", values={"level": 3})
        assert "result" in talk.ask("trigger.fire", trigger="stop")
        output, problems = parent.communicate(timeout=DEADLINE)
        ends = output.splitlines()
        assert len(ends) == 2 and ends[0] == ends[1] and ends[0].endswith(" 3")
        assert problems == ""
        assert list((directory / "attune").glob("*.sock")) == [] and not (directory / "group").exists()
    finally:
        parent.kill()
        parent.communicate()
