"""A double deep Q-learner in numpy: two networks, a replay memory, Adam. Small enough to read in one go.

Sources: Mnih et al., "Human-level control through deep reinforcement learning" (2015); van Hasselt et al., "Deep reinforcement
learning with double Q-learning" (2016).
"""

import numpy as np


class Network:
    """Fully connected, ReLU between the layers: from observations (rows) to one value an action."""

    def __init__(self, sizes, random):
        self.weights = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            self.weights.append(random.normal(0, np.sqrt(2 / inputs), (inputs, outputs)).astype(np.float32))
            self.weights.append(np.zeros(outputs, np.float32))

    def layers(self, observations):
        """What each layer gives, the input first."""
        outputs = [observations]
        for index in range(0, len(self.weights), 2):
            output = outputs[-1] @ self.weights[index] + self.weights[index + 1]
            outputs.append(np.maximum(output, 0) if index + 2 < len(self.weights) else output)
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
    def __init__(self, weights):
        self.first, self.second, self.count = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights], 0

    def step(self, weights, gradients, learning_rate):
        self.count += 1
        rate = learning_rate * np.sqrt(1 - 0.999**self.count) / (1 - 0.9**self.count)
        for weight, gradient, first, second in zip(weights, gradients, self.first, self.second):
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient * gradient - second)
            weight -= (rate * first / (np.sqrt(second) + 1e-8)).astype(np.float32)


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
        self.target.weights = [weight.copy() for weight in self.network.weights]
        self.adam, self.replay = Adam(self.network.weights), Replay(config["replay"], width)
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
        self.adam.step(self.network.weights, self.network.gradients(outputs, error), learning_rate)
        for slow, fast in zip(self.target.weights, self.network.weights):
            slow += tau * (fast - slow)
