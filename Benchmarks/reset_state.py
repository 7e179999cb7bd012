"""What it does to a training to begin an optimizer's state anew in its middle, at an unchanged learning rate.

Usage: PYTHONPATH=Python .venv-recipes/bin/python Benchmarks/reset_state.py    (after make test-recipes)
The same training from 20 seeds, once with its state kept and once with `reset_state` after 300 steps. Prints one line an optimizer: the worst
loss of the next 30 steps, divided by that of the training that kept its state; median, lowest and highest.
"""

from __future__ import annotations

import statistics
from typing import Any

import torch

from attune.recipes.torch import forget

SEEDS, AT, AFTER = 20, 300, 30
OPTIMIZERS = {
    "Adam, lr 1e-2": lambda parameters: torch.optim.Adam(parameters, lr=1e-2),
    "Adam, lr 1e-3": lambda parameters: torch.optim.Adam(parameters, lr=1e-3),
    "SGD, lr 1e-2, momentum 0.9": lambda parameters: torch.optim.SGD(parameters, lr=1e-2, momentum=0.9),
}


def worst_loss(make: Any, seed: int, resets: bool) -> float:
    torch.manual_seed(seed)
    x = torch.randn(512, 8)
    y = torch.sin(x.sum(1, keepdim=True))
    model = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.Tanh(), torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))
    optimizer = make(model.parameters())
    losses = []
    for step in range(AT + AFTER):
        if step == AT and resets:
            forget(optimizer)
        at = torch.randint(0, 512, (64,))
        loss = torch.nn.functional.mse_loss(model(x[at]), y[at])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return max(losses[AT:])


def main() -> None:
    torch.set_num_threads(1)
    for name, make in OPTIMIZERS.items():
        ratios = sorted(worst_loss(make, seed, True) / worst_loss(make, seed, False) for seed in range(SEEDS))
        print(f"{name}: {statistics.median(ratios):.2f} times the worst loss ({ratios[0]:.2f}...{ratios[-1]:.2f})", flush=True)


if __name__ == "__main__":
    main()
