"""What a group promises, held against storms: Tests/AttuneTests/Group/SimulatedGroup.swift in short. A failure names its seed."""

from __future__ import annotations

import random
from typing import Any

from attune import Refused
from attune._group import Leader, Member, Timer

Message = dict[str, Any]


MOVES = {"advance": 40, "hear": 20, "deliver": 20, "ask": 6, "dial": 10, "lose": 4, "freeze": 4, "replace": 1, "time out": 1}


class Rank:
    def __init__(self, pid: int, margin: int, step: int) -> None:
        self.pid, self.birth, self.step, self.member = pid, step, step, Member(margin)
        self.is_connected = self.is_frozen = self.has_joined = False
        self.to_leader, self.from_leader = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
        self.made: dict[int, list[int]] = {}


class Storm:
    """A leader, its ranks, and everything between them, in the order that the seed draws. It is the leader's outlet."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        # Each storm has weather of its own: some moves come often in it, others hardly ever.
        self.weights = [weight * 4 ** self.draw.uniform(-1.5, 1) for weight in MOVES.values()]
        self.world, self.margin = self.draw.randint(2, 5), self.draw.randint(1, 3)
        self.leader = Leader(self.world, self.margin, 0, self)
        self.ranks = [Rank(rank, self.margin, 0) for rank in range(self.world)]
        self.ranks[0].is_connected = self.ranks[0].has_joined = True
        self.processes, self.asked = self.world, 0
        self.decided, self.answers, self.told = dict[int, int](), dict[int, Any](), list[int]()
        self.timers: list[Timer] = []

    def propose(self, change: Message, rank: int) -> None:
        self.ranks[rank].from_leader.append(("propose", change))

    def commit(self, change: Message, rank: int) -> None:
        self.decided[change["proposal"]] = change["atStep"]
        self.ranks[rank].from_leader.append(("commit", change))

    def abort(self, proposal: int, why: str, rank: int) -> None:
        self.ranks[rank].from_leader.append(("abort", proposal))

    def welcome(self, rank: int, proposal: int | None) -> None:
        self.ranks[rank].from_leader.append(("welcome", proposal))

    def answer(self, asker: Any, result: int | Refused) -> None:
        assert asker not in self.answers
        self.answers[asker] = result

    def start(self, timer: Timer) -> None:
        self.timers.append(timer)

    def tell(self, number: int, ranks: int) -> None:
        self.told.append(number)

    def move(self) -> None:
        index, kind = self.draw.randrange(self.world), self.draw.choices(list(MOVES), self.weights)[0]
        rank = self.ranks[index]
        if kind == "advance":
            self.advance(rank)
        elif kind == "hear":
            self.hear(index)
        elif kind == "deliver":
            self.deliver(index)
        elif kind == "ask":
            self.asked += 1
            at_step = self.ranks[0].step + 10 if self.draw.randrange(10) == 0 else 0
            self.leader.asked({"number": self.asked, "values": {"lr": self.asked}, "atStep": at_step}, self.asked)
        elif kind == "dial":
            self.dial(index)
        elif kind == "lose":
            self.lose(index)
        elif kind == "freeze":
            rank.is_frozen = index > 0 and self.draw.random() < 0.5
        elif kind == "replace" and index > 0:  # the process dies; another goes on from a checkpoint
            self.lose(index)
            self.processes += 1
            self.ranks[index] = Rank(self.processes, self.margin, max(0, rank.step - 3))
        elif kind == "time out" and self.timers:
            self.leader.timed_out(self.timers.pop(self.draw.randrange(len(self.timers))))

    def settle(self) -> None:
        """Nothing breaks any more; everything arrives; everybody takes a few more steps."""
        for _ in range(20_000):
            is_quiet = True
            for index, rank in enumerate(self.ranks):
                rank.is_frozen = False
                self.dial(index)
                while rank.to_leader or rank.from_leader:
                    self.hear(index)
                    self.deliver(index)
                    is_quiet = False
            last = min(self.ranks, key=lambda rank: rank.step)
            before = last.step
            if not is_quiet:
                continue
            if self.timers:
                self.leader.timed_out(self.timers.pop(0))
            elif last.step < self.goal:
                self.advance(last)
                if last.step == before:
                    return
            else:
                return

    @property
    def goal(self) -> int:
        return max([*self.decided.values(), *(rank.birth for rank in self.ranks)]) + 5

    def advance(self, rank: Rank) -> None:
        if rank.has_joined and not rank.is_frozen and rank.member.may_complete(rank.step + 1):
            rank.step += 1
            self.make(rank)

    def make(self, rank: Rank) -> None:
        for change in rank.member.take_due(rank.step):
            rank.made.setdefault(change["proposal"], []).append(rank.step)
            self.say(rank, "applied", change["proposal"])

    def say(self, rank: Rank, *line: Any) -> None:
        if rank.is_connected:
            rank.to_leader.append(line)

    def dial(self, index: int) -> None:
        rank = self.ranks[index]
        if not rank.is_connected and not rank.is_frozen:
            rank.is_connected, rank.to_leader = True, [("join", str(rank.pid), rank.pid, rank.step)]

    def lose(self, index: int) -> None:
        rank = self.ranks[index]
        if index > 0 and rank.is_connected:
            rank.is_connected, rank.to_leader, rank.from_leader = False, [], []
            if index in self.leader.seats:
                self.leader.lost(index)

    def deliver(self, index: int) -> None:
        if not self.ranks[index].to_leader:
            return
        kind, *rest = self.ranks[index].to_leader.pop(0)
        if kind == "join" and self.leader.refusal(index, self.world, rest[0]) is None:
            self.leader.joined(index, *rest)
        elif kind == "acknowledged":
            self.leader.acknowledged(index, *rest)
        elif kind == "vetoed":
            self.leader.vetoed(index, rest[0], "no")
        elif kind == "applied":
            self.leader.applied(index, *rest)

    def hear(self, index: int) -> None:
        rank = self.ranks[index]
        if not rank.from_leader or rank.is_frozen:
            return
        kind, what = rank.from_leader.pop(0)
        if kind == "propose" and what["number"] % 7 == 0 and what["number"] % self.world == index:
            self.say(rank, "vetoed", what["proposal"])
        elif kind == "propose":
            self.say(rank, "acknowledged", what["proposal"], rank.member.acknowledge(what["proposal"], rank.step))
        elif kind == "commit" and rank.member.commit(what):
            self.say(rank, "applied", what["proposal"])
        elif kind == "abort":
            rank.member.forget(what)
        elif kind == "welcome":
            rank.member.rejoined(what)
            if not rank.has_joined:
                self.make(rank)  # what lies behind it
            rank.has_joined = True


def check(storm: Storm, seed: int) -> None:
    for index, rank in enumerate(storm.ranks):
        expected = {proposal: [max(at_step, rank.birth)] for proposal, at_step in storm.decided.items()}
        assert rank.made == expected, f"seed {seed}: rank {index}"
        assert rank.step >= storm.goal and rank.member.promise is None, f"seed {seed}: rank {index} waits for ever"
    assert sorted(storm.answers) == list(range(1, storm.asked + 1)), f"seed {seed}: somebody is not answered"
    accepted = [answer for answer in storm.answers.values() if not isinstance(answer, Refused)]
    assert len(accepted) == len(storm.decided) and sorted(storm.told) == sorted(accepted), f"seed {seed}"


def test_every_rank_makes_a_change_at_the_same_step_or_none_does() -> None:
    refusals = dict.fromkeys(["no.", "did not answer", "lost its connection", "has not joined"], 0)
    for seed in range(150):
        storm = Storm(seed)
        for _ in range(6):
            for _ in range(250):
                storm.move()
            storm.settle()
            check(storm, seed)
        for word in refusals:
            refusals[word] += sum(isinstance(answer, Refused) and word in str(answer) for answer in storm.answers.values())
    assert all(count > 5 for count in refusals.values()), refusals
