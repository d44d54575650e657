"""Surroundings of the paper and things upon it: table, slivers at the rim, other sheets, fingers, pens, a margin."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from core.datasets.scenes.field import SIDE_PX, happens, log_uniform, rotated_axes, smooth_noise, soften
from core.datasets.scenes.layout import Layout

_CORNERS = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float) * SIDE_PX
_OUTSIDE = 40.0  # pixels beyond the field that things reach, so that no soft edge of theirs is seen


@dataclass
class Photo:
    """A scene so far: its lightness (192, 192) float32, 0 to 1, and the handwriting still seen, uint8 coverage."""

    light: np.ndarray
    ink: np.ndarray
    layout: Layout

    def cover(self, thing: np.ndarray, lightness: np.ndarray | float) -> None:
        """Lay a thing of this coverage (192, 192) float32, 0 to 1, and of this lightness over the scene."""
        self.light = self.light + (lightness - self.light) * thing
        self.ink = np.where(thing > 0.5, np.uint8(0), self.ink)


Surrounding = Callable[[Photo, np.random.Generator], None]


def _polygon(points: np.ndarray, softness: float = 0.0) -> np.ndarray:
    area = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    cv2.fillPoly(area, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return soften(area.astype(np.float32) / 255, softness)


def _material(rng: np.random.Generator) -> np.ndarray | float:
    """Return the lightness of a table, cloth or wall: plain, mottled, or grained like wood."""
    lightness = float(rng.uniform(0.02, 1.0))
    if happens(rng, 0.45):
        return lightness
    grain = smooth_noise(rng, log_uniform(rng, 3, 50))
    if happens(rng, 0.5):
        grain = cv2.resize(grain[:: int(rng.integers(4, 40))], (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)
        grain = np.ascontiguousarray(grain if happens(rng, 0.5) else grain.T)
    return lightness * (1 + rng.uniform(0.1, 0.7) * (grain - 0.5))


def add_slivers(photo: Photo, rng: np.random.Generator) -> None:
    """Lay strips and wedges of something else along one to three rims."""
    lightness = _material(rng)
    narrow = happens(rng, 0.5)
    strips = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for side in rng.permutation(4)[: int(rng.integers(1, 4))]:
        widths = rng.uniform(0.005, 0.07 if narrow else 0.28, 2) * SIDE_PX
        if happens(rng, 0.3):
            widths[:] = widths[0]
        elif happens(rng, 0.3):
            widths[0] = 0
        strip = np.array(
            [
                (-_OUTSIDE, -_OUTSIDE),
                (SIDE_PX + _OUTSIDE, -_OUTSIDE),
                (SIDE_PX + _OUTSIDE, widths[1]),
                (-_OUTSIDE, widths[0]),
            ]
        )
        strips = np.maximum(strips, np.rot90(_polygon(strip), side))
    strips = soften(np.ascontiguousarray(strips), rng.uniform(0, 1.6))
    photo.cover(strips, lightness)


def add_table(photo: Photo, rng: np.random.Generator) -> None:
    """Show the sheet from further away: the table is seen on some or all sides, with the sheet's shadow on it."""
    reach = rng.uniform(0.0, 0.22) * SIDE_PX * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    corners = _CORNERS + reach + rng.normal(0, 0.03 * SIDE_PX, (4, 2))
    if happens(rng, 0.5):  # only some sides are seen
        corners += rng.uniform(-0.3, 0.3, 2) * SIDE_PX
    sheet = _polygon(corners, rng.uniform(0, 1.2))
    table = np.broadcast_to(np.float32(_material(rng)), sheet.shape)
    if happens(rng, 0.5):
        shadow = _polygon(corners + rng.uniform(-5, 5, 2), rng.uniform(1.5, 6))
        table = table * (1 - rng.uniform(0.2, 0.6) * shadow)
    photo.cover(1 - sheet, table)


def add_sheet(photo: Photo, rng: np.random.Generator) -> None:
    """Lay another sheet over a part of the scene, lighter or darker, with a shadow at its edge."""
    along, _ = rotated_axes(rng.uniform(0, 2 * np.pi))
    edge = along - rng.uniform(0.1, 0.45) * SIDE_PX
    photo.light = photo.light * (
        1 - rng.uniform(0, 0.5) * np.exp(-((np.clip(-edge, 0, None) / log_uniform(rng, 1, 8)) ** 2))
    )
    photo.cover(np.clip(edge + 0.5, 0, 1), float(rng.uniform(0.3, 1.0)) * (1 + 0.1 * (smooth_noise(rng, 80) - 0.5)))


def add_fingers(photo: Photo, rng: np.random.Generator) -> None:
    """Lay one to three fingers, rounded and shaded, over the rim."""
    inward = rng.uniform(0, 2 * np.pi)
    along, across = rotated_axes(inward)
    width, skin = rng.uniform(14, 34), float(rng.uniform(0.25, 0.85))
    for number in range(int(rng.integers(1, 4))):
        tip = -SIDE_PX * rng.uniform(0.25, 0.5)
        beside = (number - 1) * 2.2 * width + rng.normal(0, 4)
        distance = np.hypot(np.clip(along - tip, 0, None), across - beside) / width
        shade = skin * (1.05 - 0.5 * np.minimum(distance, 1.2) ** 2) * (0.95 + 0.1 * smooth_noise(rng, 12))
        nail = np.exp(-(((along - tip) / (0.8 * width)) ** 2 + ((across - beside) / (0.5 * width)) ** 2) * 3)
        photo.cover(np.clip((1 - distance) * width + 0.5, 0, 1), shade + 0.15 * nail)


def add_pen(photo: Photo, rng: np.random.Generator) -> None:
    """Lay a pen or a ruler's edge across a part of the scene: a long bar with light and dark stripes along it."""
    along, across = rotated_axes(rng.uniform(0, 2 * np.pi))
    start, beside = rng.uniform(-0.1, 0.45) * SIDE_PX, rng.uniform(-0.4, 0.4) * SIDE_PX
    half = rng.uniform(3, 12) * np.clip((along - start) / 40, 0.15, 1)
    distance = (across - beside) / half
    body = rng.uniform(0.05, 0.9) * (1 - 0.4 * distance**2) + rng.uniform(0, 0.5) * np.exp(
        -((distance - 0.3) ** 2) * 20
    )
    inside = np.clip((1 - np.abs(distance)) * half + 0.5, 0, 1) * np.clip(along - start, 0, 1)
    shadow = soften(inside, 3.0)
    photo.light = photo.light * (1 - 0.4 * np.roll(shadow, 4, axis=0))
    photo.cover(inside, body)


def add_margin(photo: Photo, rng: np.random.Generator) -> None:
    """Cut the scene out and paste it on a plain ground, white, black or grey; the cut may pass through the digits."""
    boxes = np.array(photo.layout.boxes) if photo.layout.boxes else np.empty((0, 4))
    low, high = np.sort(rng.uniform(0, 1, (2, 2)) * SIDE_PX, axis=0)
    if len(boxes):
        margin = photo.layout.height * rng.uniform(-0.02, 0.6, 4)
        low, high = boxes[:, :2].min(axis=0) - margin[:2], boxes[:, 2:].max(axis=0) + margin[2:]
    inset = rng.uniform(0, 0.1, (2, 2)) * SIDE_PX * (rng.random((2, 2)) < 0.6)
    low, high = np.round(np.maximum(low, inset[0])), np.round(np.minimum(high, SIDE_PX - inset[1]))
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])]) - 0.5
    if happens(rng, 0.3):
        angle = rng.normal(0, 0.05)
        rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        corners = (corners - SIDE_PX / 2) @ rotation + SIDE_PX / 2
    ground = float(rng.choice([1.0, 1.0, 1.0, 0.0, rng.uniform(0, 1), rng.uniform(0, 1)]))
    photo.cover(1 - _polygon(corners), ground)


AROUND_PAPER: tuple[Surrounding, ...] = (
    add_slivers,
    add_slivers,
    add_table,
    add_table,
    add_sheet,
    add_fingers,
    add_pen,
)
