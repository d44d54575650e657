"""The first layer of a network as pictures of its weights, in one order for all snapshots of a run."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.runs.snapshots import Snapshot

if TYPE_CHECKING:
    import keras

MAX_RECORDED = 256
"""How many units or filters of a first layer a snapshot holds: the first ones."""
MAX_SHOWN = 64
_MIN_SAMPLE = 5000  # weights, from which the strongest are estimated
_LEGEND = "Ink on light areas switches the unit on; on dark areas, off."


@dataclass(frozen=True, eq=False)
class FirstLayerView:
    """The weights of a first layer at one moment: `pictures` (k, h, w) uint8, 128 being no weight, and a sentence."""

    pictures: np.ndarray
    sentence: str

    @classmethod
    def of(cls, seen: Snapshot, last: Snapshot | None, units: int) -> "FirstLayerView":
        """Return the view of a snapshot, at most `MAX_SHOWN` units in the order that the run's last one gives them.

        last: None of a run that still trains: its units keep their places. units: how many the layer has.
        """
        recorded, last_use = len(seen.weights), last.use if last else np.zeros(0)
        if last_use is None or seen.use is None:
            order = "in the order of an earlier version, which may change from moment to moment"
            return cls(seen.weights[:MAX_SHOWN], _sentence(recorded, units, order))
        if len(last_use) != recorded:
            return cls(seen.weights[:MAX_SHOWN], _sentence(recorded, units, "in the network's own order"))
        order = np.argsort(-np.nan_to_num(last_use), kind="stable")[:MAX_SHOWN]
        among = f"of its first {recorded}, " if units > recorded else ""
        text = f"{among}those first on which the next layer relies most at the run's end"
        return cls(seen.weights[order], _sentence(recorded, units, text))


def _sentence(recorded: int, units: int, order: str) -> str:
    shown = min(recorded, MAX_SHOWN)
    which = f"{shown} of {units:,} units" if units > shown else f"All {shown} units"
    return f"{which}, {order}. {_LEGEND}"


def first_layer_images(model: "keras.Model") -> np.ndarray:
    """Return the weights of a network's first layer as pictures: (k, h, w) uint8, 128 being no weight.

    A dense layer's weights are pictures of 28×28, a convolution's are its kernels. They are in the network's order, at
    most `MAX_RECORDED`. (0, 0, 0) where the first layer that has weights does not take the picture itself.
    """
    first = next((layer.kernel.numpy() for layer in model.layers if hasattr(layer, "kernel")), None)
    if first is not None and first.ndim == 4 and first.shape[2] == 1:
        return _as_greys(first[:, :, 0].transpose(2, 0, 1))  # (filters, h, w)
    if first is not None and first.ndim == 2 and first.shape[0] == 28 * 28:
        return _as_greys(first.T.reshape(-1, 28, 28))
    return np.zeros((0, 0, 0), np.uint8)


def first_layer_use(model: "keras.Model") -> np.ndarray:
    """Return how much the next layer relies on each unit of the first one, (k,) float32: its absolute weights, summed.

    The units are those of `first_layer_images`. (0,) where no layer with a kernel directly follows: what lies between
    may have no weights, or be a batch normalisation.
    """
    weighted = [layer for layer in model.layers if layer.weights and type(layer).__name__ != "BatchNormalization"]
    kernels = [layer.kernel.numpy() for layer in weighted[:2] if hasattr(layer, "kernel")]
    if len(kernels) < 2:
        return np.zeros(0, np.float32)
    units, following = kernels[0].shape[-1], kernels[1]
    if following.ndim < 2 or following.shape[-2] % units:
        return np.zeros(0, np.float32)
    # After flattening, each unit has several inputs, in turn.
    used = np.abs(following.reshape(-1, units, following.shape[-1])).sum(axis=(0, 2))
    return used[:MAX_RECORDED].astype(np.float32)


def _as_greys(weights: np.ndarray) -> np.ndarray:
    """Return weights as greys about 128: all but the strongest few in a thousand lie between black and white."""
    weights = np.nan_to_num(weights[:MAX_RECORDED])  # a network that has diverged is shown, too
    sample = np.abs(weights.reshape(-1)[:: max(1, weights.size // _MIN_SAMPLE)])
    strong = max(float(np.quantile(sample, 0.995)), 1e-12)
    return np.round(128 + 127 * np.clip(weights / strong, -1, 1)).astype(np.uint8)
