"""Many threads and clients at once: nothing is lost, doubled or half done."""

from __future__ import annotations

import threading
from typing import Any

LOOP = """
def work(seed):
    chance = random.Random(seed)
    for _ in range(300):
        moment = attune.snapshot()
        torn.append(moment["left"] != moment["right"]) if moment["left"] != moment["right"] else None
        what = chance.randrange(4)
        if what == 0:
            value = chance.random()
            attune.change(left=value, right=value)
        elif what == 1:
            attune.report(loss=chance.random())
        elif what == 2:
            taken.append(each.take())
        else:
            attune.live(f"v{chance.randrange(50)}", 0.5)
"""


def test_threads_and_clients_at_once(start: Any) -> None:
    script = start()
    script("import random, threading")
    script("left, right, each = attune.live('left', 0.5), attune.live('right', 0.5), attune.trigger('each', counted=True)")
    script("torn, taken = [], []")
    script(f"exec({LOOP!r})")
    script("threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]")
    listener = script.dial()
    listener.ask("changes.subscribe")
    talks = [script.dial() for _ in range(3)]
    numbers: list[int] = []

    def ask(talk: Any, which: int) -> None:
        for value in range(100):
            asked = ("trigger.fire", {"trigger": "each"}) if which == 0 else ("variables.set", {"values": {"left": value, "right": value}})
            numbers.append(talk.ask(asked[0], **asked[1])["result"]["number"])

    script("[thread.start() for thread in threads] and None")
    clients = [threading.Thread(target=ask, args=(talk, which)) for which, talk in enumerate(talks)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    script("[thread.join() for thread in threads] and None")
    script("exec('while (firing := each.take()): taken.append(firing)')")
    assert sorted(numbers) == list(range(1, 301)), "each request has a number of its own"
    assert script("torn") == []
    assert script("len({firing.number for firing in taken if firing})") == 100
    last = script("attune.registry.counts['changed']")
    assert [change["n"] for change in listener.wait("changed", last)] == list(range(1, last + 1))
    assert sum(change["number"] > 0 for change in listener.wait("changed", last)) == 300
