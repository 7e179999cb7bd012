"""Changes the example while it runs, as people would: sets, fires and pauses at moments that nobody planned. Standard library only.

Usage: drive.py PROGRAM [PASSES]. Proves that the record of such a run, replayed, gives the same output to the last bit, and that a
paused program ends when it is told to.
"""

from __future__ import annotations

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
from typing import Any

PATIENCE = 120.0


class Talk:
    """Requests to a program over its socket, and what it tells meanwhile."""

    def __init__(self, path: pathlib.Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.news: list[dict[str, Any]] = []
        self.last = 0

    def ask(self, method: str, **parameters: Any) -> Any:
        self.last += 1
        request = {"jsonrpc": "2.0", "id": self.last, "method": method, "params": parameters}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            message = json.loads(self.lines.readline())
            if message.get("id") == self.last:
                assert "result" in message, message
                return message["result"]
            self.news.append(message)

    def wait(self, trigger: str) -> int:
        """Waits until the program has said that the trigger took effect; the step of it."""
        while True:
            message = self.news.pop(0) if self.news else json.loads(self.lines.readline())
            if message["method"] == "changed" and message["params"].get("trigger") == trigger:
                return int(message["params"]["step"])


def start(program: str, passes: int, directory: pathlib.Path, **environment: str) -> subprocess.Popen[str]:
    variables = {**os.environ, "XDG_RUNTIME_DIR": str(directory), "ATTUNE_SEED": "7", "ATTUNE_CHECKPOINT": str(directory), **environment}
    return subprocess.Popen([program, str(passes)], env=variables, stdout=subprocess.PIPE, text=True)


def reach(process: subprocess.Popen[str], directory: pathlib.Path) -> Talk:
    path = directory / "attune" / f"swift-live-{process.pid}.sock"
    while True:
        try:
            return Talk(path)
        except OSError:
            assert process.poll() is None, "the program ended before anybody could reach it"


def changed_live(program: str, passes: int, directory: pathlib.Path) -> str:
    process = start(program, passes, directory, ATTUNE_RECORD=str(directory / "record"))
    talk = reach(process, directory)
    talk.ask("changes.subscribe")
    talk.ask("variables.set", values={"learning_rate": 0.1}, by="ann")
    talk.ask("program.pause", by="ann", reason="look")
    step = talk.wait("attune.pause")
    assert talk.ask("hello")["paused"]
    talk.ask("variables.set", values={"learning_rate": 0.02, "batch": 3}, by="ann")
    talk.ask("trigger.fire", trigger="save", payload={"name": "first"}, by="bob")
    talk.ask("trigger.fire", trigger="save", payload={"name": "second"}, by="bob")
    talk.ask("variables.set", values={"batch": 40}, atStep=step + 5)
    talk.ask("program.resume", by="ann")
    for rate in (0.3, 0.07, 0.4):
        talk.ask("variables.set", values={"learning_rate": rate}, by="ann")
        talk.ask("trigger.fire", trigger="save", payload={"name": str(rate)})
        talk.wait("save")
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return output


def ends_while_paused(program: str, directory: pathlib.Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        process = start(program, 10_000_000, directory)
        talk = reach(process, directory)
        talk.ask("changes.subscribe")
        talk.ask("program.pause")
        talk.wait("attune.pause")
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == -number, process.returncode


def main() -> None:
    program, passes = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    with tempfile.TemporaryDirectory(prefix="swift-live-") as name:
        directory = pathlib.Path(name)
        live = changed_live(program, passes, directory)
        replayed = start(program, passes, directory, ATTUNE_REPLAY=str(directory / "record"), ATTUNE_RECORD=str(directory / "again"))
        output, _ = replayed.communicate(timeout=PATIENCE)
        assert output == live, f"the replay is another run:\n{live}\n{output}"
        plain, _ = start(program, passes, directory).communicate(timeout=PATIENCE)
        assert plain.splitlines()[-1] != live.splitlines()[-1], "the changes changed nothing, so nothing was proven"
        kept = [[what(line) for line in (directory / file).read_text().splitlines()] for file in ("record", "again")]
        changes = [line for line in kept[0] if not str(line.get("trigger")).startswith("attune.")]
        assert changes == kept[1], "the replay has left another record"
        ends_while_paused(program, directory)
    print(f"swift-live: {len(changes)} changes of a live run replayed to the last bit: {live.splitlines()[-1]}")


def what(line: str) -> dict[str, Any]:
    """A change without what a replay does not give again."""
    return {name: value for name, value in json.loads(line).items() if name not in ("n", "number", "time")}


if __name__ == "__main__":
    main()
