"""A script by itself, reached over its own socket."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT


@pytest.fixture
def script(start: Any) -> Any:
    script = start()
    script("rate = attune.live('rate', 0.1, min=0, max=1)")
    script("momentum = attune.live('momentum', 0.9, min=0, max=1, applies='atStep')")
    return script


def test_tells_what_it_is(script: Any) -> None:
    script("attune.step(12)")
    talk = script.dial()
    told = talk.ask("hello")["result"]
    began = told.pop("began")
    told.pop("energy", None)  # where the machine can tell
    assert told == {"name": "train", "pid": script.process.pid, "protocol": 1, "step": 12, "attempt": None}
    started = next(int(line.split()[1]) for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime"))
    ticks = int(Path(f"/proc/{script.process.pid}/stat").read_text().rpartition(")")[2].split()[19])
    assert abs(began - (started + ticks / os.sysconf("SC_CLK_TCK"))) < 2
    assert talk.ask("variables.list")["result"]["variables"] == [
        {"tag": "rate", "type": "float", "range": [0.0, 1.0], "value": 0.1},
        {"tag": "momentum", "type": "float", "range": [0.0, 1.0], "applies": "atStep", "value": 0.9},
    ]
    assert talk.ask("variables.get", tags=["rate"])["result"] == {"step": 12, "values": {"rate": 0.1}}


def test_socket_is_private_and_removed(script: Any, directory: Path) -> None:
    [path] = (directory / "attune").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    script.end()
    assert not path.exists()


@pytest.mark.parametrize(
    "method, params, code, message",
    [
        ("variables.set", {"values": {"rate": 0.5, "momentum": 2}}, 2, "'momentum' = 2 refused: allowed 0.0...1.0. The program keeps 0.9."),
        ("variables.set", {"values": {"rate": 0.5, "rte": 1}}, 1,
         "unknown variable 'rte': the program has rate, momentum. Nothing was changed."),
        ("variables.set", {"values": {"rate": 0.5}, "number": 0}, -32602,
         '"number" counts from 1 and "atStep" from 0, in integers. Nothing was changed.'),
        ("trigger.fire", {"trigger": "save"}, 1, "unknown trigger 'save': the program has none. Nothing was changed."),
        ("nonsense", {}, -32601, "unknown method 'nonsense'. Nothing was changed."),
    ],
)
def test_refuses_all_or_nothing(script: Any, method: str, params: Any, code: int, message: str) -> None:
    assert script.dial().ask(method, **params)["error"] == {"code": code, "message": message}
    assert script("(rate(), momentum())") == (0.1, 0.9)


def test_waits_for_the_step_as_a_whole(script: Any) -> None:
    talk = script.dial()
    talk.ask("changes.subscribe")
    answer = talk.ask("variables.set", values={"rate": 0.5, "momentum": 0.8}, by="ann", reason="plateau")
    assert answer["result"] == {"number": 1, "by": "ann"}
    assert talk.ask("variables.set", values={"rate": 0.7}, atStep=9)["result"] == {"number": 2, "by": "unknown"}
    assert script("(rate(), momentum(), rate.is_changed())") == (0.1, 0.9, False)
    script("attune.step(4)")
    assert script("(rate(), momentum(), rate.is_changed())") == (0.5, 0.8, True)
    script("attune.report(step=8, loss=1)")
    assert script("rate()") == 0.5
    script("attune.report(loss=1)")
    assert script("rate()") == 0.7
    first, second = talk.wait("changed", 2)
    assert (first["n"], first["number"], first["step"], first["by"], first["reason"]) == (1, 1, 4, "ann", "plateau")
    assert first["values"] == {"rate": 0.5, "momentum": 0.8}
    assert (second["n"], second["number"], second["step"], second["values"]) == (2, 2, 9, {"rate": 0.7})


def test_same_number_is_carried_out_once(script: Any) -> None:
    talk = script.dial()
    for _ in range(2):
        assert talk.ask("variables.set", values={"rate": 0.5}, number=7)["result"] == {"number": 7, "by": "unknown"}
        script("setattr(rate, 'value', 0.6)")
    assert script("rate()") == 0.6
    assert [change["n"] for change in talk.wait("changed")] == [1]
    assert talk.ask("variables.set", values={"rate": 0.4})["result"] == {"number": 8, "by": "unknown"}


def test_trigger_is_told_when_it_is_consumed(script: Any) -> None:
    script("save = attune.trigger('save')")
    talk = script.dial()
    talk.ask("changes.subscribe")
    talk.ask("trigger.fire", trigger="save", by="ann")
    script("attune.step(5)")
    assert script("(save.fired(), save.fired())") == (True, False)
    assert [(c["trigger"], c["step"], c["by"]) for c in talk.wait("changed")] == [("save", 5, "ann")]


def test_subscriber_goes_on_where_it_was(script: Any) -> None:
    for step in range(1, 6):
        script(f"attune.report(step={step}, loss={step})")
    talk = script.dial()
    assert talk.ask("reports.subscribe", **{"from": 4})["result"] == {"from": 4, "last": 5}
    script("attune.report(loss=float('nan'))")
    reports = talk.wait("reported", 3)
    assert [report["step"] for report in reports] == [4, 5, 6]
    assert reports[2]["metrics"] == {"loss": "nan"}


def test_garbage_harms_nobody(script: Any) -> None:
    talk = script.dial()
    talk.sock.sendall(b"GET / HTTP/1.1\n[1]\n\x00\n" + b"x" * 2_000_000 + b"\n")
    codes = [talk.receive()["error"]["code"] for _ in range(4)]
    assert codes[:2] == [-32700, -32600] and set(codes[2:]) == {-32700}
    assert talk.ask("variables.set", values=[1])["error"]["code"] in (-32602, 1)
    assert script.dial().ask("variables.get")["result"]["values"]["rate"] == 0.1


def test_half_closed_client_gets_its_answer(script: Any) -> None:
    talk = script.dial()
    talk.send(id=1, method="hello")
    talk.sock.shutdown(1)
    assert talk.receive()["id"] == 1


def test_half_closed_subscriber_gets_all_that_is_kept(script: Any) -> None:
    script("[attune.report(loss=0.5) for _ in range(10_000)] and None")
    talk = script.dial()
    talk.send(method="reports.subscribe")
    talk.sock.shutdown(1)
    assert [json.loads(line)["params"]["n"] for line in talk.file if b"reported" in line] == list(range(1, 10_001))


def test_silent_subscriber_holds_nobody_up(script: Any) -> None:
    silent, other = script.dial(), script.dial()
    silent.ask("reports.subscribe")
    script("[attune.report(**{'loss' * 50: 0.5}) for _ in range(60_000)] and None")
    assert other.ask("hello")["result"]["step"] == 60_000
    numbers = [json.loads(line)["params"]["n"] for line in silent.file if b"reported" in line]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) < 60_000


def test_what_happens_last_is_told(script: Any) -> None:
    talk = script.dial()
    talk.ask("changes.subscribe")
    script.process.stdin.write("setattr(rate, 'value', 0.5) or exit()\n")
    script.process.stdin.flush()
    assert [change["values"] for change in talk.wait("changed")] == [{"rate": 0.5}]
    assert talk.file.read() == b""


def test_records_and_applies_again(start: Any, directory: Path) -> None:
    first = start(ATTUNE_RECORD=str(directory / "changes"))
    first("rate = attune.live('rate', 0.1)")
    for step, value in ((2, 0.2), (4, 0.4), (6, 0.6)):
        first(f"attune.step({step})")
        first(f"setattr(rate, 'value', {value})")
    first.end()
    lines = (directory / "changes").read_text().splitlines()
    recorded = [json.loads(line) for line in lines]
    assert [(change["step"], change["values"]["rate"]) for change in recorded] == [(2, 0.2), (4, 0.4), (6, 0.6)]
    (directory / "changes").write_text("\n".join(lines) + '\n{"number":9,"step":5,"trigger":"save"}\n{"number":5,"st')

    fresh = start(ATTUNE_CHANGES=str(directory / "changes"))
    fresh("rate = attune.live('rate', 0.1)")
    fresh("save = attune.trigger('save')")
    assert [fresh(f"[attune.report(step={step}), rate()][1]") for step in range(1, 7)] == [0.1, 0.2, 0.2, 0.4, 0.4, 0.6]
    assert fresh("save.fired()") is False

    resumed = start(ATTUNE_CHANGES=str(directory / "changes"), ATTUNE_RESUME="1")
    resumed("rate = attune.live('rate', 0.1)")
    assert [resumed("rate()"), resumed("[attune.step(5), rate()][1]"), resumed("[attune.step(6), rate()][1]")] == [0.6, 0.4, 0.6]
    assert resumed("[setattr(rate, 'value', 0.9), attune.step(1), attune.step(9), rate()][-1]") == 0.9


def test_configuration(start: Any, directory: Path) -> None:
    (directory / "config.json").write_text('{"rate": 1, "depth": "deep", "far": 9, "solver": "adam"}')
    script = start(ATTUNE_CONFIG=str(directory / "config.json"), ATTUNE_SEED="42", ATTUNE_CHECKPOINT="/tmp/c", ATTUNE_RESUME="1")
    assert script("attune.parent_checkpoint()") is None
    assert script("[__import__('os').environ.update(ATTUNE_PARENT_CHECKPOINT='/tmp/p'), str(attune.parent_checkpoint())][1]") == "/tmp/p"
    assert script("attune.config({'rate': 0.1, 'epochs': 3})") == {"rate": 1, "epochs": 3, "depth": "deep", "far": 9, "solver": "adam"}
    assert script("attune.live('rate', 0.1, min=0, max=1)()") == 1.0
    assert script("attune.live('depth', 1)") == "Refused: 'depth' = 'deep' refused: allowed any integer. The program keeps 1."
    assert script("attune.live('far', 1, max=5)") == "Refused: 'far' = 9 refused: allowed 5 or less. The program keeps 1."
    assert script("(attune.seed(), str(attune.checkpoint_directory()), attune.resuming())") == (42, "/tmp/c", True)


def test_runs_on_without_a_socket(start: Any) -> None:
    script = start(XDG_RUNTIME_DIR="/proc/nowhere", TMPDIR="/proc")
    assert script("attune.live('rate', 0.1)()") == 0.1
    script("attune.report(loss=1)")
    assert script.end().count("The program cannot be tuned; it goes on with its values.") == 1


def test_steps_of_numpy_are_steps(script: Any) -> None:
    pytest.importorskip("numpy")
    script("import numpy")
    script("[attune.step(numpy.int64(4)), attune.report(step=numpy.int64(5), loss=numpy.float32(0.5))] and None")
    talk = script.dial()
    talk.ask("reports.subscribe")
    assert talk.ask("hello")["result"]["step"] == 5 and talk.wait("reported")[0]["metrics"] == {"loss": 0.5}


def test_bad_step_is_a_value_error(script: Any) -> None:
    assert script("attune.step(-1)") == "ValueError: step: -1 refused: it counts completed steps, from 0. Nothing was changed."


def test_bad_report_is_a_value_error(script: Any) -> None:
    assert script("attune.report(step=0, loss=1)") == (
        "ValueError: report: step = 0 refused: it counts completed steps, from 1. Nothing was reported.")


def test_forked_child_leaves_the_parent_alone(script: Any, directory: Path) -> None:
    talk = script.dial()
    talk.ask("reports.subscribe")
    script("import os")
    assert script("(pid := os.fork()) or [attune.report(step=99, loss=1), rate(), os._exit(0)]")
    script("os.waitpid(-1, 0)")
    script("attune.report(step=1, loss=1)")
    assert [report["step"] for report in talk.wait("reported")] == [1]
    assert len(list((directory / "attune").iterdir())) == 1


def test_spawned_worker_keeps_to_itself(directory: Path) -> None:
    path = directory / "train.py"
    path.write_text("""
import attune, multiprocessing, threading
rate = attune.live("rate", 0.1)
print(threading.active_count(), flush=True)
if __name__ == "__main__":
    worker = multiprocessing.get_context("spawn").Process(target=print)
    worker.start()
    worker.join()
""")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(directory)}
    result = subprocess.run([sys.executable, str(path)], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert result.stdout.split() == ["2", "1"], result.stderr


def test_many_variables_need_one_thread(script: Any) -> None:
    script("many = [attune.live(f'v{i}', i) for i in range(1000)]")
    assert script("__import__('threading').active_count()") == 2
    assert len(script.dial().ask("variables.list")["result"]["variables"]) == 1002


def test_replayed_value_that_is_no_longer_allowed_is_passed_over(start: Any, directory: Path) -> None:
    (directory / "changes").write_text('{"number":1,"step":1,"values":{"rate":0.2}}\n{"number":2,"step":2,"values":{"rate":5}}\n')
    script = start(ATTUNE_CHANGES=str(directory / "changes"))
    script("rate = attune.live('rate', 0.1, max=1)")
    assert [script(f"[attune.step({step}), rate()][1]") for step in (1, 2, 3)] == [0.2, 0.2, 0.2]
