"""How long a training will take: arithmetic, corrected by what this machine's own runs took."""

from statistics import median

from core.config import TrainConfig
from core.dataset import training_images
from core.networks import count_parameters, multiplications
from core.passes import training_dtype
from core.runs import RunError, RunStore

# Measured on two cores of a 2023 server; finished runs of this machine correct them.
_STEP_S = 0.2e-3
_WEIGHT_UPDATE_S = 0.5e-9
_MULTIPLICATION_S = {"float32": 4e-11, "bfloat16": 1.4e-11}
_AUGMENTED_IMAGE_S = 20e-6
_OTHER_HANDS_IMAGE_S = 60e-6
_RUNS_COMPARED = 5


def training_s(config: TrainConfig, pace: float = 1.0) -> float:
    """Return the seconds from the first step to the last; `pace` is what `machine_pace` says of this machine."""
    images = config.epochs * training_images(config)
    step_s = _STEP_S + _WEIGHT_UPDATE_S * count_parameters(config)
    image_s = step_s / config.batch_size + _MULTIPLICATION_S[training_dtype(config)] * multiplications(config)
    image_s += _OTHER_HANDS_IMAGE_S if config.other_hands else _AUGMENTED_IMAGE_S * config.augmentation
    return pace * images * image_s


def machine_pace(store: RunStore, network: str) -> float:
    """Return how many times as long as the arithmetic says the newest finished runs of that network took.

    What was imported was trained on another machine.
    """
    ratios = []
    for run in store.all():
        try:
            if run.status().state == "finished" and run.config().network == network and not run.notes().get("imported"):
                ratios.append(run.status().train_s / training_s(run.config()))
        except RunError:
            continue
        if len(ratios) == _RUNS_COMPARED:
            break
    return median(ratios) if ratios else 1.0
