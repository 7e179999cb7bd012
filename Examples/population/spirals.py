"""Teaches a small network two spirals, and can go on with another trial's network while it runs.

Runs alone (python3 spirals.py) as well as under an experiment (attune run experiment.yaml). numpy is all it needs.
"""

import os
import pickle
import sys
import time
from pathlib import Path

import numpy as np

import attune

HIDDEN, POINTS, BATCH, BATCHES = 24, 400, 40, 60
DEFAULTS = {"rate": 0.05, "momentum": 0.5, "epochs": 60, "pause": 0.0}


def spirals(random):
    """Points of the plane, and which of two spirals each is on."""
    turn = np.sqrt(random.random(POINTS)) * 3 * np.pi
    side = random.integers(0, 2, POINTS)
    radius = turn * np.where(side, 1.0, -1.0) / 10
    points = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)
    return points + random.normal(0, 0.02, points.shape), side[:, None]


class Training:
    """All that a run needs to go on from where it was: weights, momenta, random numbers and epochs."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.points, self.sides = spirals(np.random.default_rng(0))
        self.weights = [self.random.normal(0, 1, shape) for shape in [(2, HIDDEN), (HIDDEN,), (HIDDEN, 1), (1,)]]
        self.momenta = [np.zeros(weight.shape) for weight in self.weights]
        self.epoch = 0

    def scores(self, points):
        into, bias, out, offset = self.weights
        hidden = np.tanh(points @ into + bias)
        return hidden, 1 / (1 + np.exp(-np.clip(hidden @ out + offset, -50, 50)))

    def learn(self, rate, momentum):
        """One epoch of random batches. Returns the loss over all points after it."""
        for _ in range(BATCHES):
            chosen = self.random.integers(0, POINTS, BATCH)
            points, sides = self.points[chosen], self.sides[chosen]
            hidden, sure = self.scores(points)
            error = (sure - sides) / BATCH
            back = (error @ self.weights[2].T) * (1 - hidden**2)
            for weight, moving, slope in zip(
                self.weights, self.momenta, [points.T @ back, back.sum(0), hidden.T @ error, error.sum(0)], strict=True
            ):
                moving *= momentum
                moving -= rate * slope
                weight += moving
        self.epoch += 1
        _, sure = self.scores(self.points)
        return float(-np.mean(np.log(np.where(self.sides, sure, 1 - sure) + 1e-12)))


def save(directory, training):
    """Writes beside and renames, so that a death half-way leaves the checkpoint before."""
    beside = directory / "training.new"
    beside.write_bytes(pickle.dumps(training))
    os.replace(beside, directory / "training.pickle")


def read(directory):
    return pickle.loads((Path(directory) / "training.pickle").read_bytes())


def main():
    config = attune.config(DEFAULTS)
    rate = attune.live("rate", config["rate"], min=1e-4, max=10.0, scale="log", applies="atStep", help="step of the optimizer")
    momentum = attune.live("momentum", config["momentum"], min=0.0, max=0.99, applies="atStep")
    load, checkpoint, suspend = attune.trigger("attune.load"), attune.trigger("attune.checkpoint"), attune.trigger("attune.suspend")
    directory = attune.checkpoint_directory()

    training = Training(attune.seed())
    if attune.resuming() and (directory / "training.pickle").exists():
        training = read(directory)
        attune.step(training.epoch)

    while training.epoch < config["epochs"]:
        loss = training.learn(rate(), momentum())
        time.sleep(config["pause"])
        attune.report(step=training.epoch, loss=loss)
        if taken := load.take():  # rate and momentum have their new values already
            training = read(taken.payload["checkpoint"])
            save(directory, training)
            attune.step(training.epoch)
        if checkpoint.fired():
            save(directory, training)
        if suspend.fired():
            save(directory, training)
            sys.exit(75)  # saved; to be resumed anywhere
    print(f"{training.epoch} epochs, loss {loss:.4f}")


if __name__ == "__main__":
    main()
