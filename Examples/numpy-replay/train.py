"""Teaches a small network two spirals, with numpy alone, and can be tuned while it learns.

What was changed is recorded with its step (ATTUNE_RECORD=FILE), and a run that replays the record (ATTUNE_REPLAY=FILE) ends with the same
bits. Runs alone: python3 train.py
"""

import hashlib
import os
import pickle
import sys

import numpy as np

import attune

HIDDEN = 16


def spirals(random, count=400):
    """Points of the plane, and which of two spirals each is on."""
    turn = np.sqrt(random.random(count)) * 3 * np.pi
    side = random.integers(0, 2, count)
    radius = turn * np.where(side, 1.0, -1.0) / 10
    points = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)
    return points + random.normal(0, 0.02, points.shape), side


class Training:
    """All that a run needs to go on from where it was: weights, momenta, random numbers and steps."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.points, self.sides = spirals(self.random)
        shapes = [(2, HIDDEN), (HIDDEN,), (HIDDEN, 1), (1,)]
        self.weights = [self.random.normal(0, 1, shape) for shape in shapes]
        self.momenta = [np.zeros(shape) for shape in shapes]
        self.step = 0

    def learn(self, rate, momentum, batch):
        """One step on a random batch. Returns the loss before it."""
        chosen = self.random.integers(0, len(self.points), batch)
        points, sides = self.points[chosen], self.sides[chosen, None]
        into, bias, out, offset = self.weights
        hidden = np.tanh(points @ into + bias)
        sure = 1 / (1 + np.exp(-(hidden @ out + offset)))
        error = (sure - sides) / batch
        back = (error @ out.T) * (1 - hidden**2)
        gradients = [points.T @ back, back.sum(0), hidden.T @ error, error.sum(0)]
        for weight, moving, gradient in zip(self.weights, self.momenta, gradients):
            moving *= momentum
            moving -= rate * gradient
            weight += moving
        self.step += 1
        return -np.mean(np.log(np.where(sides, sure, 1 - sure) + 1e-12))

    def shake(self, strength):
        """Random numbers onto the weights: a way out of a bad minimum."""
        for weight in self.weights:
            weight += self.random.normal(0, strength, weight.shape)

    def digest(self):
        return hashlib.sha256(b"".join(weight.tobytes() for weight in self.weights)).hexdigest()


def save(path, training):
    """Writes beside and renames, so that a death half-way leaves the checkpoint before."""
    beside = path.with_suffix(".new")
    beside.write_bytes(pickle.dumps(training))
    os.replace(beside, path)


def main():
    rate = attune.live("rate", 0.5, min=0, max=10, applies="atStep", help="step of the optimizer")
    momentum = attune.live("momentum", 0.9, min=0, max=0.999, applies="atStep")
    batch = attune.live("batch", 32, min=1, max=400, applies="atStep", help="points a step")
    steps = attune.live("steps", 2000, min=1, applies="atStep", help="when to end")
    shake, suspend = attune.trigger("shake"), attune.trigger("attune.suspend")
    directory = attune.checkpoint_directory()
    checkpoint = directory / "training.pickle" if directory else None

    training = Training(attune.seed())
    if attune.resuming() and checkpoint and checkpoint.exists():
        training = pickle.loads(checkpoint.read_bytes())
        attune.step(training.step)  # the values of that step

    while training.step < steps:
        loss = training.learn(rate, momentum, batch())
        attune.report(step=training.step, loss=loss)
        shaken = shake.take()
        if shaken:
            training.shake((shaken.payload or {}).get("strength", 0.1))
        if suspend.fired() and checkpoint:
            save(checkpoint, training)
            sys.exit(75)  # saved; to be resumed anywhere
    print(f"{training.step} steps, loss {loss:.4f}, weights {training.digest()}")


if __name__ == "__main__":
    main()
