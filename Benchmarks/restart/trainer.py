"""A classifier of handwritten digits that tells the time of every step, tuned live or started again from its checkpoint.

Usage: trainer.py MODE WIDTH CHECKPOINT [RATE], where MODE is plain, attune or livetune. SIGTERM saves the checkpoint and ends it. Every
line says `WHAT SECONDS RATE`, in seconds of the machine's steady clock: `libraries`, `model`, `data`, and `step` for each step.
"""

import signal
import sys
import time


def tell(what, rate=0.0):
    print(what, time.monotonic(), rate, flush=True)


def main():
    mode, width, checkpoint, initial = sys.argv[1], int(sys.argv[2]), sys.argv[3], float((sys.argv[4:] or [0.1])[0])
    import numpy as np

    if mode == "attune":
        import attune
    if mode == "livetune":
        from LiveTune import liveVar
    tell("libraries")

    random = np.random.default_rng(1)
    sizes = [16, width, width, 10]
    weights = [random.normal(0, np.sqrt(2 / fan), (fan, out)) for fan, out in zip(sizes, sizes[1:])]
    velocity = [np.zeros_like(weight) for weight in weights]
    rate = {
        "attune": lambda: attune.live("rate", initial, min=0, max=1),
        "livetune": lambda: liveVar(initial, "rate"),
        "plain": lambda: lambda: initial,
    }[mode]()
    tell("model")

    table = np.loadtxt(__file__.replace("Benchmarks/restart/trainer.py", "Examples/digits-shell/digits.csv"), delimiter=",")
    inputs, labels = table[:, 1:] / 64, table[:, 0].astype(int)
    try:
        kept = np.load(checkpoint)
        weights, velocity = ([kept[f"{name}{layer}"] for layer in range(3)] for name in "wv")
    except FileNotFoundError:
        pass
    tell("data")

    asked_to_end = []
    signal.signal(signal.SIGTERM, lambda *_: asked_to_end.append(True))
    while not asked_to_end:
        now = rate()
        rows = random.integers(0, len(inputs), 64)
        step(np, inputs[rows], labels[rows], weights, velocity, now)
        tell("step", now)
    named = {f"{name}{layer}": part for name, parts in (("w", weights), ("v", velocity)) for layer, part in enumerate(parts)}
    np.savez(checkpoint, **named)


def step(np, batch, labels, weights, velocity, rate):
    """Momentum down the gradient of the cross entropy."""
    layers = [batch]
    for weight in weights[:-1]:
        layers.append(np.maximum(layers[-1] @ weight, 0))
    scores = layers[-1] @ weights[-1]
    odds = np.exp(scores - scores.max(1, keepdims=True))
    error = odds / odds.sum(1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    for layer in (2, 1, 0):
        slope = layers[layer].T @ error / len(labels)
        if layer:
            error = (error @ weights[layer].T) * (layers[layer] > 0)
        velocity[layer] = 0.9 * velocity[layer] - rate * slope
        weights[layer] += velocity[layer]


if __name__ == "__main__":
    main()
