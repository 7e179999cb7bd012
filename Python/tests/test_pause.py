"""A program held at a step, and let go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import DEADLINE, ROOT


def begin(script: Any, line: str) -> None:
    """Lets the script begin something that may wait."""
    script.process.stdin.write(line + "\n")
    script.process.stdin.flush()


def answer(script: Any) -> Any:
    return eval(script.process.stdout.readline())


@pytest.fixture
def script(start: Any) -> Any:
    script = start()
    script("rate, momentum = attune.live('rate', 0.1), attune.live('momentum', 0.9, applies='atStep')")
    script("save = attune.trigger('save')")
    return script


@pytest.fixture
def talk(script: Any) -> Any:
    talk = script.dial()
    talk.ask("changes.subscribe")
    return talk


@pytest.mark.parametrize("pause, resume", [
    (("program.pause", {}), ("program.resume", {})),
    (("trigger.fire", {"trigger": "attune.pause"}), ("trigger.fire", {"trigger": "attune.resume"})),
])
def test_waits_in_its_step_until_it_is_resumed(script: Any, talk: Any, pause: Any, resume: Any) -> None:
    assert talk.ask(pause[0], by="ann", reason="lunch", **pause[1])["result"] == {"number": 1, "by": "ann"}
    assert "paused" not in talk.ask("hello")["result"], "it takes effect at the next step"
    begin(script, "[attune.report(step=3, loss=1), rate(), momentum()]")
    [change] = talk.wait("changed")
    assert (change["trigger"], change["step"], change["number"], change["reason"]) == ("attune.pause", 3, 1, "lunch")
    assert talk.ask("hello")["result"]["paused"] is True
    talk.ask("variables.set", values={"rate": 0.2, "momentum": 0.5})
    changes = talk.wait("changed", 2)
    assert changes[1]["values"] == {"rate": 0.2, "momentum": 0.5} and changes[1]["step"] == 3 and "immediate" not in changes[1]
    talk.ask("variables.set", values={"rate": 0.9}, atStep=4)
    assert talk.ask(resume[0], **resume[1])["result"]["number"] == 4
    assert answer(script) == [None, 0.2, 0.5]
    assert [change["trigger"] for change in talk.wait("changed", 3)[2:]] == ["attune.resume"]
    assert "paused" not in talk.ask("hello")["result"]
    assert script("[attune.step(4), rate()][1]") == 0.9


def test_resumed_before_its_step_it_does_not_wait(script: Any, talk: Any) -> None:
    talk.ask("program.pause")
    talk.ask("program.resume")
    assert [change["trigger"] for change in talk.wait("changed", 2)] == ["attune.pause", "attune.resume"]
    assert script("attune.step(1)") is None
    assert talk.ask("program.resume")["result"] == {"number": 3, "by": "unknown"}


def test_pause_may_wait_for_a_step(script: Any, talk: Any) -> None:
    talk.ask("program.pause", atStep=2)
    assert script("attune.step(1)") is None
    begin(script, "attune.step(2)")
    assert talk.wait("changed")[0]["step"] == 2
    assert talk.ask("program.pause")["result"]["number"] == 2
    assert talk.wait("changed", 2)[1]["number"] == 2, "in effect already"
    talk.ask("program.resume")
    assert answer(script) is None


def test_firing_reaches_a_program_that_is_resumed(script: Any, talk: Any) -> None:
    talk.ask("program.pause")
    begin(script, "[attune.step(1), save.fired()][1]")
    talk.wait("changed")
    talk.ask("trigger.fire", trigger="save")
    talk.ask("program.resume")
    assert answer(script) is True


def test_end_releases_a_pause_of_another_thread(script: Any, talk: Any) -> None:
    talk.ask("program.pause")
    script("import threading")
    script("thread = threading.Thread(target=attune.step, args=(1,))")
    script("thread.start()")
    talk.wait("changed")
    script("attune.registry.finish()")
    assert script("[thread.join(), 1][1]") == 1


HELD = """
import attune, signal, sys
ended = []
if sys.argv[1] == "remembered":
    signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
if sys.argv[1] == "raised":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(75))
rate = attune.live("rate", 0.1)
print(flush=True)
sys.stdin.readline()
step = 0
while not ended:
    step += 1
    attune.report(step=step, loss=1)
print(step, attune.registry.is_paused)
"""


@pytest.mark.parametrize("how, number, status", [
    ("remembered", signal.SIGTERM, 0), ("raised", signal.SIGTERM, 75),
    ("none", signal.SIGTERM, -signal.SIGTERM), ("none", signal.SIGINT, -signal.SIGINT),
])
def test_signals_end_a_program_that_is_paused(directory: Path, how: str, number: int, status: int) -> None:
    from conftest import Talk
    import socket

    (directory / "train.py").write_text(HELD)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(directory)}
    process = subprocess.Popen([sys.executable, "train.py", how], cwd=directory, env=environment, text=True, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout and process.stdin
        process.stdout.readline()
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(str(directory / "attune" / f"train-{process.pid}.sock"))
        talk = Talk(sock)
        talk.ask("changes.subscribe")
        talk.ask("program.pause")
        process.stdin.write("go\n")
        process.stdin.flush()
        talk.wait("changed")
        process.send_signal(number)
        assert process.wait(DEADLINE) == status
        if how == "remembered":
            assert process.stdout.read() == "1 False\n", "let through once"
        talk.close()
    finally:
        process.kill()
        process.communicate()


def test_child_of_a_paused_program_goes_on(script: Any, talk: Any) -> None:
    script("import os, threading")
    talk.ask("program.pause")
    script("threading.Thread(target=attune.step, args=(1,)).start()")
    talk.wait("changed")
    assert script("(pid := os.fork()) or [attune.step(2), os._exit(7)]")
    assert script("os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])") == 7
    talk.ask("program.resume")
