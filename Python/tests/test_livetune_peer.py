"""Against the original LiveTune from the registry: its command drives programs on Attune, and ours drives programs on the original."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

from conftest import DEADLINE, ROOT
from livetune_programs import CHECK, OBEY, ORIGINAL, Program, Start, attune, command, needs_original, needs_swift, tune

pytestmark = needs_original
KINDS = [pytest.param("swift", marks=needs_swift), "python", "drop-in"]


@pytest.fixture
def begin(directory: Path) -> Iterator[Start]:
    programs: list[Program] = []

    def start(kind: str, lines: str = "", **environment: str) -> tuple[Program, str]:
        for _ in range(100):
            programs.append(Program(directory, command(directory, kind, lines), **environment))
            try:
                port = programs[-1].port()
                if kind == "original":
                    programs[-1].read("^= (ready)")
                return programs[-1], port
            except EOFError:
                assert kind == "original", programs[-1].said
        raise AssertionError("the original lost its race a hundred times")

    yield start
    for program in programs:
        program.close()


@pytest.mark.parametrize("kind", KINDS)
def test_its_command_drives_programs_on_attune(begin: Start, directory: Path, kind: str) -> None:
    program, port = begin(kind, ATTUNE_LIVETUNE_PORT="0", ATTUNE_RECORD=str(directory / "record"))
    call = "" if kind == "swift" else "()"
    sets = [("rate", "0.5", "0.5"), ("rate", "1", "1.0"), ("depth", "7.0", "7"), ("depth", "-3", "-3"), ("flag", "False", "False"),
            ("name", "burger", "burger"), ("solver", "adam", "adam")]  # fmt: skip
    for tag, typed, held in sets:
        assert tune(port, tag, "--value", typed) == (0, "")
        program.wait(tag + call, held.lower() if kind == "swift" and tag == "flag" else held)
    assert tune(port, "save", "--trigger") == (0, "")
    program.wait("save" + call, "true" if kind == "swift" else "True")
    assert program("save" + call).lower() == "false"
    record = [json.loads(line) for line in (directory / "record").read_text().splitlines()]
    assert [(change["by"], change["number"]) for change in record] == [("livetune", number + 1) for number in range(len(sets) + 1)]
    assert [next(iter(change.get("values", {"save": 0}))) for change in record] == [tag for tag, _, _ in sets] + ["save"]


@pytest.mark.parametrize("kind", KINDS)
def test_its_command_is_never_left_hanging(begin: Start, kind: str) -> None:
    program, port = begin(kind, ATTUNE_LIVETUNE_PORT="0")
    status, said = tune(port, "speed", "--value", "1")
    assert status == 1 and "unknown variable or trigger 'speed'. Nothing was changed." in said
    for words in (("rate", "--value", "fast"), ("rate", "--trigger"), ("save", "--value", "1"), ("depth", "--value", "1.5")):
        assert "mismatch" in tune(port, *words)[1]
    if kind != "drop-in":  # the original's variables have no range
        assert tune(port, "rate", "--value", "9") == (0, "")
        program.read("(attune: livetune: 'rate' = 9.0 refused: allowed 0.0...1.0. The program keeps 0.1.)")
    assert program("rate" if kind == "swift" else "rate()") == "0.1"


@pytest.mark.parametrize("kind", KINDS)
def test_restarts_on_the_same_port_at_once(begin: Start, kind: str) -> None:
    program, port = begin(kind, ATTUNE_LIVETUNE_PORT="0")
    tune(port, "rate", "--value", "0.5")
    program.close()
    again, same = begin(kind, ATTUNE_LIVETUNE_PORT=port)
    assert same == port
    tune(port, "rate", "--value", "0.25")
    again.wait("rate" if kind == "swift" else "rate()", "0.25")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be another user")
@pytest.mark.parametrize("kind", KINDS)
def test_another_user_of_the_machine_is_refused(begin: Start, kind: str) -> None:
    program, port = begin(kind, ATTUNE_LIVETUNE_PORT="0")
    client = f"""
import os, socket
os.setuid(65534)
call = socket.socket()
try:
    call.connect(("127.0.0.1", {port}))
    call.sendall(b"request_type: dictionary_entry - rate")
    print(call.recv(1024))
except ConnectionError:
    print(b"")
"""
    done = subprocess.run([sys.executable, "-c", client], capture_output=True, text=True, timeout=DEADLINE)
    assert done.stdout == "b''\n", done.stderr
    program.read("(attune: livetune: user 65534 of this machine called, and was hung up on)")
    assert tune(port, "rate", "--value", "0.5") == (0, "")
    program.wait("rate" if kind == "swift" else "rate()", "0.5")


@needs_swift
def test_our_command_drives_programs_on_the_original(begin: Start) -> None:
    program, port = begin("original")
    assert attune("set", "--livetune", port, "rate=0.5", "depth=7.0", "flag=false")[0] == 0
    assert attune("fire", "--livetune", f"localhost:{port}", "save", "--json") == (0, '{"sent":"save"}')
    # The command has waited until the program had read it: nothing to wait for.
    assert program("rate(), depth(), flag(), save(), save()") == "(0.5, 7, False, True, False)"


@needs_swift
@pytest.mark.parametrize(
    "words, status, said",
    [
        ("set speed=1", 3, "unknown variable or trigger 'speed'"),
        ("fire speed", 3, "unknown variable or trigger 'speed'"),
        ("set rate=0.2 depth=1.5", 4, "'depth' = 1.5 refused: allowed any integer."),
        ("set rate=nan", 4, "'rate' = nan refused: allowed any finite number."),
        ("set flag=1", 4, "'flag' = 1 refused: allowed true or false."),
        ("set save=1", 3, "unknown variable 'save': it is a trigger"),
        ("fire rate", 3, "unknown trigger 'rate': it is a variable of type float."),
        ("set rate", 2, "'rate' is no assignment"),
        ("set rate=1 --wait", 2, "knows neither --wait nor"),
        ("set rate=1 --program x", 2, "--livetune names a program by itself"),
    ],
)
def test_our_command_tells_apart(begin: Start, words: str, status: int, said: str) -> None:
    program, port = begin("original")
    result = attune(*words.split(), "--livetune", port)
    assert result[0] == status and said in result[1]
    assert program("rate(), depth(), flag(), save()") == "(0.1, 4, True, False)"


@needs_swift
def test_our_command_does_not_wait_for_the_stopped_and_the_dead(begin: Start) -> None:
    program, port = begin("original")
    os.kill(program.process.pid, signal.SIGSTOP)
    status, said = attune("set", "--livetune", port, "rate=0.5")
    assert status == 6 and "the program is stopped or very busy" in said
    program.close()
    assert attune("set", "--livetune", port, "rate=0.5")[0] == 5


@needs_swift
@pytest.mark.parametrize("kind", KINDS[:2])
def test_our_command_hears_why_a_program_on_attune_refuses(begin: Start, kind: str) -> None:
    _, port = begin(kind, ATTUNE_LIVETUNE_PORT="0")
    assert attune("set", "--livetune", port, "rate=9") == (4, "attune: 'rate' = 9.0 refused: allowed 0.0...1.0. The program keeps 0.1.")
    assert attune("set", "--livetune", port, "rate=1", "name=5")[0] == 0


# Each line is said to the script on the original and to the one on Attune; a list is for the original's command. The answers are the same.
SCRIPT: list[Any] = [
    "rate(), depth(), flag()", "save()", "rate.changed()", ["rate", "--value", "0.5"], "rate()", "rate.changed()", "rate.changed()",
    ["depth", "--value", "5.0"], "depth()", "type(depth()).__name__", ["flag", "--value", "False"], "flag()",
    ["depth", "--value", "abc"], ["depth", "--value", "1.5"], ["rate", "--value", "True"], "rate(), depth()",
    ["save", "--trigger"], "save()", "save()", "depth.update(7)", "depth()", "depth.update(1.5)", "depth.update(True)", "depth.update('x')",
    "str(depth), repr(depth)", "depth + rate, depth - rate, depth * rate, depth / rate, depth / 2", "depth == rate, depth == depth",
    "depth + None", "depth - 'x'", "depth / 0", "depth / liveVar(0, 'zero')",
    "depth += 3", "depth -= 1", "depth *= 2", "depth()", "depth.var_value, depth.dtype, depth.tag", "depth['value'], depth['dtype']",
    "depth['value'] = 6", "depth()", "depth['other']", "depth.__setitem__('dtype', float)", "depth['port'] == depth.port",
    "liveVar([1], 'list')", "liveVar(1, 2)", "liveTrigger(3)", "rate.get_dictionary_port() == liveVar.dictionary_port[0]",
]  # fmt: skip


def test_same_script_same_answers(begin: Start) -> None:
    answers = []
    for kind in ("original", "drop-in"):
        program, port = begin(kind)
        said: list[Any] = []
        for line in SCRIPT:
            if isinstance(line, list):
                said.append(tune(port, *line)[0])
                effect = {"rate": "rate() == 0.5", "depth": "depth() == 5", "flag": "flag() is False"}.get(line[0])
                program.wait(effect or "save.state_is_triggered", "True")
            else:
                said.append(program(line))
        answers.append(said)
    assert answers[0] == answers[1]


# Where the original falls short of what its documentation says, ours does what it says: Docs/LiveTune.md.
@pytest.mark.parametrize(
    "line, original, ours",
    [
        ("rate * 2, 1 - rate, rate < 1", "TypeError", "(0.2, 0.9, True)"),
        ("range(depth), float(rate), f'{rate:.2f}'", "TypeError", "(range(0, 4), 0.1, '0.10')"),
        ("depth == 4", "False", "True"),
        ("bool(liveVar(False, 'off'))", "True", "False"),
        ("{depth: 1}[4]", "TypeError", "1"),
        ("liveVar('text', 'text').upper()", "TypeError", "TEXT"),
        ("[depth.update(5), depth.changed()]", "[None, False]", "[None, True]"),
        ("[setattr(depth, 'var_value', 0.5), depth()]", "[None, 0.5]", "TypeError"),
        ("str(save)", "AttributeError", "liveTrigger('save')"),
        ("bool(save)", "True", "False"),
        ("save == 1", "False", "False"),
        ("liveVar.setPort(0)", "None", "TypeError"),
    ],
)
def test_where_the_original_is_broken(begin: Start, line: str, original: str, ours: str) -> None:
    assert [begin(kind)[0](line) for kind in ("original", "drop-in")] == [original, ours]


EXAMPLE = """
import sys
from {package} import liveVar
from {package} import liveTrigger

ranking = liveVar(100, 'ranking')
save = liveTrigger('save')
stop = liveTrigger('stop')
def saved(): print("saved", ranking(), flush=True)

while not stop():
    if save():
        saved()
    if ranking.changed():
        print("This variable has changed!", flush=True)
print("stopped at", ranking(), flush=True)
"""


def test_examples_of_its_documentation_run_unchanged_but_for_the_import(directory: Path) -> None:
    (directory / "example.py").write_text(EXAMPLE.format(package="attune.livetune"))
    program = Program(directory, [sys.executable, "example.py"])
    try:
        port = program.port()
        assert tune(port, "ranking", "--value", "200")[0] == 0
        program.read("(has changed)")
        assert tune(port, "save", "-tr")[0] == 0
        program.read("(saved 200)")
        module = [sys.executable, "-m", "attune.livetune.tools", "-p", port, "-t", "stop", "-tr"]
        assert subprocess.run(module, timeout=DEADLINE, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode == 0
        program.read("(stopped at 200)")
        assert program.process.wait(DEADLINE) == 0
    finally:
        program.close()


def test_our_client_drives_programs_on_the_original(begin: Start) -> None:
    from attune.livetune import tools

    program, text = begin("original")
    port = int(text)
    tools.tune(0.5, port, "rate")
    tools.tune("5.0", port, "depth")
    tools.tune("false", port, "flag")
    tools.tune(None, port, "save", trigger=True)
    assert program("rate(), depth(), flag(), save(), save()") == "(0.5, 5, False, True, False)"
    for problem, words in ((LookupError, (1, port, "speed")), (TypeError, ("x", port, "rate")), (TypeError, (1, port, "save")),
                           (TypeError, ("nan", port, "rate")), (ConnectionError, (1, 1, "rate"))):  # fmt: skip
        with pytest.raises(problem):
            tools.tune(*words)
    os.kill(program.process.pid, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        tools.tune(1, port, "rate", timeout=0.5)
