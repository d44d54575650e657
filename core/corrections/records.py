"""The records of corrections as typed values, and the limits on what one may hold."""

import time
from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np

from core.config.dataset_spec import DIGITS

MAX_LABEL = 40
MAX_TEXT = 300
MAX_PICTURE_BYTES = 256 * 1024
MAX_POINTS = 4000
"""Of a pen path that is kept; of a longer one only the picture is."""

Strokes = tuple[np.ndarray, ...]
"""Pen strokes, each (n, 2) float32, pixels, y downward."""

Classes = tuple[str, ...]
"""The names of all classes between which a network decides; corrections are of one such choice."""


class CorrectionError(RuntimeError):
    """Corrections that cannot be read or kept; the text is a sentence on what is wrong and what to do."""


class Source(StrEnum):
    """The way in which a corrected digit came; the values stand in the database."""

    DRAWN = "drawn"
    UPLOAD = "upload"
    PAGE_BOX = "page box"
    OWN_DIGIT = "own digit"
    QUEUE = "queue"


class Split(StrEnum):
    """The use of a correction: it is learned from, or kept out of learning to measure by."""

    LEARN = "learn"
    MEASURE = "measure"


@dataclass(frozen=True, eq=False)
class NewCorrection:
    """A digit, or one of other classes, with the label that a person gave it.

    `place` identifies the answer that was corrected: a second label for the same one replaces the first.
    Raises `CorrectionError` for what cannot be kept.
    """

    image: np.ndarray  # (28, 28) uint8, what the network saw
    label: str
    source: Source
    place: str
    model: str  # the id of the model that read it
    model_name: str
    answer: str  # what the model read; '' where it refused
    confidence: float  # of that, 0 to 1
    picture: bytes = b""  # the drawing or crop as a PNG; b"" where there is none
    strokes: Strokes = ()  # the pen path, where there is one
    created: float = field(default_factory=time.time)  # seconds since 1970
    classes: Classes = DIGITS  # of the model that read it

    def __post_init__(self) -> None:
        if self.image.shape != (28, 28) or self.image.dtype != np.uint8:
            raise CorrectionError(f"A corrected digit is {self.image.dtype} {self.image.shape}, not uint8 (28, 28).")
        if not self.label.strip() or not self.label.isprintable() or len(self.label) > MAX_LABEL:
            raise CorrectionError(f"The label is {self.label[:60]!r}; it must be 1 to {MAX_LABEL} printable letters.")
        if self.label not in self.classes:
            raise CorrectionError(f"The label is {self.label!r}; it must be one of {', '.join(self.classes)[:200]}.")
        if not self.place or max(map(len, (self.place, self.model, self.model_name, self.answer))) > MAX_TEXT:
            raise CorrectionError(f"A text of this correction is empty or longer than {MAX_TEXT} letters.")
        if not 0 <= self.confidence <= 1.001:
            raise CorrectionError(f"The confidence is {self.confidence}; it must lie between 0 and 1.")
        if len(self.picture) > MAX_PICTURE_BYTES:
            raise CorrectionError(
                f"The picture has {len(self.picture):,} bytes; at most {MAX_PICTURE_BYTES:,} are kept. Crop nearer."
            )


@dataclass(frozen=True, eq=False)
class Correction:
    """A correction as it is kept, without the large picture and the pen path, which are read when they are needed."""

    id: int
    label: str
    source: Source
    split: Split
    model: str
    model_name: str
    answer: str
    confidence: float
    created: float
    png: bytes  # what the network saw, 28×28, as a PNG

    @property
    def is_confirmation(self) -> bool:
        """Return whether the person said that the answer was right."""
        return self.label == self.answer


@dataclass(frozen=True, eq=False)
class Example:
    """A correction as learning needs it."""

    id: int
    label: str
    split: Split
    image: np.ndarray  # (28, 28) uint8 in MNIST form
    strokes: Strokes


@dataclass(frozen=True)
class Counts:
    """The numbers of corrections of one choice of classes: of each label and use, and of those that were deleted."""

    by_label: dict[str, int]
    by_split: dict[Split, int]
    deleted: int

    @property
    def total(self) -> int:
        """Return how many there are, without the deleted ones."""
        return sum(self.by_label.values())


def decode_image(png: bytes) -> np.ndarray:
    """Return a kept digit, (28, 28) uint8; raises `CorrectionError` where its bytes are damaged."""
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE) if png else None
    if image is None or image.shape != (28, 28):
        raise CorrectionError("A kept digit is damaged: its picture cannot be opened. Delete it on the Teach page.")
    return image
