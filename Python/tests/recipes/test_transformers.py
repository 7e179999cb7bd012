"""Live hyperparameters of Hugging Face's Trainer, and the traps on the way."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Callable

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
torch = pytest.importorskip("torch", reason="torch is not installed: make test-recipes")
pytest.importorskip("transformers", reason="transformers is not installed: make test-recipes")
pytest.importorskip("accelerate", reason="accelerate is not installed: make test-recipes")

from transformers import Trainer, TrainerCallback, TrainingArguments  # noqa: E402

from attune.recipes.transformers import LiveCallback  # noqa: E402


class Model(torch.nn.Module):  # type: ignore[misc, name-defined]
    """A single weight with the gradient 1."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.dropout = torch.nn.Dropout(0.1)

    def forward(self, x: Any) -> Any:
        return {"loss": (self.weight * x).sum(), "logits": x}


class Meanwhile(TrainerCallback):  # type: ignore[misc]
    """Keeps how far the weight went in each step, and does something after some."""

    def __init__(self, **actions: Callable[[], Any]) -> None:
        self.actions, self.moved, self.place = {int(name[5:]): action for name, action in actions.items()}, list[float](), 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **parts: Any) -> None:
        self.place = float(parts["model"].weight.detach())

    def on_step_end(self, args: Any, state: Any, control: Any, **parts: Any) -> None:
        place = float(parts["model"].weight.detach())
        self.moved.append(self.place - place)
        self.place = place
        if action := self.actions.pop(state.global_step, None):
            action()


def trainer(directory: Path, callbacks: list[Any], **options: Any) -> Any:
    arguments = TrainingArguments(
        **{
            "output_dir": str(directory),
            "max_steps": 6,
            "per_device_train_batch_size": 1,
            "optim": "sgd",
            "learning_rate": 0.1,
            "report_to": [],
            "lr_scheduler_type": "constant",
            "max_grad_norm": 0.0,
            "use_cpu": True,
            "disable_tqdm": True,
            "logging_steps": 1,
            "save_strategy": "no",
            "remove_unused_columns": False,
            **options,
        }
    )
    samples = [{"x": torch.ones(())} for _ in range(64)]
    return Trainer(model=Model(), args=arguments, train_dataset=samples, eval_dataset=samples[:2], callbacks=callbacks)


def test_changes_over_the_socket_while_it_trains(outside: Any, tmp_path: Path) -> None:
    meanwhile = Meanwhile(after3=lambda: outside.set(lr=0.01))
    trainer(tmp_path, [meanwhile, LiveCallback(prefix=outside.prefix)]).train()
    assert meanwhile.moved == pytest.approx([0.1] * 3 + [0.01] * 3)


def test_the_base_of_its_schedule(outside: Any, tmp_path: Path) -> None:
    options = {"lr_scheduler_type": "linear", "warmup_steps": 2}
    always, changed = Meanwhile(), Meanwhile(after3=lambda: outside.set(lr=0.4))
    trainer(tmp_path, [always], learning_rate=0.4, **options).train()
    one = trainer(tmp_path, [changed, LiveCallback(prefix=outside.prefix)], **options)
    one.train()
    assert changed.moved[3:] == pytest.approx(always.moved[3:])
    logged = [line["learning_rate"] for line in one.state.log_history if "learning_rate" in line]
    reported = outside.reports(f"{outside.prefix}.effective_learning_rate", len(logged))
    assert [one["metrics"]["learning_rate"] for one in reported] == logged
    assert [one["step"] for one in reported] == [1, 2, 3, 4, 5, 6] and outside.values()["lr"] == 0.4


def test_clipping(outside: Any, tmp_path: Path) -> None:
    meanwhile = Meanwhile(after3=lambda: outside.set(max_grad_norm=0.5))
    trainer(tmp_path, [meanwhile, LiveCallback(prefix=outside.prefix)], max_grad_norm=2.0).train()
    assert meanwhile.moved == pytest.approx([0.1] * 3 + [0.05] * 3, rel=1e-4)


def test_dropout_and_what_is_refused(outside: Any, tmp_path: Path) -> None:
    one = trainer(
        tmp_path,
        [Meanwhile(after2=lambda: outside.set(dropout=0.5), after3=lambda: outside.refuse(lr=-1)), LiveCallback(prefix=outside.prefix)],
    )
    one.train()
    assert one.model.dropout.p == 0.5 and outside.values()["lr"] == 0.1


def test_a_resumed_training_keeps_the_live_value(outside: Any, tmp_path: Path) -> None:
    meanwhile = Meanwhile(after4=lambda: outside.set(lr=0.02))
    options = {"save_strategy": "steps", "save_steps": 3}
    trainer(tmp_path, [meanwhile, LiveCallback(prefix=outside.prefix)], **options).train()
    for group in torch.load(tmp_path / "checkpoint-3" / "optimizer.pt", weights_only=False)["param_groups"]:
        assert group["lr"] == 0.1  # what the checkpoint brings back
    again = Meanwhile()
    trainer(tmp_path, [again, LiveCallback(prefix=outside.prefix)], **options).train(resume_from_checkpoint=str(tmp_path / "checkpoint-3"))
    assert again.moved == pytest.approx([0.02] * 3)


def test_checkpoint_and_evaluate(outside: Any, tmp_path: Path) -> None:
    def ask() -> None:
        outside.ask("trigger.fire", trigger="attune.checkpoint")
        outside.ask("trigger.fire", trigger="attune.evaluate")

    one = trainer(tmp_path, [Meanwhile(after3=ask), LiveCallback(prefix=outside.prefix)])
    one.train()
    assert [path.name for path in tmp_path.glob("checkpoint-*")] == ["checkpoint-3"]
    assert [line["step"] for line in one.state.log_history if "eval_runtime" in line] == [3]


def test_suspended_and_resumed(outside: Any, tmp_path: Path) -> None:
    first = Meanwhile(after2=lambda: outside.ask("trigger.fire", trigger="attune.suspend"))
    with pytest.raises(SystemExit) as end:
        trainer(tmp_path, [first, LiveCallback(prefix=outside.prefix)]).train()
    assert end.value.code == 75
    assert json.loads((tmp_path / "checkpoint-2" / "trainer_state.json").read_text())["global_step"] == 2
    second = Meanwhile()
    trainer(tmp_path, [second, LiveCallback(prefix=outside.prefix)]).train(resume_from_checkpoint=True)
    assert len(first.moved) == 2 and len(second.moved) == 4
