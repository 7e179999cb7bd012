"""Usage: optuna_noop.py TRIALS SLOTS. Random search over a script, its trials kept in SQLite; prints when the last one ended."""

import subprocess
import sys
import time

import optuna

ended = 0.0


def objective(trial: optuna.Trial) -> float:
    global ended
    trial.suggest_float("x", 0, 1)
    lines = subprocess.run(["./noop.sh"], capture_output=True, text=True, check=True).stdout.splitlines()
    ended = time.time()
    return float(lines[-1].split(":")[1])


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(storage="sqlite:///noop.db", sampler=optuna.samplers.RandomSampler(seed=0))
study.optimize(objective, n_trials=int(sys.argv[1]), n_jobs=int(sys.argv[2]))
print(ended)
