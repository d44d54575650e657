"""Images whose rows and columns are swapped, as EMNIST's: found by how digits or letters look, or by files' names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.datasets.glyph_templates import Templates
from core.datasets.image_forms import StrokeForm
from core.datasets.packed_images import PackedImages

_NAME = "emnist"
_MIN_IMAGES = 20  # of digits or letters, from which on they decide
_MAX_IMAGES = 1000
_MIN_GAIN = 0.15  # of the images that look like their class, when swapped
_MIN_RIGHT = 0.35  # of the images: MNIST's own are at 0.8, digits along pen paths at 0.5, other things at 0.1
_FEW_CLASSES, _MIN_WEAKEST = 8, 0.05  # of fewer classes each has to look so: two things may look like any two digits

_PUT_RIGHT = "They are put right; the switch Swap rows and columns, or --no-swap on the command line, takes that back."


@dataclass(frozen=True, eq=False)
class Likeness:
    """The shares of the images of each class that look most like it, as they are and swapped: (k,) float each."""

    as_is: np.ndarray
    swapped: np.ndarray

    @classmethod
    def of(
        cls,
        templates: Templates,
        images: np.ndarray | PackedImages,
        labels: np.ndarray,
        class_names: Sequence[str],
    ) -> "Likeness | None":
        """Return it for those of (n, 28, 28) images whose class has a template; None where there are too few."""
        known = np.array([templates.place_of(name) for name in class_names])[labels]
        places = np.flatnonzero(known >= 0)
        if len(places) < _MIN_IMAGES:
            return None
        chosen = places[np.linspace(0, len(places) - 1, min(len(places), _MAX_IMAGES)).astype(int)]
        some = images[chosen]
        strokes = StrokeForm.of(some).apply(some)
        shares = [_shares_right(templates, each, known[chosen]) for each in (strokes, swapped(strokes))]
        return cls(*shares)

    @property
    def is_swapped(self) -> bool:
        """Return whether the images look like their classes once rows and columns are swapped, and not before."""
        return float(self.swapped.mean() - self.as_is.mean()) > _MIN_GAIN and _look_so(self.swapped)

    @property
    def is_known(self) -> bool:
        """Return whether the images are what their classes say, swapped or not, and not other things of these names."""
        return _look_so(self.as_is) or _look_so(self.swapped)


def look_swapped(likeness: Likeness | None, files: Iterable[str]) -> bool:
    """Return whether rows and columns of images are swapped.

    Where classes are digits or letters and look like these, they decide; else the names of the files do: EMNIST's begin
    with its name.
    """
    return likeness.is_swapped if likeness and likeness.is_known else any(_NAME in file.lower() for file in files)


def describe_swap(likeness: Likeness | None) -> str:
    """Return a sentence on images that are taken to be swapped: how that was found out, and how it is undone."""
    if likeness and likeness.is_swapped:
        return f"Its images lie on their side, mirrored: rows and columns are swapped, as EMNIST's are. {_PUT_RIGHT}"
    return f"Its files have EMNIST's name, and EMNIST's images have rows and columns swapped. {_PUT_RIGHT}"


def swapped(images: np.ndarray) -> np.ndarray:
    """Return (n, 28, 28) images with rows and columns swapped."""
    return np.ascontiguousarray(images.swapaxes(1, 2))


def _look_so(shares: np.ndarray) -> bool:
    is_each_so = len(shares) >= _FEW_CLASSES or float(shares.min()) > _MIN_WEAKEST
    return float(shares.mean()) > _MIN_RIGHT and is_each_so


def _shares_right(templates: Templates, images: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the share of the images of each class whose nearest template is one of that class, (k,) float."""
    is_right = templates.nearest(images) == places
    return np.array([is_right[places == each].mean() for each in np.unique(places)])
