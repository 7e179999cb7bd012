"""How several ranks agree on the step of a change, without sockets, threads or clocks: the leader's side and a rank's own.

The same as `GroupLeader` and `GroupMember` in Swift; Docs/Protocol.md, "Several ranks", has the messages.
"""

from __future__ import annotations

from typing import Any, Protocol

from ._values import Refused

Message = dict[str, Any]
Timer = tuple[str, int]  # "gathering", "answers" or "telling", and the proposal
QUEUE_LIMIT, UNCONFIRMED_LIMIT, HISTORY_LIMIT, REMEMBERED_LIMIT = 1000, 10_000, 1000, 10_000


class Member:
    """What a rank has promised, what was decided, what it has done. A promise is the step that it does not complete before the decision."""

    def __init__(self, margin: int) -> None:
        self.margin = margin
        self.promise: tuple[int, int, int] | None = None  # proposal, acknowledged step, first step that may not be completed
        self.waiting: list[Message] = []  # decided, and not yet made
        self.applied: dict[int, int] = {}  # the steps of the last ones, so that what is told twice is not made twice

    def acknowledge(self, proposal: int, step: int) -> int:
        """Promises. Asked again for the same proposal, it gives the first answer: the leader may hold that one already."""
        if self.promise is None or self.promise[0] != proposal:
            self.promise = proposal, step, step + self.margin
        return self.promise[1]

    def may_complete(self, step: int) -> bool:
        return self.promise is None or step < self.promise[2]

    def commit(self, change: Message) -> bool:
        """The leader has decided for it. Whether it has been made already."""
        self.forget(change["proposal"])
        if change["proposal"] in self.applied:
            return True
        if all(known["proposal"] != change["proposal"] for known in self.waiting):
            self.waiting.append(change)
        return False

    def forget(self, proposal: int) -> None:
        """The leader has decided against it."""
        if self.promise and self.promise[0] == proposal:
            self.promise = None

    def rejoined(self, proposal: int | None) -> None:
        """Every decision that was missed has been told: a promise for a proposal that is not open is over."""
        if self.promise and self.promise[0] != proposal:
            self.promise = None

    def take_due(self, step: int) -> list[Message]:
        """Takes out what is to be made at this step: in the order of the steps, and of the decisions."""
        due = [change for change in self.waiting if change["atStep"] <= step]
        if due:
            self.waiting = [change for change in self.waiting if change["atStep"] > step]
            self.applied.update((change["proposal"], step) for change in due)
            while len(self.applied) > REMEMBERED_LIMIT:
                del self.applied[next(iter(self.applied))]
        return sorted(due, key=lambda change: (change["atStep"], change["proposal"]))


class Outlet(Protocol):
    """What a leader wants done."""

    def propose(self, change: Message, rank: int) -> None: ...
    def commit(self, change: Message, rank: int) -> None: ...
    def abort(self, proposal: int, why: str, rank: int) -> None: ...
    def welcome(self, rank: int, proposal: int | None) -> None: ...
    def answer(self, asker: Any, result: int | Refused) -> None: ...
    def start(self, timer: Timer) -> None: ...
    def tell(self, number: int, ranks: int) -> None: ...


class Held:
    """What the leader has made and does not tell yet, because other ranks have not; and what came after, so that all is told in its order."""

    def __init__(self) -> None:
        self.notices: list[Message] = []
        self.awaited: set[int] = set()  # numbers of decisions that are not to be told
        self.ranks: dict[int, int] = {}  # how many have made those that may be told, until they are

    def admit(self, notice: Message) -> bool:
        """Whether something that took effect in this process may be told at once."""
        if self.notices or notice["number"] in self.awaited:
            self.notices.append(notice)
            return False
        self._count(notice)
        return True

    def release(self, number: int, ranks: int) -> list[Message]:
        """So many ranks have made it. What may be told now."""
        self.awaited.discard(number)
        self.ranks[number] = ranks
        end = next((index for index, notice in enumerate(self.notices) if notice["number"] in self.awaited), len(self.notices))
        told, self.notices = self.notices[:end], self.notices[end:]
        for notice in told:
            self._count(notice)
        return told

    def release_all(self) -> list[Message]:
        told, self.notices, self.awaited = self.notices, [], set()
        return told

    def _count(self, notice: Message) -> None:
        if notice["number"] in self.ranks:
            notice["ranks"] = self.ranks.pop(notice["number"])


class Seat:
    """What the leader knows of a rank that has been there."""

    def __init__(self, process: str, pid: int) -> None:
        self.process, self.pid, self.is_present, self.has_left = process, pid, True, False
        self.unconfirmed: list[Message] = []  # decided, and not yet made there as far as is known


class Leader:
    """One proposal at a time: put to the ranks once all of them are there, decided once all of them have acknowledged."""

    def __init__(self, world: int, margin: int, pid: int, outlet: Outlet) -> None:
        self.world, self.margin, self.outlet = world, margin, outlet
        self.seats = {0: Seat("", pid)}
        self.queue: list[tuple[Message, list[Any]]] = []
        self.open: Message | None = None
        self.askers: list[Any] = []
        self.is_asking = False
        self.acknowledged_at: dict[int, int] = {}
        self.last_proposal = 0
        self.history: list[Message] = []
        self.untold: dict[int, tuple[int, set[int]]] = {}  # committed, and not yet told: its number, and who has made it

    def refusal(self, rank: int, world: int, process: str) -> Refused | None:
        """Why a rank may not join."""
        if world != self.world or not 0 < rank < world:
            return Refused(f"rank {rank} of {world} cannot join: the group has {self.world} ranks, and 1...{self.world - 1} may join its leader.")
        seat = self.seats.get(rank)
        if seat and seat.is_present and seat.process != process:
            return Refused(f"rank {rank} is taken by process {seat.pid}, which is still connected.", 3)
        return None

    def joined(self, rank: int, process: str, pid: int, step: int) -> None:
        seat = self.seats.get(rank)
        if seat is None or seat.process != process:
            seat = self.seats[rank] = Seat(process, pid)
            # A trigger of the past is not pulled again; the values are what the others hold.
            seat.unconfirmed = [change for change in self.history if "values" in change or change["atStep"] > step]
            self.acknowledged_at.pop(rank, None)
        seat.is_present, seat.has_left = True, False
        for change in seat.unconfirmed:
            self.outlet.commit(change, rank)
        self.outlet.welcome(rank, self.open["proposal"] if self.open and self.is_asking else None)
        if self.open and not self.is_asking:
            self._ask_when_complete()
        elif self.open and rank not in self.acknowledged_at:
            self.outlet.propose(self.open, rank)

    def lost(self, rank: int) -> None:
        """Its connection broke. It may come back."""
        self.seats[rank].is_present = False

    def left(self, rank: int) -> None:
        """Its program has ended."""
        self.seats[rank].is_present, self.seats[rank].has_left = False, True
        self._abort(f"rank {rank} has ended")

    def asked(self, change: Message, asker: Any) -> None:
        """Somebody wants a change; its `atStep`: not before that step."""
        if self.open and self.open["number"] == change["number"]:
            return self.askers.append(asker)
        for queued, askers in self.queue:
            if queued["number"] == change["number"]:
                return askers.append(asker)
        if len(self.queue) >= QUEUE_LIMIT:
            return self._refuse([asker], f"{QUEUE_LIMIT} changes wait for the ranks already")
        self.queue.append((change, [asker]))
        self._next()

    def acknowledged(self, rank: int, proposal: int, step: int) -> None:
        """The rank promises not to complete `step` and the margin before the decision."""
        if not self._is_asked(proposal) or self.open is None:
            return
        self.acknowledged_at[rank] = step
        if len(self.acknowledged_at) < self.world:
            return
        change = {**self.open, "atStep": max(max(self.acknowledged_at.values()) + self.margin, self.open.get("atStep") or 0)}
        askers, self.open, self.askers = self.askers, None, []
        self.remember(change)
        self.untold[proposal] = change["number"], set()
        for other, seat in sorted(self.seats.items()):
            seat.unconfirmed.append(change)
            if seat.is_present:
                self.outlet.commit(change, other)
        for asker in askers:
            self.outlet.answer(asker, change["number"])
        self._next()

    def vetoed(self, rank: int, proposal: int, reason: str) -> None:
        if self._is_asked(proposal):
            self._abort(f"rank {rank}: {reason}")

    def applied(self, rank: int, proposal: int) -> None:
        seat = self.seats[rank]
        seat.unconfirmed = [change for change in seat.unconfirmed if change["proposal"] != proposal]
        if proposal not in self.untold or rank in self.untold[proposal][1]:
            return
        self.untold[proposal][1].add(rank)
        if len(self.untold[proposal][1]) == self.world:
            self._tell(proposal)
        elif rank == 0:
            self.outlet.start(("telling", proposal))

    def timed_out(self, timer: Timer) -> None:
        kind, proposal = timer
        if kind == "telling":
            self._tell(proposal)
        elif self.open is None or self.open["proposal"] != proposal or self.is_asking != (kind == "answers"):
            return
        elif kind == "answers":
            self._abort(self._absence(min(set(range(self.world)) - set(self.acknowledged_at))))
        else:
            self._abort(self._absence(min(rank for rank in range(self.world) if not (rank in self.seats and self.seats[rank].is_present))))

    def _absence(self, rank: int) -> str:
        seat = self.seats.get(rank)
        if seat and seat.is_present:
            return f"rank {rank} (process {seat.pid}) did not answer in time: it is stopped or very busy"
        what = f" (process {seat.pid}) has lost its connection" if seat else " has not joined"
        present = sum(seat.is_present for seat in self.seats.values())
        return f"rank {rank}{what}: {present} of {self.world} ranks are there"

    def ended(self) -> None:
        """The leader's program ends."""
        queue, self.queue = self.queue, []
        self._abort("the program has ended")
        for _, askers in queue:
            self._refuse(askers, "the program has ended")

    def remember(self, change: Message) -> None:
        """For ranks that join later. The oldest changes of values are folded into one that holds what they came to."""
        self.history.append(change)
        if len(self.history) > HISTORY_LIMIT:
            first, second = self.history[:2]
            if "values" in first and "values" in second:
                second = {**second, "values": {**first["values"], **second["values"]}, "atStep": max(first["atStep"], second["atStep"])}
            self.history[:2] = [second if "values" in second else first]

    def _is_asked(self, proposal: int) -> bool:
        return self.open is not None and self.is_asking and self.open["proposal"] == proposal

    def _next(self) -> None:
        """Takes the next request, which waits until all ranks are there."""
        while self.queue and self.open is None:
            change, self.askers = self.queue.pop(0)
            self.last_proposal += 1
            self.open, self.is_asking, self.acknowledged_at = {**change, "proposal": self.last_proposal}, False, {}
            gone = [rank for rank, seat in self.seats.items() if seat.has_left]
            late = [rank for rank, seat in self.seats.items() if len(seat.unconfirmed) >= UNCONFIRMED_LIMIT]
            if gone:
                self._drop(f"rank {min(gone)} has ended")
            elif late:
                self._drop(f"rank {min(late)} (process {self.seats[min(late)].pid}) has yet to make {UNCONFIRMED_LIMIT} changes")
            elif not self._ask_when_complete():
                self.outlet.start(("gathering", self.last_proposal))

    def _ask_when_complete(self) -> bool:
        if self.open is None or not all(rank in self.seats and self.seats[rank].is_present for rank in range(self.world)):
            return False
        self.is_asking = True
        for rank in range(self.world):
            self.outlet.propose(self.open, rank)
        self.outlet.start(("answers", self.open["proposal"]))
        return True

    def _tell(self, proposal: int) -> None:
        if proposal in self.untold:
            number, ranks = self.untold.pop(proposal)
            self.outlet.tell(number, len(ranks))

    def _abort(self, why: str) -> None:
        self._drop(why)
        self._next()

    def _drop(self, why: str) -> None:
        if self.open is None:
            return
        proposal, askers, self.open, self.askers = self.open["proposal"], self.askers, None, []
        for rank, seat in sorted(self.seats.items()):
            if self.is_asking and seat.is_present:
                self.outlet.abort(proposal, why, rank)
        self._refuse(askers, why)

    def _refuse(self, askers: list[Any], why: str) -> None:
        for asker in askers:
            self.outlet.answer(asker, Refused(f"{why}{'' if why.endswith('.') else '.'} No rank has changed anything."))
