"""The card and the outlier score of a bundle, checked: how sure its network is, and what it refuses."""

import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from core.config.dataset_spec import MNIST
from core.config.train_config import TrainConfig
from core.export.bundle import CARD, OUTLIER_SCORE
from core.export.bundle_network import read_array
from core.export.bundle_zip import BundleError, open_zip, read_member
from core.recognition.outlier_score import OutlierScore
from core.runs.record_values import is_number

if TYPE_CHECKING:
    import keras

_RANGES = {"temperature": (0.01, 100.0), "refusal": (0.0, 1.0)}


def read_card(
    archive: zipfile.ZipFile, config: TrainConfig, model: "keras.Model"
) -> tuple[dict[str, float] | None, OutlierScore | None]:
    """Return the card and the outlier score of a network that learned from corrections; None each of any other.

    Raises `BundleError` where they are damaged or not this network's, and as `bundle_network.parse_weights` does.
    """
    names = {CARD, OUTLIER_SCORE}.intersection(archive.namelist())
    if names and config.dataset != MNIST:
        raise BundleError(f"{min(names)} in this bundle is of digits; its network learned {config.dataset.name}.")
    card = _parse_card(read_member(archive, CARD)) if CARD in names else None
    features = int(model.layers[-1].input.shape[-1])
    score = _parse_score(read_member(archive, OUTLIER_SCORE), features) if OUTLIER_SCORE in names else None
    return card, score


def _parse_card(data: bytes) -> dict[str, float]:
    """Return what a card says of temperature and refusal; what else it says is measured anew or of no use elsewhere."""
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{CARD} in this bundle is damaged.") from error
    if not isinstance(values, dict):
        raise BundleError(f"{CARD} in this bundle is damaged.")
    card = {name: values[name] for name in _RANGES if name in values}
    for name, value in card.items():
        low, high = _RANGES[name]
        if not is_number(value) or not low < value <= high:
            raise BundleError(f"{CARD} in this bundle holds a {name} that is no number from {low:g} to {high:g}.")
    return card


def _parse_score(data: bytes, features: int) -> OutlierScore:
    """Return the outlier score of a network whose last layer has so many inputs."""
    shapes = {"weights": ((features,), "<f4"), "confidence": ((), "<f8"), "bias": ((), "<f8")}
    with open_zip(data) as archive:
        infos = archive.infolist()
        if [info.filename for info in infos] != [f"{name}.npy" for name in shapes]:
            raise BundleError(f"{OUTLIER_SCORE} in this bundle is damaged.")
        weights, confidence, bias = (
            read_array(archive, info, *kind) for info, kind in zip(infos, shapes.values(), strict=True)
        )
    return OutlierScore(weights.astype(np.float32), float(confidence), float(bias))
