"""A network at work on one digit: all that a page shows of its layers."""

from dataclasses import dataclass

import numpy as np

from core.explanation.activations import ActivationReader
from core.explanation.exciting_images import ExcitingImages
from core.explanation.layer_pictures import LayerPicture, layer_pictures
from core.explanation.network import errors_in_words
from core.explanation.number_text import number
from core.explanation.unit_view import Pick, UnitView, unit_view


@dataclass(frozen=True, eq=False)
class NetworkView:
    """A network at work on one digit: a picture of each layer, and the view of what was picked."""

    layers: tuple[LayerPicture, ...]
    picked: UnitView | None
    remark: str

    @classmethod
    def of(
        cls, reader: ActivationReader, image: np.ndarray, pick: Pick | None, exciting: ExcitingImages
    ) -> "NetworkView":
        """Return the view of a network that is given an image (28, 28) uint8; raises `ExplanationError`."""
        with errors_in_words():
            layers = reader.read(image)
            kept = (pick.layer, pick.unit) if pick else None
            picked = unit_view(layers, pick, exciting) if pick else None
            return cls(
                tuple(layer_pictures(layers, kept, exciting.class_names)),
                picked,
                _temperature_text(reader.reader.temperature),
            )


def _temperature_text(temperature: float) -> str:
    if temperature == 1:
        return ""
    return (
        "The last layer's probabilities are the network's own. The answer's are calibrated: their sums z are divided "
        f"by {number(temperature)} first."
    )
