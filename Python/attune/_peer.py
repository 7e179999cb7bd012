"""The other end of a connection."""

from __future__ import annotations

import json
import socket
from typing import Any

LINE_LIMIT, OUTGOING_LIMIT = 1 << 20, 16 << 20  # bytes
PATIENCE = 30.0  # seconds for the first line, and for one that has begun

quoted = json.encoder.encode_basestring_ascii
encode = json.JSONEncoder(separators=(",", ":"), default=str).encode


class Peer:
    """What has come and what goes, with the numbers that come next for it; 0 for what it has not asked for."""

    __slots__ = ("socket", "incoming", "outgoing", "has_ended", "next", "declared", "events", "is_new", "follows", "is_upstream")

    def __init__(self, end: socket.socket, is_upstream: bool = False) -> None:
        end.setblocking(False)
        self.socket, self.incoming, self.outgoing = end, b"", bytearray()
        self.next, self.declared, self.events = {"changed": 0, "reported": 0}, 0, 1
        self.has_ended = self.follows = False
        self.is_new, self.is_upstream = True, is_upstream

    def send(self, **message: Any) -> None:
        self.outgoing += encode({"jsonrpc": "2.0", **message}).encode() + b"\n"

    def accept(self, identity: Any, accepted: dict[str, Any]) -> None:
        """What is sent most often, without an encoder."""
        known = identity if type(identity) is int else encode(identity)
        answer = f'{{"jsonrpc":"2.0","id":{known},"result":{{"number":{accepted["number"]},"by":{quoted(accepted["by"])}}}}}\n'
        self.outgoing += answer.encode()

    def send_text(self, head: str, body: bytearray) -> None:
        """A message whose long last member is there as text."""
        self.outgoing += b'{"jsonrpc":"2.0",' + head.encode() + b":"
        self.outgoing += body
        self.outgoing += b"}\n"

    def receive(self) -> list[bytes]:
        """The lines that are complete now. Raises OSError."""
        data = self.socket.recv(1 << 14)
        *lines, rest = (self.incoming + data).split(b"\n")
        self.incoming, self.has_ended = rest if len(rest) <= LINE_LIMIT else b"\0", not data  # what is too long is no JSON any more
        self.is_new = self.is_new and not lines
        return lines

    def flush(self) -> bool:
        """Sends; whether everything has gone. Raises OSError."""
        try:
            while self.outgoing:
                del self.outgoing[: self.socket.send(self.outgoing)]
        except BlockingIOError:
            return False
        return True

    @property
    def is_over(self) -> bool:
        """It has said and got everything, or reads too slowly."""
        return self.has_ended and not self.outgoing or len(self.outgoing) > OUTGOING_LIMIT
