"""A Python program with live variables, for measurements from outside: of Attune, or of the original LiveTune."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import harness
import livetune_peer

TELL = """
import json, sys
said = sys.stdout
def tell(what): print(json.dumps(what), file=said, flush=True)
"""
OURS = TELL + """
import attune
def declare(tag, value): return attune.live(tag, value)
def address(): return attune.registry.link.path
"""
PEERS = TELL + """
sys.stdout = open("/dev/null", "w")  # it says whatever happens
from LiveTune import liveVar
first = None
def declare(tag, value):
    global first
    variable = liveVar(value, tag)
    first = first or variable
    return variable
def address(): return first.get_dictionary_port()
"""


class Program:
    """Runs `body`, in which `declare(tag, value)`, `address()` and `tell(what)` are there; it reads what it is asked from `sys.stdin`."""

    def __init__(self, place: harness.Place, body: str, is_peer: bool = False) -> None:
        python = livetune_peer.interpreter() if is_peer else sys.executable
        script = (PEERS if is_peer else OURS) + body
        self.process = subprocess.Popen(
            [python, "-u", "-c", script], cwd=place.folder, env=place.environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def ask(self, line: str = "") -> Any:
        """Sends a line, and reads the JSON of an answer."""
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> Any:
        assert self.process.stdout
        answer = self.process.stdout.readline()
        assert answer, "the program has ended"
        return json.loads(answer)

    def count(self, what: str) -> int:
        """Its descriptors (`fd`) or threads (`task`)."""
        return len(os.listdir(f"/proc/{self.process.pid}/{what}"))

    @property
    def memory(self) -> float:
        """What it has in memory, in MB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def running(place: harness.Place, body: str, is_peer: bool = False) -> Iterator[Program]:
    program = Program(place, body, is_peer)
    try:
        yield program
    finally:
        program.end()


class Client:
    """A connection to a program of ours."""

    def __init__(self, path: str) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(path)
        self.file = self.sock.makefile("rb")

    def ask(self, method: str, **params: Any) -> Any:
        self.sock.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
        return json.loads(self.file.readline())

    def seconds(self, method: str, **params: Any) -> float:
        """How long the answer took."""
        line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n"
        began = time.perf_counter()
        self.sock.sendall(line)
        self.file.readline()
        return time.perf_counter() - began
