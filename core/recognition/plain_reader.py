"""Pictures of things that are no strokes, such as clothes: the network sees the whole picture, in grey, as it is."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from core.pictures.display import to_grey
from core.preprocessing.mnist_form import Step, shrink_for_display
from core.preprocessing.naive_resize import resize_naively
from core.recognition.classifier import Classifier
from core.recognition.network_input import network_input_step
from core.recognition.reading import Digit, Picture, Reading
from core.recognition.single_reader import BATCH_PICTURES, SingleReader

_GREY = "The whole picture in grey, as it is: this data set's pictures are no strokes."
_SMALL = "Made 28×28, as the data set's images are. Its things are bright on black."


class PlainReader:
    """A reader of whole pictures, of which nothing is cut away."""

    def __init__(self, classifier: Classifier, class_names: tuple[str, ...]) -> None:
        self._classifier, self._class_names = classifier, class_names
        self._strokes = SingleReader(classifier, class_names)

    def read_pictures(self, pictures: Sequence[Picture], all_ink: bool = False) -> list[Reading]:
        """Return a reading for each picture; `all_ink` changes nothing, for all of a picture counts."""
        readings = []
        for first in range(0, len(pictures), BATCH_PICTURES):
            readings += self._read(pictures[first : first + BATCH_PICTURES])
        return readings

    def read_strokes(self, strokes: list[np.ndarray]) -> Reading:
        """Return the reading of at least one pen stroke, each (n, 2) float, of no known canvas: it gets MNIST form."""
        return self._strokes.read_strokes(strokes)

    def _read(self, pictures: Sequence[Picture]) -> list[Reading]:
        images = np.stack([resize_naively(picture) for picture in pictures])
        found = self._classifier.predict(images)
        each = zip(pictures, images, found.probabilities, found.refused, strict=True)
        return [self._reading(*values) for values in each]

    def _reading(self, picture: Picture, image: np.ndarray, probabilities: np.ndarray, refused: bool) -> Reading:
        grey = to_grey(Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture)
        box = (0, 0, grey.width, grey.height)
        digit = Digit.from_probabilities(probabilities, refused, image, box, class_names=self._class_names)
        steps = (Step("grey", shrink_for_display(np.asarray(grey)), _GREY), network_input_step(image[None], _SMALL))
        return Reading(digit.name, (digit,), steps)
