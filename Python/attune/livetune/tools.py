"""The client: `python3 -m attune.livetune.tools --value 0.01 --tag rate --port 61629`, and `tune` for programs.

It drives programs that embed the original, and those that let its clients in. On the command line `attune set --livetune` is quicker.
"""

from __future__ import annotations

import argparse
import math
import socket
import sys
import time
from typing import Any

from .._livetune import ASK_PORT, ASK_TYPE, FIRE, HOST, MESSAGE_LIMIT, TRIGGER

SILENCE = 0.2  # seconds before the dictionary is called a second time


def tune(var_value: Any, port: int, tag: str, trigger: bool = False, timeout: float = 5.0) -> None:
    """Changes a variable, or fires a trigger, of the program whose dictionary has that port.

    Raises LookupError for an unknown tag, TypeError for a value that is not of the variable's type, ValueError when the program refuses it,
    ConnectionError, and TimeoutError when the program is stopped.
    """
    deadline = time.monotonic() + timeout
    with _call(request_port(tag, port, timeout), deadline) as call:
        call.sendall(ASK_TYPE)
        kind = call.recv(MESSAGE_LIMIT).decode()
        if not kind:
            raise ConnectionError(f"the program hung up when asked for the type of '{tag}'. Nothing was changed.")
        if trigger != (kind == TRIGGER):
            raise TypeError(f"'{tag}' is {'a trigger' if kind == TRIGGER else f'of type {kind}, no trigger'}. Nothing was changed.")
        text = FIRE if trigger else _text(tag, var_value, kind)
        call.settimeout(max(0.001, deadline - time.monotonic()))
        call.sendall(text.encode())
        reason = call.recv(MESSAGE_LIMIT).decode()
    if reason:
        raise ValueError(reason)


def request_port(tag: str, port: int, timeout: float = 5.0) -> int:
    """The port of a variable. Raises LookupError, ConnectionError, TimeoutError."""
    deadline = time.monotonic() + timeout
    with _call(port, deadline) as call:
        call.sendall(ASK_PORT + tag.encode())
        call.settimeout(min(SILENCE, timeout))
        try:
            answer = call.recv(MESSAGE_LIMIT).decode()
        except TimeoutError:
            # The original keeps a question that it cannot answer until the next one comes; a stopped program then keeps it, too.
            _call(port, deadline).close()
            call.settimeout(max(0.001, deadline - time.monotonic()))
            answer = call.recv(MESSAGE_LIMIT).decode()
    if not answer.isdigit():
        raise LookupError(answer or f"unknown variable or trigger '{tag}'. Nothing was changed.")
    return int(answer)


def typeChecker(text: str | None) -> str:
    """The type that a text on the command line looks like: int, float, bool or string; None for none."""
    if text is None:
        return "None"
    for kind in (int, float):
        try:
            kind(text)
            return kind.__name__
        except ValueError:
            continue
    return "bool" if text in ("true", "false", "True", "False") else "string"


def main() -> None:
    """The original's command, with an exit status: 1 when nothing was changed."""
    parser = argparse.ArgumentParser(prog="tune", description="Changes a variable of a running program, or fires a trigger.")
    parser.add_argument("--value", "-v", help="the new value, of the variable's type")
    parser.add_argument("--port", "-p", type=int, required=True, help="what the program announced")
    parser.add_argument("--tag", "-t", required=True, help="the variable's or the trigger's")
    parser.add_argument("--trigger", "-tr", action="store_true", help="fire a trigger")
    wanted = parser.parse_args()
    try:
        tune(wanted.value, wanted.port, wanted.tag, wanted.trigger)
    except (LookupError, TypeError, ValueError, OSError) as problem:
        sys.exit(f"tune: {problem.args[0] if isinstance(problem, LookupError) else problem}")


def _call(port: int, deadline: float) -> socket.socket:
    return socket.create_connection((HOST, port), timeout=max(0.001, deadline - time.monotonic()))


def _text(tag: str, value: Any, kind: str) -> str:
    """The value as the program's type wants it. Raises TypeError."""
    word = str(value)
    looks = typeChecker(None if value is None else word)
    if kind in ("str", "string") and word and value is not None:
        return word
    if kind == "bool" == looks:
        return word.capitalize()
    if kind in ("int", "float") and looks in ("int", "float") and math.isfinite(float(word)):
        if kind == "float" or looks == "int":
            return word
        if float(word).is_integer():
            return str(int(float(word)))
    raise TypeError(f"'{tag}' = {word} refused: it is of type {kind}. Nothing was changed.")


if __name__ == "__main__":
    main()
