"""A single weight, and steps that it takes."""

from __future__ import annotations

from typing import Any

import torch

import attune


def weight(value: float = 1.0) -> Any:
    return torch.nn.Parameter(torch.tensor([value], dtype=torch.float64))


def step(optimizer: Any, number: int = 1) -> float:
    """One update with the gradient 1; how far the first parameter went."""
    attune.step(number)
    parameter = optimizer.param_groups[0]["params"][0]
    before = parameter.detach().clone()
    for group in optimizer.param_groups:
        for one in group["params"]:
            one.grad = torch.ones_like(one)
    optimizer.step()
    return float((before - parameter.detach()).sum())
