"""Teaches a lander to come down softly between two flags (LunarLander of gymnasium), and can be tuned while it learns.

A report is 2,500 moves of the lander; `reward` is the mean return of the last 100 episodes, and 200 counts as solved. `cpu_seconds` is
the time the process has computed, which other programs on the machine disturb less than they do the clock.
Runs alone (`python3 fly.py`) as well as under an experiment (`attune run experiment.yaml`).
"""

import collections
import os
import pickle
import sys
import time

import gymnasium
import numpy as np
from agent import Agent

import attune

DEFAULTS = {
    "learning_rate": 1e-3, "gamma": 0.99, "batch": 64, "hidden": 64, "layers": 2, "train_every": 1, "tau": 5e-3,
    "replay": 50_000, "epsilon_final": 0.02, "epsilon_moves": 30_000, "clip": 1.0, "reports": 100,
}  # fmt: skip
MOVES = 2_500


class Lander:
    """The world, one episode after another; an episode that was under way when a program ended is begun anew."""

    def __init__(self, seed):
        self.world = gymnasium.make("LunarLander-v3")
        self.observation, _ = self.world.reset(seed=seed)
        self.score = 0.0

    def move(self, action):
        """Before, reward, after, whether the lander is down (landed or crashed), and the return of an episode that has ended, or None."""
        before = self.observation
        after, reward, landed, timed_out, _ = self.world.step(action)
        self.score += reward
        score = self.score if landed or timed_out else None
        self.observation = after
        if score is not None:
            (self.observation, _), self.score = self.world.reset(), 0.0
        return before, reward, after, landed, score


def save(path, state):
    """Writes beside and renames, so that a death half-way leaves the checkpoint before."""
    beside = path.with_suffix(".new")
    beside.write_bytes(pickle.dumps(state))
    os.replace(beside, path)


def main():
    config = attune.config(DEFAULTS)
    learning_rate = attune.live("learning_rate", config["learning_rate"], min=1e-6, max=0.1, scale="log", applies="atStep")
    epsilon_final = attune.live("epsilon_final", config["epsilon_final"], min=0.0, max=1.0, applies="atStep", help="random moves")
    suspend = attune.trigger("attune.suspend")
    directory = attune.checkpoint_directory()
    checkpoint = directory / "agent.pickle" if directory else None

    report, scores = 0, collections.deque(maxlen=100)
    agent = Agent(config, 8, 4, attune.seed())
    if attune.resuming() and checkpoint and checkpoint.exists():
        report, scores, agent = pickle.loads(checkpoint.read_bytes())
        attune.step(report)
    lander = Lander(attune.seed() + report)

    while report < config["reports"]:
        for count in range(report * MOVES, (report + 1) * MOVES):
            epsilon = epsilon_final() + (1 - epsilon_final()) * max(0.0, 1 - count / config["epsilon_moves"])
            action = agent.act(lander.observation, epsilon)
            before, reward, after, landed, score = lander.move(action)
            agent.replay.add(before, action, reward, after, landed)
            if score is not None:
                scores.append(score)
            if count >= 1_000 and count % config["train_every"] == 0:
                agent.learn(config["batch"], config["gamma"], learning_rate(), config["tau"], config["clip"])
        report += 1
        reward = round(float(np.mean(scores)), 2)
        print(f"{report * MOVES} moves: reward {reward:.1f}", flush=True)
        if not np.isfinite(agent.network.flat).all():
            reward = float("nan")  # a crash of learning: the values of the network have grown beyond bounds
        attune.report(step=report, reward=reward, episodes=len(scores), cpu_seconds=round(time.process_time(), 2))
        if checkpoint:
            save(checkpoint, (report, scores, agent))
        if suspend.fired():
            sys.exit(75)  # saved; to be resumed anywhere


if __name__ == "__main__":
    main()
