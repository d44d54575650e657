"""The nearest training images of a digit as a page shows them."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from core.datasets.mnist import load_arrays
from core.explanation.digits import ExplainedDigit
from core.explanation.neighbours import NeighbourIndex
from core.explanation.network import ExplainedNetwork
from core.pictures.display import enlarge

_PICTURE_PX = 84


@dataclass(frozen=True, eq=False)
class AlikeTile:
    """One training image: its index, its label, how far it is in words, and its picture, (84, 84) uint8."""

    index: int
    label: int
    distance_text: str
    picture: np.ndarray


@dataclass(frozen=True, eq=False)
class AlikeView:
    """The nearest training images, a sentence on their labels, and a remark on how they were compared."""

    sentence: str
    tiles: tuple[AlikeTile, ...]
    remark: str
    is_complete: bool  # all training images have been read


def alike_view(network: ExplainedNetwork, index: NeighbourIndex, digit: ExplainedDigit) -> AlikeView:
    """Return the training images nearest to a digit."""
    images, found = load_arrays()["x_train"], index.nearest(network, digit.image)
    counts = Counter(each.label for each in found).most_common()
    (label, most), rest = counts[0], counts[1:]
    others = "; the others: " + ", ".join(f"{count} × {other}" for other, count in rest) if rest else ""
    tiles = tuple(
        AlikeTile(each.index, each.label, f"at {each.distance:.2f}", enlarge(images[each.index], _PICTURE_PX))
        for each in found
    )
    is_complete = len(index.images) == len(images)
    sentence = f"{most} of the {len(found)} nearest training images are labelled {label}{others}."
    return AlikeView(sentence, tiles, _remark(network, len(index.images), len(images)), is_complete)


def _remark(network: ExplainedNetwork, read: int, images: int) -> str:
    """Return how the images were compared, and how many of them."""
    has_hidden = network.has_hidden_layer
    how = "by the values that enter the last layer" if has_hidden else "pixel by pixel"
    why = "" if has_hidden else ", for this network has no hidden layer"
    part = "" if read == images else f" {read:,} of the {images:,} training images were read so far."
    return f"Compared {how}{why}: the smaller the distance below an image, the more alike it is to the network.{part}"
