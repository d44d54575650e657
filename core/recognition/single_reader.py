"""Pictures and pen strokes of one digit, or one thing of another class, each."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from core.config.dataset_spec import DIGITS
from core.preprocessing.binarization import Ink, find_inks
from core.preprocessing.mnist_form import to_reading_form, tta_views
from core.preprocessing.pen_strokes import redraw, redraw_with_other_pens
from core.preprocessing.segmentation import Piece, box_step, find_pieces, merge_pieces
from core.recognition.classifier import Classifier
from core.recognition.network_input import FITTED, network_input_step
from core.recognition.reading import Digit, Picture, Reading

BATCH_PICTURES = 32  # two batches are in memory at a time
_VIEWS = "The network also reads it narrowed and rotated, or drawn with other pens; the mean of its answers counts."


class SingleReader:
    """A reader of pictures of one digit, or of one of another data set's classes, of which it reads all ink."""

    def __init__(self, classifier: Classifier, class_names: tuple[str, ...] = DIGITS) -> None:
        self._classifier, self._class_names = classifier, class_names

    def read_pictures(self, pictures: Sequence[Picture], all_ink: bool = False) -> list[Reading]:
        """Return a reading for each picture, of its handwriting or, with `all_ink`, of all that may be ink.

        The network sees all of a batch at once, while the next one is prepared.
        """
        batches = [pictures[first : first + BATCH_PICTURES] for first in range(0, len(pictures), BATCH_PICTURES)]
        return [reading for prepared in _prepared(batches, all_ink) for reading in self._read(*prepared)]

    def read_strokes(self, strokes: list[np.ndarray]) -> Reading:
        """Return the reading of at least one pen stroke, each (n, 2) float, n at least 1."""
        ink, pieces = redraw(strokes, True)
        whole = merge_pieces(pieces)
        views = np.concatenate([to_reading_form(whole.ink)[None], redraw_with_other_pens(strokes)])
        return self._read([ink], [whole], [views])[0]

    def _read(self, inks: list[Ink], wholes: list[Piece | None], views: list[np.ndarray]) -> list[Reading]:
        """Return the readings of inks that are one piece each, or None where there is none.

        views: (k, 28, 28) uint8 for each ink that has a piece.
        """
        found = self._classifier.predict_views(views)
        predictions = iter(zip(views, found.probabilities, found.refused, strict=True))
        names = self._class_names
        return [
            _reading(ink, whole, *next(predictions), names)
            if whole
            else Reading("", (), ink.steps, left_out=ink.doubt(""))
            for ink, whole in zip(inks, wholes, strict=True)
        ]


class _Prepared(NamedTuple):
    """A batch of pictures, ready for the network."""

    inks: list[Ink]
    wholes: list[Piece | None]  # all ink of each picture, None where there is none
    views: list[np.ndarray]  # (k, 28, 28) uint8 for each ink that has a piece


def _prepared(batches: Sequence[Sequence[Picture]], all_ink: bool) -> Iterator[_Prepared]:
    """Yield the batches prepared, each while the one before is worked on."""
    if len(batches) < 2:
        yield from (_prepare(batch, all_ink) for batch in batches)
        return
    with ThreadPoolExecutor(max_workers=1) as thread:
        upcoming = thread.submit(_prepare, batches[0], all_ink)
        for following in batches[1:]:
            prepared, upcoming = upcoming.result(), thread.submit(_prepare, following, all_ink)
            yield prepared
        yield upcoming.result()


def _prepare(pictures: Sequence[Picture], all_ink: bool) -> _Prepared:
    inks = find_inks(pictures, True, all_ink)
    wholes = [merge_pieces(pieces) if (pieces := find_pieces(ink.strength)) else None for ink in inks]
    return _Prepared(inks, wholes, [tta_views(whole.ink) for whole in wholes if whole])


def _reading(
    ink: Ink, whole: Piece, views: np.ndarray, probabilities: np.ndarray, refused: bool, names: tuple[str, ...]
) -> Reading:
    digit = Digit.from_probabilities(probabilities, refused, views[0], ink.box(whole), class_names=names)
    seen = network_input_step(views, f"{FITTED} {_VIEWS}")
    steps = (*ink.steps, box_step(ink.strength, [whole]), seen)
    return Reading(digit.name, (digit,), steps, left_out=ink.doubt("" if refused else digit.name))
