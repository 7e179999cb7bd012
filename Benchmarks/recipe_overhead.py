"""Microseconds of processor time that a recipe adds to a training step, for torch, optax and
scikit-learn, where they are installed.

Usage: PYTHONPATH=Python .venv-recipes/bin/python Benchmarks/recipe_overhead.py    (after make test-recipes)
Steps with and without a recipe run in turn, in blocks. Prints one line a case: the step without, what the recipe adds (median and
quartiles over the blocks), and its share; and a line for the recipe alone, without the noise of the step.
"""

from __future__ import annotations

import statistics
import time
from typing import Any, Callable

BLOCKS, STEPS = 41, 200
Step = Callable[[], Any]


def block(step: Step) -> float:
    """Microseconds of processor time a step."""
    began = time.process_time()
    for _ in range(STEPS):
        step()
    return (time.process_time() - began) / STEPS * 1e6


def measure(name: str, plain: Step, with_recipe: Step) -> None:
    block(plain), block(with_recipe)
    pairs = [(block(plain), block(with_recipe)) for _ in range(BLOCKS)]
    added = sorted(after - before for before, after in pairs)
    base = statistics.median(before for before, _ in pairs)
    typical = statistics.median(added)
    print(
        f"{name}: {base:.1f} us a step, recipe {typical:+.2f} us ({added[BLOCKS // 4]:+.2f}...{added[3 * BLOCKS // 4]:+.2f}), "
        f"{typical / base * 100:+.1f} %",
        flush=True,
    )


def alone(name: str, apply: Step) -> None:
    times = sorted(block(apply) for _ in range(BLOCKS))
    print(f"{name}: apply() alone {statistics.median(times):.2f} us ({times[0]:.2f}...{times[-1]:.2f})", flush=True)


def torch_cases() -> None:
    import torch

    from attune.recipes.torch import attach

    torch.set_num_threads(1)

    def training(attached: str) -> Any:
        torch.manual_seed(1)
        model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: 1.0) if "schedule" in attached else None
        recipe = attach(optimizer, scheduler, prefix=attached.replace(" ", "_")) if attached != "" else None
        if recipe and "changed" in attached:
            for variable in recipe.variables.values():
                if isinstance(variable(), float):
                    variable.value = variable() * 0.999
        x = torch.randn(32, 64)

        def step() -> None:
            optimizer.zero_grad()
            model(x).square().mean().backward()
            optimizer.step()

        return step, recipe

    plain, _ = training("")
    for case in ("nothing changed", "all changed", "all changed under a schedule"):
        step, recipe = training(case)
        measure(f"torch, AdamW, {case}", plain, step)
        alone(f"torch, AdamW, {case}", recipe.apply)


def optax_cases() -> None:
    import jax
    import jax.numpy as jnp
    import optax

    from attune.recipes.optax import attach

    def training(attached: str) -> Any:
        optimizer = optax.inject_hyperparams(optax.adam)(learning_rate=1e-4)
        params = {"w": jnp.ones((64, 64))}
        held = [params, optimizer.init(params)]
        recipe = attach(held[1], prefix=attached.replace(" ", "_")) if attached else None
        if recipe and "changed" in attached:
            recipe.variables["lr"].value = 2e-4

        @jax.jit
        def update(params: Any, state: Any) -> Any:
            gradient = jax.grad(lambda p: (p["w"] ** 2).mean())(params)
            updates, state = optimizer.update(gradient, state, params)
            return optax.apply_updates(params, updates), state

        def step() -> None:
            state = recipe.apply_to(held[1]) if recipe else held[1]
            held[0], held[1] = jax.block_until_ready(update(held[0], state))

        return step

    for case in ("nothing to change", "changed"):
        measure(f"optax, adam, {case}", training(""), training(f"optax {case}"))


def sklearn_cases() -> None:
    import numpy as np
    from sklearn.linear_model import SGDClassifier

    from attune.recipes.sklearn import attach

    random = np.random.default_rng(1)
    x, y = random.normal(size=(64, 16)), random.integers(0, 2, 64)

    def training(attached: str) -> Any:
        model = SGDClassifier(learning_rate="constant", eta0=0.01, random_state=1)
        model.partial_fit(x, y, classes=[0, 1])
        if not attached:
            return lambda: model.partial_fit(x, y)
        recipe = attach(model, prefix=attached.replace(" ", "_"))
        if attached == "changed":
            recipe.variables["lr"].value = 0.02
        steps = recipe.loop(iter(int, 1))

        def step() -> None:
            next(steps)
            model.partial_fit(x, y)

        return step

    for case in ("nothing changed", "changed"):
        measure(f"sklearn, SGDClassifier, {case}", training(""), training(f"sklearn {case}"))


def main() -> None:
    for cases in (torch_cases, optax_cases, sklearn_cases):
        try:
            cases()
        except ImportError as problem:
            print(f"{cases.__name__}: skipped, {problem}")


if __name__ == "__main__":
    main()
