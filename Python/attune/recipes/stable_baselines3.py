"""Live hyperparameters for Stable-Baselines3.

    model.learn(1_000_000, callback=LiveCallback())

Steps are the model's time steps; what is changed counts from the next update of the policy on. Saved models have the live values,
and load without Attune."""

from __future__ import annotations

from typing import Any, Callable

import attune

from ._recipe import Recipe, need
from ._torch_places import forget

sb3: Any = need("stable_baselines3", "stable-baselines3")
callbacks: Any = need("stable_baselines3.common.callbacks", "stable-baselines3")
utils: Any = need("stable_baselines3.common.utils", "stable-baselines3")

__all__ = ["LiveCallback"]

NUMBERS: dict[str, dict[str, Any]] = {
    "ent_coef": {"help": "weight of the entropy"},
    "vf_coef": {"min": 0.0, "help": "weight of the value function"},
    "max_grad_norm": {},
    "target_kl": {"min": 0.0, "help": "an update that goes farther ends early"},
    "tau": {"min": 0.0, "max": 1.0, "help": "share of the new weights in the target network"},
    "target_entropy": {"help": "entropy that ent_coef is adjusted to"},
    "target_policy_noise": {"min": 0.0, "help": "noise of the target's actions"},
    "target_noise_clip": {"min": 0.0, "help": "largest noise of the target's actions"},
}
COUNTS: dict[str, dict[str, Any]] = {
    "n_epochs": {"min": 1, "help": "passes over each rollout"},
    "batch_size": {"min": 2},
    "gradient_steps": {"min": -1, "help": "updates after each rollout; -1: as many as its steps"},
    "policy_delay": {"min": 1, "help": "updates of the critic for one of the actor"},
    "target_update_interval": {"min": 1, "help": "steps between updates of the target network"},
}


class LiveCallback(callbacks.BaseCallback):  # type: ignore[misc]
    """Makes live what the model's next update reads: `lr`, `clip_range`, `clip_range_vf` (where they are schedules, as their
    peaks), `gamma`, `gae_lambda`, `ent_coef`, `batch_size` and the like, each where the algorithm has it, and for DQN
    `exploration_final_eps`. The trigger `reset_state` begins the state of its optimizers anew. Reported are the rewards of finished
    episodes and what the update logged."""

    def __init__(self, *, prefix: str = "", applies: str = "atStep") -> None:
        super().__init__()
        self.recipe = Recipe(prefix, applies, group="model")
        self._options, self._episodes = (prefix, applies, "model"), 0

    def _on_training_start(self) -> None:
        self.recipe.detach()  # of an earlier learn
        self.recipe = recipe = Recipe(*self._options)
        model: Any = self.model
        attune.step(self.num_timesteps)
        for tag, name in (("lr", "lr_schedule"), ("clip_range", "clip_range"), ("clip_range_vf", "clip_range_vf")):
            if callable(getattr(model, name, None)):
                peak = _Peak(model, name, "learning_rate" if tag == "lr" else name)
                hints: dict[str, Any] = {} if tag == "lr" else {"min": 1e-12, "help": "limit of a step"}
                recipe.bind(tag, peak.read, peak.write, is_cheap=False, **hints)
        for table in (NUMBERS, COUNTS):
            for name, hints in table.items():
                if type(getattr(model, name, None)) in ((int, float) if table is NUMBERS else (int,)):
                    recipe.bind_attribute(name, {"": model}, name, self._renew_constants, is_whole=table is COUNTS, **hints)
        buffers = [getattr(model, name, None) for name in ("rollout_buffer", "replay_buffer")]
        for name, what in (("gamma", "discount of later rewards"), ("gae_lambda", "bias against variance of the advantages")):
            owners = {type(owner).__name__: owner for owner in [model, *buffers] if hasattr(owner, name)}
            recipe.bind_attribute(name, owners, name, min=0.0, max=1.0, help=what)  # buffers have their own copy
        if hasattr(model, "exploration_final_eps"):
            recipe.bind_attribute(
                "exploration_final_eps",
                {"": model},
                "exploration_final_eps",
                self._renew_constants,
                min=0.0,
                max=1.0,
                help="share of random actions in the end",
            )
        recipe.bind_reset(self._forget)
        recipe.show("effective_learning_rate", lambda: model.lr_schedule(model._current_progress_remaining))
        recipe.reload()

    def _on_step(self) -> bool:
        attune.step(self.num_timesteps)
        self.recipe.apply()
        return True

    def _on_rollout_start(self) -> None:
        logged = self.logger.name_to_value if hasattr(self.model, "rollout_buffer") else {}  # others have a rollout every few steps
        learned = {name: float(value) for name, value in logged.items() if name.startswith("train/") and isinstance(value, (int, float))}
        if learned:
            attune.report(step=max(self.num_timesteps, 1), **{**learned, **self.recipe.metrics()})
            self.recipe.apply()

    def _on_rollout_end(self) -> None:
        episodes = self.model.ep_info_buffer or ()
        if episodes and (hasattr(self.model, "rollout_buffer") or self.model._episode_num != self._episodes):
            self._episodes = self.model._episode_num
            means = {
                name: sum(float(one[key]) for one in episodes) / len(episodes) for name, key in (("reward", "r"), ("episode_length", "l"))
            }
            attune.report(step=self.num_timesteps, **{**means, **self.recipe.metrics()})
            self.recipe.apply()

    def _on_training_end(self) -> None:
        self.recipe.detach()

    def _renew_constants(self) -> None:
        """What the model has made of its numbers when it was built."""
        model: Any = self.model
        if isinstance(getattr(model, "ent_coef", None), float) and getattr(model, "ent_coef_tensor", None) is not None:
            model.ent_coef_tensor.fill_(model.ent_coef)
        if hasattr(model, "exploration_schedule"):
            model.exploration_schedule = utils.LinearSchedule(
                model.exploration_initial_eps, model.exploration_final_eps, model.exploration_fraction
            )

    def _forget(self, payload: Any) -> None:
        for optimizer in self._optimizers():
            forget(optimizer, payload)

    def _optimizers(self) -> list[Any]:
        model: Any = self.model
        owners = [model.policy, getattr(model, "actor", None), getattr(model, "critic", None)]
        found = [getattr(owner, "optimizer", None) for owner in owners] + [getattr(model, "ent_coef_optimizer", None)]
        return [optimizer for optimizer in found if optimizer is not None]


class _Peak:
    """A schedule over the remaining progress, by the largest value that it takes. Replaced by plain schedules, which pickle without
    Attune; and with it the number that the model makes a new schedule from when it is loaded."""

    def __init__(self, model: Any, name: str, source: str) -> None:
        self.model, self.name, self.source, self.schedule = model, name, source, getattr(model, name)
        self.peak = self.value = max(float(self.schedule(part / 100)) for part in range(101))
        self.is_constant = all(self.schedule(part / 100) == self.peak for part in range(101))

    def read(self) -> float:
        return self.value

    def write(self, value: float) -> None:
        new = value if self.is_constant or not self.peak else scaled(self.schedule, value / self.peak)
        setattr(self.model, self.name, utils.FloatSchedule(new))
        setattr(self.model, self.source, new if self.source != self.name else getattr(self.model, self.name))
        self.value = value


def scaled(schedule: Callable[[float], float], factor: float) -> Callable[[float], float]:
    """A closure, which is saved by value."""
    return lambda progress_remaining: factor * schedule(progress_remaining)
