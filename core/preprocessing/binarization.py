"""The ink of any picture: its handwriting, or all that is stronger than the paper's noise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from core.preprocessing.background import subtract_background
from core.preprocessing.dotted_paper import without_dots
from core.preprocessing.handwriting import InkFinder
from core.preprocessing.ink_contrast import complete_ink, contrast_like, measure_ink
from core.preprocessing.ink_mask import to_mask
from core.preprocessing.ink_strength import ink_strength
from core.preprocessing.left_out import LeftOut, find_left_out
from core.preprocessing.level_cuts import without_level_cuts
from core.preprocessing.mnist_form import Step, shrink_for_display
from core.preprocessing.pasted_paper import Window, find_pasted_paper, level_tilted_paper
from core.preprocessing.plain_paper import find_plain_paper
from core.preprocessing.ruled_frames import weaken_on_walls
from core.preprocessing.segmentation import Piece, find_pieces
from core.preprocessing.working_grey import to_working_grey

MAX_BITMAP_PX = 40  # longest side of bitmaps of one digit, as data sets have them: they show ink alone
MIN_SEEN_SHARE = 0.02  # of the paper that was taken for ink, where grain is hardly ever
MAX_SINGLE_PIECES = 3  # of ink that is one digit although it does not look like handwriting


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a picture: the writing without the paper."""

    strength: np.ndarray  # (h, w) uint8, 255 for full ink, 0 for ground
    scale: float  # pixels of the picture per pixel of the ink
    steps: tuple[Step, ...]
    origin: tuple[float, float] = (0.0, 0.0)  # where the ink's left top corner lies in the picture, pixels
    grey: np.ndarray | None = None  # (h, w) uint8, the picture or negative it was found in; None for pen strokes
    left_out: LeftOut | None = None  # what was taken for no handwriting; None where nothing was left out unseen

    def reduced(self, factor: float) -> "Ink":
        """Return the ink at 1 / `factor` of its size, its strongest pixel at full strength: hairlines would be lost."""
        height, width = self.strength.shape
        factor = min(factor, height, width)  # else the grid would be wider than the picture
        size = max(1, round(width / factor)), max(1, round(height / factor))
        strength = cv2.resize(self.strength, size, interpolation=cv2.INTER_AREA)
        strength = cv2.convertScaleAbs(strength, alpha=255 / max(1, int(strength.max())))
        grey = None if self.grey is None else cv2.resize(self.grey, size, interpolation=cv2.INTER_AREA)
        return replace(self, strength=strength, scale=self.scale * factor, grey=grey)

    def doubt(self, text: str) -> str:
        """Return the sentence on ink that was left out and may be what was meant; '' where a text was read without it.

        Ink that is as large as digits is named beside a text too.
        """
        if self.left_out is None or text and not self.left_out.is_like_digits:
            return ""
        return self.left_out.sentence

    def box(self, piece: Piece, back: np.ndarray | None = None) -> tuple[int, int, int, int]:
        """Return (left, top, width, height) of one of its pieces, in pixels of the picture.

        back: (2, 2), maps the piece's pixels to those of the ink, where its line was deskewed.
        """
        corners = np.array([[piece.left, piece.right], [piece.top, piece.bottom]], float)
        if back is not None:
            peak = int(piece.ink.max())
            rows, columns = np.nonzero(piece.ink >= min(128, max(1, peak)) if peak else np.ones_like(piece.ink))
            corners = back @ (columns + piece.left + 0.5, rows + piece.top + 0.5)
        left, top = corners.min(axis=1) * self.scale + np.array(self.origin)
        width, height = np.ptp(corners, axis=1) * self.scale
        return round(left), round(top), max(1, round(width)), max(1, round(height))


def find_inks(pictures: Sequence[Image.Image | np.ndarray], single: bool, all_ink: bool = False) -> list[Ink]:
    """Return the ink of PIL images or uint8 arrays (H, W), (H, W, 3) or (H, W, 4), dark on light or light on dark.

    single: all ink of a picture is one digit. all_ink: whatever is stronger than the paper's noise is ink; else only
    what the ink finder takes for handwriting.
    Raises ValueError for an array of another shape or dtype.
    """
    papers = [_find_paper(*to_working_grey(picture)) for picture in pictures]
    if all_ink:
        return [_all_ink(paper, single) for paper in papers]
    plain = [_plain_ink(paper) if single else None for paper in papers]
    others = [paper for paper, ink in zip(papers, plain, strict=True) if ink is None]
    found = iter(_see(others, single) if others else ())
    return [_handwriting(next(found), single) if ink is None else ink for ink in plain]


class _Paper(NamedTuple):
    """The part of a picture that is looked at: all of it, or a piece of paper that lies on a plain margin."""

    grey: np.ndarray  # (h, w) uint8
    scale: float  # pixels of the picture per pixel of it
    origin: tuple[float, float]  # where its left top corner lies in the picture, pixels
    steps: tuple[Step, ...]

    @property
    def negative(self) -> "_Paper":
        """Return the paper's negative; where the paper is all of the picture, without a plain margin that this has."""
        why = "Among light lines light digits are found on the picture's negative."
        inverted = self._replace(grey=255 - self.grey)
        window = None if any(self.origin) else find_pasted_paper(inverted.grey)
        inverted = inverted.cut_out(window) if window else inverted
        return inverted._replace(steps=(*self.steps, Step("negative", shrink_for_display(inverted.grey), why)))

    def cut_out(self, window: Window) -> "_Paper":
        """Return the part in a window, which is where a piece of paper lies in the picture."""
        left, top, right, bottom = window
        grey = np.ascontiguousarray(self.grey[top:bottom, left:right])
        step = Step("paper", shrink_for_display(grey), "The plain margin around a piece of paper is cut away.")
        return _Paper(grey, self.scale, (left * self.scale, top * self.scale), (*self.steps, step))

    def leveled(self, grey: np.ndarray) -> "_Paper":
        """Return the paper with a margin of its own grey, as `grey` (h, w) uint8 has it."""
        why = "The plain margin around a piece of paper that lies tilted takes the paper's grey."
        return self._replace(grey=grey, steps=(*self.steps, Step("paper", shrink_for_display(grey), why)))


class _Seen(NamedTuple):
    """A paper, and the places and strength of the ink that the ink finder sees on it."""

    paper: _Paper
    all_ink: np.ndarray  # (h, w) uint8: the strength of whatever is stronger than the paper's noise
    probabilities: np.ndarray  # (h', w') float32: how likely each pixel is ink
    measured: np.ndarray  # (h, w) uint8: the strength of the ink there

    @property
    def is_contrary(self) -> bool:
        """Return whether much of the paper was taken for ink that is none when it is measured."""
        return not self.measured.any() and to_mask(self.probabilities).mean() >= MIN_SEEN_SHARE


def _see(papers: Sequence[_Paper], single: bool) -> list[_Seen]:
    """Return what the ink finder sees on each paper; where what it took for ink is none, perhaps on the negative.

    Among light lines the places around light digits may be taken for ink, and the lines for paper.
    """
    found = _see_once(papers, single)
    contrary = [number for number, seen in enumerate(found) if seen.is_contrary]
    again = _see_once([papers[number].negative for number in contrary], single) if contrary else []
    for number, seen in zip(contrary, again, strict=True):
        if seen.measured.any():
            found[number] = seen
    return found


def _see_once(papers: Sequence[_Paper], single: bool) -> list[_Seen]:
    seen = []
    found = InkFinder.released().find([paper.grey for paper in papers], single)
    for paper, probabilities in zip(papers, found, strict=True):
        all_ink = ink_strength(subtract_background(paper.grey))
        likely = weaken_on_walls(probabilities, all_ink)
        seen.append(_Seen(paper, all_ink, likely, measure_ink(paper.grey, likely, single)))
    return seen


def _find_paper(grey: np.ndarray, scale: float) -> _Paper:
    step = Step(
        "grey", shrink_for_display(grey), "Colour says little about a digit's form; transparency becomes ground."
    )
    paper = _Paper(grey, scale, (0.0, 0.0), (step,))
    if window := find_pasted_paper(grey):
        return paper.cut_out(window)
    leveled = level_tilted_paper(grey)
    return paper if leveled is None else paper.leveled(leveled)


def _handwriting(seen: _Seen, single: bool) -> Ink:
    """Return the ink of handwriting; where there is none, that of one digit may be whatever little ink there is."""
    paper, all_ink, probabilities, measured = seen
    strength = without_level_cuts(without_dots(complete_ink(measured, all_ink, single)), single)
    if single and not strength.any() and len(find_pieces(all_ink)) <= MAX_SINGLE_PIECES:
        return _all_ink(paper, single, contrast_like(paper.grey, probabilities))
    height, width = probabilities.shape
    small = cv2.resize(all_ink, (width, height), interpolation=cv2.INTER_AREA)
    left_out = find_left_out(small, to_mask(probabilities) > 0)
    steps = (
        *paper.steps,
        Step(
            "handwriting",
            shrink_for_display((255 * probabilities).astype(np.uint8)),
            "A small network says where handwriting is; printed lines, frames, shadows and the table are left out. "
            f"{left_out.sentence}".rstrip(),
        ),
        Step("ink", shrink_for_display(strength), "There the ink is measured against the paper around it."),
    )
    return Ink(strength, paper.scale, steps, paper.origin, paper.grey, left_out)


def _plain_ink(paper: _Paper) -> Ink | None:
    """Return the ink of one digit where all ink is plainly the digit's; None of other pictures."""
    if max(paper.grey.shape) <= MAX_BITMAP_PX:
        return _all_ink(paper, single=True)
    level = find_plain_paper(paper.grey)
    return None if level is None else _all_ink(paper, True, cv2.absdiff(paper.grey, np.full_like(paper.grey, level)))


def _all_ink(paper: _Paper, single: bool, contrast: np.ndarray | None = None) -> Ink:
    """Return all ink of a paper, by its contrast (h, w) uint8 to the paper's ground where that is known."""
    contrast = subtract_background(paper.grey) if contrast is None else contrast
    strength = without_level_cuts(ink_strength(contrast), single)
    steps = (
        *paper.steps,
        Step(
            "ground removed",
            shrink_for_display(contrast),
            "Paper, shadow and uneven light are subtracted; ink is bright.",
        ),
        Step(
            "ink", shrink_for_display(strength), "What is stronger than the paper's noise is ink; the rest is dropped."
        ),
    )
    return Ink(strength, paper.scale, steps, paper.origin, paper.grey)
