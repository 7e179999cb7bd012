"""A network of rectified layers in numpy, and how it grows into a larger one that computes the same.

Source: Chen, Goodfellow and Shlens, "Net2Net: accelerating learning via knowledge transfer" (ICLR 2016).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Network:
    """Layer after layer a matrix (inputs x outputs) and a bias; rectified, but for the last one, whose outputs are scores."""

    weights: list[np.ndarray]
    biases: list[np.ndarray]

    @classmethod
    def new(cls, inputs: int, widths: list[int], outputs: int, random: np.random.Generator) -> Network:
        """Random weights, scaled so that signals keep their size (He et al. 2015)."""
        sizes = [inputs, *widths, outputs]
        weights = [random.normal(0, np.sqrt(2 / before), (before, after)) for before, after in zip(sizes, sizes[1:], strict=False)]
        return cls(weights, [np.zeros(size) for size in sizes[1:]])

    @property
    def widths(self) -> list[int]:
        return [weight.shape[1] for weight in self.weights[:-1]]

    def layers(self, images: np.ndarray) -> list[np.ndarray]:
        """The input, then what each layer makes of the one before; scores at the end."""
        made = [images]
        for index, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            sums = made[-1] @ weight + bias
            made.append(sums if index == len(self.weights) - 1 else np.maximum(sums, 0))
        return made

    def scores(self, images: np.ndarray) -> np.ndarray:
        return self.layers(images)[-1]

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        return float((self.scores(images).argmax(axis=1) == labels).mean())

    def gradient(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
        """The cross entropy, and its slope by every weight and bias."""
        made = self.layers(images)
        odds = np.exp(made[-1] - made[-1].max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        rows = np.arange(len(labels))
        loss = float(-np.log(odds[rows, labels] + 1e-12).mean())
        slope = odds
        slope[rows, labels] -= 1
        slope /= len(labels)
        weight_slopes, bias_slopes = [], []
        for index in reversed(range(len(self.weights))):
            weight_slopes.insert(0, made[index].T @ slope)
            bias_slopes.insert(0, slope.sum(axis=0))
            slope = (slope @ self.weights[index].T) * (made[index] > 0)
        return loss, weight_slopes, bias_slopes

    def grown(self, widths: list[int], random: np.random.Generator) -> Network | None:
        """A network of these widths that computes the same; None where it would have to shrink."""
        own = self.widths
        if len(widths) < len(own) or any(wanted < own[min(index, len(own) - 1)] for index, wanted in enumerate(widths)):
            return None
        network = Network([weight.copy() for weight in self.weights], [bias.copy() for bias in self.biases])
        while len(network.widths) < len(widths):
            network.deepen()
        for layer, wanted in enumerate(widths):
            network.widen(layer, wanted, random)
        return network

    def deepen(self) -> None:
        """Net2DeeperNet: one more layer behind the last rectified one. What is not negative passes unchanged."""
        width = self.weights[-1].shape[0]
        self.weights.insert(-1, np.eye(width))
        self.biases.insert(-1, np.zeros(width))

    def widen(self, layer: int, width: int, random: np.random.Generator) -> None:
        """Net2WiderNet: a new unit is a copy of an old one, and the two share its outgoing weights; unevenly, so that they learn different things
        from then on. Each unit is copied once: many copies of few units hardly drift apart. What is left is new, and not heard at first."""
        inputs, before = self.weights[layer].shape
        copied = random.permutation(before)[: width - before]
        new = width - before - len(copied)
        shares = random.uniform(0.25, 0.75, size=(len(copied), 1))
        outgoing = self.weights[layer + 1]
        copies = shares * outgoing[copied]
        outgoing[copied] -= copies
        self.weights[layer + 1] = np.vstack([outgoing, copies, np.zeros((new, outgoing.shape[1]))])
        fresh = random.normal(0, np.sqrt(2 / inputs), (inputs, new))
        self.weights[layer] = np.hstack([self.weights[layer], self.weights[layer][:, copied], fresh])
        self.biases[layer] = np.concatenate([self.biases[layer], self.biases[layer][copied], np.zeros(new)])


class Adam:
    """Kingma and Ba (2015)."""

    def __init__(self, network: Network, rate: float) -> None:
        self.rate, self.steps = rate, 0
        self.means = [np.zeros_like(array) for array in network.weights + network.biases]
        self.squares = [np.zeros_like(array) for array in network.weights + network.biases]

    def step(self, network: Network, weight_slopes: list[np.ndarray], bias_slopes: list[np.ndarray]) -> None:
        self.steps += 1
        places = zip(network.weights + network.biases, weight_slopes + bias_slopes, self.means, self.squares, strict=True)
        for array, slope, mean, square in places:
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            array -= self.rate * (mean / (1 - 0.9**self.steps)) / (np.sqrt(square / (1 - 0.999**self.steps)) + 1e-8)
