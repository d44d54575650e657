"""The choice of how far the weights are moved by learning (Wortsman et al., 2022, WiSE-FT)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.datasets.mnist import Images

if TYPE_CHECKING:
    import keras

_SHARES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
_OWN_LOSS = 0.04  # of the person's digits that may be lost by moving less far


def choose_share(
    model: "keras.Model",
    before: "keras.Model",
    own: Images,
    classify: Callable[[np.ndarray], np.ndarray],
) -> float:
    """Move the model's weights between those before and its own, and return how far they are moved, 0 to 1.

    They are moved no further than the person's digits need it: the least of the shares is taken up to which these are
    read nearly as well as at the end of learning. What was read before is lost the more, the further they are moved,
    but by so few images that which of two shares loses less cannot be measured on some thousands of them.

    own: copies of the person's digits. classify: the model's probabilities of images, with its weights of then.
    """
    start, end, chosen, least = before.get_weights(), model.get_weights(), 1.0, 0.0
    for share in _SHARES:
        model.set_weights(_mix(start, end, share))
        right = float((classify(own.images).argmax(axis=1) == own.labels).mean())
        least = (1 - _OWN_LOSS) * right if share == 1 else least
        if right < least:
            break
        chosen = share
    model.set_weights(_mix(start, end, chosen))
    return chosen


def _mix(start: list[np.ndarray], end: list[np.ndarray], share: float) -> list[np.ndarray]:
    if share == 1:
        return end
    return [((1 - share) * one + share * other).astype(other.dtype) for one, other in zip(start, end, strict=True)]
