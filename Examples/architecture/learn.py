"""Teaches a network of the widths that it is told to read scikit-learn's handwritten digits. A child begins with its parent's weights, where
it is at least as wide and as deep.

Runs alone (`python3 learn.py`) as well as under an experiment (`attune run evolution.yaml`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Iterator

import numpy as np
from network import Adam, Network
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import attune

DEFAULTS = {"layers": 1, "width_1": 16, "width_2": 16, "width_3": 16, "epochs": 6, "rate": 2e-3, "batch": 32}


def load_images() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Images of 8 x 8 grey values in 0...1 and what they show: to learn from, and to validate on."""
    images, labels = load_digits(return_X_y=True)
    learn, validate, learn_labels, validate_labels = train_test_split(images / 16, labels, test_size=0.3, random_state=0, stratify=labels)
    return learn, learn_labels, validate, validate_labels


def begin(widths: list[int], parent: Path | None, random: np.random.Generator) -> tuple[Network, bool]:
    """A network of these widths, and whether it descends from the parent's."""
    found = load(parent / "network.npz")[0] if parent and (parent / "network.npz").exists() else None
    grown = found.grown(widths, random) if found else None
    return (grown, True) if grown else (Network.new(64, widths, 10, random), False)


def save(path: Path, network: Network, epoch: int) -> None:
    """Writes beside and renames, so that a death half-way leaves the checkpoint before."""
    arrays = {f"weight{index}": array for index, array in enumerate(network.weights)}
    arrays |= {f"bias{index}": array for index, array in enumerate(network.biases)}
    with open(path.with_suffix(".new"), "wb") as file:
        np.savez(file, epoch=epoch, **arrays)
    os.replace(path.with_suffix(".new"), path)


def load(path: Path) -> tuple[Network, int]:
    with np.load(path) as arrays:
        count = sum(name.startswith("weight") for name in arrays)
        return (
            Network([arrays[f"weight{index}"] for index in range(count)], [arrays[f"bias{index}"] for index in range(count)]),
            int(arrays["epoch"]),
        )


def train(
    network: Network, config: dict[str, Any], images: np.ndarray, labels: np.ndarray, random: np.random.Generator
) -> Iterator[float]:
    """Goes through the images again and again, and gives the mean loss of each time."""
    optimizer = Adam(network, config["rate"])
    while True:
        losses = []
        for batch in np.array_split(random.permutation(len(images)), len(images) // config["batch"]):
            loss, *slopes = network.gradient(images[batch], labels[batch])
            optimizer.step(network, *slopes)
            losses.append(loss)
        yield float(np.mean(losses))


def main() -> None:
    config = attune.config(DEFAULTS)
    widths = [config[f"width_{layer}"] for layer in range(1, config["layers"] + 1)]
    directory = attune.checkpoint_directory()
    checkpoint = directory / "network.npz" if directory else None
    images, labels, validation_images, validation_labels = load_images()

    random = np.random.default_rng(attune.seed())
    network, inherited = begin(widths, attune.parent_checkpoint(), random)
    epoch = 0
    if attune.resuming() and checkpoint and checkpoint.exists():
        network, epoch = load(checkpoint)
        attune.step(epoch)
    epochs = train(network, config, images, labels, random)
    while epoch < config["epochs"]:
        loss = next(epochs)
        epoch += 1
        accuracy = network.accuracy(validation_images, validation_labels)
        if checkpoint:
            save(checkpoint, network, epoch)
        print(f"epoch {epoch}: {widths}, loss {loss:.4f}, accuracy {accuracy:.4f}", flush=True)
        attune.report(step=epoch, accuracy=accuracy, loss=loss, inherited=int(inherited))


if __name__ == "__main__":
    main()
