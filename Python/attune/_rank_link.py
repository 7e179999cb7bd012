"""A group of ranks as one of its processes sees it: what `_group` wants done is sent, and what is heard is told to it."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Callable

from ._group import Held, Leader, Member, Timer
from ._peer import Peer
from ._rank_loop import PAUSE, Loop
from ._registry import warn
from ._values import Refused

if TYPE_CHECKING:
    from ._registry import Registry
    from .ranks import Seat

Message = dict[str, Any]
Reply = Callable[[Any], None]  # given the result or a Refused
MARGIN = 2  # steps between the furthest rank and the change
PATIENCE = 4.0  # seconds that the ranks have to answer: less than those who ask wait for it
UNREACHABLE_LIMIT = 60.0  # seconds after which a rank that cannot reach its leader is bound by no promise
KEPT = ("values", "trigger", "payload", "by", "reason", "number")  # of a group's change, what every change has


class Group(Loop):
    """What the registry asks of its group, and what a `Leader` wants done."""

    def __init__(self, registry: Registry, seat: Seat, patience: float = PATIENCE) -> None:
        super().__init__(registry, seat)
        self.patience = patience
        self.decided = threading.Condition(registry.lock)
        self.member = Member(MARGIN)
        self.leader = Leader(seat.world, MARGIN, os.getpid(), self) if seat.rank == 0 else None
        self.process = f"{os.getpid()}-{os.urandom(8).hex()}"  # in containers, numbers of processes come again
        self.name = self.process if self.leader else ""
        self.inherited: Message = {}  # changed by the group before this rank has declared it
        self.problem = "nobody listens there"
        self.welcomes: dict[int, Any] = {}
        self.to_consider: deque[Message] = deque()
        self.held = Held()
        self._lost_at = math.inf

    def open(self) -> None:
        """Listens, or begins to dial. Raises OSError."""
        registry = self.registry
        if self.leader:
            with registry.lock:
                told = {tag for change in registry.logs["changed"] if change["number"] for tag in change.get("values", ())}
                if told:  # somebody has changed them before there was a group
                    values = {tag: registry.variables[tag]() for tag in sorted(told)}
                    self.leader.remember({"proposal": 0, "number": 0, "by": "program", "atStep": 0, "values": values})
                self._be_reachable()
        else:  # from now on this rank is reached by its leader only
            link, registry.link, registry.is_quiet = registry.link, None, True
            if link:
                link.finish(0.0)
        self.begin()
        util: Any = sys.modules.get("multiprocessing.util")
        if util:  # whose children do not run what is registered for the end
            util.Finalize(None, registry.finish, exitpriority=100)

    def _be_reachable(self) -> None:
        """Also in a child of `multiprocessing`, which otherwise leaves everything to its parent."""
        self.registry.is_quiet = False
        if self.registry.link is None:
            from ._link import Link

            self.registry.link = Link(self.registry)
        self.registry.link.ring()

    def wait(self, limit: float) -> str | None:
        """Waits until the leader has welcomed this rank. Why it has not; None when it has, or when it was said already."""
        with self.decided:
            return None if self.decided.wait_for(lambda: self.name or self.is_over, limit) else self.problem

    def hold(self, step: int) -> None:
        """Waits while a promise forbids to complete the step."""
        while not self.member.may_complete(step):
            self.decided.wait()

    def make(self) -> None:
        """Makes what was decided for this step."""
        for change in self.member.take_due(self.registry.step):
            known = {key: change[key] for key in KEPT if key in change}
            if "values" in change:
                self.inherited.update({tag: value for tag, value in change["values"].items() if tag not in self.registry.variables})
                known["values"] = {tag: value for tag, value in change["values"].items() if tag in self.registry.variables}
                self.registry.apply({"by": "unknown", **known})
            elif change["trigger"] in self.registry.triggers:
                self.registry.triggers[change["trigger"]]._waiting.append({"by": "unknown", **known})
            self._confirm(change["proposal"])

    def keeps(self, notice: Message) -> bool:
        """Whether it is to be told later: when all ranks have made it, and in its order."""
        return not self.held.admit(notice)

    def ask(self, change: Message, at_step: int, reply: Reply) -> None:
        """Puts a change to the ranks, whose decision answers it."""
        if self.leader is None or self.is_over:
            return reply(Refused("the ranks cannot be reached: their group is over. No rank has changed anything."))
        self.leader.asked({**change, "atStep": at_step}, (reply, change["by"]))

    def finish(self) -> None:
        """The program ends: the others hear it, and a promise is over."""
        with self.registry.lock:
            if not self.is_over and self.leader:
                self.leader.ended()
            for peer in list(self.peers.values()):
                if not self.is_over:
                    self.send(peer, method="group.leave", params={})
            self._end(None)
            for notice in self.held.release_all():
                self.registry.publish(notice)
        if self.thread.is_alive():
            self.ring()
            self.thread.join(2.0)

    # What the leader wants done.

    def propose(self, change: Message, rank: int) -> None:
        if rank == 0:
            self.to_consider.append(change)
            self.ring()
        else:
            self.send(self.peers[rank], id=change["proposal"], method="group.propose", params=change)

    def commit(self, change: Message, rank: int) -> None:
        if rank == 0:
            self.registry.accepted.add(change["number"])
            self.held.awaited.add(change["number"])
            self.member.commit(change)
            self.decided.notify_all()
        else:
            self.send(self.peers[rank], method="group.commit", params=change)

    def abort(self, proposal: int, why: str, rank: int) -> None:
        if rank == 0:
            self.member.forget(proposal)
            self.decided.notify_all()
        else:
            self.send(self.peers[rank], method="group.abort", params={"proposal": proposal, "why": why})

    def welcome(self, rank: int, proposal: int | None) -> None:
        result = {"group": self.name, "margin": MARGIN, **({"open": proposal} if proposal else {})}
        self.send(self.peers[rank], id=self.welcomes.pop(rank), result=result)

    def answer(self, asker: Any, result: int | Refused) -> None:
        reply, by = asker
        reply(result if isinstance(result, Refused) else {"number": result, "by": by})

    def start(self, timer: Timer) -> None:
        self.timers.append((time.monotonic() + self.patience, timer))
        if len(self.timers) == 1:
            self.ring()

    def tell(self, number: int, ranks: int) -> None:
        for notice in self.held.release(number, ranks):
            self.registry.publish(notice)

    def _confirm(self, proposal: int) -> None:
        if self.leader:
            self.leader.applied(0, proposal)
        for peer in () if self.leader else self.peers.values():
            self.send(peer, method="group.applied", params={"proposal": proposal, "step": self.registry.step})

    # What the thread tells.

    def lost(self, rank: int) -> None:
        if self.leader:
            self.leader.lost(rank)

    def is_due(self) -> None:
        while self.to_consider:
            self._consider(self.to_consider.popleft(), None, None)

    def timed_out(self, timer: Timer) -> None:
        if self.leader:
            self.leader.timed_out(timer)

    def reached(self, peer: Peer) -> None:
        self._lost_at, self.problem = math.inf, "the leader does not answer"
        params = {"rank": self.seat.rank, "world": self.seat.world, "process": self.process, "pid": os.getpid(), "step": self.registry.step}
        self.send(peer, id=1, method="group.join", params={**params, **({"token": self.seat.token} if self.seat.token else {})})

    def not_reached(self, failure: OSError) -> None:
        now = time.monotonic()
        self.problem, self._lost_at = str(failure), min(self._lost_at, now)
        is_gone = isinstance(failure, (ConnectionRefusedError, FileNotFoundError)) or now - self._lost_at > UNREACHABLE_LIMIT
        if self.name and is_gone:
            with self.registry.lock:
                self._end(f"the leader of the ranks has died: rank {self.seat.rank} can no longer be tuned. The program goes on.")

    def heard(self, line: bytes, peer: Peer) -> None:
        message = json.loads(line)
        identity, method, params = message.get("id"), message.get("method"), message.get("params") or {}
        if method == "group.propose" and not self.leader:
            return self._consider(params, peer, identity)
        with self.registry.lock:
            try:
                self._lead(message, identity, method, params, peer) if self.leader else self._follow(message, identity, method, params, peer)
            except Refused as problem:
                self.send(peer, id=identity, error={"code": problem.code, "message": str(problem)})

    def _lead(self, message: Message, identity: Any, method: str | None, params: Message, peer: Peer) -> None:
        rank = next((rank for rank, known in self.peers.items() if known is peer), None)
        leader = self.leader
        if leader is None:
            return
        if method == "group.join":
            self._admit(leader, identity, params, peer)
        elif rank is None:
            if not method:
                return
            raise Refused(f"unknown method '{method}': here only ranks of a group are heard. Nothing was changed.", -32601)
        elif method == "group.applied":
            leader.applied(rank, int(params["proposal"]))
        elif method == "group.leave":
            leader.left(rank)
        elif "result" in message and type(identity) is int:
            leader.acknowledged(rank, identity, int(message["result"]["step"]))
        elif "error" in message and type(identity) is int:
            leader.vetoed(rank, identity, str(message["error"]["message"]))

    def _admit(self, leader: Leader, identity: Any, params: Message, peer: Peer) -> None:
        rank = int(params["rank"])
        if self.seat.token and params.get("token") != self.seat.token:
            raise Refused(f"rank {rank} has another ATTUNE_GROUP_TOKEN than its leader.")
        refusal = leader.refusal(rank, int(params["world"]), str(params["process"]))
        if refusal:
            raise refusal
        if rank in self.peers:
            self.peers[rank].has_ended = True
            self.strangers.append(self.peers[rank])  # the thread closes it
        self.peers[rank], self.welcomes[rank] = peer, identity
        self.strangers = [other for other in self.strangers if other is not peer]
        leader.joined(rank, str(params["process"]), int(params["pid"]), int(params["step"]))

    def _follow(self, message: Message, identity: Any, method: str | None, params: Message, peer: Peer) -> None:
        if method == "group.commit":
            if self.member.commit(params):
                self._confirm(params["proposal"])
        elif method == "group.abort":
            self.member.forget(params["proposal"])
        elif method == "group.leave":
            self._end(None)
        elif "result" in message:
            self._joined(message["result"])
        elif "error" in message and identity == 1:
            self.problem = message["error"]["message"]
            if message["error"]["code"] == 2:
                self._end(f"{self.problem} The program goes on and cannot be tuned.")
            peer.has_ended = True
        self.decided.notify_all()

    def _joined(self, welcome: Message) -> None:
        if self.name not in ("", welcome["group"]):
            what = f"rank {self.seat.rank} can no longer be tuned. The program goes on."
            return self._end(f"the leader of the ranks is another process now: {what}")
        is_new, self.name = not self.name, welcome["group"]
        self.member.margin, self.pause = welcome["margin"], PAUSE
        self.member.rejoined(welcome.get("open"))
        if is_new:  # what lies behind it, it makes before its program goes on; a known one makes everything in its own steps
            self.make()

    def _consider(self, change: Message, peer: Peer | None, identity: Any) -> None:
        """Asks the program, outside the lock: a validator is a stranger's code."""
        reason = self.registry.objection(change)
        with self.registry.lock:
            if reason and peer:
                self.send(peer, id=identity, error={"code": 2, "message": reason})
            elif reason and self.leader:
                self.leader.vetoed(0, change["proposal"], reason)
            if reason:
                return
            step = self.member.acknowledge(change["proposal"], self.registry.step)
            if peer:
                self.send(peer, id=identity, result={"step": step})
            elif self.leader:
                self.leader.acknowledged(0, change["proposal"], step)

    def _end(self, problem: str | None) -> None:
        """There is no leader any more: nobody will decide."""
        if problem and not self.is_over:
            warn(problem)
        self.is_over, self.member.promise = True, None
        self.decided.notify_all()
