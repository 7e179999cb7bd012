"""A run that people have changed, and its replay, end with the same bits; so does one that was interrupted."""

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DEADLINE = 60.0
RUNNING = []


@pytest.fixture
def tmp_path():
    """A short one: names of sockets have a limit."""
    with tempfile.TemporaryDirectory(prefix="attune-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def no_process_is_left():
    """Runs of this example end only when they are told to; a test that fails does not tell them."""
    yield
    while RUNNING:
        process = RUNNING.pop()
        process.kill()
        process.communicate()


class Client:
    """Talks to a running program."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(DEADLINE)
        self.sock.connect(str(path))
        self.file = self.sock.makefile("rb")

    def ask(self, method, **params):
        self.sock.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
        while "id" not in (message := json.loads(self.file.readline())):
            pass
        return message["result"]

    def wait_for_reports(self, count):
        for _ in range(count):
            while json.loads(self.file.readline())["method"] != "reported":
                pass


def start(tmp_path, name, **environment):
    """The trainer, with a socket of its own; its reports are read when it has ended."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
    (tmp_path / name).mkdir()
    process = subprocess.Popen(
        [sys.executable, "-u", str(HERE / "train.py")], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**kept, "XDG_RUNTIME_DIR": str(tmp_path / name), "ATTUNE_SEED": "3", "ATTUNE_RECORD": str(tmp_path / f"{name}.changes"),
             "OPENBLAS_NUM_THREADS": "1", **environment})  # fmt: skip
    RUNNING.append(process)
    return process


def dial(tmp_path, name, process):
    """Its socket appears with its first declaration; all is declared when it reports its first step."""
    path = tmp_path / name / "attune" / f"train-{process.pid}.sock"
    while True:
        try:
            client = Client(path)
        except (FileNotFoundError, ConnectionRefusedError):
            assert process.poll() is None, process.stderr.read()
            continue
        client.ask("reports.subscribe")
        client.wait_for_reports(1)
        return client


def end(process, status=0):
    said, problems = process.communicate(timeout=DEADLINE)
    assert (process.returncode, problems) == (status, ""), problems
    return said


def tune(client, seed, rounds):
    """Changes and shakes at moments that nobody has planned, and then tells it to end."""
    chance = random.Random(seed)
    for _ in range(rounds):
        client.wait_for_reports(chance.randrange(1, 20))
        if chance.random() < 0.3:
            client.ask("trigger.fire", trigger="shake", payload={"strength": chance.random() / 10})
        else:
            values = {"rate": chance.random(), "momentum": chance.random() * 0.99, "batch": chance.randrange(1, 64)}
            client.ask("variables.set", values=dict(chance.sample(sorted(values.items()), 2)), by="ann")
        if chance.random() < 0.3:
            client.ask("program.pause")
            client.ask("variables.set", values={"rate": chance.random()})
            client.ask("program.resume")


def last_step(client):
    client.ask("program.pause")
    step = client.ask("hello")["step"]
    client.ask("variables.set", values={"steps": step + 30})
    client.ask("program.resume")


def plain(path):
    changes = [json.loads(line) for line in path.read_text().splitlines()]
    left = [change for change in changes if change.get("trigger") not in ("attune.pause", "attune.resume")]
    return [{key: value for key, value in change.items() if key not in ("time", "n", "number")} for change in left]


FOR_EVER = {"steps": 10**9}


@pytest.fixture
def long_run(tmp_path):
    """The configuration of a run that ends when it is told to."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps(FOR_EVER))
    return {"ATTUNE_CONFIG": str(path)}


@pytest.mark.parametrize("seed", [1, 2])
def test_replay_gives_the_same_bits(tmp_path, long_run, seed):
    process = start(tmp_path, "live", **long_run)
    client = dial(tmp_path, "live", process)
    tune(client, seed, 12)
    last_step(client)
    live = end(process)
    replayed = end(start(tmp_path, "again", ATTUNE_REPLAY=str(tmp_path / "live.changes"), **long_run))
    assert replayed == live
    assert plain(tmp_path / "again.changes") == plain(tmp_path / "live.changes")
    edited = tmp_path / "edited"
    edited.write_text((tmp_path / "live.changes").read_text().replace('"rate": 0.', '"rate": 0.0'))
    assert end(start(tmp_path, "other", ATTUNE_REPLAY=str(edited), **long_run)) != live, "the changes do matter"


def test_interrupted_run_goes_on_with_its_changes(tmp_path, long_run):
    (tmp_path / "checkpoint").mkdir()
    trial = {"ATTUNE_CHECKPOINT": str(tmp_path / "checkpoint"), **long_run}
    process = start(tmp_path, "first", **trial)
    client = dial(tmp_path, "first", process)
    tune(client, 5, 6)
    client.ask("trigger.fire", trigger="attune.suspend")
    end(process, status=75)

    process = start(tmp_path, "second", ATTUNE_RESUME="1", ATTUNE_CHANGES=str(tmp_path / "first.changes"), **trial)
    client = dial(tmp_path, "second", process)
    kept = client.ask("variables.get")["values"]
    changed = {}
    for change in plain(tmp_path / "first.changes"):
        changed.update(change.get("values", {}))
    assert kept == {**{"rate": 0.5, "momentum": 0.9, "batch": 32}, **FOR_EVER, **changed}, "what people had changed is changed again"
    tune(client, 6, 6)
    last_step(client)
    live = end(process)

    whole = tmp_path / "whole"
    lines = [line for name in ("first", "second") for line in (tmp_path / f"{name}.changes").read_text().splitlines()]
    whole.write_text("".join(line + "\n" for line in lines if "attune.suspend" not in line))
    assert end(start(tmp_path, "again", ATTUNE_REPLAY=str(whole), **long_run)) == live, "in one go, and the same bits"


def test_runs_alone(tmp_path):
    said = end(start(tmp_path, "alone"))
    assert said.startswith("2000 steps, loss 0.") and end(start(tmp_path, "twice")) == said
