"""A schedule, and a record that is one."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest


def write(directory: Path, name: str, *lines: Any) -> str:
    path = directory / name
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return str(path)


def recorded(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_take_effect_at_their_steps(start: Any, directory: Path) -> None:
    schedule = write(
        directory, "schedule", "# written by hand", "", {"step": 4, "values": {"depth": 4, "rate": 0.4}},
        {"step": 0, "values": {"rate": 0.2}, "by": "ann", "reason": "warm"}, {"step": 2, "trigger": "save", "payload": {"k": 1}},
        '  {"step":2,"trigger":"save"}', {"step": 3, "trigger": "attune.pause"},
        {"step": 9, "values": {"rate": 1}, "n": 4, "number": 7, "time": 1.5},
        {"step": 5, "values": {"rate": 0.7}, "number": 0, "by": "program"})
    script = start(ATTUNE_REPLAY=schedule, ATTUNE_RECORD=str(directory / "record"))
    script("rate, depth = attune.live('rate', 0.1), attune.live('depth', 1, applies='atStep')")
    assert script("rate()") == 0.2
    script("save, seen = attune.trigger('save', counted=True), []")
    for step in (1, 2, 3, 4, 5, 12):
        script(f"[attune.report(step={step}, loss=1), seen.append((rate(), depth(), save.fired(), save.fired()))] and None")
    assert script("seen") == [(0.2, 1, False, False), (0.2, 1, True, True), (0.2, 1, False, False), (0.4, 4, False, False),
                              (0.4, 4, False, False), (1.0, 4, False, False)]
    assert script("attune.registry.schedule") is None, "nothing is left to look for"
    changes = recorded(directory / "record")
    assert [(change["step"], change["by"], change["number"]) for change in changes] == [
        (0, "ann", 0), (2, "schedule", 0), (2, "schedule", 0), (4, "schedule", 0), (12, "schedule", 0)]
    assert not any("immediate" in change for change in changes) and (changes[0]["reason"], changes[1]["payload"]) == ("warm", {"k": 1})
    assert script.end() == ""


def test_line_that_does_not_fit_is_told_and_passed_over(start: Any, directory: Path) -> None:
    schedule = write(
        directory, "schedule", {"step": 1, "values": {"rate": 5}}, '{"step":-1,"values":{"rate":0.5}}', "nonsense",
        {"step": 2, "values": {"rate": 0.5, "batch": 33}}, {"step": 2, "values": {"batch": 40}}, {"step": 3, "values": {"rte": 0.5}},
        {"step": 3, "trigger": "sav"})
    script = start(ATTUNE_REPLAY=schedule)
    script("rate = attune.live('rate', 0.1, min=0, max=1)")
    script("batch = attune.live('batch', 32, validate=lambda value: value % 8 and 'it must be a multiple of 8')")
    script("[attune.step(step) for step in range(1, 6)] and None")
    assert script("(rate(), batch())") == (0.1, 40)
    form = 'allowed {"step":5,"values":{"lr":0.1}} or {"step":5,"trigger":"save"}, steps from 0.'
    later = "Nothing was changed. The line takes effect when that is declared."
    assert script.end().splitlines() == [
        f"attune: ATTUNE_REPLAY: '{schedule}' line {line}: {problem} The rest of the schedule goes on." for line, problem in (
            (2, f'{{"step":-1,"values":{{"rate":0.5}}}} refused: {form}'), (3, f"nonsense refused: {form}"),
            (1, "'rate' = 5 refused: allowed 0.0...1.0. The program keeps 0.1."),
            (4, "'batch' = 33 refused: it must be a multiple of 8. The program keeps 32."),
            (6, f"unknown variable 'rte': the program has rate, batch. {later}"),
            (7, f"unknown trigger 'sav': the program has none. {later}"))]


def test_what_is_declared_late_gets_its_lines_late(start: Any, directory: Path) -> None:
    schedule = write(directory, "schedule", {"step": 1, "values": {"rate": 0.5, "depth": 2}}, {"step": 2, "trigger": "save"})
    script = start(ATTUNE_REPLAY=schedule)
    script("rate = attune.live('rate', 0.1)")
    assert script("[attune.step(3), rate()][1]") == 0.1, "all of a line or none"
    assert script("[attune.live('depth', 1)(), rate(), attune.trigger('save').fired()]") == [2, 0.5, True]


def test_what_an_earlier_attempt_has_done_is_not_done_again(start: Any, directory: Path) -> None:
    schedule = write(directory, "schedule", {"step": 2, "values": {"rate": 0.5}}, {"step": 4, "trigger": "attune.suspend"},
                     {"step": 6, "values": {"rate": 0.9}})
    done = write(directory, "done", {"number": 0, "step": 2, "values": {"rate": 0.5}, "by": "schedule"},
                 {"number": 1, "step": 3, "values": {"rate": 0.7}, "by": "ann"},
                 {"number": 0, "step": 4, "trigger": "attune.suspend", "by": "schedule"})
    script = start(ATTUNE_REPLAY=schedule, ATTUNE_CHANGES=done, ATTUNE_RESUME="1", ATTUNE_RECORD=str(directory / "record"))
    script("rate, suspend = attune.live('rate', 0.1), attune.trigger('attune.suspend')")
    assert script("[attune.step(4), rate(), suspend.fired()]") == [None, 0.7, False]
    assert script("[attune.step(6), rate()][1]") == 0.9
    assert [change["step"] for change in recorded(directory / "record")] == [6]
    assert script("attune.registry.earlier") is None, "nothing is left to look for"


def test_change_of_a_person_is_newer_than_the_schedule(start: Any, directory: Path) -> None:
    schedule = write(directory, "schedule", {"step": 2, "values": {"rate": 0.5}})
    earlier = write(directory, "earlier", {"number": 1, "step": 3, "values": {"rate": 0.7}, "by": "ann"})
    script = start(ATTUNE_REPLAY=schedule, ATTUNE_CHANGES=earlier)
    script("rate = attune.live('rate', 0.1)")
    assert [script(f"[attune.step({step}), rate()][1]") for step in (1, 2, 3, 4)] == [0.1, 0.5, 0.7, 0.7]


def test_unreadable_schedule_is_told(start: Any, directory: Path) -> None:
    script = start(ATTUNE_REPLAY=str(directory / "none"))
    script("rate = attune.live('rate', 0.1)")
    assert script.end() == f"attune: ATTUNE_REPLAY: cannot read '{directory}/none'. The program runs without its schedule.\n"


STEPS = 12
LOOP = """
rate, size, name = [attune.live(tag, value, applies='atStep') for tag, value in (('rate', 0.1), ('size', 4), ('name', 'a'))]
once, each = attune.trigger('once'), attune.trigger('each', counted=True)
""".strip().splitlines()
READ = "seen.append((rate(), size(), name(), once.take(), each.take()))"
STEP = f"[attune.report(loss=1), {READ}, attune.registry.step % 5 or attune.change(size=9)] and None"


def run(script: Any, ask: Any = None) -> Any:
    for line in (*LOOP, "seen = []"):
        script(line)
    for step in range(STEPS):
        if ask:
            ask(step)
        script(STEP)
    script("attune.registry.link and None")
    seen = script("[(*values[:3], *(one and (one.payload, one.by, one.reason) for one in values[3:])) for values in seen]")
    assert script.end() == ""
    return seen


@pytest.mark.parametrize("seed", range(4))
def test_record_replayed_is_the_same_run_and_the_same_record(start: Any, directory: Path, seed: int) -> None:
    chance, record = random.Random(seed), directory / "record"
    first = start(ATTUNE_RECORD=str(record))
    first("None")
    talks: list[Any] = []

    def ask(step: int) -> None:
        talk = talks[0] if talks else first.dial()
        talks[:] = [talk]
        for _ in range(chance.randrange(3)):
            values = {"rate": chance.random(), "size": chance.randrange(99), "name": chance.choice("xyz")}
            if chance.random() < 0.5:
                some = dict(chance.sample(sorted(values.items()), chance.randint(1, 3)))
                talk.ask("variables.set", values=some, by="ann", reason=str(step))
            else:
                talk.ask("trigger.fire", trigger=chance.choice(["once", "each"]), payload=[step, chance.random()], by="bob")

    seen = run(first, ask)
    again = directory / "again"
    assert run(start(ATTUNE_REPLAY=str(record), ATTUNE_RECORD=str(again))) == seen
    plain = [[{key: value for key, value in change.items() if key not in ("time", "n", "number")} for change in recorded(path)]
             for path in (record, again)]
    assert plain[0] == plain[1] and len(plain[0]) > 5, f"seed {seed}"


def test_immediate_changes_are_marked_and_come_at_the_start_of_their_step(start: Any, directory: Path) -> None:
    first = start(ATTUNE_RECORD=str(directory / "record"))
    first("rate = attune.live('rate', 0.1)")
    first("attune.step(3)")
    first.dial().ask("variables.set", values={"rate": 0.5})
    first.end()
    assert recorded(directory / "record")[0]["immediate"] is True
    again = start(ATTUNE_REPLAY=str(directory / "record"))
    again("rate = attune.live('rate', 0.1)")
    assert [again(f"[attune.step({step}), rate()][1]") for step in (2, 3)] == [0.1, 0.5]
