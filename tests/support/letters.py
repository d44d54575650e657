"""A small data set of drawn letters, in a root of its own, and other drawings of the same letters."""

from pathlib import Path

import numpy as np

from core.config.dataset_spec import DatasetSpec, ImageForm
from core.datasets.pen_paths import draw_figures, parse_strokes
from core.datasets.store import DatasetStore
from core.preprocessing.mnist_form import to_mnist_form

LETTERS = {
    "A": "10,98 48,2! 88,98 | 24,62 76,62",
    "K": "16,2 16,98 | 82,4 18,52! 86,98",
    "Z": "10,6 88,6! 10,94! 92,94",
}
"""The pen path of each letter, as `pen_paths.parse_strokes` reads it."""

_MAX_PEN = 0.15


def letter_images(per_letter: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return drawings of each letter in MNIST form, letter by letter, (n, 28, 28) uint8, and labels (n,) uint8."""
    rng = np.random.default_rng(seed)
    figures = [draw_figures(parse_strokes(path), per_letter, rng, _MAX_PEN) for path in LETTERS.values()]
    images = np.stack([to_mnist_form(each) for letter in figures for each in letter])
    return images, np.repeat(np.arange(len(LETTERS)), per_letter).astype(np.uint8)


def add_letters(
    root: Path, per_letter: int = 20, has_test: bool = True, form: ImageForm = ImageForm.MNIST
) -> DatasetSpec:
    """Add a data set of the letters, of which every fifth drawing is a test image, and return its spec."""
    images, labels = letter_images(per_letter, seed=0)
    is_test = (np.arange(len(labels)) % 5 == 4) & has_test
    arrays = {
        "x_train": images[~is_test],
        "y_train": labels[~is_test],
        "x_test": images[is_test],
        "y_test": labels[is_test],
    }
    return DatasetStore(root).add("Letters", list(LETTERS), arrays, form=form)
