"""Networks grow without forgetting; the example learns, and a child begins where its parent ended."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from network import Adam, Network

HERE = Path(__file__).parent


def trained(widths, seed=1):
    """A small network that has seen a few random images, so that its biases are not zero."""
    random = np.random.default_rng(seed)
    network = Network.new(6, widths, 3, random)
    optimizer = Adam(network, 0.01)
    images = random.normal(size=(40, 6))
    for _ in range(20):
        _, *slopes = network.gradient(images, random.integers(3, size=40))
        optimizer.step(network, *slopes)
    return network


GROWTH = [([4], [9]), ([4], [4, 4]), ([4], [7, 5, 11]), ([5, 3], [5, 3]), ([5, 3], [5, 8]), ([5, 3], [12, 3, 3]), ([3, 8, 2], [9, 8, 7, 2, 4])]


@pytest.mark.parametrize("old, new", GROWTH)
def test_a_grown_network_computes_the_same(old, new):
    network = trained(old)
    grown = network.grown(new, np.random.default_rng(2))
    images = np.random.default_rng(3).normal(size=(100, 6))
    assert grown.widths == new and network.widths == old
    assert np.abs(grown.scores(images) - network.scores(images)).max() < 1e-6


@pytest.mark.parametrize("old, new", [([4], [3]), ([4, 4], [8]), ([4], [8, 3]), ([5, 3], [5, 2])])
def test_what_would_shrink_begins_anew(old, new):
    assert trained(old).grown(new, np.random.default_rng(2)) is None


def test_copies_learn_different_things():
    grown = trained([3]).grown([9], np.random.default_rng(2))
    random = np.random.default_rng(4)
    optimizer = Adam(grown, 0.01)
    for _ in range(3):
        _, *slopes = grown.gradient(random.normal(size=(20, 6)), random.integers(3, size=20))
        optimizer.step(grown, *slopes)
    columns = grown.weights[0].T
    distances = np.abs(columns[:, None] - columns[None]).max(axis=2) + np.eye(9)
    assert distances.min() > 1e-6


def test_the_gradient_is_that_of_the_loss():
    network, random = trained([5, 4]), np.random.default_rng(5)
    images, labels = random.normal(size=(30, 6)), random.integers(3, size=30)
    _, weight_slopes, bias_slopes = network.gradient(images, labels)
    for array, slope in zip(network.weights + network.biases, weight_slopes + bias_slopes, strict=True):
        place = tuple(random.integers(size) for size in array.shape)
        losses = []
        for sign in (1, -2):
            array[place] += sign * 1e-5
            losses.append(network.gradient(images, labels)[0])
        array[place] += 1e-5
        assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(slope[place], abs=1e-6)


def run(folder, epochs, parent=None, **config):
    """The script as a trial of its own folder; what it printed, epoch by epoch."""
    (folder / "checkpoint").mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"epochs": epochs, **config}))
    own = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
    path = os.pathsep.join(filter(None, [str(HERE.parent.parent / "Python"), own.get("PYTHONPATH", "")]))
    trial = {"ATTUNE_CONFIG": str(folder / "config.json"), "ATTUNE_CHECKPOINT": str(folder / "checkpoint"), "XDG_RUNTIME_DIR": str(folder)}
    if parent:
        trial["ATTUNE_PARENT_CHECKPOINT"] = str(parent / "checkpoint")
    command = [sys.executable, str(HERE / "learn.py")]
    result = subprocess.run(command, env={**own, "PYTHONPATH": path, **trial}, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return [float(line.rsplit(" ", 1)[1]) for line in result.stdout.splitlines()]


def test_a_child_begins_where_its_parent_ended(tmp_path):
    parent = run(tmp_path / "1", epochs=4, width_1=16)
    assert len(parent) == 4 and parent[-1] > 0.75
    child = run(tmp_path / "2", epochs=1, parent=tmp_path / "1", layers=2, width_1=32, width_2=16)
    fresh = run(tmp_path / "3", epochs=1, layers=2, width_1=32, width_2=16)
    assert child[0] > parent[-1] - 0.03 and child[0] > fresh[0] + 0.1
    # A smaller one cannot, and begins anew.
    assert run(tmp_path / "4", epochs=1, parent=tmp_path / "1", width_1=8)[0] < 0.8
