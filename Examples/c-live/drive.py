"""Changes the C programs while they run, and looks at what they make of it. Standard library only.

Usage: drive.py PROGRAM...
"""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
from typing import Any

PATIENCE = 120.0
STEPS = 200_000


def ask(path: pathlib.Path, **message: Any) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as end:
        end.settimeout(PATIENCE)
        end.connect(str(path))
        end.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, **message}).encode() + b"\n")
        answer: dict[str, Any] = json.loads(end.makefile("r", encoding="utf-8").readline())
        return answer


def run(program: str, directory: pathlib.Path, **variables: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(directory), **variables}
    return subprocess.Popen([program, str(STEPS)], env=environment, stdout=subprocess.PIPE, text=True)


def drive(program: str, directory: pathlib.Path) -> None:
    record = directory / "record"
    process = run(program, directory, ATTUNE_RECORD=str(record))
    path = directory / "attune" / f"{pathlib.Path(program).name}-{process.pid}.sock"
    while True:
        try:
            ask(path, method="program.pause", params={"by": "ann"})
            break
        except OSError:
            assert process.poll() is None, f"{program} ended before anybody could reach it"
    has_trigger = bool(ask(path, method="variables.list")["result"]["triggers"])
    refusal = ask(path, method="variables.set", params={"values": {"rate": 5}})["error"]["message"]
    assert refusal.startswith("'rate' = 5 refused: allowed "), refusal
    ask(path, method="variables.set", params={"values": {"rate": 0.25}, "by": "ann"})
    if has_trigger:
        odd = ask(path, method="variables.set", params={"values": {"batch": 33}})["error"]["message"]
        assert odd == "'batch' = 33 refused: it must be a multiple of 8. The program keeps 32.", odd
        for name in ("first", "second"):
            ask(path, method="trigger.fire", params={"trigger": "save", "payload": {"name": name}})
    ask(path, method="program.resume")
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    if has_trigger:
        assert "rate 0.25" in output and 'saved {"name":"first"}' in output and 'saved {"name":"second"}' in output, output
    replayed, _ = run(program, directory, ATTUNE_REPLAY=str(record)).communicate(timeout=PATIENCE)
    assert replayed == output, f"the replay is another run:\n{output}\n{replayed}"


def main() -> None:
    for program in sys.argv[1:]:
        with tempfile.TemporaryDirectory(prefix="c-live-") as name:
            drive(program, pathlib.Path(name))
            print(f"c-live: {pathlib.Path(program).name} was changed while it ran, and replayed to the last bit")


if __name__ == "__main__":
    main()
