"""Programs that obey, for the tests of LiveTune's protocol: on Attune in Swift and Python, and on the original."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

import pytest

from conftest import DEADLINE, ROOT

BUILD = ROOT.parent / ".build" / "debug"
TUNE = Path(sys.executable).parent / "tune"

needs_original = pytest.mark.skipif(
    not importlib.util.find_spec("LiveTune") or not TUNE.exists(), reason="LiveTune is not installed; Scripts/requirements.txt names it")
needs_swift = pytest.mark.skipif(
    not (BUILD / "ProgramForTests").exists() or not (BUILD / "AttuneCommand").exists(), reason="not built; run swift build --build-tests")

OBEY = """
for _line in __import__("sys").stdin:
    try:
        _result = eval(_line)
    except SyntaxError:
        _result = exec(_line)
    except Exception as _problem:
        _result = type(_problem).__name__
    print("=", _result, flush=True)
"""
ATTUNE = """
import attune
rate, depth, flag = attune.live("rate", 0.1, min=0, max=1), attune.live("depth", 4), attune.live("flag", True)
name, solver = attune.live("name", "first"), attune.live("solver", "sgd", choices=["sgd", "adam"])
save = attune.trigger("save").fired
"""
ORIGINAL = """
from LiveTune import liveVar, liveTrigger
rate, depth, flag, save = liveVar(0.1, "rate"), liveVar(4, "depth"), liveVar(True, "flag"), liveTrigger("save")
"""
DROP_IN = ORIGINAL.replace("LiveTune", "attune.livetune", 1) + """
name, solver = liveVar("first", "name"), liveVar("sgd", "solver")
"""
# Before it obeys, a program on the original looks whether its listeners live: they lose a race at a quarter of all starts.
CHECK = """
import socket, threading
def listens(port):
    while threading.active_count() > 1 + len(liveVar.instances):
        try:
            return socket.create_connection(("localhost", port)).close() is None
        except OSError:
            continue
    return False
if not all([listens(port) for port in [liveVar.dictionary_port[0], *(one.port for one in liveVar.instances)]]):
    raise SystemExit("lost the race")
print("=", "ready", flush=True)
"""


class Program:
    """A program that was started; what it says on stdout and stderr comes in lines, its answers begin with `= `."""

    def __init__(self, directory: Path, command: list[str], **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATTUNE_", "XDG_"))}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1, cwd=directory,
            env={**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "XDG_RUNTIME_DIR": str(directory), **environment})
        self.said: list[str] = []

    def read(self, pattern: str) -> str:
        """Reads until a line fits; what the pattern's group found. Raises EOFError."""
        assert self.process.stdout
        while line := self.process.stdout.readline():
            self.said.append(line.rstrip("\n"))
            if found := re.search(pattern, line):
                return found[1]
        raise EOFError("".join(self.said))

    def port(self) -> str:
        return self.read(r"Port number for the LiveTune dictionary: \x1b\[93m(\d+)")

    def __call__(self, line: str) -> str:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        return self.read("^= (.*)")

    def wait(self, line: str, answer: str) -> None:
        """The original answers nothing, so that its effect is to be waited for."""
        deadline = time.monotonic() + DEADLINE
        while (now := self(line)) != answer:
            assert time.monotonic() < deadline, f"'{line}' is {now}, not {answer}; it said {self.said}"

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


Start = Callable[..., tuple[Program, str]]


def command(directory: Path, kind: str, lines: str = "") -> list[str]:
    """The command line of a program on Swift, Python, the drop-in or the original."""
    if kind == "swift":
        return [str(BUILD / "ProgramForTests")]
    path = directory / f"{kind}.py"
    path.write_text({"python": ATTUNE, "drop-in": DROP_IN, "original": ORIGINAL + CHECK}[kind] + lines + OBEY)
    return [sys.executable, str(path)]


def tune(port: str, *words: str) -> tuple[int, str]:
    """The original's own command: its exit status, and what it said."""
    done = subprocess.run([str(TUNE), "--port", port, "--tag", *words], capture_output=True, text=True, timeout=DEADLINE)
    return done.returncode, done.stdout + done.stderr


def attune(*words: str) -> tuple[int, Any]:
    """Our command: its exit status, and what it said."""
    done = subprocess.run([str(BUILD / "AttuneCommand"), *words], capture_output=True, text=True, timeout=DEADLINE)
    return done.returncode, (done.stdout + done.stderr).strip()
