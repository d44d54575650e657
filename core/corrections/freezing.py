"""Corrections as arrays, as a run keeps those of the moment when it was filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.config.dataset_spec import DIGITS
from core.corrections.records import Classes, CorrectionError, Example, Split, Strokes

MAX_LEARNED = 5000
"""How many corrections a run learns from; of more, the newest."""

_SHAPES = {
    "images": ((None, 28, 28), np.uint8),
    "labels": ((None,), np.uint8),
    "kept_out": ((None,), np.bool_),
    "points": ((None, 2), np.float32),
    "stroke_ends": ((None,), np.int64),
    "stroke_digits": ((None,), np.int64),
}


@dataclass(frozen=True, eq=False)
class FrozenCorrections:
    """The corrections of a run: n images, of which some are kept out of learning."""

    images: np.ndarray  # (n, 28, 28) uint8
    labels: np.ndarray  # (n,) uint8, from 0 on
    kept_out: np.ndarray  # (n,) bool
    strokes: tuple[Strokes, ...]  # n pen paths, () where there is none

    @property
    def learned(self) -> np.ndarray:
        """Return the indexes of those that are learned from, (k,) int64."""
        return np.flatnonzero(~self.kept_out)


def freeze(examples: Sequence[Example], classes: Classes = DIGITS) -> dict[str, np.ndarray]:
    """Return the corrections that have one of the classes as arrays by name.

    Raises `CorrectionError` where none can be learned.
    """
    digits = [each for each in examples if each.label in classes][-MAX_LEARNED:]
    if all(each.split is Split.MEASURE for each in digits):
        what = "no digit" if classes == DIGITS else f"none of {', '.join(classes)[:200]}"
        raise CorrectionError(f"There is nothing to learn from yet: {what} was corrected or confirmed.")
    strokes = [(number, stroke) for number, each in enumerate(digits) for stroke in each.strokes]
    return {
        "images": np.stack([each.image for each in digits]),
        "labels": np.array([classes.index(each.label) for each in digits], np.uint8),
        "kept_out": np.array([each.split is Split.MEASURE for each in digits]),
        "points": np.concatenate([np.zeros((0, 2), np.float32), *(stroke for _, stroke in strokes)]),
        "stroke_ends": np.cumsum([len(stroke) for _, stroke in strokes], dtype=np.int64),
        "stroke_digits": np.array([number for number, _ in strokes], np.int64),
    }


def thaw(arrays: Mapping[str, np.ndarray], num_classes: int = len(DIGITS)) -> FrozenCorrections:
    """Return the corrections that `freeze` made arrays of; raises `CorrectionError` where they do not fit together."""
    if not _fit(arrays, num_classes):
        raise CorrectionError("The corrections in this run's folder are damaged. Start to learn anew.")
    strokes: list[list[np.ndarray]] = [[] for _ in arrays["labels"]]
    parts = np.split(arrays["points"], arrays["stroke_ends"][:-1])
    for number, stroke in zip(arrays["stroke_digits"].tolist(), parts, strict=False):
        strokes[number].append(stroke)
    return FrozenCorrections(arrays["images"], arrays["labels"], arrays["kept_out"], tuple(map(tuple, strokes)))


def _fit(arrays: Mapping[str, np.ndarray], num_classes: int) -> bool:
    for name, (shape, dtype) in _SHAPES.items():
        if name not in arrays or arrays[name].dtype != dtype or arrays[name].ndim != len(shape):
            return False
        if any(size not in (None, found) for size, found in zip(shape, arrays[name].shape, strict=True)):
            return False
    n, ends, digits = len(arrays["labels"]), arrays["stroke_ends"], arrays["stroke_digits"]
    lengths = np.diff(ends, prepend=0)
    return bool(
        n
        and len(arrays["images"]) == len(arrays["kept_out"]) == n
        and arrays["labels"].max() < num_classes
        and not arrays["kept_out"].all()
        and len(ends) == len(digits)
        and (not len(ends) or (lengths.min() > 0 and ends[-1] == len(arrays["points"])))
        and (not len(digits) or (digits.min() >= 0 and digits.max() < n))
    )
