"""The estimated duration of a training: computed from the network's size, corrected by this machine's own runs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from statistics import median

from core.config.dataset_spec import MNIST
from core.config.train_config import TrainConfig
from core.datasets.split import count_training_images
from core.networks.builder import count_last_multiplications, count_multiplications, count_parameters
from core.runs.index import RunSummary, run_summaries
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.training.fused_forward import training_dtype

# Measured on two cores of a 2023 server; finished runs of this machine correct them.
_STEP_S = 0.2e-3
_WEIGHT_UPDATE_S = 0.5e-9
_MULTIPLICATION_S = {"float32": 4e-11, "bfloat16": 1.4e-11}
_AUGMENTED_IMAGE_S = 20e-6
_OTHER_HANDS_IMAGE_S = 60e-6
_RUNS_COMPARED = 5
_STARTED_S = 3.0  # until the first step
_SPREAD = 1.15  # between runs of one recipe on a machine that has nothing else to do
_UNKNOWN_PACE = 3.0


def training_s(config: TrainConfig, pace: float = 1.0) -> float:
    """Return the seconds from the first step to the last; `pace` is this machine's, from `machine_pace`."""
    images = config.epochs * count_training_images(config)
    multiplications, trained_weights = _work(config)
    step_s = _STEP_S + _WEIGHT_UPDATE_S * trained_weights
    image_s = step_s / config.batch_size + _MULTIPLICATION_S[training_dtype(config)] * multiplications
    image_s += _OTHER_HANDS_IMAGE_S if config.other_hands else _AUGMENTED_IMAGE_S * config.augmentation
    return pace * images * image_s


def _work(config: TrainConfig) -> tuple[float, float]:
    """Return the multiplications of one image in a step, and how many weights a step changes.

    Multiplications are counted as forward ones of a network of which all layers are trained. Where only the last layer
    is, the others only compute forward, which is a third of a step.
    """
    forward = count_multiplications(config)
    if config.trained_layers == "all":
        return forward, count_parameters(config)
    last = count_last_multiplications(config)
    return (forward - last) / 3 + last, last + config.dataset.num_classes


def machine_pace(store: RunStore, network: str) -> float:
    """Return how many times the computed time the newest finished runs of that network took on this machine."""
    newest = _newest_paces(store, network)
    return median(newest) if newest else 1.0


@dataclass(frozen=True)
class TimeEstimate:
    """The seconds that a training is expected to take, from the press of Train to the end: at least and at most."""

    low_s: float
    high_s: float


def estimate(store: RunStore, config: TrainConfig) -> TimeEstimate:
    """Return how long a training will take, as the fastest and the slowest of this machine's newest runs say.

    A machine that has other things to do takes longer, and so do its newest runs. Where there is none of that network,
    the machine may be as fast as the one that the computed time was measured on, or much slower.
    """
    computed_s, paces = _STARTED_S + training_s(config), _newest_paces(store, config.network)
    low, high = (min(paces) / _SPREAD, max(paces) * _SPREAD) if paces else (1.0, _UNKNOWN_PACE)
    return TimeEstimate(low * computed_s, high * computed_s)


def _newest_paces(store: RunStore, network: str) -> list[float]:
    """Return how many times the computed time each of the newest finished runs of that network took."""
    ratios = (run.train_s / training_s(config) for run, config in _finished_here(store, network) if run.train_s)
    return list(islice(ratios, _RUNS_COMPARED))


def seconds_to_99(store: RunStore, config: TrainConfig) -> float | None:
    """Return in how many seconds the newest run of this recipe, whatever its seed, reached 99 % of the test images.

    None where there is no such run, where it reached less, and for another data set than MNIST.
    """
    if config.dataset != MNIST:
        return None
    for run, recipe in _finished_here(store, config.network):
        if replace(recipe, seed=config.seed) == config:
            return run.train_s if run.test_accuracy is not None and run.test_accuracy >= 0.99 else None
    return None


def newest_accuracy(store: RunStore, config: TrainConfig) -> str:
    """Return the test accuracy, in words, of the newest run of this recipe here, whatever its seed; '' without any."""
    same = (run for run, recipe in _finished_here(store, config.network) if replace(recipe, seed=config.seed) == config)
    return next((run.accuracy_text for run in same if run.accuracy_text), "")


def _finished_here(store: RunStore, network: str) -> Iterator[tuple[RunSummary, TrainConfig]]:
    """Return the runs that trained this network to the end on this machine, newest first, with their recipes.

    Imported runs were trained on another machine.
    """
    for run in run_summaries(store):
        if run.state is RunState.FINISHED and run.network == network and not run.imported and run.config is not None:
            yield run, run.config
