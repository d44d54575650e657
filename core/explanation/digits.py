"""The digit that is explained: from a drawing, from a reading, or one of MNIST's test images."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from core.config.dataset_spec import DatasetSpec
from core.datasets.class_examples import class_examples
from core.datasets.mnist import load_mnist
from core.explanation.rendering import backdrop_of_drawing, backdrop_of_image
from core.preprocessing.canvas_drawing import Drawing
from core.recognition.corrections import CorrectedDigit
from core.recognition.reading_view import ReadingView
from core.recognition.recognizer import Recognizer

EXAMPLES = (2185, 3073, 9779, 1681, 2053, 9729, 2654, 2016, 691, 4163)
"""Test images, one of each digit, that small networks take for another one or nearly do."""


@dataclass(frozen=True, eq=False)
class ExplainedDigit:
    """One digit: `image` (28, 28) uint8 in MNIST form, and `backdrop` (336, 336) uint8, what it is shown on."""

    image: np.ndarray
    backdrop: np.ndarray
    label: int | None = None  # the true one, where it is known

    @classmethod
    def of_image(cls, image: np.ndarray, label: int | None = None) -> "ExplainedDigit":
        """Return the digit of an image (28, 28) uint8 in MNIST form, which is shown as it is."""
        return cls(image, backdrop_of_image(image), label)

    @classmethod
    def of_drawing(cls, drawing: Drawing, digit: CorrectedDigit) -> "ExplainedDigit":
        """Return the digit that was read in a drawing of one digit, shown on the drawing itself."""
        return cls(digit.image, backdrop_of_drawing(drawing.picture(), digit.box, digit.image))

    @classmethod
    def example(cls, number: int) -> "ExplainedDigit":
        """Return the example of that number, 0 to 9, in `EXAMPLES`."""
        test = load_mnist().test
        return cls.of_image(test.images[EXAMPLES[number]], int(test.labels[EXAMPLES[number]]))

    @classmethod
    def of_class(cls, dataset: DatasetSpec, root: Path, label: int) -> "ExplainedDigit":
        """Return the example of a class of another data set; `root` is the folder of all runs.

        Raises `DatasetError` where the data set is gone.
        """
        return cls.of_image(class_examples(dataset, root)[label], label)

    @cached_property
    def fingerprint(self) -> str:
        """Return a hash that identifies the digit."""
        return hashlib.blake2b(self.image.tobytes() + self.backdrop.tobytes(), digest_size=16).hexdigest()


def digits_of(view: ReadingView, reader: Recognizer, drawing: Drawing) -> list[ExplainedDigit]:
    """Return the digits of a drawing that was read as one digit: several where it says so, none without any.

    Several are shown in MNIST form: where their ink lay in the drawing is not known to a pixel.
    """
    if view.several:
        numbers = reader.read_strokes(drawing.strokes, single=False).digits
        return [ExplainedDigit.of_image(each.image) for each in numbers if not each.refused]
    return [ExplainedDigit.of_drawing(drawing, view.digit)] if view.digit and view.digit.image.any() else []
