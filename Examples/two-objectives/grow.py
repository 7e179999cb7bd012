"""Grows a forest that reads scikit-learn's handwritten digits, and says how good it is and what it costs to keep and to ask.

Runs alone (`python3 grow.py`) as well as under an experiment (`attune run experiment.yaml`).
"""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

import attune

DEFAULTS = {"trees": 50, "depth": 12, "leaf": 1, "features": 0.125, "criterion": "gini"}

# What scikit-learn keeps of a node: two children, a feature, a threshold, impurity and counts (64 bytes), and ten numbers of votes.
NODE_BYTES = 64 + 10 * 8


def measure(config, seed):
    """What is reported of one forest. Nothing in it depends on the machine or on what else it does."""
    images, labels = load_digits(return_X_y=True)
    learn, validate, learn_labels, validate_labels = train_test_split(images, labels, test_size=0.3, random_state=0, stratify=labels)
    forest = RandomForestClassifier(
        n_estimators=config["trees"], max_depth=config["depth"], min_samples_leaf=config["leaf"], max_features=config["features"],
        criterion=config["criterion"], random_state=seed,
    ).fit(learn, learn_labels)  # fmt: skip
    path, _ = forest.decision_path(validate)
    return {
        "accuracy": forest.score(validate, validate_labels),
        "kilobytes": sum(tree.tree_.node_count for tree in forest.estimators_) * NODE_BYTES / 1000,
        "comparisons": float(np.asarray(path.sum(axis=1)).mean()) - config["trees"],  # a leaf compares nothing
    }


def main():
    found = measure(attune.config(DEFAULTS), attune.seed() % 2**32)
    print(", ".join(f"{name} {value:.4g}" for name, value in found.items()), flush=True)
    attune.report(step=1, **found)


if __name__ == "__main__":
    main()
