"""A script under an experiment, with a hub in the test."""

from __future__ import annotations

import json
from typing import Any

from conftest import DEADLINE


def test_greets_reports_and_is_changed(hub: Any, under_experiment: Any) -> None:
    agent, script = hub(), under_experiment()
    script("rate = attune.live('rate', 0.1, min=0, max=1)")
    script("suspend = attune.trigger('attune.suspend')")
    script("attune.report(step=1, accuracy=0.5)")
    talk = agent.accept()
    greeting = talk.heard[0]["params"]
    assert (greeting["attempt"], greeting["token"], greeting["pid"]) == ("3.1", "secret", script.process.pid)
    [report] = talk.wait("reported")
    assert (report["n"], report["step"], report["metrics"]) == (1, 1, {"accuracy": 0.5})
    assert talk.wait("declared")[-1]["triggers"] == ["attune.suspend"]
    assert talk.ask("variables.set", values={"rate": 0.01}, number=5)["result"] == {"number": 5, "by": "unknown"}
    assert talk.ask("variables.set", values={"rate": 9}, number=6)["error"]["code"] == 2
    assert talk.ask("trigger.fire", trigger="attune.suspend", number=9)["result"] == {"number": 9, "by": "unknown"}
    assert script("(rate(), suspend.fired())") == (0.01, True)
    assert [change["number"] for change in talk.wait("changed", 2)] == [5, 9]


def test_lost_connection_loses_and_doubles_nothing(hub: Any, under_experiment: Any) -> None:
    script = under_experiment()
    script("rate = attune.live('rate', 0.1)")
    for step in (1, 2, 3):
        script(f"attune.report(step={step}, loss=1)")
    first = hub()
    talk = first.accept()
    assert [report["n"] for report in talk.wait("reported", 3)] == [1, 2, 3]
    talk.send(method="acknowledged", params={"n": 2})
    script("setattr(rate, 'value', 0.2)")
    talk.wait("changed")
    talk.close()
    first.close()
    for step in (4, 5):
        script(f"attune.report(step={step}, loss=1)")
    script("setattr(rate, 'value', 0.3)")

    again = hub().accept(acknowledged=3, changes=1)
    assert again.heard[0]["params"]["reported"] == 5
    assert [report["n"] for report in again.wait("reported", 2)] == [4, 5]
    assert [change["n"] for change in again.wait("changed")] == [2]
    script("attune.report(step=6, loss=1)")
    assert [report["n"] for report in again.wait("reported", 3)] == [4, 5, 6]
    again.send(method="acknowledged", params={"n": 6})
    assert script.end() == ""


def test_what_nobody_takes_is_left_in_a_file(hub: Any, under_experiment: Any, directory: Any) -> None:
    agent, script = hub(), under_experiment(ATTUNE_REPORTS=str(directory / "reports.jsonl"))
    for step in (1, 2, 3):
        script(f"attune.report(step={step}, loss=float('nan'))")
    talk = agent.accept(acknowledged=4)
    talk.wait("reported", 3)
    talk.send(method="acknowledged", params={"n": 5})
    talk.ask("hello")
    talk.close()
    agent.close()
    script("attune.registry.finish(limit=0)")
    left = [json.loads(line) for line in (directory / "reports.jsonl").read_text().splitlines()]
    assert [(report["n"], report["step"], report["pid"]) for report in left] == [(6, 2, script.process.pid), (7, 3, script.process.pid)]
    assert left[0]["metrics"] == {"loss": "nan"}


def test_sends_only_a_window_ahead(hub: Any, under_experiment: Any) -> None:
    agent, script = hub(), under_experiment()
    script("[attune.report(step=i, loss=1) for i in range(1, 2501)] and None")
    talk = agent.accept()
    assert len(talk.wait("reported", 1000)) == 1000
    talk.ask("hello")
    assert len(talk.wait("reported", 1000)) == 1000
    talk.send(method="acknowledged", params={"n": 1000})
    talk.wait("reported", 2000)
    talk.send(method="acknowledged", params={"n": 2000})
    assert [report["n"] for report in talk.wait("reported", 2500)] == list(range(1, 2501))


def test_second_process_of_an_attempt_counts_on(hub: Any, under_experiment: Any) -> None:
    agent, script = hub(), under_experiment()
    script("attune.report(step=11, loss=1)")
    talk = agent.accept(acknowledged=10)
    assert talk.wait("reported")[0]["n"] == 11


def test_end_waits_for_the_acknowledgement(hub: Any, under_experiment: Any) -> None:
    agent, script = hub(), under_experiment()
    script("attune.report(step=1, loss=1)")
    assert script.process.stdin
    script.process.stdin.close()
    talk = agent.accept()
    talk.wait("reported")
    assert script.process.poll() is None
    talk.send(method="acknowledged", params={"n": 1})
    assert script.process.wait(timeout=4) == 0


def test_refused_greeting_is_final(hub: Any, under_experiment: Any) -> None:
    agent, script = hub(), under_experiment()
    script("attune.report(step=1, loss=1)")
    agent.accept(error={"code": 2, "message": "attempt 3.1: wrong token."})
    assert script.end() == "attune: attempt 3.1: wrong token. The program goes on with its values and reports to nobody.\n"


def test_what_happens_last_is_told(hub: Any, under_experiment: Any) -> None:
    agent, script = hub(), under_experiment()
    script("done = attune.trigger('done')")
    talk = agent.accept()
    assert talk.ask("trigger.fire", trigger="done", number=3)["result"] == {"number": 3, "by": "unknown"}
    script.process.stdin.write("done.fired() and exit()\n")
    script.process.stdin.flush()
    assert [change["number"] for change in talk.wait("changed")] == [3]
    assert talk.receive()["method"] == "ledger"
    assert talk.file.read() == b""
    talk.close()
    assert script.process.wait(timeout=DEADLINE) == 0


def test_changes_before_the_connection_are_told_at_the_end(hub: Any, under_experiment: Any) -> None:
    script = under_experiment()
    script("rate = attune.live('rate', 0.1)")
    script.process.stdin.write("[setattr(rate, 'value', value / 10) for value in range(5)] and exit()\n")
    script.process.stdin.flush()
    talk = hub().accept()
    assert [change["values"]["rate"] for change in talk.wait("changed", 5)] == [0.0, 0.1, 0.2, 0.3, 0.4]
    talk.close()
    assert script.process.wait(timeout=DEADLINE) == 0


def test_ends_at_once_without_anything_to_tell(under_experiment: Any) -> None:
    script = under_experiment()
    script("rate = attune.live('rate', 0.1)")
    script.process.stdin.close()
    assert script.process.wait(timeout=4) == 0
