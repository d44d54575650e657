"""Drawings of ordinary pictures of digits: MNIST's test digits cropped tight, on papers, in frames, in forms.

Each drawing takes a `Writer` and returns the picture, uint8 (h, w) or (h, w, 3), and what is written on it, with a line
break between lines.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from core.datasets.pen_paths import parse_strokes
from docs.digit_ink import Writer, centred, cropped, greys, lines, side_by_side, soft_area, tilted, written

Drawn = tuple[np.ndarray, str]

_SIZE = 280, 500  # of most pictures, (h, w)
_LARGE = 380, 600  # of a print before it is tilted
_PIECES = {  # digits whose strokes do not meet
    "4": "22,4 14,52! 60,52! | 84,8! 76,98!",
    "5": "16,14! 14,48! 50,40 84,66 48,98 8,88 | 24,1! 94,-3!",
    "7": "8,4! 86,2! | 78,18! 40,98! | 26,54! 86,48!",
}


class OrdinaryPicture(NamedTuple):
    """A picture, the name of its kind, and what is written on it."""

    kind: str
    picture: np.ndarray
    text: str


def draw_all(seed: int) -> list[OrdinaryPicture]:
    """Return a picture of each drawing, the same for the same seed."""
    writer = Writer(seed)
    return [OrdinaryPicture(kind, *draw(writer)) for kind, draw in _DRAWINGS.items()]


def _thick_digit(writer: Writer) -> Drawn:
    text = str(writer.rng.choice(list("023456789")))  # a thick 1 that fills its picture is a mere block
    return greys(written(writer.digit(text, 150, thicker_px=16))), text


def _thick_number(writer: Writer) -> Drawn:
    text = writer.number(4)
    ink = np.pad(writer.row(text, 120, thicker_px=12), ((0, 0), (24, 24)))
    return 255 - greys(written(ink)), text


def _two_lines(writer: Writer, size: tuple[int, int]) -> tuple[np.ndarray, str]:
    texts = writer.number(4), writer.number(4)
    rows = [centred(writer.row(text, 62), size, below_px) for text, below_px in zip(texts, (-58, 58), strict=True)]
    return np.maximum(*rows), "\n".join(texts)


def _table_at_rim(writer: Writer) -> Drawn:
    ink, text = _two_lines(writer, _SIZE)
    table = soft_area(_SIZE, [(0, 0), (0.02, 0), (0.07, 1), (0, 1)], 0.8)
    page = written(table, written(ink, np.linspace(210, 165, _SIZE[1])), pen=28)
    return greys(page + writer.noise(_SIZE, 1)), text


def _shadow_at_rim(writer: Writer) -> Drawn:
    ink, text = _two_lines(writer, _SIZE)
    shadow = soft_area(_SIZE, [(0, 0), (1, 0), (1, 1), (0.95, 1), (0.9, 0.14), (0, 0.05)], 7)
    return greys(written(ink, 215) * (1 - 0.7 * shadow) + writer.noise(_SIZE, 1)), text


def _fine_grain(writer: Writer) -> Drawn:
    text = writer.number(4)
    ink = centred(writer.row(text, 90), _SIZE)
    return greys(written(ink, 200, 80) + writer.noise(_SIZE, 12)), text


def _coarse_grain(writer: Writer) -> Drawn:
    text, size = writer.number(1), (280, 280)
    ink = centred(writer.digit(text, 150), size, below_px=12, right_px=-20)
    return greys(written(ink, 70, 200) + writer.noise(size, 9, size_px=1.6)), text


def _show_through(writer: Writer) -> Drawn:
    text, page = writer.number(4), np.full(_SIZE, 222, np.float32)
    for below_px in (-90, 0, 90):
        back = centred(writer.row(writer.number(6), 56), _SIZE, below_px)[:, ::-1]
        page = written(0.16 * cv2.GaussianBlur(back, (0, 0), 1.6), page)
    return greys(written(centred(writer.row(text, 84), _SIZE), page) + writer.noise(_SIZE, 2)), text


def _frame(writer: Writer) -> Drawn:
    text = writer.number(4)
    ink = np.pad(writer.row(text, 84), 30)
    cv2.rectangle(ink, (0, 0), (ink.shape[1] - 1, ink.shape[0] - 1), 1, 6)
    return greys(written(centred(ink, _SIZE))), text


def _grid(writer: Writer) -> Drawn:
    cell_px, size = 88, (216, 392)
    ink, texts = lines(size, range(20, 373, cell_px), range(20, 197, cell_px), 3), (writer.number(4), writer.number(4))
    cells = [[centred(writer.digit(label, 54), (cell_px, cell_px)) for label in text] for text in texts]
    ink[20:196, 20:372] = np.maximum(ink[20:196, 20:372], np.concatenate([np.concatenate(row, 1) for row in cells]))
    return greys(written(ink)), "\n".join(texts)


def _cell(writer: Writer) -> Drawn:
    text, size = writer.number(1), (150, 150)
    ink = centred(writer.digit(text, 88), size)
    cv2.polylines(ink, [np.array([(5, 0), (3, 145), (149, 147)])], False, 1, 4)
    return greys(written(ink)), text


def _patch_under_number(writer: Writer) -> Drawn:
    text, patch = writer.number(4), np.zeros(_SIZE, np.float32)
    cv2.ellipse(patch, (260, 135), (170, 90), 12, 0, 360, 1, -1)
    paper = 196 + 18 * cv2.GaussianBlur(patch, (0, 0), 1.5)
    return greys(written(centred(writer.row(text, 96), _SIZE), paper) + writer.noise(_SIZE, 1.5)), text


def _patch_under_digit(writer: Writer) -> Drawn:
    text, size = writer.number(1), (280, 280)
    paper = 190 + 20 * soft_area(size, [(0.2, 0.25), (0.86, 0.16), (0.8, 0.84), (0.15, 0.76)], 1)
    return greys(written(centred(writer.digit(text, 180), size), paper) + writer.noise(size, 1.5)), text


def _strokes_apart(_: Writer) -> Drawn:
    text, height_px = "5745", 110
    digits = []
    for label in text:
        strokes = parse_strokes(_PIECES[label])
        paths = [((stroke.basis @ stroke.points) * (0.7, 1) + 16) * height_px / 100 * 8 for stroke in strokes]
        digit = np.zeros((height_px + 40, height_px + 20), np.uint8)
        cv2.polylines(digit, [path.round().astype(np.int32) for path in paths], False, 255, 8, cv2.LINE_AA, 3)
        digits.append(cropped(digit / np.float32(255), 0.5))
    return greys(written(centred(side_by_side(digits, 40), _SIZE))), text


def _cut_across(writer: Writer) -> Drawn:
    text = writer.number(5)
    ink = centred(writer.row(text, 84), _SIZE)
    ink[144:149] = 0
    return greys(written(ink)), text


def _grey_paper_on(writer: Writer, margin: tuple[int, int, int], digits: int, size: tuple[int, int]) -> Drawn:
    text, light = writer.number(digits), np.linspace(205, 180, size[1])
    paper = greys(written(centred(writer.row(text, 110), size), light) + writer.noise(size, 2))
    picture = np.full((size[0] + 90, size[1] + 120, 3), margin, np.uint8)
    picture[30 : 30 + size[0], 70 : 70 + size[1]] = paper[..., None]
    return picture, text


def _on_paper(writer: Writer, print_ink: np.ndarray, degrees: float = 0) -> Drawn:
    text = writer.number(4)
    page = written(centred(tilted(print_ink, degrees), _SIZE), 240, 165)
    return greys(written(centred(writer.row(text, 84), _SIZE), page) + writer.noise(_SIZE, 1)), text


def _squared(writer: Writer) -> Drawn:
    return _on_paper(writer, lines(_LARGE, range(0, _LARGE[1], 34), range(0, _LARGE[0], 34), 2), 2.5)


def _ruled(writer: Writer) -> Drawn:
    return _on_paper(writer, lines(_LARGE, range(0), range(0, _LARGE[0], 56), 2))


def _graph(writer: Writer) -> Drawn:
    fine = lines(_LARGE, range(0, _LARGE[1], 11), range(0, _LARGE[0], 11), 1)
    heavy = lines(_LARGE, range(0, _LARGE[1], 55), range(0, _LARGE[0], 55), 2)
    return _on_paper(writer, np.maximum(0.5 * fine, heavy))


def _dotted(writer: Writer) -> Drawn:
    dots = np.zeros(_LARGE, np.float32)
    for y in range(10, _LARGE[0], 24):
        for x in range(10, _LARGE[1], 24):
            cv2.circle(dots, (x, y), 2, 1, -1)
    return _on_paper(writer, dots, -3)


def _form(writer: Writer, boxes: int, pitch_px: int, right_px: int) -> Drawn:
    """Return a row of boxes with a digit in each, every other one so much to the right of its box's middle."""
    text, side_px, margin_px = writer.number(boxes), 72, 24
    corners = range(1, side_px, side_px - 3)
    walls = 0.7 * lines((side_px, side_px), corners, corners, 2)
    ink = np.zeros((side_px + 2 * margin_px, (boxes - 1) * pitch_px + side_px + 2 * margin_px), np.float32)
    for k, label in enumerate(text):
        left = margin_px + k * pitch_px
        box = ink[margin_px : margin_px + side_px, left : left + side_px]
        digit = centred(writer.digit(label, 48), walls.shape, right_px=right_px * (k % 2))
        np.maximum(box, np.maximum(digit, walls), out=box)
    return greys(written(ink)), text


def _dithered_number(writer: Writer) -> Drawn:
    text, size = writer.number(4), (130, 240)
    return _dithered(written(centred(writer.row(text, 48), size), 200, 40)), text


def _dithered_digit(writer: Writer) -> Drawn:
    text, size = writer.number(1), (150, 150)
    return _dithered(written(centred(writer.digit(text, 100), size), 60, 215)), text


def _dithered(light: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(greys(light)).convert("1")).astype(np.uint8) * 255


_DRAWINGS: dict[str, Callable[[Writer], Drawn]] = {
    "a thick digit, cropped tight": _thick_digit,
    "a thick number, cropped tight": _thick_number,
    "a strip of table": _table_at_rim,
    "a shadow at the rim": _shadow_at_rim,
    "fine grain": _fine_grain,
    "coarse grain": _coarse_grain,
    "show-through": _show_through,
    "a lighter patch": _patch_under_number,
    "a lighter patch, one digit": _patch_under_digit,
    "a frame": _frame,
    "a grid": _grid,
    "a cell of a grid": _cell,
    "strokes that do not meet": _strokes_apart,
    "digits cut across": _cut_across,
    "grey paper on white": partial(_grey_paper_on, margin=(255, 255, 255), digits=1, size=(160, 150)),
    "grey paper on a colour": partial(_grey_paper_on, margin=(48, 92, 140), digits=4, size=(150, 460)),
    "squared paper": _squared,
    "ruled paper": _ruled,
    "graph paper": _graph,
    "dotted paper": _dotted,
    "a form's boxes in a row": partial(_form, boxes=6, pitch_px=69, right_px=0),
    "a form's boxes apart": partial(_form, boxes=5, pitch_px=86, right_px=12),
    "a dithered number": _dithered_number,
    "a dithered digit": _dithered_digit,
}
