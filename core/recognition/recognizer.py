"""A saved model that reads pictures and pen strokes."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from core.config.layer_math import INPUT_SHAPE
from core.networks.folded_layers import FoldedLayer
from core.networks.safe_loading import load_model
from core.networks.saved_layers import fold_model
from core.networks.traced_network import trace
from core.recognition.classifier import Network
from core.recognition.model_files import RELEASED_MODEL, ModelCard, find_model
from core.recognition.outlier_score import OutlierScore
from core.recognition.picture_reader import PictureReader

if TYPE_CHECKING:
    import keras

_MAX_DIFFERENCE = 1e-4
_CONTRASTS = (0.02, 0.1, 0.4, 1.0)
"""Of the test images: where a network is certain of some, their probabilities are 0 and 1 however it is computed."""


class Recognizer(PictureReader):
    """A Keras model that reads."""

    def __init__(
        self,
        model: "keras.Model",
        card: ModelCard | None = None,
        outlier_score: OutlierScore | None = None,
        network: "Network | None" = None,
    ) -> None:
        """Make the reader of a model; see `PictureReader`.

        network: what computes its answers, where its weights do not change any more; None for the model itself.
        """
        super().__init__(model if network is None else network, card, outlier_score)
        self.model = model

    @classmethod
    def load(cls, path: Path | str | None = None) -> "Recognizer":
        """Return the recognizer of a .keras file, a run folder or, for None, the model that comes with the app.

        Raises `ModelError` with a sentence where the model cannot be used.
        """
        path = find_model(path)
        card = ModelCard.beside(path)
        model = cast("keras.Model", load_model(path, card.dataset.num_classes))
        outlier_score = OutlierScore.load(path.with_suffix(".npz"))
        if outlier_score and model.layers[-1].input.shape != (None, len(outlier_score.weights)):
            outlier_score = None  # another network's
        return cls(model, card, outlier_score, _fastest(model, is_known=path == RELEASED_MODEL))


def _fastest(model: "keras.Model", is_known: bool = False) -> Network:
    """Return a model's layers with the weights that it has now, or the model where Keras alone can compute it.

    is_known: it came with the app, whose tests compare both; any other one is compared here, which takes 0.06 s.
    """
    try:
        layers = fold_model(model)
        return layers if is_known or _agree(layers, model) else model
    except Exception:  # TensorFlow raises nearly anything for layers that do not fit together
        return model


def _agree(layers: list[FoldedLayer], model: "keras.Model") -> bool:
    """Return whether the folded layers answer test images as the model does."""
    noise = np.random.default_rng(0).random((len(_CONTRASTS), *INPUT_SHAPE), np.float32)
    images = noise * np.asarray(_CONTRASTS, np.float32)[:, None, None]
    found = trace(layers, (None, *INPUT_SHAPE))(images)
    expected = np.asarray(model(images, training=False))
    return found.shape == expected.shape and bool((np.abs(found - expected) <= _MAX_DIFFERENCE).all())
