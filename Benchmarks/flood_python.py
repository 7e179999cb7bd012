"""How much slower a Python training loop becomes while a client sends it 10,000 changes a second.

Quiet and flooded stretches of a fixed piece of work come in pairs, each stretch after the same short rest and with the flood's last answer
read; the figure is the median of flooded to quiet. Every second pair begins with the flooded one: the second stretch of a pair is about
1 % slower than the first even when nobody sends anything. Since other work on the machine makes all that noisy, the processor time of the threads beside the training's is told, too, and what was taken: a client
that sends faster waits. The original LiveTune gets its updates as fast as it takes them.
"""

from __future__ import annotations

import os
import socket
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Callable

import harness
import livetune_peer
from live_program import Program, running

BODY = """
import time
rate = declare("rate", 0.5)
tell(address())
def python():
    total = 0.0
    for i in range(120_000):
        total += i * rate()
def numpy():
    import numpy
    matrix = numpy.full((200, 200), 0.001)
    moved = matrix
    for _ in range(40):
        moved = (moved @ matrix) * rate()
for line in sys.stdin:
    work, times = globals()[line.strip()], 3
    began = time.perf_counter()
    for _ in range(times):
        work()
    tell(time.perf_counter() - began)
"""
RATE, BATCH = 10_000, 100
LINE = b'{"jsonrpc":"2.0","id":1,"method":"variables.set","params":{"values":{"rate":0.%d}}}\n'


class Flood:
    """A client on a thread of its own, which sends while it is let. Counts what was answered."""

    def __init__(self, serve: Callable[[Flood], None]) -> None:
        self.goes, self.rests = threading.Event(), threading.Event()
        self.is_over, self.taken = False, 0
        self.thread = threading.Thread(target=serve, args=(self,), daemon=True)
        self.thread.start()

    def await_word(self) -> None:
        """For the client: returns while it may send."""
        if not self.goes.is_set():
            self.rests.set()
            self.goes.wait()
            self.rests.clear()

    def stop(self) -> None:
        """Returns when the last answer has been read."""
        self.goes.clear()
        self.rests.wait(10)

    def end(self) -> None:
        self.is_over = True
        self.goes.set()
        self.thread.join(10)


def ours(path: str) -> Callable[[Flood], None]:
    def serve(flood: Flood) -> None:
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(path)
        answers = sock.makefile("rb")
        due = time.perf_counter()
        while not flood.is_over:
            flood.await_word()
            sock.sendall(b"".join(LINE % (i + 1) for i in range(BATCH)))
            for _ in range(BATCH):
                answers.readline()
            flood.taken += BATCH
            due = max(due + BATCH / RATE, time.perf_counter() - 0.02)
            time.sleep(max(0.0, due - time.perf_counter()))

    return serve


def theirs(port: int) -> Callable[[Flood], None]:
    def serve(flood: Flood) -> None:
        variable = livetune_peer.look_up(port, "rate")
        while not flood.is_over:
            flood.await_word()
            try:
                livetune_peer.change(variable, f"0.{flood.taken + 1}")
            except OSError:
                continue  # it hung up on us
            flood.taken += 1

    return serve


def beside(program: Program) -> float:
    """Seconds that its threads other than the main one have been on a processor."""
    process = program.process.pid
    whole, main = (Path(f"/proc/{process}/{name}").read_text().rpartition(")")[2].split() for name in ("stat", f"task/{process}/stat"))
    return sum(int(whole[place]) - int(main[place]) for place in (11, 12)) / os.sysconf("SC_CLK_TCK")


def slowdown(program: Program, flood: Flood, work: str, pairs: int) -> tuple[list[float], float, float]:
    """Percent, a pair each; changes taken a second; and percent of the flooded time that the other threads were on a processor."""
    program.ask(work)
    percent, taken, seconds, others = [], 0, 0.0, 0.0
    for pair in range(pairs):
        lasted: dict[bool, float] = {}
        for is_flooded in (False, True) if pair % 2 == 0 else (True, False):
            flood.stop()
            time.sleep(0.02)
            before, on = flood.taken, beside(program)
            if is_flooded:
                flood.goes.set()
            lasted[is_flooded] = program.ask(work)
            if is_flooded:
                taken, others = taken + flood.taken - before, others + beside(program) - on
        seconds += lasted[True]
        percent.append(100 * (lasted[True] / lasted[False] - 1))
    return percent, taken / seconds, 100 * others / seconds


def main() -> int:
    options = harness.options(__doc__, lambda parser: parser.add_argument("--pairs", type=int, default=100))
    figures = []
    with harness.Place() as place:
        for work in ("python", "numpy"):
            name = f"flood of 10,000 changes/s, {work} loop (Python)"
            with running(place, BODY) as program:
                flood = Flood(ours(program.hear()))
                percent, rate, share = slowdown(program, flood, work, options.pairs)
                flood.end()
            peer, peer_rate, peer_share = peers(place, work, options.pairs)
            told = f"LiveTune at {peer_rate:.0f}/s"
            middle = statistics.quantiles(percent, n=10)
            figures.append(harness.Figure(
                name, "slowdown", "%", statistics.median(percent), middle[0], middle[-1], limit=1,
                peer=told, peer_value=peer, ratio=(100 + statistics.median(percent)) / (100 + peer)))
            figures.append(harness.Figure.of(
                name, "processor time beside the training", "%", [share], peer=told, peer_value=peer_share, ratio=share / peer_share))
            figures.append(harness.Figure.of(name, "changes taken", "1/s", [rate]))
    return harness.publish(figures, options.json)


def peers(place: harness.Place, work: str, pairs: int) -> tuple[float, float, float]:
    for _ in range(20):
        with running(place, BODY, is_peer=True) as program:
            try:
                livetune_peer.look_up(port := program.hear(), "rate")
            except (OSError, ValueError):
                continue  # its listener has lost the race at the start
            flood = Flood(theirs(port))
            percent, rate, share = slowdown(program, flood, work, pairs)
            flood.end()
            return statistics.median(percent), rate, share
    sys.exit("LiveTune's listener died at 20 starts in a row. Nothing was measured.")


if __name__ == "__main__":
    sys.exit(main())
