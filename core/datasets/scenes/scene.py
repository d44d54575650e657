"""Scenes for training the ink finder: a grey picture, and where in it handwritten ink is."""

from dataclasses import dataclass

import numpy as np

from core.datasets.scenes.camera import binarize, coarsen, expose, stretch_rim
from core.datasets.scenes.field import happens, smooth_noise
from core.datasets.scenes.fields import FRAME_PRINTERS
from core.datasets.scenes.glyphs import random_hand
from core.datasets.scenes.kinds import SCENE_KINDS, SceneKind
from core.datasets.scenes.layout import Layout, lay_out_lines
from core.datasets.scenes.paper import draw_paper, show_through
from core.datasets.scenes.patterns import PAPER_PATTERNS, SECURITY_PATTERNS
from core.datasets.scenes.printing import WORD_PRINTERS
from core.datasets.scenes.surroundings import AROUND_PAPER, Photo

_PRINTERS = (*PAPER_PATTERNS, *SECURITY_PATTERNS, *WORD_PRINTERS, *FRAME_PRINTERS)
_INK_LEVEL = 102  # of 255: a pixel that is covered by less is paper

_NAMES = tuple(SCENE_KINDS)
_SHARES = np.array([kind.share for kind in SCENE_KINDS.values()])


@dataclass(frozen=True, eq=False)
class Scene:
    """A drawn scene of a kind of `SCENE_KINDS`."""

    kind: str

    image: np.ndarray
    """(192, 192) uint8 grey."""

    coverage: np.ndarray
    """(192, 192) uint8: how much of each pixel handwritten ink covers, 255 for all of it."""

    @property
    def mask(self) -> np.ndarray:
        """Return where handwritten ink is: (192, 192) uint8, 0 or 1."""
        return (self.coverage >= _INK_LEVEL).astype(np.uint8)


def draw_scene(seed: int, number: int, kind: str | None = None) -> Scene:
    """Return scene `number` of a seed, always the same; of a given kind, or of one that chance chooses by the shares.

    Raises KeyError for a kind that is not in `SCENE_KINDS`.
    """
    rng, chosen = _begin(seed, number)
    name = kind or chosen
    image, coverage = _draw(SCENE_KINDS[name], rng)
    return Scene(name, image, coverage)


def outline_scene(seed: int, number: int) -> tuple[str, bool]:
    """Return the kind of scene `number` of a seed, and whether its digits go along pen paths, without drawing it."""
    rng, name = _begin(seed, number)
    return name, random_hand(rng, SCENE_KINDS[name].pens, SCENE_KINDS[name].drawn).is_drawn


def _begin(seed: int, number: int) -> tuple[np.random.Generator, str]:
    """Return the random numbers of a scene, and the kind that chance chooses by the shares."""
    rng = np.random.default_rng([seed, number])
    return rng, _NAMES[rng.choice(len(_NAMES), p=_SHARES / _SHARES.sum())]


def _draw(kind: SceneKind, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    hand = random_hand(rng, kind.pens, kind.drawn)
    layout = kind.layouts[rng.integers(len(kind.layouts))](hand, rng)
    paper = draw_paper(kind.wear, rng)
    if happens(rng, kind.show_through):
        paper = paper - show_through(lay_out_lines(random_hand(rng), rng).ink, rng)
    depth = _ink_depth(hand.pen * layout.height, rng)
    paper = paper * _print(kind, layout, depth, rng)
    photo = Photo(paper * (1 - depth * _ink_texture(layout, rng)), layout.ink, layout)
    _surround(photo, kind, rng)
    lightness = float(np.median(paper))
    light, ink, quality = photo.light, photo.ink, kind.quality
    if layout.height > 25 and happens(rng, kind.coarse):
        light, ink = coarsen(light, ink, layout.height, lightness * (1 - depth / 2), rng)
    if happens(rng, kind.dots):
        light, quality = binarize(light, lightness, depth, rng), 0.9
    image = expose(light, depth * lightness, quality, rng)
    return stretch_rim(image, ink, rng) if happens(rng, kind.strip) else (image, ink)


def _print(kind: SceneKind, layout: Layout, ink_depth: float, rng: np.random.Generator) -> np.ndarray | float:
    """Return how much of the paper's light what is printed leaves: (192, 192) float32, 0 to 1.

    Frames are often as dark as the ink, and nothing is so dark that a person would not see the ink in it.
    """
    printers = [group[rng.integers(len(group))] for group in kind.printers]
    if not printers and happens(rng, kind.clutter):
        printers = [_PRINTERS[rng.integers(len(_PRINTERS))]]
    light = 1.0
    for printer in printers:
        most = min(0.5, ink_depth) if printer in SECURITY_PATTERNS else min(0.95, 1.5 * ink_depth)
        depth = rng.uniform(0.06, most)
        if printer in FRAME_PRINTERS and happens(rng, 0.35):
            depth = ink_depth
        light = light * (1 - np.float32(depth) * printer(layout, rng))
    return light


def _ink_depth(pen_px: float, rng: np.random.Generator) -> float:
    """Return how much darker full ink is than paper, as a share of the paper's light; a thin pen is less pale."""
    return float(rng.uniform(0.3 if pen_px < 2.5 else 0.2, 0.97))


def _ink_texture(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return the ink of a layout, as of a pen that runs unevenly or a pencil: (192, 192) float32, 0 to 1."""
    ink = layout.ink.astype(np.float32) / 255
    if happens(rng, 0.4):
        ink *= 1 - np.float32(rng.uniform(0.05, 0.4)) * smooth_noise(rng, max(2.0, 0.1 * layout.height))
    if happens(rng, 0.15):  # a pencil on rough paper
        ink *= 1 - np.float32(rng.uniform(0.2, 0.6)) * smooth_noise(rng, 1.5)
    return ink


def _surround(photo: Photo, kind: SceneKind, rng: np.random.Generator) -> None:
    around = kind.around or (AROUND_PAPER if happens(rng, kind.clutter) else ())
    if around:
        around[rng.integers(len(around))](photo, rng)
