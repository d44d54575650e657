"""Edits of a reading by a person, with an undo: the part of the picture that is read, the boxes, the labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.recognition.box_reader import MAX_BOXES
from core.recognition.reading import Box, Digit

MAX_UNDO = 200  # steps that can be undone
MIN_CROP_PX = 4  # a part that is narrower or lower was not meant
_MIN_SPLIT_SHARE = 0.25  # of the ink's width, the least that each half of a split digit has


@dataclass(frozen=True)
class ReadingArea:
    """The area of a picture that is read: by default all of it, in boxes that are found."""

    crop: Box | None = None  # only this part
    all_ink: bool = False  # also what would otherwise be left out
    boxes: tuple[Box, ...] | None = None  # each is one digit; None: they are found
    turn: int = 0  # degrees by which the picture was turned clockwise when part and boxes were chosen

    @property
    def without_boxes(self) -> "ReadingArea":
        """Return the same area in boxes that are found."""
        return replace(self, boxes=None)

    @property
    def ways(self) -> tuple["ReadingArea", ...]:
        """Return the areas that are read to read this one, each from what was read before: all, its part, its boxes."""
        return tuple(dict.fromkeys((ReadingArea(), self.without_boxes, self)))


@dataclass(frozen=True)
class Edits:
    """All that a person has changed about the reading of one picture."""

    area: ReadingArea = ReadingArea()
    labels: Mapping[Box, int | None] = field(default_factory=dict)
    """The label that a person gave to the digit of that box; None: it is no digit."""


class EditHistory:
    """A person's edits of one picture, each of which can be undone."""

    def __init__(self) -> None:
        """Begin with a picture that is read as it is."""
        self._steps = [Edits()]

    @property
    def now(self) -> Edits:
        """Return the edits as they are now."""
        return self._steps[-1]

    @property
    def can_undo(self) -> bool:
        """Return whether there is a step to undo."""
        return len(self._steps) > 1

    @property
    def can_undo_part(self) -> bool:
        """Return whether there is a step to undo that changed which part or which ink of the picture is read."""
        if not self.can_undo:
            return False
        before, now = (edits.area for edits in self._steps[-2:])
        return (before.crop, before.all_ink) != (now.crop, now.all_ink)

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        if self.can_undo:
            self._steps.pop()

    def set_label(self, box: Box, label: int | None) -> None:
        """Give the digit of that box a label; None: it is no digit."""
        self._add(replace(self.now, labels={**self.now.labels, box: label}))

    def remove_label(self, box: Box) -> None:
        """Let the digit of that box be what was read."""
        self._add(replace(self.now, labels={each: label for each, label in self.now.labels.items() if each != box}))

    def set_crop(self, crop: Box | None, limits: Box, turn: int = 0) -> None:
        """Let only this part within the limits be read, None: all; its digits are found anew.

        turn: degrees by which the picture is shown turned clockwise.
        """
        part = clip_box(crop, limits) if crop else None
        if not crop or part and min(part[2:]) >= MIN_CROP_PX:
            self._add(replace(self.now, area=replace(self.now.area, crop=part, boxes=None, turn=turn if part else 0)))

    def set_all_ink(self, all_ink: bool) -> None:
        """Let also be read what would otherwise be left out, or no longer; the digits are found anew."""
        self._add(replace(self.now, area=replace(self.now.area, all_ink=all_ink, boxes=None)))

    def replace_boxes(
        self, shown: Sequence[Box], old: Sequence[Box], new: Sequence[Box], limits: Box, turn: int = 0
    ) -> None:
        """Put boxes in the place of others; adding, moving, joining, splitting and removing boxes are all such a step.

        shown: the boxes that the person sees, which are those now where none was changed by hand yet.
        limits: what of the new boxes lies outside of them is cut off. turn: as in `set_crop`.
        Nothing happens where an old one is no longer there, or where there would be more than `MAX_BOXES`.
        """
        now = self.now.area.boxes
        present = shown if now is None else now
        inside = [part for box in new if (part := clip_box(box, limits))]
        boxes = tuple(dict.fromkeys([box for box in present if box not in old] + inside))
        if set(old) <= set(present) and len(boxes) <= MAX_BOXES:
            self._add(replace(self.now, area=replace(self.now.area, boxes=boxes, turn=turn)))

    def _add(self, edits: Edits) -> None:
        if edits != self.now:
            self._steps = [*self._steps[-MAX_UNDO:], edits]


def clip_box(box: Box, limits: Box) -> Box | None:
    """Return the part of a box that lies within the limits; None where none does."""
    left, top = max(box[0], limits[0]), max(box[1], limits[1])
    right, bottom = min(box[0] + box[2], limits[0] + limits[2]), min(box[1] + box[3], limits[1] + limits[3])
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def split_box(digit: Digit) -> list[Box]:
    """Return two boxes, side by side, of what was read as one digit, cut near its middle where it has least ink.

    A box that is one pixel wide is returned as it is.
    """
    left, top, width, height = digit.box
    if width < 2:
        return [digit.box]
    columns = digit.image.sum(axis=0, dtype=float)
    inked = np.flatnonzero(columns)
    first, end = (int(inked[0]), int(inked[-1]) + 1) if len(inked) > 1 else (0, len(columns))
    middle, reach = (first + end) / 2, max(0.5, (0.5 - _MIN_SPLIT_SHARE) * (end - first))
    cuts = [x for x in range(first + 1, end) if abs(x - middle) <= reach]  # between columns x - 1 and x
    cut = min(cuts, key=lambda x: (columns[x - 1] + columns[x], abs(x - middle)))
    at = min(max(1, round((cut - first) / (end - first) * width)), width - 1)
    return [(left, top, at, height), (left + at, top, width - at, height)]
