"""Learns handwritten digits from wrong labels, by steps that shrink to a tenth when three quarters of the epochs are over.

In every epoch many labels are drawn anew. Large steps follow that noise: their accuracy is low and restless until the steps get small, and
then it is among the best. A scheduler that trusts early accuracy stops the wrong trainings. Plain numpy, because batches are small.
"""

import importlib.util
import time
from pathlib import Path

import numpy as np

import attune

DEFAULTS = {"learning_rate": 0.1, "batch": 8, "hidden": 64, "weight_decay": 1e-4, "noise": 0.6, "epochs": 40, "fall_at": 30, "fall": 0.1}


def load_images():
    """Images of 64 grey values in 0...1 and what they show: to learn from, and to validate on. Scikit-learn's file is read without
    importing scikit-learn, which would take longer than the training."""
    [package] = importlib.util.find_spec("sklearn").submodule_search_locations
    table = np.random.default_rng(0).permutation(np.loadtxt(Path(package) / "datasets" / "data" / "digits.csv.gz", delimiter=","))
    images, labels = table[:, :64] / 16, table[:, 64].astype(int)
    return images[540:], labels[540:], images[:540], labels[:540]


class Network:
    """One hidden layer, ReLU, softmax; learns by plain steps down the gradient of the cross-entropy."""

    def __init__(self, hidden, random):
        self.first, self.first_bias = random.normal(0, np.sqrt(2 / 64), (64, hidden)), np.zeros(hidden)
        self.second, self.second_bias = random.normal(0, np.sqrt(2 / hidden), (hidden, 10)), np.zeros(10)

    def hidden(self, images):
        return np.maximum(images @ self.first + self.first_bias, 0)

    def digits(self, images):
        return (self.hidden(images) @ self.second + self.second_bias).argmax(1)

    def step(self, images, labels, learning_rate, weight_decay):
        hidden = self.hidden(images)
        scores = hidden @ self.second + self.second_bias
        error = np.exp(scores - scores.max(1, keepdims=True))
        error /= error.sum(1, keepdims=True)
        error[np.arange(len(labels)), labels] -= 1
        error *= learning_rate / len(labels)
        hidden_error = (error @ self.second.T) * (hidden > 0)
        keep = 1 - learning_rate * weight_decay
        self.second *= keep
        self.second -= hidden.T @ error
        self.second_bias -= error.sum(0)
        self.first *= keep
        self.first -= images.T @ hidden_error
        self.first_bias -= hidden_error.sum(0)


def train(config, seed):
    """The validation accuracy after each epoch."""
    random = np.random.default_rng(seed)
    images, labels, validation_images, validation_labels = load_images()
    network = Network(config["hidden"], random)
    for epoch in range(1, config["epochs"] + 1):
        learning_rate = config["learning_rate"] * (config["fall"] if epoch > config["fall_at"] else 1)
        noisy = np.where(random.random(len(labels)) < config["noise"], random.integers(0, 10, len(labels)), labels)
        order = random.permutation(len(labels))
        for start in range(0, len(labels), config["batch"]):
            chosen = order[start : start + config["batch"]]
            network.step(images[chosen], noisy[chosen], learning_rate, config["weight_decay"])
        yield float((network.digits(validation_images) == validation_labels).mean())


def main():
    for epoch, accuracy in enumerate(train(attune.config(DEFAULTS), attune.seed()), start=1):
        print(f"epoch {epoch}: accuracy {accuracy:.4f}", flush=True)
        attune.report(step=epoch, accuracy=round(accuracy, 5), cpu_seconds=round(time.process_time(), 4))


if __name__ == "__main__":
    main()
