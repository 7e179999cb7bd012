"""A double deep Q-learner in numpy: two networks, a replay memory, Adam. Small enough to read in one go.

Sources: Mnih et al., "Human-level control through deep reinforcement learning" (2015); van Hasselt et al., "Deep reinforcement
learning with double Q-learning" (2016).
"""

import math

import numpy as np


class Network:
    """Fully connected, ReLU between the layers: from observations (rows) to one value an action.

    The weights are views of one vector, `flat`, so that an optimizer's step is a few operations on all of them.
    """

    def __init__(self, sizes, random):
        self.sizes = sizes
        self.flat = np.zeros(sum((inputs + 1) * outputs for inputs, outputs in zip(sizes, sizes[1:])), np.float32)
        self.weights = self.views()
        for weight in self.weights[::2]:
            weight[:] = random.normal(0, np.sqrt(2 / len(weight)), weight.shape)

    def views(self):
        """A matrix and a row of biases for each layer."""
        views, start = [], 0
        for inputs, outputs in zip(self.sizes, self.sizes[1:]):
            for shape in (inputs, outputs), (outputs,):
                views.append(self.flat[start : start + np.prod(shape)].reshape(shape))
                start += np.prod(shape)
        return views

    def __getstate__(self):
        return {"sizes": self.sizes, "flat": self.flat}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.weights = self.views()  # a pickled view would come back as a copy

    def layers(self, observations):
        """What each layer gives, the input first."""
        outputs = [observations]
        for index in range(0, len(self.weights), 2):
            output = outputs[-1] @ self.weights[index]
            output += self.weights[index + 1]
            outputs.append(np.maximum(output, 0, out=output) if index + 2 < len(self.weights) else output)
        return outputs

    def values(self, observations):
        return self.layers(observations)[-1]

    def gradients(self, outputs, error):
        """Of half the squared error, whose derivative by the last layer's output is `error`; in the order of the weights."""
        gradients = []
        for index in range(len(self.weights) - 2, -1, -2):
            gradients += [error.sum(0), outputs[index // 2].T @ error]
            if index:
                error = (error @ self.weights[index].T) * (outputs[index // 2] > 0)
        return gradients[::-1]


class Adam:
    def __init__(self, size):
        self.first, self.second, self.count = np.zeros(size, np.float32), np.zeros(size, np.float32), 0

    def step(self, weights, gradient, learning_rate):
        self.count += 1
        rate = learning_rate * math.sqrt(1 - 0.999**self.count) / (1 - 0.9**self.count)
        self.first += 0.1 * (gradient - self.first)
        self.second += 0.001 * (gradient * gradient - self.second)
        weights -= rate * self.first / (np.sqrt(self.second) + 1e-8)


class Replay:
    """The newest moves, as many as it has room for."""

    def __init__(self, room, width):
        self.before, self.after = np.zeros((room, width), np.float32), np.zeros((room, width), np.float32)
        self.action, self.reward, self.over = np.zeros(room, np.int64), np.zeros(room, np.float32), np.zeros(room, np.float32)
        self.count = 0

    def add(self, before, action, reward, after, over):
        at = self.count % len(self.action)
        self.before[at], self.action[at], self.reward[at], self.after[at], self.over[at] = before, action, reward, after, over
        self.count += 1

    def draw(self, size, random):
        chosen = random.integers(0, min(self.count, len(self.action)), size)
        return self.before[chosen], self.action[chosen], self.reward[chosen], self.after[chosen], self.over[chosen]


class Agent:
    def __init__(self, config, width, actions, seed):
        self.random = np.random.default_rng(seed)
        sizes = [width] + [config["hidden"]] * config["layers"] + [actions]
        self.network, self.target = Network(sizes, self.random), Network(sizes, self.random)
        self.target.flat[:] = self.network.flat
        self.adam, self.replay = Adam(self.network.flat.size), Replay(config["replay"], width)
        self.actions = actions

    def act(self, observation, epsilon):
        if self.random.random() < epsilon:
            return int(self.random.integers(self.actions))
        return int(self.network.values(observation[None])[0].argmax())

    def learn(self, batch, gamma, learning_rate, tau, clip):
        before, action, reward, after, over = self.replay.draw(batch, self.random)
        rows = np.arange(batch)
        best = self.network.values(after).argmax(1)
        goal = reward + gamma * (1 - over) * self.target.values(after)[rows, best]
        outputs = self.network.layers(before)
        error = np.zeros_like(outputs[-1])
        # The derivative of the Huber loss: one bad move does not move everything.
        error[rows, action] = np.clip(outputs[-1][rows, action] - goal, -clip, clip) / batch
        gradients = self.network.gradients(outputs, error)
        self.adam.step(self.network.flat, np.concatenate([gradient.ravel() for gradient in gradients]), learning_rate)
        self.target.flat += tau * (self.network.flat - self.target.flat)
