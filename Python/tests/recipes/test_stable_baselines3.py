"""Live hyperparameters of Stable-Baselines3, and the traps on the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

pytest.importorskip("stable_baselines3", reason="stable-baselines3 is not installed: make test-recipes")

import gymnasium  # noqa: E402
import numpy as np  # noqa: E402
from stable_baselines3 import DQN, PPO, SAC, TD3  # noqa: E402
from stable_baselines3.common.callbacks import BaseCallback  # noqa: E402
from stable_baselines3.common.utils import LinearSchedule  # noqa: E402

from attune.recipes.stable_baselines3 import LiveCallback  # noqa: E402


class Walk(gymnasium.Env[Any, Any]):  # type: ignore[misc]
    """Eight steps to the right are an episode; the reward is the action."""

    def __init__(self, continuous: bool = False) -> None:
        self.observation_space = gymnasium.spaces.Box(0, 1, (1,), np.float32)
        self.action_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32) if continuous else gymnasium.spaces.Discrete(2)
        self.at = 0

    def reset(self, **options: Any) -> Any:
        self.at = 0
        return np.zeros(1, np.float32), {}

    def step(self, action: Any) -> Any:
        self.at += 1
        return np.full(1, self.at / 8, np.float32), float(np.sum(action)), self.at == 8, False, {}


class Meanwhile(BaseCallback):  # type: ignore[misc]
    """Does something after some steps, and keeps what the optimizer had at each step."""

    def __init__(
        self,
        look: Callable[[Any], Any] = lambda model: getattr(model, "actor", model.policy).optimizer.param_groups[0]["lr"],
        **actions: Callable[[], Any],
    ) -> None:
        super().__init__()
        self.look, self.seen = look, list[Any]()
        self.actions = {int(name[5:]): action for name, action in actions.items()}

    def _on_step(self) -> bool:
        self.seen.append(self.look(self.model))
        if action := self.actions.get(self.num_timesteps):
            action()
        return True


def ppo(**options: Any) -> Any:
    return PPO(
        "MlpPolicy", Walk(), **{"n_steps": 8, "batch_size": 4, "n_epochs": 1, "seed": 1, "device": "cpu", "learning_rate": 0.01, **options}
    )


def test_changes_over_the_socket_while_it_trains(outside: Any) -> None:
    model = ppo(n_epochs=1, batch_size=8, policy_kwargs={"optimizer_class": __import__("torch").optim.SGD, "optimizer_kwargs": {}})
    weights = lambda one: np.concatenate([p.detach().numpy().ravel().copy() for p in one.policy.parameters()])  # noqa: E731
    meanwhile = Meanwhile(weights, after12=lambda: outside.set(lr=1e-6))
    model.learn(24, callback=[meanwhile, LiveCallback(prefix=outside.prefix)])
    moved = [float(np.abs(meanwhile.seen[at] - meanwhile.seen[at - 1]).max()) for at in (8, 16)]
    assert 0 < moved[1] < 1e-3 * moved[0]  # the updates after 8 and after 16 steps


def test_a_schedule_and_a_clip_range(outside: Any) -> None:
    model = ppo(learning_rate=LinearSchedule(0.1, 0.0, 1.0), clip_range=0.2)
    meanwhile = Meanwhile(after12=lambda: outside.set(lr=0.4, clip_range=0.05))
    model.learn(32, callback=[meanwhile, LiveCallback(prefix=outside.prefix)])
    assert [meanwhile.seen[at] for at in (8, 16, 24)] == pytest.approx([0.1 * 24 / 32, 0.4 * 16 / 32, 0.4 * 8 / 32])
    assert model.clip_range(0.3) == 0.05
    reports = outside.reports(f"{outside.prefix}.effective_learning_rate", 6)
    assert {"reward", "episode_length"} <= set().union(*(one["metrics"] for one in reports))
    assert any("train/loss" in one["metrics"] for one in reports)


def test_discounts_reach_the_buffer_that_has_its_own_copy(outside: Any) -> None:
    model = ppo()
    model.learn(
        16,
        callback=[
            Meanwhile(after4=lambda: outside.set(gamma=0.5, gae_lambda=0.25, ent_coef=0.125, n_epochs=3)),
            LiveCallback(prefix=outside.prefix),
        ],
    )
    assert (model.gamma, model.rollout_buffer.gamma, model.rollout_buffer.gae_lambda) == (0.5, 0.5, 0.25)
    assert (model.ent_coef, model.n_epochs) == (0.125, 3)
    assert "n_steps" not in outside.values()


@pytest.mark.parametrize("rate", [0.01, LinearSchedule(0.01, 0.0, 1.0)], ids=["constant", "schedule"])
def test_a_saved_model_has_the_live_values_and_loads_without_attune(rate: Any, outside: Any, tmp_path: Path) -> None:
    model = ppo(learning_rate=rate)
    model.learn(16, callback=[Meanwhile(after4=lambda: outside.set(lr=0.04, clip_range=0.1)), LiveCallback(prefix=outside.prefix)])
    model.save(tmp_path / "model.zip")
    code = f"""
import sys
sys.modules["attune"] = None
from stable_baselines3 import PPO
model = PPO.load({str(tmp_path / "model.zip")!r}, device="cpu")
print(model.lr_schedule(1.0), model.clip_range(1.0))
"""
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert child.stdout.split() == ["0.04", "0.1"], child.stderr[-2000:]


def test_a_refused_value_leaves_the_model(outside: Any) -> None:
    meanwhile = Meanwhile(after4=lambda: (outside.refuse(lr=-1), outside.refuse(gamma=1.5), outside.refuse(lr=0.5, batch_size=1)))
    model = ppo()
    model.learn(16, callback=[meanwhile, LiveCallback(prefix=outside.prefix)])
    assert (set(meanwhile.seen), model.gamma, model.batch_size) == ({0.01}, 0.99, 4)


def test_reset_state(outside: Any) -> None:
    steps = lambda model: [int(state["step"]) for state in model.policy.optimizer.state.values()][:1]  # noqa: E731
    meanwhile = Meanwhile(steps, after12=lambda: outside.fire("reset_state"))
    ppo().learn(24, callback=[meanwhile, LiveCallback(prefix=outside.prefix)])
    assert (meanwhile.seen[8], meanwhile.seen[16]) == ([2], [2])  # two batches an update


@pytest.mark.parametrize("entropy", ["auto", 0.1])
def test_sac(entropy: Any, outside: Any) -> None:
    model = SAC("MlpPolicy", Walk(continuous=True), ent_coef=entropy, learning_starts=2, batch_size=4, device="cpu", seed=1)
    values: dict[str, Any] = {"lr": 0.01, "tau": 0.5, **({"target_entropy": -2.0} if entropy == "auto" else {"ent_coef": 0.3})}
    model.learn(12, callback=[Meanwhile(after6=lambda: outside.set(**values)), LiveCallback(prefix=outside.prefix)])
    assert (model.tau, model.actor.optimizer.param_groups[0]["lr"], model.critic.optimizer.param_groups[0]["lr"]) == (0.5, 0.01, 0.01)
    assert model.target_entropy == -2.0 if entropy == "auto" else float(model.ent_coef_tensor) == pytest.approx(0.3)
    assert ("ent_coef" in outside.values()) == (entropy != "auto")


def test_td3(outside: Any) -> None:
    model = TD3("MlpPolicy", Walk(continuous=True), learning_starts=2, batch_size=4, device="cpu", seed=1)
    model.learn(
        12, callback=[Meanwhile(after6=lambda: outside.set(target_policy_noise=0.5, gradient_steps=2)), LiveCallback(prefix=outside.prefix)]
    )
    assert (model.target_policy_noise, model.gradient_steps) == (0.5, 2)


def test_dqn_explores_as_told(outside: Any) -> None:
    model = DQN("MlpPolicy", Walk(), learning_starts=2, batch_size=4, device="cpu", seed=1, exploration_fraction=0.01)
    meanwhile = Meanwhile(lambda one: one.exploration_rate, after6=lambda: outside.set(exploration_final_eps=0.5))
    model.learn(12, callback=[meanwhile, LiveCallback(prefix=outside.prefix)])
    assert (meanwhile.seen[5], meanwhile.seen[-1]) == (0.05, 0.5)
