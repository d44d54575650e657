"""A network's weights, silenced or made noisy for a moment: they are restored to the last bit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from core.explanation.damage import Damage
from core.networks.builder import import_keras

if TYPE_CHECKING:
    import keras

_OTHER_KERNELS = ("Conv2DTranspose", "DepthwiseConv2D")
"""Kinds of layers whose kernels do not have the units last."""


class BreakableWeights:
    """The weights of a `keras.Model` that nobody else uses; not safe for threads."""

    def __init__(self, model: "keras.Model") -> None:
        self._kernels = [layer for layer in _leaves(model) if hasattr(layer, "kernel")]
        kept = [layer for layer in self._kernels if type(layer).__name__ not in _OTHER_KERNELS]
        self._silenceable = [layer for layer in kept if layer is not self._kernels[-1]]

    @property
    def layers(self) -> list[str]:
        """Return the layers whose units can be silenced, in words: all with a kernel but the last one."""
        return [
            f"{number}. {type(layer).__name__}, {layer.kernel.shape[-1]} units"
            for number, layer in enumerate(self._silenceable, 1)
        ]

    @property
    def has_kernels(self) -> bool:
        """Return whether there are weights that noise can be added to."""
        return bool(self._kernels)

    @contextmanager
    def broken(self, damage: Damage) -> Iterator[None]:
        """Break the weights as the damage says, and restore them at the end."""
        noisy = self._kernels if damage.weight_noise else []
        silenced = [self._silenceable[damage.layer]] if damage.silenced and self._silenceable else []
        kept = [(layer, layer.get_weights()) for layer in (noisy or silenced)]
        try:
            for number, layer in enumerate(noisy):
                layer.set_weights(_with_noise(layer.get_weights(), damage.weight_noise, number))
            for layer in silenced:
                layer.set_weights(_silence(layer.get_weights(), damage.silenced))
            yield
        finally:
            for layer, weights in kept:
                layer.set_weights(weights)


def _with_noise(weights: list[np.ndarray], strength: float, seed: int) -> list[np.ndarray]:
    """Return a layer's weights, the kernel first, with noise on the kernel: the same noise at every strength."""
    kernel, *others = weights
    noise = np.random.default_rng([0, seed]).standard_normal(kernel.shape, np.float32)
    return [kernel + strength * kernel.std() * noise, *others]


def _silence(weights: list[np.ndarray], share: float) -> list[np.ndarray]:
    """Return a layer's weights, the kernel first, with those of a share of its units 0: the same units each time."""
    units = weights[0].shape[-1]
    silent = np.random.default_rng(0).permutation(units)[: round(share * units)]
    changed = [each.copy() for each in weights]
    for each in changed:
        if each.shape[-1] == units:
            each[..., silent] = 0
    return changed


def _leaves(model: "keras.Model") -> "Iterator[keras.Layer]":
    for layer in model.layers:
        if isinstance(layer, import_keras().Model):
            yield from _leaves(layer)
        else:
            yield layer
