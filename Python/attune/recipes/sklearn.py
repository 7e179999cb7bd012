"""Live hyperparameters for the estimators of scikit-learn that learn step by step, with `partial_fit`.

    recipe = attach(model)
    for step, (x, y) in recipe.loop(batches):     # changes take effect between two steps
        model.partial_fit(x, y, classes=classes)

Allowed are SGDClassifier, SGDRegressor, SGDOneClassSVM, Perceptron, the PassiveAggressive estimators, MLPClassifier and
MLPRegressor. The estimator is never replaced, and pickles and clones as before."""

from __future__ import annotations

from typing import Any

from ._recipe import Recipe, need

need("sklearn", "sklearn")

__all__ = ["Recipe", "attach"]

TINY = 1e-12  # these must be above 0, or the next partial_fit raises
LINEAR: dict[str, tuple[str, dict[str, Any]]] = {
    "eta0": ("lr", {"min": TINY, "help": "learning rate"}),
    "alpha": ("alpha", {"min": 0.0, "help": "factor of the penalty"}),
    "nu": ("nu", {"min": TINY, "max": 1.0, "help": "bound of the fraction of errors"}),
    "C": ("C", {"min": TINY, "help": "largest step"}),
    "l1_ratio": ("l1_ratio", {"min": 0.0, "max": 1.0, "help": "share of L1 in the elastic net"}),
    "power_t": ("power_t", {"help": "exponent of the falling learning rate"}),
    "epsilon": ("epsilon", {"min": 0.0, "help": "width of what counts as no error"}),
}
MLP: dict[str, tuple[str, dict[str, Any]]] = {
    "learning_rate_init": ("lr", {"min": TINY, "help": "learning rate that the solver starts from"}),
    "momentum": ("momentum", {}),
    "power_t": ("power_t", {"help": "exponent of the falling learning rate"}),
    "beta_1": ("beta1", {}),
    "beta_2": ("beta2", {}),
    "epsilon": ("eps", {"min": TINY}),
}


def attach(estimator: Any, *, prefix: str = "", applies: str = "atStep") -> Recipe:
    """Makes what the next `partial_fit` reads live: `lr` and, where it has them, `alpha`, `momentum`, `beta1` … Raises ValueError
    for an estimator that cannot learn step by step."""
    recipe = Recipe(prefix, applies, group="estimator")
    if hasattr(estimator, "learning_rate_init") and getattr(estimator, "solver", "lbfgs") != "lbfgs":
        _attach_mlp(recipe, estimator)
    elif hasattr(estimator, "partial_fit") and (hasattr(estimator, "eta0") or hasattr(estimator, "C")):
        _attach_linear(recipe, estimator)
    else:
        raise ValueError(
            f"{type(estimator).__name__} has no step that could be changed; allowed are the SGD and PassiveAggressive estimators, "
            "Perceptron, and MLPs with solver sgd or adam. Nothing was changed."
        )
    recipe.reload()
    return recipe


def _attach_linear(recipe: Recipe, estimator: Any) -> None:
    """`partial_fit` reads the parameters anew each time. Declared are those that it does not ignore."""
    schedule = getattr(estimator, "learning_rate", "constant")
    ignored = {
        "eta0": schedule == "optimal",
        "l1_ratio": getattr(estimator, "penalty", None) != "elasticnet",
        "power_t": schedule != "invscaling",
    }
    parameters = estimator.get_params(deep=False)
    for name, (tag, hints) in LINEAR.items():
        if isinstance(parameters.get(name), (int, float)) and not ignored.get(name):
            if name == "alpha" and schedule == "optimal":
                hints = {**hints, "min": TINY}  # it divides by it
            recipe.bind_attribute(tag, {"": estimator}, name, **hints)
    if schedule in ("constant", "adaptive", "invscaling"):
        fall = schedule == "invscaling"
        recipe.show(
            "effective_learning_rate",
            lambda: estimator.eta0 / max(getattr(estimator, "t_", 1.0), 1.0) ** (estimator.power_t if fall else 0),
        )


class _Solver:
    """A hyperparameter of an MLP: in the estimator, which pickles it and starts new solvers from it, and in the solver that is at work,
    which alone counts after the first `partial_fit`."""

    def __init__(self, estimator: Any, name: str) -> None:
        self.estimator, self.name = estimator, name

    def read(self) -> Any:
        return getattr(getattr(self.estimator, "_optimizer", self.estimator), self.name)

    def write(self, value: float) -> None:
        solver = getattr(self.estimator, "_optimizer", None)
        if solver is not None and self.name == "learning_rate_init":
            solver.learning_rate *= value / solver.learning_rate_init  # what its schedule has made of it stays
        if solver is not None:
            setattr(solver, self.name, value)
        self.estimator.set_params(**{self.name: value})


def _attach_mlp(recipe: Recipe, estimator: Any) -> None:
    used = {"sgd": {"learning_rate_init", "momentum"}, "adam": {"learning_rate_init", "beta_1", "beta_2", "epsilon"}}[estimator.solver]
    if estimator.solver == "sgd" and estimator.learning_rate == "invscaling":
        used.add("power_t")
    for name, (tag, hints) in MLP.items():
        if name in used:
            place = _Solver(estimator, name)
            recipe.bind(tag, place.read, place.write, **hints)
    recipe.bind_attribute("alpha", {"": estimator}, "alpha", min=0.0, help="factor of the L2 penalty")
    if isinstance(estimator.batch_size, int):
        recipe.bind("batch_size", lambda: estimator.batch_size, lambda value: estimator.set_params(batch_size=value), is_whole=True)
    recipe.show(
        "effective_learning_rate", lambda: getattr(getattr(estimator, "_optimizer", None), "learning_rate", estimator.learning_rate_init)
    )
    recipe.bind_reset(lambda payload: vars(estimator).pop("_optimizer", None))  # the next partial_fit makes a new one
