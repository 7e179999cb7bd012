"""A live learning rate in a data-parallel torch training: at the same optimizer step on all ranks, and what happens without that.

Usage: python Benchmarks/ranks_ddp.py [--changes 50] [--json FILE]    (pip install torch)
Four processes train with DistributedDataParallel on gloo. With the ranks' agreement the parameters stay equal to the last bit; with the
same changes sent to each rank by itself they drift apart, and nothing says so.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

from harness import ROOT, Figure, publish

WORLD = 4


def train(is_grouped: bool) -> None:
    """One rank. It prints, for each step at which the rate changed, the step, the rate and a checksum of the parameters; and their drift."""
    import torch
    import torch.distributed as distributed
    from torch.nn.parallel import DistributedDataParallel

    import attune

    torch.set_num_threads(1)
    distributed.init_process_group("gloo")
    torch.manual_seed(0)
    model = DistributedDataParallel(torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1)))
    rate, stop = attune.live("rate", 0.05, min=0.0, max=1.0), attune.live("stop", 0)
    if is_grouped:
        import attune.ranks

        assert attune.ranks.join()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate(), momentum=0.9)
    data = torch.Generator().manual_seed(distributed.get_rank())
    seen, step = [], 0
    print("ready", flush=True)
    while True:
        features = torch.randn(8, 16, generator=data)
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(features), features.sum(1, keepdim=True).sin()).backward()
        optimizer.param_groups[0]["lr"] = rate()
        optimizer.step()
        step += 1
        attune.step(step)
        if rate.is_changed():
            seen.append((step, rate(), _checksum(model)))
        # All must leave the loop at the same step. Without an agreement only a collective can see to that.
        is_last = stop() if is_grouped else _agree(stop())
        if is_last:
            break
    flat = torch.cat([parameter.detach().reshape(-1) for parameter in model.parameters()])
    everybody = [torch.empty_like(flat) for _ in range(WORLD)]
    distributed.all_gather(everybody, flat)
    drift = max(float((other - flat).abs().max()) for other in everybody)
    print(json.dumps({"seen": seen, "drift": drift, "last": _checksum(model)}), flush=True)
    distributed.destroy_process_group()


def _checksum(model: Any) -> int:
    checksum = 0
    for parameter in model.parameters():
        checksum = zlib.crc32(parameter.detach().numpy().tobytes(), checksum)
    return checksum


def _agree(wish: int) -> bool:
    import torch
    import torch.distributed as distributed

    wanted = torch.tensor(wish)
    distributed.all_reduce(wanted, op=distributed.ReduceOp.MAX)
    return bool(wanted)


def ask(client: socket.socket, values: dict[str, Any]) -> None:
    client.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "variables.set", "params": {"values": values}}).encode() + b"\n")
    answer = json.loads(client.makefile("rb").readline())
    assert "result" in answer, answer


def run(is_grouped: bool, changes: int, directory: Path) -> list[dict[str, Any]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shared = {**os.environ, "PYTHONPATH": str(ROOT / "Python"), "XDG_RUNTIME_DIR": str(directory), "MASTER_ADDR": "127.0.0.1",
              "MASTER_PORT": str(port), "WORLD_SIZE": str(WORLD), "LOCAL_WORLD_SIZE": str(WORLD)}
    ranks = [
        subprocess.Popen([sys.executable, __file__, "--rank", "grouped" if is_grouped else "alone"], stdout=subprocess.PIPE, text=True,
                         env={**shared, "RANK": str(rank)})
        for rank in range(WORLD)
    ]
    try:
        for rank in ranks:
            assert rank.stdout and rank.stdout.readline().strip() == "ready"
        clients = []
        for rank in ranks[: 1 if is_grouped else WORLD]:
            [path] = (directory / "attune").glob(f"*-{rank.pid}.sock")
            clients.append(socket.socket(socket.AF_UNIX))
            clients[-1].connect(str(path))
        for number in range(changes):
            for client in clients:
                ask(client, {"rate": round(0.01 + 0.04 * (number % 2) + number * 1e-5, 6)})
        ask(clients[0], {"stop": 1})  # the others hear of it from that rank, and end at once
        return [json.loads(rank.communicate(timeout=120)[0]) for rank in ranks]
    finally:
        for rank in ranks:
            rank.send_signal(signal.SIGKILL)
            rank.communicate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=50)
    parser.add_argument("--json", type=Path, metavar="FILE", help="append each figure to the file as a line of JSON")
    parser.add_argument("--rank", choices=["grouped", "alone"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rank:
        train(options.rank == "grouped")
        return 0
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        together = run(True, options.changes, Path(directory))
        apart = run(False, options.changes, Path(directory))
    # Step, rate and checksum of the parameters; a change that shared its step with the next is not seen by any rank.
    together_seen = [{tuple(rank["seen"][index]) for rank in together} for index in range(min(len(rank["seen"]) for rank in together))]
    differing = sum(len(found) != 1 for found in together_seen) + len({len(rank["seen"]) for rank in together}) - 1
    name = "ranks_ddp.py"
    return publish([
        Figure.of(name, f"of {options.changes} changes of the rate, not at the same optimizer step with the same parameters", "", [differing], limit=0),
        Figure.of(name, "greatest difference of a parameter between ranks", "", [max(rank["drift"] for rank in together)], limit=0),
        Figure.of(name, "the same, each rank changed by itself", "", [max(rank["drift"] for rank in apart)]),
    ], options.json)


if __name__ == "__main__":
    sys.exit(main())
