"""Damage done to pictures and to a network on purpose: its kinds, and pictures that are damaged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np


@dataclass(frozen=True)
class Damage:
    """One damage: of pictures first, in this order, then of the network.

    turn_deg, shift_px: turned clockwise, shifted to the right. noise: the standard deviation of random noise, where 1
    is the step from paper to ink. worst_noise: how far each pixel is moved, up or down, whichever makes the right
    answer less likely to this very network. silenced: a share, 0 to 1, of the units of the layer of that number in
    `BreakableNetwork.layers`; their weights are 0, so they give the same whatever the picture. weight_noise: the
    standard deviation of noise on the weights of every layer, 1 is the layer's own.
    """

    turn_deg: float = 0
    shift_px: float = 0
    noise: float = 0.0
    worst_noise: float = 0.0
    layer: int = 0
    silenced: float = 0.0
    weight_noise: float = 0.0

    def at(self, kind: str, strength: float) -> "Damage":
        """Return this damage with another strength of one of `DAMAGE_KINDS`."""
        return replace(self, **{kind: strength})

    @property
    def effective(self) -> "Damage":
        """Return the same damage without a layer where none of its units are silenced: equal if the effect is."""
        return self if self.silenced else replace(self, layer=0)


@dataclass(frozen=True)
class DamageKind:
    """A kind of damage: its label, the lowest and highest strength and the step of its slider; 0 is no damage.

    `strengths` are those at which a curve over the strength is measured; `why` explains what the label does not.
    """

    label: str
    low: float
    high: float
    step: float
    strengths: tuple[float, ...]
    why: str | None = None


DAMAGE_KINDS: Mapping[str, DamageKind] = {
    "turn_deg": DamageKind("Turn, degrees clockwise", -90, 90, 5, (-90, -60, -30, -15, 0, 15, 30, 60, 90)),
    "shift_px": DamageKind("Shift to the right, pixels of 28", -10, 10, 1, (-10, -6, -4, -2, 0, 2, 4, 6, 10)),
    "noise": DamageKind(
        "Random noise, 1 is the step from paper to ink", 0.0, 1.0, 0.05, (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
    ),
    "worst_noise": DamageKind(
        "Worst noise ε, 1 is the step from paper to ink",
        0.0,
        0.4,
        0.01,
        (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4),
        "Every pixel moves by ε, up or down, whichever makes the right answer less likely to this very network: the "
        "fast gradient sign method (Goodfellow et al., 2015). Random noise of that strength does far less.",
    ),
    "silenced": DamageKind("Silenced units", 0.0, 1.0, 0.05, (0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)),
    "weight_noise": DamageKind(
        "Noise on the weights, 1 is their own spread",
        0.0,
        2.0,
        0.1,
        (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0),
        "Random numbers are added to the weights of every layer; with 1 they vary as much as the layer's weights do.",
    ),
}
"""Every kind of damage by its field of `Damage`, in the order of the sliders."""


def damage_images(images: np.ndarray, damage: Damage) -> np.ndarray:
    """Return images (n, 28, 28) uint8 turned, shifted and with random noise; the noise is the same each time."""
    changed = images
    if damage.turn_deg or damage.shift_px:
        matrix = cv2.getRotationMatrix2D((13.5, 13.5), -damage.turn_deg, 1)
        matrix[0, 2] += damage.shift_px
        changed = np.stack([cv2.warpAffine(each, matrix, (28, 28)) for each in images])
    if damage.noise:
        noise = np.random.default_rng(0).normal(0, 255 * damage.noise, images.shape)
        changed = np.clip(np.round(changed + noise), 0, 255).astype(np.uint8)
    return changed
