"""Binarization of any picture: what is stronger than the paper's noise is ink, soft at its edges."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from core.preprocessing.background import subtract_background
from core.preprocessing.left_out import find_left_out
from core.preprocessing.mnist_form import Step, shrink_for_display
from core.preprocessing.paper_removal import remove_ruled_lines, remove_surroundings
from core.preprocessing.segmentation import Piece
from core.preprocessing.working_grey import to_working_grey

FAINT_FACTOR = 0.8  # times the threshold of ink: weaker than that is no printed line either
MIN_CONTRAST = 10  # of 255: weaker contrast is never ink
NOISE_DEVIATIONS = 5  # how many standard deviations of the paper's noise ink is stronger than
FULL_PERCENTILE = 75  # of the contrast above the noise: the contrast of full ink
FULL_SHARE = 0.3  # of full ink's contrast, the least that is ink
MIN_SEPARATION = 3.5  # standard deviations of the paper, between the means of the two classes of Otsu's threshold
MAD_TO_DEVIATION = 1.4826  # from median absolute deviation to the standard deviation of normal noise


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a picture: the writing without the paper."""

    strength: np.ndarray  # (h, w) uint8, 255 for full ink, 0 for ground
    scale: float  # pixels of the picture per pixel of the ink
    steps: tuple[Step, ...]
    origin: tuple[float, float] = (0.0, 0.0)  # where the ink's left top corner lies in the picture, pixels
    contrast: np.ndarray | None = None  # (h, w) uint8, of which some may be left out; None where nothing was

    def reduced(self, factor: float) -> "Ink":
        """Return the ink at 1 / `factor` of its size, its strongest pixel at full strength: hairlines would be lost."""
        height, width = self.strength.shape
        factor = min(factor, height, width)  # else the grid would be wider than the picture
        size = max(1, round(width / factor)), max(1, round(height / factor))
        strength = cv2.resize(self.strength, size, interpolation=cv2.INTER_AREA)
        strength = cv2.convertScaleAbs(strength, alpha=255 / max(1, int(strength.max())))
        return replace(self, strength=strength, scale=self.scale * factor)

    def doubt(self, text: str) -> str:
        """Return the sentence on ink that was left out and may be what was meant; '' where a text was read."""
        if text or self.contrast is None:
            return ""
        height, width = self.contrast.shape
        kept = cv2.resize(self.strength, (width, height), interpolation=cv2.INTER_LINEAR)
        return find_left_out(ink_strength(self.contrast, all_ink=True), kept > 0).sentence

    def box(self, piece: Piece, back: np.ndarray | None = None) -> tuple[int, int, int, int]:
        """Return (left, top, width, height) of one of its pieces, in pixels of the picture.

        back: (2, 2), maps the piece's pixels to those of the ink, where its line was deskewed.
        """
        corners = np.array([[piece.left, piece.right], [piece.top, piece.bottom]], float)
        if back is not None:
            rows, columns = np.nonzero(piece.ink > 127 if piece.ink.max() > 127 else piece.ink)
            corners = back @ (columns + piece.left + 0.5, rows + piece.top + 0.5)
        left, top = corners.min(axis=1) * self.scale + np.array(self.origin)
        width, height = np.ptp(corners, axis=1) * self.scale
        return round(left), round(top), max(1, round(width)), max(1, round(height))


def find_ink(picture: Image.Image | np.ndarray, all_ink: bool = False) -> Ink:
    """Return the ink of a PIL image or uint8 array (H, W), (H, W, 3) or (H, W, 4), dark on light or light on dark.

    all_ink: what looks like printed lines or like the table around the paper is ink, too.
    Raises ValueError for an array of another shape or dtype.
    """
    grey, scale = to_working_grey(picture)
    contrast = subtract_background(grey)
    strength = ink_strength(contrast, all_ink)
    steps = (
        Step("grey", shrink_for_display(grey), "Colour says little about a digit's form; transparency becomes ground."),
        Step(
            "ground removed",
            shrink_for_display(contrast),
            "Paper, shadow and uneven light are subtracted; ink is bright.",
        ),
        Step(
            "ink", shrink_for_display(strength), "What is stronger than the paper's noise is ink; the rest is dropped."
        ),
    )
    return Ink(strength, scale, steps, contrast=None if all_ink else contrast)


def ink_strength(contrast: np.ndarray, all_ink: bool = False) -> np.ndarray:
    """Return the strength of ink for a contrast (h, w) uint8: (h, w) uint8, 255 for full ink, 0 on paper.

    all_ink: printed lines and surroundings are ink, too.
    """
    median, deviation = _paper_statistics(contrast)
    if deviation > 1:  # texture and print are finer than a pen
        contrast = cv2.GaussianBlur(contrast, (0, 0), 1.0)
        median, deviation = _paper_statistics(contrast)
    noise = _noise_threshold(contrast, max(MIN_CONTRAST, median + NOISE_DEVIATIONS * deviation))
    above_noise = contrast[contrast > noise]
    if not len(above_noise):
        return np.zeros_like(contrast)
    full = float(np.percentile(above_noise, FULL_PERCENTILE))
    threshold = max(noise, FULL_SHARE * full)
    mask = contrast > threshold
    if not all_ink:
        mask = remove_ruled_lines(remove_surroundings(mask), contrast > FAINT_FACTOR * threshold)
    with_edges = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    strength = (contrast - np.float32(median)) * (255 / max(full - median, 1))
    return np.where(with_edges > 0, np.clip(strength, 0, 255), 0).astype(np.uint8)


def _noise_threshold(contrast: np.ndarray, noise: float) -> float:
    """Return Otsu's threshold if lower and its two classes lie far apart (much ink on printed paper), else `noise`."""
    otsu, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_OTSU)
    ink = contrast > otsu
    if not 0 < np.count_nonzero(ink) < ink.size:
        return noise
    paper = contrast[~ink]
    separation = (float(contrast[ink].mean()) - float(paper.mean())) / (float(paper.std()) + 1)
    return min(noise, otsu) if separation > MIN_SEPARATION else noise


def _paper_statistics(contrast: np.ndarray) -> tuple[float, float]:
    """Return the median and the standard deviation of the paper's contrast, robust against the ink."""
    otsu, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_OTSU)
    if np.median(contrast) > otsu + MIN_CONTRAST:  # more ink than paper
        contrast = contrast[contrast <= otsu]
    median = float(np.median(contrast))
    return median, MAD_TO_DEVIATION * float(np.median(np.abs(contrast.astype(np.int16) - median)))
