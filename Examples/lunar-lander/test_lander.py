"""The lander's learner: its gradients are right, it learns what can be learnt in a moment, and it goes on from a checkpoint."""

import pickle

import numpy as np
import pytest
from agent import Agent, Network, Replay

CONFIG = {"hidden": 8, "layers": 2, "replay": 100}


def test_gradients_are_those_of_finite_differences():
    random = np.random.default_rng(1)
    network = Network([3, 5, 2], random)
    network.weights = [weight.astype(np.float64) for weight in network.weights]
    inputs, goal = random.normal(size=(4, 3)), random.normal(size=(4, 2))

    def loss():
        return 0.5 * float(((network.values(inputs) - goal) ** 2).sum())

    gradients = network.gradients(network.layers(inputs), network.values(inputs) - goal)
    for weight, gradient in zip(network.weights, gradients):
        assert weight.shape == gradient.shape
        place = tuple(random.integers(0, size) for size in weight.shape)
        weight[place] += 1e-6
        above = loss()
        weight[place] -= 2e-6
        below = loss()
        weight[place] += 1e-6
        assert gradient[place] == pytest.approx((above - below) / 2e-6, rel=1e-4, abs=1e-8)


def test_the_oldest_moves_make_room():
    replay = Replay(3, 1)
    for number in range(5):
        replay.add([number], number, number, [number + 1], False)
    assert sorted(replay.action) == [2, 3, 4]


def test_learns_which_action_pays():
    agent = Agent(CONFIG, width=2, actions=3, seed=3)
    observation = np.ones(2, np.float32)
    for count in range(300):
        action = count % 3
        agent.replay.add(observation, action, float(action == 1), observation, True)
    for _ in range(300):
        agent.learn(batch=16, gamma=0.9, learning_rate=1e-2, tau=0.1, clip=1.0)
    assert agent.act(observation, epsilon=0.0) == 1
    assert agent.network.values(observation[None])[0] == pytest.approx([0, 1, 0], abs=0.1)


def test_a_checkpoint_goes_on_alike():
    first = Agent(CONFIG, width=2, actions=3, seed=3)
    for count in range(50):
        first.replay.add(np.full(2, count, np.float32) / 50, count % 3, 1.0, np.zeros(2, np.float32), False)
    second = pickle.loads(pickle.dumps(first))
    for agent in (first, second):
        for _ in range(5):
            agent.learn(batch=8, gamma=0.9, learning_rate=1e-3, tau=0.01, clip=1.0)
    assert all((one == other).all() for one, other in zip(first.network.weights, second.network.weights))
