"""The places of digits in pictures: what identifies a digit that was corrected, and which ones show the same ink."""

import hashlib
import re

from core.config.dataset_spec import DIGITS
from core.corrections.records import Classes

_BOX = re.compile(r"(.+ )(-?\d+)-(-?\d+)-(\d+)-(\d+)", re.DOTALL)
_SHARED = 0.5  # of the smaller box

Box = tuple[int, int, int, int]
"""Left, top, width and height in the picture's pixels."""


def place_of_drawing(fingerprint: str, classes: Classes = DIGITS) -> str:
    """Return what identifies the answer to a drawing by a network of those classes."""
    return f"drawing {fingerprint}{_suffix(classes)}"


def place_in_picture(picture: str, box: Box, classes: Classes = DIGITS) -> str:
    """Return what identifies the answer to that box in a picture of that name by a network of those classes."""
    return f"picture {picture}{_suffix(classes)} {'-'.join(map(str, box))}"


def _suffix(classes: Classes) -> str:
    """Return what keeps apart the labels of one picture as a digit and as one of other classes."""
    if classes == DIGITS:
        return ""
    return f" {hashlib.blake2b(chr(0).join(classes).encode(), digest_size=6).hexdigest()}"


def parse_place(place: str) -> tuple[str, Box] | None:
    """Return what the places of all digits of the same picture begin with, and the box; None for any other place."""
    found = _BOX.fullmatch(place)
    if not found or not place.startswith("picture "):
        return None
    left, top, width, height = map(int, found.groups()[1:])
    return found[1], (left, top, width, height)


def overlap(one: Box, other: Box) -> bool:
    """Return whether two boxes share more than half of the smaller one."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0, width) * max(0, height) > _SHARED * min(one[2] * one[3], other[2] * other[3])
