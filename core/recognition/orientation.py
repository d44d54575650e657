"""Pictures on their side or head: a doubtful reading of several digits is compared with those of the turned picture."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from core.preprocessing.working_grey import ScaledPicture, to_working_grey
from core.recognition.ctc_decoding import best_texts
from core.recognition.line_network import LineNetwork
from core.recognition.reading import Digit, Picture, Reading

TURNS = (90, 180, 270)
"""Degrees by which a picture may be turned, clockwise."""

DOUBTFUL_BELOW = 0.75
"""The evidence for a reading below which the picture is read turned, too."""

MIN_EVIDENCE = 0.95
"""The least evidence for the reading of a picture that is turned."""

MIN_GAIN = 1.6
"""How much more evidence there must be for all its digits together than for the picture as it was given, in digits.

Of 520 drawn lines (`core.datasets.written_lines`) that were upright it turned none; with 1.2 it turned 4.
"""

MAX_DIGITS = 40
"""The most digits of a reading that is compared: to read such a page four times takes long."""

MAX_PIECES = 100
"""The same of the pieces of ink, most of which may be no digits."""

MAX_COMPARED_PX = 400_000
"""Pixels of the picture on which the ways to turn it are compared."""

MIN_DIGITS = 3
"""The least digits of a reading that may turn a picture: one or two may well look like others on their heads."""

Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""

_Read = Callable[[Sequence[Picture]], list[Reading]]


def read_upright(read: _Read, pictures: Sequence[Picture]) -> list[Reading]:
    """Return the reading of each picture by `read`; those of pictures that lie on their side or head are read turned.

    Their boxes are those of the picture as given; their `turn` says by how many degrees it was turned clockwise.
    """
    return [
        _best_turned(read, picture, reading) if _is_doubtful(reading) else reading
        for picture, reading in zip(pictures, read(pictures), strict=True)
    ]


def turn_box(box: Box, turn: int, size: tuple[int, int]) -> Box:
    """Return where a box lies in its picture of `size`, width and height, after that was turned clockwise.

    turn: 0, 90, 180 or 270 degrees.
    """
    left, top, width, height = box
    for _ in range(turn // 90):
        left, top, width, height = size[1] - top - height, left, height, width
        size = size[1], size[0]
    return left, top, width, height


def evidence(reading: Reading) -> float:
    """Return the mean confidence of a reading's digits, 0 to 1; a refused one counts as 0, as does an empty reading."""
    return sum(digit.confidence for digit in reading.digits if not digit.refused) / max(1, len(reading.digits))


def _is_doubtful(reading: Reading) -> bool:
    """Return whether the picture is to be read turned, too: it has ink, little evidence, and took no long work."""
    if not (reading.digits or reading.pieces):
        return False  # its ink is nothing but specks
    is_short = not reading.is_simplified and len(reading.digits) <= MAX_DIGITS and reading.pieces <= MAX_PIECES
    return reading.has_ink and is_short and evidence(reading) < DOUBTFUL_BELOW


def _best_turned(read: _Read, picture: Picture, given: Reading) -> Reading:
    """Return the reading of the picture turned, where that is far better than the one as given; else that one.

    The ways are compared on a small picture, for most doubtful pictures are upright.
    """
    grey = to_working_grey(picture)
    small = _shrunk(grey.pixels)
    found = {turn: read([_turned(small, turn)])[0] for turn in _possible_turns(grey.pixels, given)}
    if not found:
        return given
    turn = max(found, key=lambda each: evidence(found[each]))
    best = found[turn] if small is grey.pixels else read([_turned(grey.pixels, turn)])[0]
    gain = (evidence(best) - evidence(given)) * len(best.digits)
    if len(best.text.replace("\n", "")) < MIN_DIGITS or evidence(best) < MIN_EVIDENCE or gain < MIN_GAIN:
        return given
    digits = tuple(replace(digit, box=_given_box(digit, turn, grey)) for digit in best.digits)
    return replace(best, digits=digits, turn=turn)


def _possible_turns(grey: np.ndarray, given: Reading) -> tuple[int, ...]:
    """Return the turns after which a picture (h, w) uint8 may be read better than as given.

    One in which the line reader saw a line of several digits is not on its side. It may be on its head where the line
    reader sees a likelier text then, which takes far less time than to read it.
    """
    before = given.line_log_probability
    if before is None or len(given.digits) < MIN_DIGITS:
        return TURNS
    [frames] = LineNetwork.released().log_probabilities([_turned(grey, 180)])
    [best] = best_texts(frames, 1)
    return (180,) if best.log_probability > before else ()


def _shrunk(grey: np.ndarray) -> np.ndarray:
    """Return a grey picture (h, w) of at most `MAX_COMPARED_PX` pixels."""
    factor = (MAX_COMPARED_PX / grey.size) ** 0.5
    if factor >= 1:
        return grey
    size = max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def _turned(grey: np.ndarray, turn: int) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(grey, -turn // 90))


def _given_box(digit: Digit, turn: int, grey: ScaledPicture) -> Box:
    """Return a digit's box in the picture as given, for its box in the working grey, turned."""
    height, width = grey.pixels.shape
    size = (width, height) if turn == 180 else (height, width)
    left, top, wide, high = (round(value * grey.scale) for value in turn_box(digit.box, 360 - turn, size))
    return left, top, max(1, wide), max(1, high)
