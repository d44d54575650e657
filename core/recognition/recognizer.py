"""A saved model that reads pictures: what it sees, what it says and how sure it is."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.networks.safe_loading import ModelError, load_model
from core.preprocessing.binarization import find_ink
from core.preprocessing.deskew import deskew_lines
from core.preprocessing.line_decoding import LineLattice
from core.preprocessing.mnist_form import Step, shrink_for_display, to_reading_form, tta_views
from core.preprocessing.pen_strokes import redraw, redraw_with_other_pens
from core.preprocessing.segmentation import box_step, find_pieces, group_lines, merge_pieces, typical_height
from core.recognition.outlier_score import OutlierScore

SHIPPED = Path(__file__).parents[1] / "assets" / "reader.keras"
DEFAULT_MIN_CONFIDENCE = 0.5  # below it a mark is refused, unless the model's card knows better
BATCH_PICTURES = 64  # pictures of one digit that are in memory at a time
READING_PX = 80  # a digit's height when lines are parted into digits
IN_LINE_FACTOR = 1 / 3  # of the least confidence: what stands in line with digits is more likely to be one
MAX_CUT_DIGITS = (
    500  # digits; where a page's marks are more or wider, none is cut nor looked at twice: it is read in time
)
_PLACED = "Each digit fitted into 20×20 and centred by its mass, as MNIST's digits are."
_LOOKS = "It is looked at again, narrower, turned or in other pens, and the mean of the answers counts."

__all__ = ["Digit", "ModelError", "Reading", "Recognizer", "counted_digits"]


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit that was read, or one mark that was refused."""

    label: int
    confidence: float
    refused: bool  # does not look like a digit
    probabilities: np.ndarray  # (10,) float32, sums to 1
    box: tuple[int, int, int, int]  # left, top, width, height, pixels of the picture
    image: np.ndarray  # (28, 28) uint8, what the network saw
    line: int = 0  # the line of writing it stands in, from the top


@dataclass(frozen=True, eq=False)
class Reading:
    """What a picture says."""

    text: str  # in reading order, a line break between lines; '' where no digit is
    digits: tuple[Digit, ...]
    steps: tuple[Step, ...]


def counted_digits(digits: Sequence[Digit]) -> list[Digit]:
    """Return the digits that a reading is as sure as: those that are not refused; all of them, where all are."""
    return [digit for digit in digits if not digit.refused] or list(digits)


class Recognizer:
    """A model behind the preparation that brings every picture to what it was trained on."""

    def __init__(self, model, card=None, likeness=None):
        """model: a keras.Model, float32 (n, 28, 28) in [0, 1] → (n, 10) probabilities; card: what is known of it.

        likeness: its score of what looks like a digit; without one, what is below the least confidence is refused.
        """
        card = card or {}
        self.model = model
        self.temperature = _positive(card.get("temperature"), 1.0)
        self.least_confidence = _positive(card.get("refusal"), DEFAULT_MIN_CONFIDENCE)
        self._traced = _traced(model, self.temperature, likeness)
        self._judges_likeness = likeness is not None

    @classmethod
    def load(cls, path=None):
        """The shipped model, or that of a .keras file or a run folder. Raises ModelError with a sentence."""
        path = _model_path(path)
        model, likeness = load_model(path), OutlierScore.load(path.with_suffix(".npz"))
        if likeness and model.layers[-1].input.shape != (None, len(likeness.weights)):
            likeness = None  # another network's
        return cls(model, model_card(path), likeness)

    def classify(self, images):
        """(n, 28, 28) uint8, white ink on black, MNIST form → (n, 10) float32 probabilities."""
        return self.predict_with_outlier_score(images)[0]

    def predict_with_outlier_score(self, images):
        """Images as in `classify` → (n, 10) float32 probabilities and (n,) float32, below 0 what is to be refused."""
        images = np.asarray(images, np.uint8).reshape(-1, 28, 28)
        parts = [self._traced(images[i : i + 512]) for i in range(0, len(images), 512)]
        if not parts:
            return np.zeros((0, 10), np.float32), np.zeros(0, np.float32)
        probabilities, likeness = (np.concatenate(part) for part in zip(*parts, strict=True))
        return probabilities, likeness if self._judges_likeness else likeness - self.least_confidence

    def read(self, picture, single=False):
        """Reading of a PIL image or uint8 array (H, W), (H, W, 3) or (H, W, 4), of any polarity.

        single: all ink is one digit; the text then keeps the best guess even of a refused one.
        """
        return self.read_many([picture], single)[0]

    def read_many(self, pictures, single=False):
        """A list of readings, one a picture; with single, the network sees all of them in few batches."""
        if not single:
            return [self._read_lines(*_at_reading_size(find_ink(picture))) for picture in pictures]
        readings = []
        for first in range(0, len(pictures), BATCH_PICTURES):
            inks = [find_ink(picture) for picture in pictures[first : first + BATCH_PICTURES]]
            wholes = [merge_pieces(pieces) if (pieces := find_pieces(ink.strength)) else None for ink in inks]
            readings += self._read_singles(inks, wholes, [tta_views(whole.ink) for whole in wholes if whole])
        return readings

    def read_strokes(self, strokes, single=True):
        """Reading of pen strokes, each (n, 2) float, pixels, y downward: sharper than their pixels."""
        strokes = [np.asarray(stroke, float).reshape(-1, 2) for stroke in strokes if len(stroke)]
        if not strokes:
            return Reading("", (), ())
        ink, pieces = redraw(strokes, single)
        if not single:
            return self._read_lines(ink, pieces)
        whole = merge_pieces(pieces)
        seen = np.concatenate([to_reading_form(whole.ink)[None], redraw_with_other_pens(strokes)])
        return self._read_singles([ink], [whole], [seen])[0]

    def _read_singles(self, inks, wholes, seen):
        """Readings of inks that are one digit each, a Piece of `wholes`, or None where there is none.

        seen: the looks at each digit, as in `_judge_looks`.
        """
        answers = zip(seen, *self._judge_looks(seen), strict=True)
        return [
            self._single(ink, whole, *next(answers)) if whole else Reading("", (), ink.steps)
            for ink, whole in zip(inks, wholes, strict=True)
        ]

    def _judge_looks(self, seen):
        """As `judge`, of n digits at each of which there are k looks, (n, k, 28, 28), the plain one first.

        The mean of what the network says to all of them counts; whether it looks like a digit, the first one tells.
        """
        seen = np.asarray(seen, np.uint8)
        if not len(seen):
            return self.predict_with_outlier_score(seen)
        probabilities, likeness = self.predict_with_outlier_score(seen)
        return probabilities.reshape(*seen.shape[:2], 10).mean(axis=1), likeness[:: seen.shape[1]]

    def _single(self, ink, whole, images, probabilities, likeness):
        digit = _digit(probabilities, likeness < 0, images[0], ink.box(whole))
        placed = _placed(images, f"{_PLACED} {_LOOKS}")
        return Reading(str(digit.label), (digit,), (*ink.steps, box_step(ink.strength, [whole]), placed))

    def _read_lines(self, ink, pieces):
        """Reading of one or more lines of digits; where there is none, of the one mark there is, which is refused."""
        straight = deskew_lines(group_lines(pieces))
        cut = (
            bool(pieces)
            and max(len(pieces), sum(piece.width for piece in pieces) / typical_height(pieces)) <= MAX_CUT_DIGITS
        )
        lines = [LineLattice(line, cut) for line in straight.lines]
        look = tta_views if cut else lambda ink: to_reading_form(ink)[None]
        images = [[look(candidate.piece.ink) for candidate in line.candidates] for line in lines]
        probabilities, likeness = self._judge_looks([seen for row in images for seen in row])
        digits, found, rows, first = [], [], [], 0
        for number, (line, row) in enumerate(zip(lines, images, strict=True)):
            own, alone = (
                probabilities[first : first + len(row)],
                likeness[first : first + len(row)] < 0,
            )
            first += len(row)
            chain = line.best_chain(own)
            in_line = len(chain) > 1 and len(straight.lines[number]) > 1
            refused = own.max(axis=1) < IN_LINE_FACTOR * self.least_confidence if in_line else alone
            if len(chain) > 1 and not in_line and refused[chain].all():
                chain = []  # one mark, in whatever parts, is no number
            boxes = [ink.box(line.candidates[k].piece, straight.back) for k in chain]
            read = [_digit(own[k], refused[k], row[k][0], box, number) for k, box in zip(chain, boxes, strict=True)]
            digits += read
            found += [line.candidates[k].piece for k in chain]
            rows.append("".join(str(digit.label) for digit in read if not digit.refused))
        if not digits:
            candidates = [candidate for line in lines for candidate in line.candidates]
            lone = _most_of_all(candidates, [piece for line in straight.lines for piece in line])
            if lone is None:
                return Reading("", (), ink.steps)
            found = [candidates[lone].piece]
            image = [seen for row in images for seen in row][lone][0]
            digits = [_digit(probabilities[lone], True, image, ink.box(found[0], straight.back))]
        steps = (*ink.steps, *straight.steps(found), _placed([digit.image for digit in digits], _PLACED))
        return Reading("\n".join(row for row in rows if row), tuple(digits), steps)


def _most_of_all(candidates, pieces):
    """Number of the candidate that holds most of the ink of all pieces, or None."""
    inks = [candidate.piece.ink.sum(dtype=float) for candidate in candidates]
    most = max(range(len(inks)), key=inks.__getitem__, default=None)
    return most if inks and 2 * inks[most] > sum(piece.ink.sum(dtype=float) for piece in pieces) else None


def _digit(probabilities, refused, image, box, line=0):
    return Digit(
        int(probabilities.argmax()), float(probabilities.max()), bool(refused), probabilities, box, image, line
    )


def _at_reading_size(ink):
    """Ink and its pieces, brought to the size at which digits are parted: finer writing only takes longer."""
    pieces = find_pieces(ink.strength)
    if not pieces or typical_height(pieces) <= READING_PX:
        return ink, pieces
    ink = ink.reduced(typical_height(pieces) / READING_PX)
    return ink, find_pieces(ink.strength)


def _placed(images, why):
    """The last step: what the network saw, digits side by side, ten in a row or more on a full page."""
    across = min(len(images), max(10, math.ceil(len(images) ** 0.5)))
    cells = np.stack([*images, *[np.zeros((28, 28), np.uint8)] * (-len(images) % across)])
    rows = cells.reshape(-1, across, 28, 28).swapaxes(1, 2)  # (rows, 28, columns, 28)
    return Step("what the network saw", shrink_for_display(rows.reshape(rows.shape[0] * 28, -1)), why)


def _model_path(path):
    if path is None:
        return SHIPPED
    path = Path(path)
    if path.is_dir():
        from core.runs.run import MODEL_FILE

        return path / MODEL_FILE
    return path


def model_card(path: Path) -> dict:
    """Return what the JSON file beside the model at `path` says of it; {} where there is none that can be read."""
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}


def _positive(value, default):
    return float(value) if isinstance(value, int | float) and value > 0 else default


def _traced(model, temperature, likeness):
    """The model as one concrete graph function, 0.2 ms a call, where model.predict takes 40.

    It gives (n, 10) probabilities and (n,) likeness or, without one, confidence.
    """
    import tensorflow as tf

    both = feature_model(model) if likeness else model

    @tf.function(input_signature=[tf.TensorSpec((None, 28, 28), tf.uint8)], autograph=False)
    def judged(images):
        seen = both(tf.cast(images, tf.float32) / 255.0, training=False)
        features, p = seen if likeness else (None, seen)
        p = p if temperature == 1 else tf.nn.softmax(tf.math.log(p + 1e-12) / temperature)
        confidence = tf.reduce_max(p, axis=1)
        return p, likeness.of(features, confidence) if likeness else confidence

    concrete = judged.get_concrete_function()
    return lambda images: [answer.numpy() for answer in concrete(tf.constant(images))]


def feature_model(model):
    """The model with two outputs: what its last layer sees, (n, d), and its probabilities (n, 10)."""
    from core.networks.builder import import_keras

    return import_keras().Model(model.inputs, [model.layers[-1].input, model.outputs[0]])
