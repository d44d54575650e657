"""A network that reads pictures and pen strokes, whatever computes it."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from core.config.dataset_spec import ImageForm
from core.networks.array_network import ArrayNetwork, compute_with_numpy
from core.networks.folded_layers import UnfoldableError
from core.recognition.box_reader import BoxReader
from core.recognition.classifier import Classifier, Network, ScoredPredictions
from core.recognition.line_reader import LineReader
from core.recognition.model_files import RELEASED_MODEL, ModelCard
from core.recognition.orientation import read_upright
from core.recognition.outlier_score import OutlierScore
from core.recognition.plain_reader import PlainReader
from core.recognition.reading import Box, Digit, Picture, Reading, ReadingMode
from core.recognition.refusal import ConfidenceRefusal, OutlierRefusal
from core.recognition.single_reader import SingleReader

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class PictureReader:
    """A network behind the preparation that brings every picture to the form it was trained on."""

    def __init__(
        self,
        network: Network,
        card: ModelCard | None = None,
        outlier_score: OutlierScore | None = None,
    ) -> None:
        """Make the readers of a network, float32 (n, 28, 28) in [0, 1] → (n, classes) probabilities, as its card says.

        `outlier_score` decides which images are refused; without one, the card's minimum confidence does.
        """
        card = card or ModelCard()
        refusal = OutlierRefusal(outlier_score) if outlier_score else ConfidenceRefusal(card.min_confidence)
        self.temperature, self.dataset = card.temperature, card.dataset
        self._classifier = Classifier(network, card.temperature, refusal)
        self._readers = _make_readers(self._classifier, card)
        self._box_reader = BoxReader(self._classifier, card.min_confidence)

    def classify(self, images: np.ndarray) -> np.ndarray:
        """Return (n, classes) float32 probabilities of (n, 28, 28) uint8 images in the form of its data set."""
        return self._classifier.predict(images).probabilities

    def predict_with_outlier_score(self, images: np.ndarray) -> ScoredPredictions:
        """Return the probabilities of images as in `classify`, and which of them do not look like a digit."""
        return self._classifier.predict(images)

    def read(self, picture: Picture, single: bool = False, all_ink: bool = False) -> Reading:
        """Return the reading of a PIL image or uint8 array (H, W), (H, W, 3) or (H, W, 4), of any polarity.

        single: all ink is one digit; the text then keeps the best guess even of a refused one. A network of other
        things than digits reads one at a time, whatever `single` is. all_ink: what does not look like handwriting is
        read too.
        Raises `ValueError` for an array of another shape or type.
        """
        return self.read_many([picture], single, all_ink)[0]

    def read_many(
        self, pictures: Sequence[Picture], single: bool = False, all_ink: bool = False, find_turn: bool = True
    ) -> list[Reading]:
        """Return a reading for each picture, as `read` does; with `single`, the network sees them in few batches.

        A picture of several digits that lies on its side or head is found out and read turned; a single digit is not,
        because it would be too easily taken for another one. find_turn: False where it is known how a picture lies.
        """
        read = partial(self._readers[ReadingMode.of(single)].read_pictures, all_ink=all_ink)
        can_turn = find_turn and not single and self.dataset.is_digits
        return read_upright(read, pictures) if can_turn else read(pictures)

    def read_boxes(self, picture: Picture, boxes: Sequence[Box], known: Sequence[Digit] = ()) -> Reading:
        """Return the reading of a picture in which the ink inside each of these boxes is one digit.

        boxes: (left, top, width, height) each, in the picture's pixels; the digits have them unchanged, in lines from
        the top and from the left, and one of a box without ink is refused.
        known: digits that were read before; those whose box is among the boxes stay as they were.
        Raises `ValueError` for more than `box_reader.MAX_BOXES` boxes or one without an area, for a network of other
        things than digits, and as `read` does.
        """
        if not self.dataset.is_digits:
            raise ValueError(f"Boxes are of digits, and this network reads {self.dataset.name}.")
        return self._box_reader.read(picture, boxes, known)

    def read_strokes(self, strokes: "Sequence[ArrayLike]", single: bool = True) -> Reading:
        """Return the reading of pen strokes, each (n, 2) float, pixels, y downward: sharper than their pixels.

        Raises `StrokesError`, a `ValueError` with a sentence, where they have more than 50,000 points.
        """
        paths = [points for stroke in strokes if len(points := np.asarray(stroke, float).reshape(-1, 2))]
        return self._readers[ReadingMode.of(single)].read_strokes(paths) if paths else Reading("", (), ())


def quick_reader() -> PictureReader | None:
    """Return the reader of the model that comes with the app, computed by NumPy: ready long before TensorFlow is.

    For a process that reads few pictures; from now on NumPy computes the ink finder and the line reader too.
    None where the model has layers that only Keras computes, or where its files cannot be read.
    """
    if reader := quick_digit_reader():
        compute_with_numpy()
    return reader


def quick_digit_reader() -> PictureReader | None:
    """Return what `quick_reader` does, for drawings of one digit each: their ink and lines need no network."""
    try:
        network = ArrayNetwork.load(RELEASED_MODEL)
    except (UnfoldableError, OSError):
        return None
    score = OutlierScore.load(RELEASED_MODEL.with_suffix(".npz"))
    fits = score and len(score.weights) == network.feature_width
    return PictureReader(network, ModelCard.beside(RELEASED_MODEL), score if fits else None)


def _make_readers(
    classifier: Classifier, card: ModelCard
) -> dict[ReadingMode, SingleReader | LineReader | PlainReader]:
    """Return the reader of each mode; a network of other things than digits reads one at a time in both."""
    names, is_plain = card.dataset.class_names, card.dataset.form is ImageForm.PLAIN
    single = PlainReader(classifier, names) if is_plain else SingleReader(classifier, names)
    lines = LineReader(classifier, card.min_confidence) if card.dataset.is_digits and not is_plain else single
    return {ReadingMode.SINGLE: single, ReadingMode.LINES: lines}
