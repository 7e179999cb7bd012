"""The tests of the recipes change values as others do: over the socket of the process, while it trains."""

from __future__ import annotations

import itertools
import os
import socket
import tempfile
from pathlib import Path
from typing import Any, Iterator

import pytest

import attune
from conftest import Talk

RUNTIME = tempfile.mkdtemp(prefix="attune-recipes-", dir="/tmp")
os.environ["XDG_RUNTIME_DIR"] = RUNTIME  # before the first declaration of this process
COUNTER = itertools.count(1)


class Outside:
    """Somebody else, who asks this program. All tags get the test's own prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._talk: Talk | None = None

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        if self._talk is None:
            attune.trigger("recipes.begin")
            [path] = Path(RUNTIME, "attune").glob(f"*-{os.getpid()}.sock")
            end = socket.socket(socket.AF_UNIX)
            end.connect(str(path))
            self._talk = Talk(end)
        return self._talk.ask(method, by="ann", **params)

    def set(self, **values: Any) -> None:
        """Accepted, so that it is applied at the next step. Dots in tags are written as two underscores."""
        answer = self.ask("variables.set", values={f"{self.prefix}.{tag.replace('__', '.')}": value for tag, value in values.items()})
        assert "result" in answer, answer["error"]["message"]

    def refuse(self, **values: Any) -> str:
        """Why it was refused."""
        answer = self.ask("variables.set", values={f"{self.prefix}.{tag.replace('__', '.')}": value for tag, value in values.items()})
        return str(answer["error"]["message"])

    def fire(self, tag: str, payload: Any = None) -> None:
        said = {} if payload is None else {"payload": payload}
        answer = self.ask("trigger.fire", trigger=f"{self.prefix}.{tag}", **said)
        assert "result" in answer, answer["error"]["message"]

    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = self.ask("variables.get")["result"]["values"]
        return {tag[len(self.prefix) + 1 :]: value for tag, value in values.items() if tag.startswith(f"{self.prefix}.")}

    def reports(self, name: str, count: int) -> list[dict[str, Any]]:
        """The first so many reports of this process that have a metric of that name."""
        self.ask("reports.subscribe", **{"from": 1})
        assert self._talk
        while True:
            found = [one["params"] for one in self._talk.heard if one.get("method") == "reported" and name in one["params"]["metrics"]]
            if len(found) >= count:
                return found[:count]
            self._talk.receive()

    def close(self) -> None:
        if self._talk:
            self._talk.close()


@pytest.fixture
def outside() -> Iterator[Outside]:
    one = Outside(f"test{next(COUNTER)}")
    yield one
    one.close()
