"""The start from a network that has learned already: the weights that are taken over, and the layers trained."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from core.config.dataset_spec import MNIST, DatasetSpec
from core.config.train_config import READER, TrainConfig
from core.networks.safe_loading import ModelError, load_model
from core.recognition.model_files import RELEASED_MODEL
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.training.metrics_writer import TrainingError

if TYPE_CHECKING:
    import keras


def frozen_layers(model: "keras.Sequential", config: TrainConfig) -> int:
    """Return how many of the first layers are not trained: all up to the last but one that has weights, or none."""
    if config.trained_layers == "all":
        return 0
    weighted = [place for place, layer in enumerate(model.layers) if layer.weights]
    return weighted[-2] + 1 if len(weighted) > 1 else 0


def take_over_weights(model: "keras.Sequential", config: TrainConfig, root: Path) -> None:
    """Give the model the weights of the network that the recipe starts from; nothing where it starts from random ones.

    The last layer's are taken over where both networks have the same classes, in the same order; else it stays new.
    `root` is the folder of all runs. Raises `TrainingError` where that network is missing or has other layers.
    """
    if not config.start_from:
        return
    source, dataset = _load_source(config.start_from, root)
    theirs, ours = (_weighted_layers(each) for each in (source, model))
    if dataset.class_names != config.dataset.class_names:
        theirs, ours = theirs[:-1], ours[:-1]
    shapes = [[[weight.shape for weight in layer.weights] for layer in layers] for layers in (theirs, ours)]
    if shapes[0] != shapes[1]:
        raise TrainingError(
            f"The network has other layers than the one that it is to start from ({_name(config.start_from)}). "
            "Choose the same network, or start from random weights."
        )
    for their, our in zip(theirs, ours, strict=True):
        our.set_weights(their.get_weights())


def _load_source(start_from: str, root: Path) -> "tuple[keras.Model, DatasetSpec]":
    """Return the network of the shipped reader, or of a run, and the data set that it learned."""
    try:
        if start_from == READER:
            return cast("keras.Model", load_model(RELEASED_MODEL)), MNIST
        run = RunStore(root).get(start_from)
        dataset = run.config().dataset
        return cast("keras.Model", load_model(run.model_path, dataset.num_classes)), dataset
    except (ModelError, RunError) as error:
        raise TrainingError(f"The network to start from ({_name(start_from)}) cannot be used. {error}") from error


def _name(start_from: str) -> str:
    return "the shipped reader" if start_from == READER else f"run {start_from}"


def _weighted_layers(model: "keras.Model") -> "list[keras.Layer]":
    return [layer for layer in model.layers if layer.weights]
