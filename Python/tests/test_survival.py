"""What must not harm a training, nor those who tune it."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any, Iterator

import pytest

from conftest import DEADLINE, Talk

SET = b'{"jsonrpc":"2.0","id":7,"method":"variables.set","params":%s}\n'


@pytest.fixture
def script(start: Any) -> Any:
    script = start()
    script("rate = attune.live('rate', 0.1, min=0, max=1)")
    return script


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 3000:
        pytest.skip(f"this process may have {hard} descriptors only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3000), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(script: Any) -> socket.socket:
    [path] = (script.directory / "attune").glob(f"*-{script.process.pid}.sock")
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(DEADLINE)
    sock.connect(str(path))
    return sock


def test_stopped_program_answers_when_it_goes_on(script: Any) -> None:
    talk = script.dial()
    talk.ask("hello")
    script.process.send_signal(signal.SIGSTOP)
    for value in (2, 3, 4):
        talk.sock.sendall(SET % json.dumps({"values": {"rate": value / 10}}).encode())
    other = script.dial()
    other.send(id=7, method="variables.get")
    script.process.send_signal(signal.SIGCONT)
    assert [talk.receive()["result"]["number"] for _ in range(3)] == [1, 2, 3]
    assert other.receive()["result"]["values"]["rate"] in (0.1, 0.2, 0.3, 0.4)
    assert script("rate()") == 0.4


def test_forked_child_holds_no_connection(script: Any, directory: Path) -> None:
    talk = script.dial()
    talk.ask("hello")
    script("import os")
    held = "[os.readlink(f'/proc/self/fd/{name}') for name in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{name}')]"
    code = f"(pid := os.fork()) or [open('held', 'w').write(repr({held})), os._exit(0)]"
    script(code)
    script("os.waitpid(pid, 0)")
    assert "socket" not in (directory / "held").read_text()
    assert talk.ask("hello")["result"]["pid"] == script.process.pid, "the parent still has it"


def test_executed_child_holds_no_connection(script: Any) -> None:
    script.dial().ask("hello")
    script("import subprocess")
    assert "socket" not in script("subprocess.run(['ls', '-l', '/proc/self/fd'], close_fds=False, capture_output=True, text=True).stdout")


def test_thousand_half_open_clients_hold_nobody_up(script: Any, many_descriptors: None) -> None:
    first = script.dial()
    first.ask("changes.subscribe")
    half_open = []
    for _ in range(1000):
        half_open.append(connect(script))
        half_open[-1].sendall(b'{"jsonrpc":"2.0",')
    assert script.dial().ask("variables.set", values={"rate": 0.5})["result"]["number"] == 1
    assert first.wait("changed")[0]["values"] == {"rate": 0.5}
    assert script("__import__('threading').active_count()") == 2
    for sock in half_open:
        sock.close()
    assert script.dial().ask("hello")["result"]["pid"] == script.process.pid


@pytest.mark.parametrize("silent", [False, True])
def test_at_the_descriptor_limit_it_refuses_politely(start: Any, silent: bool) -> None:
    script = start()
    script("import resource")
    script("resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))")
    script("rate = attune.live('rate', 0.1)")
    talks = []
    for _ in range(16):
        talks.append(script.dial())
        if not silent:
            talks[-1].ask("hello")
    late = script.dial()
    if silent:  # those who have said nothing make room
        assert late.ask("hello")["result"]["pid"] == script.process.pid
        assert talks[0].file.read() == b""
    else:
        assert late.receive()["error"] == {"code": 3, "message": "16 others are connected already. The program goes on without you."}
        assert late.file.read() == b""
        assert all(talk.ask("hello")["result"] for talk in talks)
        talks.pop().close()
        assert any("result" in answer for answer in iter(lambda: try_hello(script), None))


def try_hello(script: Any) -> Any:
    talk = script.dial()
    talk.send(id=7, method="hello")
    return talk.receive()


def test_without_any_descriptor_it_waits_for_one(script: Any) -> None:
    talk = script.dial()
    talk.ask("hello")
    script("import resource")
    script("resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))")
    script("hogs = []")
    script("exec('try:\\n while True: hogs.append(open(\"/dev/null\"))\\nexcept OSError: pass')")
    waiting = script.dial()
    waiting.send(id=7, method="hello")
    assert talk.ask("variables.set", values={"rate": 0.3})["result"]["number"] == 1
    assert script("attune.registry.link._accepts_again < float('inf')"), "it does not ask again and again"
    script("[hog.close() for hog in hogs] and None")
    assert waiting.receive()["result"]["pid"] == script.process.pid


@pytest.mark.parametrize(
    "params, code",
    [
        (b'{"values":{"rate":NaN}}', -32700), (b'{"values":{"rate":Infinity}}', -32700), (b'{"values":{"rate":1e999}}', 2),
        (b'{"values":{"rate":"nan"}}', 2), (b'{"values":{"rate":null}}', 2), (b'{"values":{"rate":[0.1]}}', 2),
        (b'{"values":{"rate":true}}', 2), (b'{"values":{"r\xff":1}}', -32700), (b'{"values":{}}', -32602),
        (b'{"values":7}', -32602), (b'{"trigger":"save"}', -32602),
        (b"[]", -32602), (b"7", -32602), (b'{"values":{"rate":0.2},"by":7}', -32602), (b'{"values":{"rate":0.2},"atStep":-1}', -32602),
        (b'{"values":{"rate":0.2},"atStep":1.5}', -32602), (b'{"values":{"rate":0.2},"number":true}', -32602),
        (b'{"values":{"rate":0.2},"reason":"%s"}' % (b"x" * 5000), -32602), (b"[" * 100_000, -32700),
        (b'{"values":{"rate":%s}}' % (b"9" * 5000), -32700), (b'{"values":{"rate":%s}}' % (b"9" * 4000), 2),
    ],
)
def test_unfit_request_is_refused(script: Any, params: bytes, code: int) -> None:
    talk = script.dial()
    talk.sock.sendall(SET % params)
    error = talk.receive()["error"]
    assert error["code"] == code and error["message"], error
    assert talk.ask("variables.get")["result"]["values"] == {"rate": 0.1}


@pytest.mark.parametrize("payload", [b"NaN", b"1e999"])
def test_unfit_payload_is_refused(script: Any, payload: bytes) -> None:
    script("save = attune.trigger('save')")
    talk = script.dial()
    talk.sock.sendall(b'{"jsonrpc":"2.0","id":7,"method":"trigger.fire","params":{"trigger":"save","payload":%s}}\n' % payload)
    assert talk.receive()["error"]["code"] in (-32700, -32602)
    assert script("save.fired()") is False


def test_two_programs_of_one_name(start: Any) -> None:
    scripts = [start(), start()]
    for value, script in enumerate(scripts):
        script(f"rate = attune.live('rate', {value})")
    assert [script.dial().ask("variables.get")["result"]["values"]["rate"] for script in scripts] == [0, 1]


AT = "f\"{os.environ['XDG_RUNTIME_DIR']}/attune/train-{os.getpid()}.sock\""


@pytest.mark.parametrize("is_alive", [False, True])
def test_socket_of_a_dead_program_with_this_number(start: Any, directory: Path, is_alive: bool) -> None:
    (directory / "attune").mkdir(mode=0o700)
    script = start()
    script("import os, socket")
    script("other = socket.socket(socket.AF_UNIX)")
    script(f"other.bind({AT})")
    script("other.listen()" if is_alive else "other.close()")
    script("rate = attune.live('rate', 0.1)")
    if not is_alive:
        assert script.dial().ask("hello")["result"]["pid"] == script.process.pid
    else:
        assert "another program answers there. The program cannot be tuned; it goes on with its values." in script.end()


def test_directory_that_is_too_deep(start: Any, directory: Path) -> None:
    deep = directory / ("d" * 100)
    deep.mkdir()
    script = start(XDG_RUNTIME_DIR=str(deep))
    script("rate = attune.live('rate', 0.1)")
    [line] = script.end().splitlines()
    assert f"cannot listen at '{deep}/attune/train-{script.process.pid}.sock': AF_UNIX path too long" in line


def test_full_runtime_directory(start: Any, directory: Path) -> None:
    small = directory / "small"
    small.mkdir()
    mount = shutil.which("mount")
    how = ["-t", "tmpfs", "-o", "nr_inodes=2,mode=0700", "none", str(small)]
    made = mount and subprocess.run([mount, *how], capture_output=True, check=False)
    if not made or made.returncode != 0:
        pytest.skip("no small disk can be mounted here")
    try:
        (small / "attune").mkdir(mode=0o700)
        script = start(XDG_RUNTIME_DIR=str(small))
        script("rate = attune.live('rate', 0.1)")
        script("attune.report(loss=1)")
        assert script("rate()") == 0.1
        [line] = script.end().splitlines()
        assert "No space left on device" in line and "The program cannot be tuned" in line
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_record_on_a_full_disk_is_told_once(start: Any) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    script = start(ATTUNE_RECORD="/dev/full")
    script("rate = attune.live('rate', 0.1)")
    script("[attune.change(rate=value) for value in (1, 2, 3)] and None")
    assert script("rate()") == 3.0
    [line] = script.end().splitlines()
    assert line.startswith("attune: ATTUNE_RECORD: [Errno 28]")


def test_validator_may_wait_for_the_program(script: Any) -> None:
    script("import threading")
    script("told = threading.Event()")
    script("size = attune.live('size', 1, validate=lambda value: value > 1 and not told.wait(20) and 'too late')")
    talk = script.dial()
    talk.send(id=7, method="variables.set", params={"values": {"size": 2}})
    script("[attune.report(loss=1), attune.step(5), attune.change(rate=0.3), told.set()] and None")
    assert "result" in talk.receive()


def test_flood_is_answered_in_its_share_of_the_time(start: Any) -> None:
    script = start()
    script("import attune._link as link")
    script("[setattr(link, 'BURST', 0.0), setattr(link, 'SHARE', 0.2)] and None")
    script("rate = attune.live('rate', 0.1)")
    sock = connect(script)
    sock.sendall(SET % b'{"values":{"rate":0.5}}' * 2000)
    numbers = [json.loads(line)["result"]["number"] for _, line in zip(range(2000), sock.makefile("rb"))]
    assert numbers == list(range(1, 2001))


def test_agent_that_vanishes_while_it_greets(hub: Any, under_experiment: Any) -> None:
    agent, script = hub(), under_experiment()
    script("attune.report(step=1, loss=1)")
    for _ in range(3):
        Talk(agent.sock.accept()[0]).close()
    talk = agent.accept()
    assert talk.wait("reported")[0]["step"] == 1
