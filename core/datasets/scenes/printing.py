"""Printed words: captions, lines of text, letters as large as the digits; never digits, for these may be meant."""

from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.datasets.scenes.field import SIDE_PX, happens, log_uniform
from core.datasets.scenes.layout import Layout, Printer

_SIZES_PX = (8, 11, 15, 20, 28, 40, 60)  # of the letters; a font is made once for each
_LETTERS = "aaabcddeeeefghiiijklmmnnnooopqrrrssstttuuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,:&"
_HERSHEY = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)


@cache
def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


def _word(rng: np.random.Generator, least: int = 3, most: int = 12) -> str:
    return "".join(_LETTERS[k] for k in rng.integers(0, len(_LETTERS), int(rng.integers(least, most))))


def draw_words(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return a few printed words anywhere on the page, of letters smaller or larger than the digits."""
    page = Image.new("L", (SIDE_PX, SIDE_PX))
    draw = ImageDraw.Draw(page)
    for _ in range(int(rng.integers(1, 6))):
        place = tuple(rng.uniform((-0.2, 0), (0.9, 0.95)) * SIDE_PX)
        size = _near_size(layout.height * log_uniform(rng, 0.2, 1.2))
        draw.text(place, _word(rng), 255, _font(size), stroke_width=int(happens(rng, 0.2)))
    return _tilted(np.asarray(page), layout)


def draw_text(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return lines of printed text, each with or without a gap for a word."""
    page = Image.new("L", (SIDE_PX, SIDE_PX))
    draw = ImageDraw.Draw(page)
    size = _near_size(min(30.0, layout.height * log_uniform(rng, 0.2, 0.9)))
    left, y, end = rng.uniform(-60, 60), rng.uniform(-10, 40), rng.uniform(60, SIDE_PX + 60)
    while y < end:
        line = " ".join(_word(rng, 2, 10) for _ in range(int(rng.integers(2, 7))))
        draw.text((left, y), line, 255, _font(size))
        y += size * 1.35
    return _tilted(np.asarray(page), layout)


def draw_caption(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return one printed word in one of OpenCV's fonts, beside, above or below the digits."""
    page = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    left, top = layout.boxes[0][:2] if layout.boxes else rng.uniform(0, SIDE_PX, 2)
    size = max(7.0, layout.height * log_uniform(rng, 0.25, 1.1))
    x, y = left - size * rng.uniform(0, 5), top + layout.height * rng.uniform(-0.3, 1.6)
    font, thickness = _HERSHEY[rng.integers(len(_HERSHEY))], max(1, round(size * rng.uniform(0.05, 0.14)))
    cv2.putText(page, _word(rng, 3, 9), (int(x), int(y)), font, size / 22, 255, thickness, cv2.LINE_AA)
    return _tilted(page, layout)


def _near_size(size_px: float) -> int:
    return min(_SIZES_PX, key=lambda size: abs(size - size_px))


def _tilted(page: np.ndarray, layout: Layout) -> np.ndarray:
    if abs(layout.tilt) > 0.01:
        rotation = cv2.getRotationMatrix2D((SIDE_PX / 2, SIDE_PX / 2), -np.degrees(layout.tilt), 1)
        page = cv2.warpAffine(page, rotation, (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR)
    return page.astype(np.float32) / 255


WORD_PRINTERS: tuple[Printer, ...] = (draw_words, draw_text, draw_caption)
