"""From any picture to its ink: grey, ground and shadow removed, polarity settled, noise left behind."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from core.pictures.decoding import apply_orientation, has_deep_greys, to_eight_bits
from core.preprocessing.mnist_form import Step, shrink_for_display
from core.preprocessing.paper_removal import PHOTO_PX, isolate_sheet, remove_ruled_lines, remove_surroundings

WORK_PIXELS = 2_000_000  # larger pictures are shrunk to this: a page of 100 digits still has 80 pixels a digit
FAINT_FACTOR = 0.8  # times the threshold of ink, what may still be a printed line
MIN_CONTRAST = 10  # contrast, of 255, below which nothing is ink


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a picture: what was written, without what it was written on."""

    strength: np.ndarray  # (h, w) uint8, 255 where ink is full, 0 on the ground
    scale: float  # pixels of the picture per pixel of the ink
    steps: tuple[Step, ...]
    origin: tuple[float, float] = (0.0, 0.0)  # where the ink's left top corner lies in the picture, pixels

    def reduced(self, factor):
        """The same ink on a coarser grid, its strongest pixel as strong as ink is: hairlines would be lost."""
        height, width = self.strength.shape
        factor = min(factor, height, width)  # else the grid would be wider than the picture
        size = max(1, round(width / factor)), max(1, round(height / factor))
        strength = cv2.resize(self.strength, size, interpolation=cv2.INTER_AREA)
        strength = cv2.convertScaleAbs(strength, alpha=255 / max(1, int(strength.max())))
        return replace(self, strength=strength, scale=self.scale * factor)

    def box(self, piece, back=None):
        """(left, top, width, height) of a piece of it, in pixels of the picture.

        back: (2, 2), from the piece's pixels to those of the ink, where it was straightened.
        """
        corners = np.array([[piece.left, piece.right], [piece.top, piece.bottom]], float)
        if back is not None:
            rows, columns = np.nonzero(piece.ink > 127 if piece.ink.max() > 127 else piece.ink)
            corners = back @ (columns + piece.left + 0.5, rows + piece.top + 0.5)
        left, top = corners.min(axis=1) * self.scale + np.array(self.origin)
        width, height = np.ptp(corners, axis=1) * self.scale
        return round(left), round(top), max(1, round(width)), max(1, round(height))


def find_ink(picture):
    """Ink of a PIL image or uint8 array (H, W), (H, W, 3) or (H, W, 4), dark on light or light on dark.

    Raises ValueError for an array of another shape or type.
    """
    grey, scale = to_working_grey(picture)
    contrast = subtract_background(grey)
    strength = ink_strength(contrast)
    steps = (
        Step("grey", shrink_for_display(grey), "Colour says little about a digit's form; transparency becomes ground."),
        Step(
            "ground removed",
            shrink_for_display(contrast),
            "Paper, shadow and uneven light are subtracted; ink is bright.",
        ),
        Step(
            "ink", shrink_for_display(strength), "What stands clear of the paper's noise is ink; the rest is dropped."
        ),
    )
    return Ink(strength, scale, steps)


def to_working_grey(picture):
    """(h, w) uint8 at working size, and how many of the picture's pixels one of its pixels spans."""
    if isinstance(picture, Image.Image):
        planes, scale = _planes_of_image(apply_orientation(picture))
    else:
        planes, scale = _planes_of_array(np.asarray(picture))
    if planes.ndim == 2:
        return planes, scale
    if planes.shape[2] == 4:
        planes = _opaque(planes)
    return _clearest(planes), scale


def _planes_of_image(image):
    width, height = image.size
    if has_deep_greys(image):
        image = to_eight_bits(image)
    wanted = _plain_mode(image)
    factor = int((width * height / WORK_PIXELS) ** 0.5)
    if image.mode in ("P", "PA", "1"):
        image = image.convert(wanted)  # numbers of colours cannot be averaged
    if factor > 1:
        image = image.reduce(factor)  # before another copy of a large picture is made
    planes, _ = _shrunk(np.asarray(image if image.mode == wanted else image.convert(wanted)))
    return planes, max(width, height) / max(planes.shape[:2])


def _plain_mode(image):
    if image.mode in ("1", "L"):
        return "L"
    transparent = image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info
    return "RGBA" if transparent else "RGB"


def _planes_of_array(array):
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or array.ndim == 3 and array.shape[2] not in (1, 3, 4):
        raise ValueError(f"A picture is a uint8 array (H, W), (H, W, 3) or (H, W, 4), not {array.dtype} {array.shape}.")
    if array.size == 0:
        raise ValueError(f"A picture has at least one pixel, not the shape {array.shape}.")
    return _shrunk(array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array)


def _shrunk(planes):
    height, width = planes.shape[:2]
    scale = max(1.0, (height * width / WORK_PIXELS) ** 0.5)
    if scale == 1:
        return planes, 1.0
    size = max(1, round(width / scale)), max(1, round(height / scale))
    return cv2.resize(planes, size, interpolation=cv2.INTER_AREA), scale


def _opaque(planes):
    """(h, w, 4) over a ground of one colour: the paper's where most is paper, else what the ink is not."""
    alpha = planes[:, :, 3:].astype(np.float32) / 255
    seen = planes[planes[:, :, 3] > 127][:, :3]
    if not len(seen):
        return np.zeros_like(planes[:, :, :3])
    if len(seen) > planes.shape[0] * planes.shape[1] / 2:
        ground = np.median(seen, axis=0)
    else:
        ground = np.full(3, 255.0 if seen.mean() < 128 else 0.0)
    return (planes[:, :, :3] * alpha + ground * (1 - alpha)).astype(np.uint8)


def _clearest(planes):
    """(h, w, 3) → (h, w): luminance, unless one colour channel tells ink from ground far better (yellow on white)."""
    grey = cv2.cvtColor(planes, cv2.COLOR_RGB2GRAY)
    spread = [float(planes[:, :, channel].std()) for channel in range(3)]
    best = int(np.argmax(spread))
    return planes[:, :, best].copy() if spread[best] > 2 * float(grey.std()) else grey


def subtract_background(grey):
    """(h, w) uint8 grey → contrast to the local ground, (h, w) uint8: ink bright whatever it was, ground near 0."""
    grey = isolate_sheet(grey)
    if _rim_is_dark(grey):
        grey = 255 - grey
    ground = _flat_ground(grey)
    if ground is None:
        grey, ground = _uneven_ground(grey)
    return np.clip(np.int16(ground) - grey, 0, 255).astype(np.uint8)


def _rim_is_dark(grey):
    """Whether the picture's rim is its dark side: the ground surrounds the ink, so the rim tells it, not the mean."""
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return bool((rim <= threshold).mean() > 0.5)


def _flat_ground(grey):
    """The paper's one grey where light is even, as in drawings and scans, however thick the ink; else None."""
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    paper, ink = grey[grey > threshold], grey[grey <= threshold]
    if not len(paper) or not len(ink):
        return int(grey.max())
    dark, light = np.percentile(paper, [5, 99])
    middle = np.median(paper)
    return int(middle) if light - dark < 0.25 * (middle - np.median(ink)) else None


def _uneven_ground(grey):
    """(grey, ground), both (h, w) uint8, where light is uneven: ink is dark in the grey that is returned.

    In a photo the rim may be dark by shadow. What is thin is ink there: the side to which more of the picture leaves
    the local middle.
    """
    height, width = grey.shape
    factor = max(1, max(height, width) // 160)
    small = cv2.resize(grey, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA)
    side = max(3, min(small.shape) // 3 | 1)
    off = small.astype(np.float32) - cv2.medianBlur(small, side)
    if (np.maximum(off, 0) ** 2).sum() > (np.maximum(-off, 0) ** 2).sum():
        grey, small = 255 - grey, 255 - small
    rim = side if min(height, width) >= PHOTO_PX else 0  # of a photo may lie in shadow, of a cut-out it has strokes
    framed = cv2.copyMakeBorder(small, rim, rim, rim, rim, cv2.BORDER_REPLICATE)
    filled = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    filled = filled[rim : rim + small.shape[0], rim : rim + small.shape[1]]
    filled = cv2.blur(filled, (side // 4 | 1, side // 4 | 1))
    return grey, cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR)


def ink_strength(contrast):
    """(h, w) uint8 contrast → strength of ink, (h, w) uint8: 255 where it is full, 0 on paper, soft at its edges."""
    middle, spread = _paper(contrast)
    if spread > 1:  # texture and print are finer than a pen
        contrast = cv2.GaussianBlur(contrast, (0, 0), 1.0)
        middle, spread = _paper(contrast)
    low = _threshold(contrast, max(MIN_CONTRAST, middle + 5 * spread))
    above = contrast[contrast > low]
    if not len(above):
        return np.zeros_like(contrast)
    full = float(np.percentile(above, 75))
    floor = max(low, 0.3 * full)
    written = remove_ruled_lines(remove_surroundings(contrast > floor), contrast > FAINT_FACTOR * floor)
    near = cv2.dilate(written.astype(np.uint8), np.ones((3, 3), np.uint8))
    strength = (contrast - np.float32(middle)) * (255 / max(full - middle, 1))
    return np.where(near > 0, np.clip(strength, 0, 255), 0).astype(np.uint8)


def _threshold(contrast, noise):
    """Otsu's threshold where it parts two clear heaps, as with much ink on printed paper, else the noise's own."""
    split, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_OTSU)
    ink = contrast > split
    if not 0 < np.count_nonzero(ink) < ink.size:
        return noise
    paper = contrast[~ink]
    apart = (float(contrast[ink].mean()) - float(paper.mean())) / (float(paper.std()) + 1)
    return min(noise, split) if apart > 3.5 else noise


def _paper(contrast):
    """(middle, spread) of the contrast of what is not ink, robust against the ink."""
    split, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_OTSU)
    if np.median(contrast) > split + MIN_CONTRAST:  # more ink than paper
        contrast = contrast[contrast <= split]
    middle = float(np.median(contrast))
    return middle, 1.4826 * float(np.median(np.abs(contrast.astype(np.int16) - middle)))
