"""What a request brings with it, and what is kept of it."""

from __future__ import annotations

import json
from typing import Any, Mapping

from ._values import Live, Refused

Message = dict[str, Any]
PENDING_LIMIT = 10_000
WORDS_LIMIT, PAYLOAD_LIMIT = 4096, 1 << 16  # characters, bytes


class Snapshot(dict[str, Any]):
    """The values of all variables at one moment: by tag, or by the variable itself."""

    def __init__(self, values: Mapping[str, Any], step: int) -> None:
        super().__init__(values)
        self.step = step

    def __getitem__(self, tag: str | Live[Any]) -> Any:
        return super().__getitem__(tag.tag if type(tag) is not str and isinstance(tag, Live) else tag)


class Accepted:
    """The numbers of requests that were accepted: one number stands for all below it that came without a gap."""

    def __init__(self) -> None:
        self.highest = self._gapless = 0
        self._others: set[int] = set()

    def __contains__(self, number: int) -> bool:
        return 0 < number <= self._gapless or number in self._others

    def add(self, number: int) -> None:
        if number > self.highest:
            self.highest = number
        if number == self._gapless + 1 and not self._others:
            self._gapless = number
            return
        self._others.add(number)
        while self._gapless + 1 in self._others:
            self._gapless += 1
            self._others.remove(self._gapless)


def circumstances(params: Message) -> tuple[Any, int, Message]:
    """Number, step to wait for, and what is kept with the change. Raises Refused."""
    number, at_step, by, reason = params.get("number"), params.get("atStep") or 0, params.get("by"), params.get("reason")
    if type(number or 1) is not int or type(at_step) is not int or at_step < 0 or number is not None and number < 1:
        raise Refused('"number" counts from 1 and "atStep" from 0, in integers. Nothing was changed.', -32602)
    said = {"by": "unknown" if by is None else by}
    if reason is not None:
        said["reason"] = reason
    for text in said.values():
        if type(text) is not str or len(text) > WORDS_LIMIT:
            raise Refused(f'"by" and "reason" are texts of at most {WORDS_LIMIT} characters. Nothing was changed.', -32602)
    if params.get("payload") is not None and "values" not in params:
        size = len(json.dumps(params["payload"], ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode())
        if size > PAYLOAD_LIMIT:
            tag = str(params.get("trigger"))[:80]
            raise Refused(f"'{tag}': a payload of {size} bytes refused: allowed {PAYLOAD_LIMIT} as text. Nothing was fired.")
        said["payload"] = params["payload"]
    return number, at_step, said


def taken_over(change: Message) -> Any:
    """The values that come with a checkpoint to load."""
    payload = change.get("payload")
    return payload.get("values") if isinstance(payload, dict) else None


def unknown(what: str, tag: Any, known: Mapping[str, Any]) -> Refused:
    listed = ", ".join(list(known)[:20]) + (", …" if len(known) > 20 else "")
    return Refused(f"unknown {what} '{tag}': the program has {listed or 'none'}. Nothing was changed.", 1)
