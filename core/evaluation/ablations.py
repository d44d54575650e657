"""The claims made for the default recipe, and the small groups of runs that test each of them on this machine."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core.config.train_config import TrainConfig
from core.runs.index import run_summaries
from core.runs.metrics_schema import Metrics
from core.runs.quota import file_runs
from core.runs.run import Run
from core.runs.schema import Notes, RunError, RunState
from core.runs.store import RunStore

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Claim:
    """One claim about the recipe, and the comparison that tests it."""

    name: str
    sentence: str
    why: str  # the reason given for it
    arms: dict[str, dict[str, Any]]  # by the name of a group of runs: how its config differs from the recipe's
    compared: tuple[tuple[str, str], ...]  # pairs of arms; the claim says that the first does better
    at_epochs: tuple[int, ...]  # the epochs after which they are compared; (): each arm after its own last one
    # The smallest difference of a pair, in points of accuracy, with which the claim holds: 0 where none stands here,
    # negative where the claim is "no worse than".
    min_points: dict[tuple[str, str], float] = field(default_factory=dict)

    def configs(self, arm: str) -> list[TrainConfig]:
        """Return the configs of an arm, one for each seed."""
        return [TrainConfig(seed=seed, **self.arms[arm]) for seed in SEEDS]


def _layers_with(activation: str) -> tuple[dict[str, Any], ...]:
    """Return the recipe's layers with another activation in the hidden one."""
    units = TrainConfig().hidden_units
    dense = {"class_name": "Dense", "units": units, "activation": activation}
    return ({"class_name": "Flatten"}, dense, {"class_name": "Dropout", "rate": TrainConfig().dropout})


CLAIMS = {
    claim.name: claim
    for claim in (
        Claim(
            "epochs",
            "5 epochs are a balance; more do not help much.",
            "Each epoch shows every training image once. The first teach most; later ones repeat what is known, and "
            "begin to learn the training images by heart.",
            {"1 epoch": {"epochs": 1}, "5 epochs": {"epochs": 5}, "20 epochs": {"epochs": 20}},
            (("5 epochs", "1 epoch"), ("5 epochs", "20 epochs")),
            (),
            {("5 epochs", "20 epochs"): -0.3},
        ),
        Claim(
            "relu",
            "ReLU converges faster than sigmoid or tanh.",
            "ReLU passes on what is positive and drops the rest. It does not flatten out for large inputs as sigmoid "
            "and tanh do, so the error reaches the first layer undiminished (Glorot et al., 2011).",
            {"ReLU": {}, "sigmoid": {"layers": _layers_with("sigmoid")}, "tanh": {"layers": _layers_with("tanh")}},
            (("ReLU", "sigmoid"), ("ReLU", "tanh")),
            (1, 5),
        ),
        Claim(
            "dropout",
            "Dropout of 20 % reduces overfitting.",
            "In each step a fifth of the hidden units is silenced at random, so that none is relied on alone "
            "(Srivastava et al., 2014). What that is worth shows late, when a network without it has begun to learn "
            "its images by heart.",
            {
                "dropout 0.2": {"epochs": 20},
                "dropout 0": {"epochs": 20, "dropout": 0.0},
                "dropout 0.5": {"epochs": 20, "dropout": 0.5},
            },
            (("dropout 0.2", "dropout 0"), ("dropout 0.2", "dropout 0.5")),
            (5, 20),
        ),
        Claim(
            "adam",
            "Adam converges faster than plain gradient descent.",
            "Adam gives every weight a step size of its own, from the mean and the spread of its gradients (Kingma "
            "and Ba, 2014); gradient descent moves all by one rate, with momentum or without.",
            {
                "Adam": {},
                "SGD with momentum": {"optimizer": "sgd", "learning_rate": 0.01},
                "SGD": {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.0},
            },
            (("Adam", "SGD with momentum"), ("Adam", "SGD")),
            (1, 5),
        ),
        Claim(
            "cross-entropy",
            "Sparse categorical cross-entropy suits one class per picture.",
            "It punishes the network by the logarithm of what it gave the true digit, so a sure mistake costs much; "
            "the squared error hardly distinguishes a sure mistake from an unsure one.",
            {"cross-entropy": {}, "mean squared error": {"loss": "mean_squared_error"}},
            (("cross-entropy", "mean squared error"),),
            (1, 5),
        ),
    )
}
"""The claims that can be tested, by name, in the order in which a page shows them."""


def newest_runs(store: RunStore) -> dict[TrainConfig, Run]:
    """Return the newest run of each config that waits, trains or has finished.

    Any run of a config counts, whatever it was created for, so none is trained twice; except imported runs, and runs
    whose learning rate was changed while they trained.
    """
    newest: dict[TrainConfig, Run] = {}
    for each in run_summaries(store):
        if each.config is None:  # a damaged run
            continue
        if (
            each.state not in (RunState.FAILED, RunState.STOPPED, RunState.DAMAGED)
            and not each.imported
            and not each.rate_changed
        ):
            newest.setdefault(each.config, Run(store.root / each.id))
    return newest


def runs_by_arm(claim: Claim, newest: dict[TrainConfig, Run]) -> dict[str, list[Run | None]]:
    """Return for each arm a list with the run of each seed, None where there is none."""
    return {arm: [newest.get(config) for config in claim.configs(arm)] for arm in claim.arms}


def missing_configs(claim: Claim, newest: dict[TrainConfig, Run]) -> list[TrainConfig]:
    """Return the configs of the claim without a run, all arms of a seed first, so that spreads are known early."""
    return [config for _, config in _by_seed(claim) if config not in newest]


def _by_seed(claim: Claim) -> list[tuple[str, TrainConfig]]:
    """Return each arm's name with its config: all of the first seed, then all of the next."""
    return [(arm, claim.configs(arm)[place]) for place in range(len(SEEDS)) for arm in claim.arms]


def file_missing_runs(claim: Claim, store: RunStore, newest: dict[TrainConfig, Run]) -> None:
    """Create a queued run for each of `missing_configs`, named by claim, arm and seed.

    Raises as `quota.file_run` does; then none is created for want of room.
    """
    missing = [(arm, config) for arm, config in _by_seed(claim) if config not in newest]

    def file_all() -> None:
        for arm, config in missing:
            notes = {"name": f"{claim.name}: {arm}, seed {config.seed}", "claim": claim.name}
            store.create(config, lambda run, notes=notes: run.write_notes(**notes))

    file_runs(store, len(missing), file_all)


def runs_filed_for(claim: Claim, runs: Iterable[Run | None]) -> list[Run]:
    """Return those of the runs that `file_missing_runs` created for this claim."""
    return [run for run in runs if run and _notes(run).claim == claim.name]


def _notes(run: Run) -> Notes:
    try:
        return run.notes()
    except RunError:
        return Notes()


def validation_curves(runs: list[Run | None], known: dict[str, Metrics]) -> list[dict[int, float]]:
    """Return each run's validation accuracy (0 to 1) by whole epoch; {} for a run that is None or cannot be read.

    `known` holds the metrics read so far by run id: only what follows is read, and added there.
    """
    return [_curve(run, known) for run in runs]


def _curve(run: Run | None, known: dict[str, Metrics]) -> dict[int, float]:
    if run is None:
        return {}
    try:
        known[run.id] = run.metrics(known.get(run.id, Metrics()))
    except RunError:
        return {}
    rows = known[run.id].rows
    return {round(row.epoch): row.val_accuracy for row in rows if row.val_accuracy is not None}
