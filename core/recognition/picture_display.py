"""A picture and the steps of its reading, encoded for a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from core.pictures.display import data_url, encode, shrink_to_screen, thumbnail
from core.preprocessing.mnist_form import Step
from core.preprocessing.naive_resize import resize_naively

_ICON_PX = 48
_COARSE_PX = 280  # a step of fewer pixels across is enlarged
_MAX_HEIGHT_PX = 800  # but not beyond this height
_MAX_SIDE_PX = 1600  # a picture's longest side on the page


@dataclass(frozen=True, eq=False)
class DisplayStep:
    """A step of the preparation as a page shows it."""

    name: str
    picture: bytes  # of a PNG or JPEG
    why: str


class PictureDisplay:
    """A picture as a page shows it; each part is encoded when it is asked for, and kept."""

    def __init__(self, decode: Callable[[], Image.Image], steps: Sequence[Step]) -> None:
        """Store `decode`, which returns the picture, and the steps of its reading."""
        self._decode, self._steps = decode, steps

    @cached_property
    def picture(self) -> bytes:
        """Return the picture, no larger than a page shows it, as the bytes of a PNG or JPEG."""
        return encode(shrink_to_screen(self._decode(), _MAX_SIDE_PX))

    @cached_property
    def icon(self) -> str:
        """Return the picture, very small, as a data URL."""
        return data_url(encode(thumbnail(self._decode(), _ICON_PX)))

    @cached_property
    def naive(self) -> np.ndarray:
        """Return the picture as most demos feed it to their network, (28, 28) uint8."""
        return resize_naively(self._decode())

    @cached_property
    def steps(self) -> tuple[DisplayStep, ...]:
        """Return the steps; coarse pictures are enlarged so that each pixel is a sharp square."""
        return tuple(DisplayStep(step.name, encode(_enlarge(step.picture)), step.why) for step in self._steps)

    def of_part(self, part: Image.Image, steps: Sequence[Step]) -> "PictureDisplay":
        """Return the display of the same picture, encoded, with the steps of reading only a part of it."""
        return _PartDisplay(self, part, steps).encode_now()

    def encode_now(self) -> "PictureDisplay":
        """Encode all parts, let go of the decoded picture and return itself: many fit into memory then."""
        _ = self.steps, self.picture, self.naive, self.icon
        del self._decode, self._steps
        return self


class _PartDisplay(PictureDisplay):
    """A picture of which a part was read: it is shown whole, the steps are those of the part."""

    def __init__(self, whole: PictureDisplay, part: Image.Image, steps: Sequence[Step]) -> None:
        super().__init__(lambda: part, steps)
        self._whole = whole

    @cached_property
    def picture(self) -> bytes:
        return self._whole.picture

    @cached_property
    def icon(self) -> str:
        return self._whole.icon


def _enlarge(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    factor = max(1, min(_COARSE_PX // width, _MAX_HEIGHT_PX // height))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)
