"""Programs and hubs for the tests: real sockets in a temporary directory, waiting for lines, never for time."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

import pytest

ROOT = Path(__file__).parent.parent
DEADLINE = 20.0


class Talk:
    """One end of a connection."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(DEADLINE)
        self.sock, self.file, self.heard = sock, sock.makefile("rb"), list[dict[str, Any]]()

    def send(self, **message: Any) -> None:
        self.sock.sendall(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def receive(self) -> dict[str, Any]:
        line = self.file.readline()
        assert line, "the other side hung up"
        self.heard.append(json.loads(line))
        return self.heard[-1]

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self.send(id=7, method=method, params=params)
        while True:
            message = self.receive()
            if message.get("id") == 7:
                return message

    def wait(self, method: str, count: int = 1) -> list[dict[str, Any]]:
        """The parameters of the first so many notifications, once they have come."""
        while True:
            found = [message["params"] for message in self.heard if message.get("method") == method]
            if len(found) >= count:
                return found
            self.receive()

    def close(self) -> None:
        self.file.close()
        self.sock.close()


class Hub:
    """The other side of a script under an experiment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.unlink(missing_ok=True)
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.bind(str(path))
        self.sock.listen()
        self.sock.settimeout(DEADLINE)

    def accept(self, **answer: Any) -> Talk:
        """Takes the next connection and answers its greeting."""
        talk = Talk(self.sock.accept()[0])
        greeting = talk.receive()
        assert greeting["method"] == "hello"
        talk.send(id=greeting["id"], **(answer if "error" in answer else {"result": {"acknowledged": 0, **answer}}))
        return talk

    def close(self) -> None:
        self.sock.close()
        self.path.unlink(missing_ok=True)


class Script:
    """A Python program that obeys: each line it gets is executed, and its result printed."""

    LOOP = """
import sys, attune
for line in sys.stdin:
    try:
        result = eval(line)
    except SyntaxError:
        result = exec(line)
    except Exception as problem:
        result = f"{type(problem).__name__}: {problem}"
    print(repr(result), flush=True)
"""

    def __init__(self, directory: Path, **environment: str) -> None:
        path = directory / f"{environment.pop('NAME', 'train')}.py"
        path.write_text(self.LOOP)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATTUNE_", "XDG_"))}
        self.directory = directory
        self.process = subprocess.Popen(
            [sys.executable, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=directory,
            env={**kept, "PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(directory), **environment})

    def __call__(self, line: str) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, self.process.stderr.read() if self.process.stderr else ""
        return eval(answer, {"nan": float("nan")})

    def dial(self) -> Talk:
        sock = socket.socket(socket.AF_UNIX)
        [path] = (self.directory / "attune").glob(f"*-{self.process.pid}.sock")
        sock.connect(str(path))
        return Talk(sock)

    def end(self) -> str:
        """Lets it end by itself; what it said on stderr."""
        _, problems = self.process.communicate(timeout=DEADLINE)
        assert self.process.returncode == 0, problems
        return problems


@pytest.fixture
def directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="attune-", dir="/tmp"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def start(directory: Path) -> Iterator[Callable[..., Script]]:
    scripts: list[Script] = []

    def begin(**environment: str) -> Script:
        scripts.append(Script(directory, **environment))
        return scripts[-1]

    yield begin
    for script in scripts:
        script.process.kill()
        script.process.wait()
        for stream in (script.process.stdin, script.process.stdout, script.process.stderr):
            if stream:
                stream.close()


@pytest.fixture
def under_experiment(directory: Path, start: Callable[..., Script]) -> Callable[..., Script]:
    def begin(**environment: str) -> Script:
        return start(ATTUNE_SOCKET=str(directory / "hub"), ATTUNE_ATTEMPT_ID="3.1", ATTUNE_TOKEN="secret", **environment)

    return begin


@pytest.fixture
def hub(directory: Path) -> Iterator[Callable[[], Hub]]:
    hubs: list[Hub] = []

    def begin() -> Hub:
        hubs.append(Hub(directory / "hub"))
        return hubs[-1]

    yield begin
    for one in hubs:
        one.close()
