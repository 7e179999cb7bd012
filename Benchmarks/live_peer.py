"""Programs that embed the original LiveTune, and what is measured of them."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import Iterator

from livetune_peer import VERSION, change, interpreter, look_up

NAME = f"LiveTune {VERSION}"

PROGRAM = """
import os, sys, threading, time
# It says on standard output whatever it was told; a pipe that nobody reads would stop it.
out = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
threading.excepthook = lambda _: None
from LiveTune import liveVar
variables = [liveVar(0.0, f"v{index}") for index in range(int(sys.argv[1]))]
first = variables[0]
print(first.get_dictionary_port(), first.port, file=out, flush=True)
seen = []
def look():
    while True:
        if first.changed():
            seen.append((first(), time.monotonic_ns()))
        time.sleep(0)
if sys.argv[2] == "spin":
    threading.Thread(target=look, daemon=True).start()
sys.stdin.read()
print(*(f"{value} {moment}" for value, moment in seen), sep="\\n", file=out, flush=True)
os._exit(0)
"""


class Program:
    """A program with so many live variables `v0`, `v1` …"""

    def __init__(self, variables: int = 1, mode: str = "hold") -> None:
        self.process = subprocess.Popen(
            [interpreter(), "-c", PROGRAM, str(variables), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout
        self.dictionary, self.port = (int(word) for word in self.process.stdout.readline().split())

    @property
    def is_tunable(self) -> bool:
        """Its listeners lose a race at some starts, and then nobody can ever reach it."""
        try:
            for port in (self.dictionary, self.port):
                socket.create_connection(("localhost", port), timeout=2).close()
            return True
        except OSError:
            return False

    def end(self) -> list[tuple[float, int]]:
        """The values it saw, each with the moment of the monotonic clock."""
        lines = self.process.communicate("", 60)[0].split("\n")
        return [(float(value), int(moment)) for value, moment in (line.split() for line in lines if line)]


@contextmanager
def running(variables: int = 1, mode: str = "hold") -> Iterator[Program]:
    """One that can be tuned: others are started until one is."""
    for _ in range(30):
        program = Program(variables, mode)
        if program.is_tunable:
            break
        program.process.kill()
        program.process.wait()
    try:
        yield program
    finally:
        program.process.kill()
        program.process.communicate()


def latencies(count: int) -> list[float]:
    """Seconds from the request, as its command sends it, to the program's seeing the value."""
    with running(mode="spin") as program:
        sent = {}
        for value in range(1, count + 1):
            sent[float(value)] = time.monotonic_ns()
            change(look_up(program.dictionary, "v0"), str(value))
        return [(moment - sent[value]) / 1e9 for value, moment in program.end() if value in sent]


def rate(clients: int, seconds: float) -> float:
    """Changes a second, the variable's port known beforehand."""
    with running() as program:
        counts, end = [0] * clients, time.monotonic() + seconds

        def work(index: int) -> None:
            while time.monotonic() < end:
                try:
                    change(program.port, str(index * 1e6 + counts[index]))
                    counts[index] += 1
                except OSError:
                    pass

        threads = [threading.Thread(target=work, args=(index,)) for index in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts) / seconds
