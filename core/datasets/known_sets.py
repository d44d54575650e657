"""Published data sets that are known by their labels: the names of their classes, their origin, their licence."""

import hashlib
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class KnownSet:
    """A published data set; `class_names` for its labels in order."""

    name: str
    class_names: tuple[str, ...]
    source: str = ""
    licence: str = ""


_CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
_FASHION = KnownSet(
    "Fashion-MNIST", _CLOTHES, "Zalando Research: https://github.com/zalandoresearch/fashion-mnist", "MIT"
)
_KUZUSHIJI = KnownSet(
    "Kuzushiji-MNIST",
    ("お", "き", "す", "つ", "な", "は", "ま", "や", "れ", "を"),
    "CODH, ROIS-DS: Kuzushiji-MNIST, https://github.com/rois-codh/kmnist",
    "CC BY-SA 4.0",
)
_EMNIST_SOURCE = "Cohen, Afshar, Tapson, van Schaik: EMNIST, an extension of MNIST to handwritten letters (NIST)"
_UPPER, _DIGITS = tuple(string.ascii_uppercase), tuple(string.digits)
_MERGED = (*_DIGITS, *_UPPER, *"abdefghnqrt")
_EMNIST = {
    "letters": _UPPER,
    "balanced": _MERGED,
    "bymerge": _MERGED,
    "byclass": (*_DIGITS, *_UPPER, *string.ascii_lowercase),
    "digits": _DIGITS,
    "mnist": _DIGITS,
}
_BY_LABELS = {"657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7": _FASHION}
"""By the SHA-256 of the labels of the training part, uint8 in their order."""

_BY_NAME = (("fashion", _FASHION), ("kmnist", _KUZUSHIJI), ("kuzushiji", _KUZUSHIJI))


def find_known(labels: np.ndarray, num_classes: int, files: Iterable[str]) -> KnownSet | None:
    """Return the published set whose training part has these labels (n,), or whose name the files have; else None.

    It is only returned where it has as many classes.
    """
    names = [file.lower() for file in files]
    found = _BY_LABELS.get(hashlib.sha256(labels.astype(np.uint8).tobytes()).hexdigest())
    found = found or next((known for part, known in _BY_NAME if any(part in name for name in names)), None)
    found = found or next(filter(None, map(_emnist, names)), None)
    return found if found and len(found.class_names) == num_classes else None


def _emnist(file: str) -> KnownSet | None:
    match = re.search(r"emnist[-_](\w+?)[-_.]", file)
    kind = match[1] if match else ""
    names = _EMNIST.get(kind)
    return KnownSet(f"EMNIST {kind.title()}", names, _EMNIST_SOURCE) if names else None
