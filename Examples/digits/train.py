"""Teaches a small neural network to read scikit-learn's handwritten digits, and can be tuned while it learns.

Runs alone (`python3 train.py`) as well as under an experiment (`attune run experiment.yaml`).
"""

import os
import pickle
import sys
import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import attune

DEFAULTS = {
    "solver": "adam", "learning_rate": 1e-3, "momentum": 0.9, "alpha": 1e-4, "batch": 32,
    "hidden": 32, "layers": 1, "activation": "relu", "augment": False, "epochs": 40,
}  # fmt: skip


def load_images(augment):
    """Images of 8 x 8 grey values in 0...1 and what they show: to learn from, and to validate on."""
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8) / 16
    learn, validate, learn_labels, validate_labels = train_test_split(images, labels, test_size=0.3, random_state=0, stratify=labels)
    if augment:  # each image also moved by one pixel in eight directions
        moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        learn = np.concatenate([np.roll(learn, move, axis=(1, 2)) for move in moves])
        learn_labels = np.tile(learn_labels, len(moves))
    return learn.reshape(len(learn), 64), learn_labels, validate.reshape(len(validate), 64), validate_labels


def new_model(config, seed):
    return MLPClassifier(
        hidden_layer_sizes=(config["hidden"],) * config["layers"],
        activation=config["activation"],
        solver=config["solver"],
        learning_rate_init=config["learning_rate"],
        momentum=config["momentum"],
        batch_size=config["batch"],
        alpha=config["alpha"],
        random_state=np.random.RandomState(seed),  # an integer would draw the same order of images in every epoch
    )


def steer(model, learning_rate, momentum):
    """Lets new values act from the next batch on. The model's own parameters are ignored once its optimizer exists."""
    optimizer = getattr(model, "_optimizer", None)
    if optimizer is None:
        model.set_params(learning_rate_init=learning_rate, momentum=momentum)
    else:
        optimizer.learning_rate_init = optimizer.learning_rate = learning_rate
        optimizer.momentum = momentum


def save(path, state):
    """Writes beside and renames, so that a death half-way leaves the checkpoint before."""
    beside = path.with_suffix(".new")
    beside.write_bytes(pickle.dumps(state))
    os.replace(beside, path)


def main():
    config = attune.config(DEFAULTS)
    # Between two epochs, so that a replay of the changes gives the very same training.
    learning_rate = attune.live(
        "learning_rate", config["learning_rate"], min=1e-5, max=1.0, scale="log", applies="atStep", help="step of the optimizer"
    )
    momentum = attune.live("momentum", config["momentum"], min=0.0, max=0.99, applies="atStep", help="used by the solver sgd")
    suspend = attune.trigger("attune.suspend")
    directory = attune.checkpoint_directory()
    checkpoint = directory / "model.pickle" if directory else None

    images, labels, validation_images, validation_labels = load_images(config["augment"])
    epoch, model = 0, new_model(config, attune.seed())
    if attune.resuming() and checkpoint and checkpoint.exists():
        epoch, model = pickle.loads(checkpoint.read_bytes())
        attune.step(epoch)  # the live values of that epoch

    while epoch < config["epochs"]:
        steer(model, learning_rate(), momentum())
        model.partial_fit(images, labels, classes=np.arange(10))
        epoch += 1
        accuracy = model.score(validation_images, validation_labels)
        if checkpoint:
            save(checkpoint, (epoch, model))
        print(f"epoch {epoch}: loss {model.loss_:.4f}, accuracy {accuracy:.4f}", flush=True)
        attune.report(step=epoch, accuracy=accuracy, loss=float(model.loss_))
        if suspend.fired():
            sys.exit(75)  # saved; to be resumed anywhere


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)
    main()
