"""The server for the original LiveTune's clients, and the drop-in, without the original."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from attune._livetune import CLIENT_LIMIT, DOOR_LIMIT, MESSAGE_LIMIT
from attune.livetune import tools
from conftest import DEADLINE, Script
from livetune_programs import Program, command


@pytest.fixture
def program(start: Callable[..., Script]) -> Iterator[Any]:
    """A script with a variable and a trigger, and a way to say anything at its ports."""
    script = start(ATTUNE_LIVETUNE_PORT="0")
    script("rate, save = attune.live('rate', 0.1, min=0, max=1), attune.trigger('save')")
    script("served = __import__('attune._livetune', fromlist=['server']).server")
    yield script


def say(port: int, *messages: str) -> list[str]:
    """What each message is answered with; empty when the program hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as call:
        answers = []
        for message in messages:
            call.sendall(message.encode())
            answers.append(call.recv(MESSAGE_LIMIT).decode())
        return answers


def test_says_what_the_original_says(program: Any) -> None:
    port = program("served.port")
    door = int(say(port, "request_type: dictionary_entry - rate")[0])
    assert say(door, "request_type: update_var", "0.5") == ["float", ""]
    assert say(door, "request_type: update_var", " 1e-3\n") == ["float", ""]
    assert program("rate()") == 0.001
    reason = "'rate' = 'fast' refused: allowed 0.0...1.0. The program keeps 0.001."
    assert say(door, "request_type: update_var", "fast") == ["float", reason]
    button = int(say(port, "request_type: dictionary_entry - save")[0])
    assert say(button, "request_type: update_var", "request_type: trigger_var") == ["trigger", ""]
    assert say(button, "request_type: update_var", "1")[1].startswith("'save' is a trigger: '1' refused")
    assert program("(save.fired(), save.fired())") == (True, False)


@pytest.mark.parametrize("message", ["GET / HTTP/1.1\r\n\r\n", "x" * 5000, "\0", "request_type: update_var"])
def test_garbage_ends_its_own_conversation_only(program: Any, message: str) -> None:
    port = program("served.port")
    assert say(port, message)[0] in ("", f"a message of LiveTune's has at most {MESSAGE_LIMIT} bytes. Nothing was changed.")
    door = tools.request_port("rate", port)
    if message != "request_type: update_var":
        assert say(door, message)[0] in ("", f"a message of LiveTune's has at most {MESSAGE_LIMIT} bytes. Nothing was changed.")
    tools.tune(0.5, port, "rate")
    assert program("rate()") == 0.5


def test_a_message_may_come_in_pieces(program: Any) -> None:
    with socket.create_connection(("127.0.0.1", tools.request_port("rate", program("served.port"))), timeout=DEADLINE) as call:
        call.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in "request_type: ", "update", "_var":
            call.sendall(piece.encode())
        assert call.recv(MESSAGE_LIMIT) == b"float"


def test_many_variables_share_few_ports(program: Any) -> None:
    port = program("served.port")
    program("many = [attune.live(f'v{i}', i) for i in range(300)]")
    doors = {}
    for index in range(300):
        tools.tune(index + 1000, port, f"v{index}")
        doors[f"v{index}"] = tools.request_port(f"v{index}", port)
    assert program("[one() for one in many]") == [index + 1000 for index in range(300)]
    assert len(set(doors.values())) == 300, "a port that was told names one variable for ever"
    assert program("len(served._doors)") == DOOR_LIMIT
    assert tools.request_port("v0", port) == doors["v0"]


def test_the_silent_make_room(program: Any) -> None:
    port = program("served.port")
    silent = [socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) for _ in range(3 * CLIENT_LIMIT)]
    tools.tune(0.5, port, "rate")
    assert program("rate()") == 0.5
    assert program("len(served._clients)") <= CLIENT_LIMIT
    for one in silent:
        one.close()


def test_one_thread_serves(program: Any) -> None:
    tools.tune(0.5, program("served.port"), "rate")
    assert program("sorted(one.name for one in __import__('threading').enumerate())") == ["MainThread", "attune", "attune-livetune"]


def test_a_fork_leaves_the_ports_to_its_parent(program: Any) -> None:
    port = program("served.port")
    program("import os")
    assert program("(pid := os.fork()) or [rate(), served._dictionary.fileno() == -1 and os._exit(7), os._exit(0)]")
    assert program("os.waitstatus_to_exitcode(os.waitpid(-1, 0)[1])") == 7
    tools.tune(0.5, port, "rate")
    assert program("rate()") == 0.5


@pytest.mark.parametrize(
    "port, problem", [("70000", "'70000' is no port; allowed 0...65535"), ("x", "'x' is no port"), ("taken", "cannot listen at")])
def test_a_port_that_cannot_be_is_told_once(start: Callable[..., Script], program: Any, port: str, problem: str) -> None:
    other = start(ATTUNE_LIVETUNE_PORT=str(program("served.port")) if port == "taken" else port, NAME="other")
    assert other("attune.live('rate', 0.1)()") == 0.1
    said = other.end()
    assert said.count("LiveTune's clients cannot reach the program.") == 1 and problem in said


def test_nothing_is_opened_unasked(start: Callable[..., Script]) -> None:
    script = start()
    assert script("attune.live('rate', 0.1)()") == 0.1
    assert script("'attune._livetune' in __import__('sys').modules") is False


@pytest.fixture
def drop_in(directory: Path) -> Iterator[Program]:
    program = Program(directory, command(directory, "drop-in"))
    program.port()
    yield program
    program.close()


def test_a_tag_declared_again_is_the_new_ones(drop_in: Program) -> None:
    drop_in("old = rate")
    drop_in("rate = liveVar(5, 'rate')")
    drop_in("__import__('attune').change({'rate': 6})")
    assert drop_in("old(), rate(), old.changed(), rate.changed(), len(liveVar.instances)") == "(0.1, 6, False, True, 6)"
    drop_in("old.update(0.7)")
    assert drop_in("old(), rate()") == "(0.7, 6)"
    assert any("'rate' is declared again" in line for line in drop_in.said)


def test_everything_of_attunes_works_on_it(drop_in: Program) -> None:
    assert drop_in("__import__('attune').snapshot() == {'rate': 0.1, 'depth': 4, 'flag': True, 'name': 'first', 'solver': 'sgd'}") == "True"
    assert drop_in("isinstance(rate, float), name + '!', name[0], name['value']") == "(True, 'first!', 'f', 'first')"
    assert drop_in("3 * depth, [0] * depth") == "(12, [0, 0, 0, 0])"
    drop_in("for _ in range(3): depth += 2")
    assert drop_in("depth, type(depth).__name__, depth.changed()") == "(liveVar(10), 'liveVar', True)"
    assert drop_in("liveVar(1, 'attune.pause')") == "ValueError"


def test_a_lock_keeps_others_out(drop_in: Program) -> None:
    drop_in("import threading")
    drop_in("def add(): depth.lock.acquire(); depth.var_value += 1; depth.lock.release()")
    drop_in("threads = [threading.Thread(target=lambda: [add() for _ in range(100)]) for _ in range(8)]")
    drop_in("[one.start() for one in threads]")
    drop_in("[one.join() for one in threads]")
    assert drop_in("depth()") == "804"
