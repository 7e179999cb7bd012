"""An experiment that runs until it is told to end, and the dashboard of its folder."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ATTUNE = Path(os.environ.get("ATTUNE_BINARY") or ROOT / ".build" / "debug" / "AttuneCommand")
DEADLINE = 120

SCRIPT = """import sys, attune
config = attune.config({"rate": 0.5, "size": 4})
rate = attune.live("rate", config["rate"], min=1e-3, max=1.0, scale="log", help="how fast it falls")
name = "<img src=x onerror=window.broken=1>"
wait = attune.live("wait", 0.05, min=0.0, max=1.0)
import threading
loss = 1.0 + config["size"] / 100
for step in range(1, 100000):
    loss *= 1 - 0.01 * rate()
    attune.report(step=step, loss=loss, **{name: float("nan") if step % 7 == 0 else step})
    threading.Event().wait(wait())
"""
EXPERIMENT = """name: live
command: [python3, script.py]
objective: {metric: loss, goal: minimize}
parameters:
  rate: {type: float, range: [0.001, 1.0], scale: log, live: true}
  size: {type: int, range: [1, 64]}
proposer: random
resources: {local: {slots: 2}}
limits: {trials: 3, grace: 2s}
seed: 1
"""


class Bench:
    """An experiment of two programs that run until they are told to end, and the dashboard of its folder."""

    def __init__(self, folder):
        self.folder = folder
        self.sockets = tempfile.TemporaryDirectory(prefix="a-")
        (folder / "script.py").write_text(SCRIPT)
        (folder / "experiment.yaml").write_text(EXPERIMENT)
        self.running = self.start("run", "experiment.yaml")
        self.server = None
        self.port = 0

    def start(self, *words):
        own = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
        path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", "")])
        own |= {"PYTHONPATH": str(ROOT / "Python"), "PATH": path, "XDG_RUNTIME_DIR": self.sockets.name}
        return subprocess.Popen(
            [str(ATTUNE), *words, "--store", str(self.folder / "store")], cwd=self.folder, env=own, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True)

    def serve(self):
        until = time.monotonic() + DEADLINE
        while not (self.folder / "store" / "attune.db").exists():
            assert time.monotonic() < until and self.running.poll() is None, "the experiment does not run"
        self.server = self.start("dashboard", "--json", "--port", str(self.port))
        line = self.server.stdout.readline()
        assert line, self.server.stderr.read()
        self.port = json.loads(line)["port"]
        return json.loads(line)["address"]

    def kill_server(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def end(self):
        for process in (self.server, self.running):
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
        self.start("stop", "live").wait()
        self.running.communicate(timeout=DEADLINE)
