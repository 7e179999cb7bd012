"""Searches by other libraries: Optuna's samplers and Hyperopt's TPE, as they are by default."""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Callable
from typing import Any

# One thread: read by the numerical libraries when they are imported.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
# Both warn of features that are experimental, at every trial.
warnings.filterwarnings("ignore")

from functions import Function, Parameter  # noqa: E402

OPTUNA = {"tpe": "TPESampler", "cmaes": "CmaEsSampler", "gp": "GPSampler", "random": "RandomSampler"}


def optuna_study(sampler: str, seed: int) -> Any:
    import optuna  # type: ignore[import-not-found, unused-ignore]

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if sampler == "gp":
        import torch  # type: ignore[import-not-found, unused-ignore]

        torch.set_num_threads(1)
    return optuna.create_study(sampler=getattr(optuna.samplers, OPTUNA[sampler])(seed=seed))


def suggest(trial: Any, parameter: Parameter) -> Any:
    if parameter.type == "choice":
        return trial.suggest_categorical(parameter.name, parameter.values)
    if parameter.type == "int":
        return trial.suggest_int(parameter.name, int(parameter.lower), int(parameter.upper), log=parameter.log)
    return trial.suggest_float(parameter.name, parameter.lower, parameter.upper, log=parameter.log)


def optuna_search(sampler: str, function: Function, seed: int, evaluations: int, parallel: int = 1) -> list[float]:
    """What every evaluation gave. With `parallel` trials under way, the one that began first ends first."""
    study = optuna_study(sampler, seed)
    values: list[float] = []
    trials: list[Any] = []
    for asked in range(evaluations):
        if asked >= parallel:
            study.tell(trials[asked - parallel], values[asked - parallel])
        trials.append(study.ask())
        values.append(function.evaluate({parameter.name: suggest(trials[-1], parameter) for parameter in function.parameters}))
    return values


def hyperopt_search(_: str, function: Function, seed: int, evaluations: int, parallel: int = 1) -> list[float]:
    import hyperopt  # type: ignore[import-not-found, unused-ignore]
    import numpy  # type: ignore[import-not-found, unused-ignore]

    assert parallel == 1, f"Hyperopt is run one trial at a time only; got {parallel}"

    def dimension(parameter: Parameter) -> Any:
        name, low, high = parameter.name, parameter.lower, parameter.upper
        if parameter.type == "choice":
            return hyperopt.hp.choice(name, parameter.values)
        is_int = parameter.type == "int"
        if parameter.log:
            log_low, log_high = math.log(low), math.log(high)
            return hyperopt.hp.qloguniform(name, log_low, log_high, 1) if is_int else hyperopt.hp.loguniform(name, log_low, log_high)
        return hyperopt.hp.uniformint(name, low, high) if is_int else hyperopt.hp.uniform(name, low, high)

    values: list[float] = []

    def objective(configuration: dict[str, Any]) -> float:
        integers = {parameter.name: int(configuration[parameter.name]) for parameter in function.parameters if parameter.type == "int"}
        values.append(function.evaluate({**configuration, **integers}))
        return values[-1]

    hyperopt.fmin(
        objective, {parameter.name: dimension(parameter) for parameter in function.parameters}, algo=hyperopt.tpe.suggest,
        max_evals=evaluations, rstate=numpy.random.default_rng(seed), show_progressbar=False, verbose=False,
    )  # fmt: skip
    return values


SEARCHES: dict[str, Callable[[str, Function, int, int, int], list[float]]] = {"Optuna": optuna_search, "Hyperopt": hyperopt_search}


def optuna_costs(sampler: str, function: Function, told: list[tuple[dict[str, Any], float]], asks: int) -> list[float]:
    """Processor seconds of each of `asks` proposals after so many trials that were told."""
    import optuna

    study = optuna_study(sampler, 1)

    def ask() -> tuple[Any, dict[str, Any]]:
        trial = study.ask()
        return trial, {parameter.name: suggest(trial, parameter) for parameter in function.parameters}

    if sampler == "cmaes":
        # It finds its state in its own trials.
        for _ in told:
            trial, configuration = ask()
            study.tell(trial, function.evaluate(configuration))
    else:
        drawn = {parameter.name: distribution(parameter) for parameter in function.parameters}
        study.add_trials([optuna.trial.create_trial(params=params, distributions=drawn, value=value) for params, value in told])
    seconds = []
    for _ in range(asks):
        start = time.process_time()
        trial, configuration = ask()
        seconds.append(time.process_time() - start)
        study.tell(trial, function.evaluate(configuration))
    return seconds


def distribution(parameter: Parameter) -> Any:
    from optuna import distributions as kinds  # type: ignore[import-not-found, unused-ignore]

    if parameter.type == "choice":
        return kinds.CategoricalDistribution(parameter.values)
    if parameter.type == "int":
        return kinds.IntDistribution(int(parameter.lower), int(parameter.upper), log=parameter.log)
    return kinds.FloatDistribution(parameter.lower, parameter.upper, log=parameter.log)
