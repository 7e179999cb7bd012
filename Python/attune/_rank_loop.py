"""The thread of a group of ranks: connections and a clock. What is said on them is `_rank_link`'s."""

from __future__ import annotations

import math
import os
import select
import socket
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from ._group import Timer
from ._peer import Peer

if TYPE_CHECKING:
    from ._registry import Registry
    from .ranks import Seat

PAUSE, PAUSE_LIMIT = 0.02, 1.0  # seconds before dialing again
STRANGER_LIMIT = 64  # who may be silent at a time beside the ranks; the oldest makes room


class Loop:
    """Rank 0 listens, another dials. Whoever sends holds the registry's lock: every rank hears of everything in its order."""

    def __init__(self, registry: Registry, seat: Seat) -> None:
        self.registry, self.seat = registry, seat
        self.is_over = False
        self.peers: dict[int, Peer] = {}  # by rank; a follower has its leader here
        self.strangers: list[Peer] = []  # who has not joined yet
        self.timers: deque[tuple[float, Timer]] = deque()  # all with the same patience: the first to begin is the first to end
        self.thread = threading.Thread(target=self._talk, name="attune-ranks", daemon=True)
        self._redial = 0.0
        self.pause = PAUSE

    def heard(self, line: bytes, peer: Peer) -> None:
        """A line has come. Called without the lock."""

    def not_understood(self, peer: Peer, problem: Exception) -> None:
        with self.registry.lock:
            self.send(peer, id=None, error={"code": -32602, "message": f"not understood: {problem!r}. Nothing was changed."})

    def lost(self, rank: int) -> None:
        """A connection is over."""

    def is_due(self) -> None:
        """Called once in every turn, without the lock."""

    def timed_out(self, timer: Timer) -> None:
        """A timer has ended."""

    def reached(self, peer: Peer) -> None:
        """The leader has been dialled."""

    def not_reached(self, failure: OSError) -> None:
        """The leader could not be dialled; it will be again."""

    @property
    def is_leading(self) -> bool:
        return self.seat.rank == 0

    def begin(self) -> None:
        """Raises OSError."""
        self.bell, self.hearing = socket.socketpair()
        self.bell.setblocking(False)
        if self.is_leading:
            self._listen()
        self.thread.start()

    def abandon(self) -> None:
        """In a forked child: the connections are the parent's."""
        if self.thread.ident:
            ends = [peer.socket for peer in (*self.peers.values(), *self.strangers)]
            for end in (self.bell, self.hearing, *ends, *([self.listener] if self.is_leading else [])):
                end.close()

    def ring(self) -> None:
        try:
            self.bell.send(b"!")
        except OSError:  # full: it is awake
            pass

    def send(self, peer: Peer, **message: Any) -> None:
        peer.send(**message)
        self._flush(peer)
        if peer.outgoing or peer.has_ended:
            self.ring()

    def _flush(self, peer: Peer) -> None:
        try:
            peer.flush()
        except OSError:
            peer.outgoing.clear()
            peer.has_ended = True

    def _listen(self) -> None:
        host = self.seat.host
        self.listener = socket.socket(socket.AF_INET if host else socket.AF_UNIX)
        try:
            if host:
                self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                self.listener.bind(host)
            else:
                self._bind(self.seat.address)
        except OSError as problem:
            raise OSError(f"cannot listen at '{self.seat.address}': {problem}") from None
        self.listener.listen(128)
        self.listener.setblocking(False)

    def _bind(self, path: str) -> None:
        if os.path.lexists(path):  # of a leader that has died
            with socket.socket(socket.AF_UNIX) as other:
                if other.connect_ex(path) == 0:
                    raise OSError("another leader answers there")
            os.unlink(path)
        os.fchmod(self.listener.fileno(), 0o600)  # before there is a file: it is never open to others
        self.listener.bind(path)

    def _talk(self) -> None:
        while not self.is_over:
            poll = select.poll()
            poll.register(self.hearing, select.POLLIN)
            if self.is_leading:
                poll.register(self.listener, select.POLLIN)
            with self.registry.lock:
                peers = {peer.socket.fileno(): peer for peer in (*self.peers.values(), *self.strangers)}
                alarm = self.timers[0][0] if self.timers else math.inf
            for descriptor, peer in peers.items():
                poll.register(descriptor, (0 if peer.has_ended else select.POLLIN) | (select.POLLOUT if peer.outgoing else 0))
            alarm = min(alarm, math.inf if self.is_leading or self.peers else self._redial)
            ready = dict(poll.poll(None if alarm == math.inf else math.ceil(max(0.0, alarm - time.monotonic()) * 1000)))
            if self.hearing.fileno() in ready:
                self.hearing.recv(1 << 12)
            for descriptor, peer in peers.items():
                self._serve(peer, ready.get(descriptor, 0))
            self._do_what_is_due(ready)
        self._close_everything()

    def _serve(self, peer: Peer, events: int) -> None:
        lines: list[bytes] = []
        if events & ~select.POLLOUT and not peer.has_ended:
            try:
                lines = peer.receive()
            except BlockingIOError:
                pass
            except OSError:
                peer.has_ended = True
        for line in lines:
            try:
                self.heard(line, peer)
            except Exception as problem:  # whatever comes, the thread goes on
                self.not_understood(peer, problem)
        with self.registry.lock:
            self._flush(peer)
            if peer.is_over or peer.has_ended:
                self._lose(peer)

    def _lose(self, peer: Peer) -> None:
        peer.socket.close()
        self.strangers = [other for other in self.strangers if other is not peer]
        for rank in [rank for rank, known in self.peers.items() if known is peer]:
            del self.peers[rank]
            self.lost(rank)
            self._redial = time.monotonic() + self.pause

    def _do_what_is_due(self, ready: dict[int, int]) -> None:
        self.is_due()
        with self.registry.lock:
            while self.timers and self.timers[0][0] <= time.monotonic():
                self.timed_out(self.timers.popleft()[1])
        if self.is_leading and self.listener.fileno() in ready:
            try:
                self.strangers.append(self._peer(self.listener.accept()[0]))
            except OSError:
                pass
            if len(self.strangers) > self.seat.world + STRANGER_LIMIT:
                self._lose(self.strangers[0])
        if not self.is_leading and not self.peers and not self.is_over and self._redial <= time.monotonic():
            self._dial()

    def _dial(self) -> None:
        host = self.seat.host
        end = socket.socket(socket.AF_INET if host else socket.AF_UNIX)
        try:
            end.settimeout(1.0)
            end.connect(host or self.seat.address)
        except OSError as failure:
            end.close()
            self.pause = min(2 * self.pause, PAUSE_LIMIT)
            self._redial = time.monotonic() + self.pause
            return self.not_reached(failure)
        with self.registry.lock:
            self.peers[0] = self._peer(end)
            self.reached(self.peers[0])

    def _peer(self, end: socket.socket) -> Peer:
        if self.seat.host:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Peer(end)

    def _close_everything(self) -> None:
        with self.registry.lock:
            for peer in (*self.peers.values(), *self.strangers):
                self._flush(peer)
                peer.socket.close()
            self.peers, self.strangers = {}, []
        if self.is_leading:
            self.listener.close()
            if not self.seat.host and os.path.exists(self.seat.address):
                os.unlink(self.seat.address)
