"""Changes of the answer: the one stroke that matters most, and the fewest strokes to another digit.

Strokes are tried and read, not computed from gradients: what is found looks as a pen makes it, and is sure to have its
effect.
"""

import time
from dataclasses import dataclass

import numpy as np

from core.explanation.network import ExplainedNetwork
from core.explanation.pen_changes import pen_changes

TRIED = 120  # strokes that are read in each round, of those that the gradient speaks for most
MAX_STROKES = 4
MAX_BRANCHES = 2  # images that the search goes on with
MAX_SEARCH_S = 1.0
_MIN_RANKED = 1e-9  # the reader's probabilities order images down to here; below, they may all be one number


@dataclass(frozen=True, eq=False)
class Change:
    """A change of an image and what the reader says to it.

    `before` and `after` are (28, 28) uint8 in MNIST form, the probabilities (classes,) float32.
    """

    before: np.ndarray
    after: np.ndarray
    probabilities_before: np.ndarray
    probabilities_after: np.ndarray
    is_refused: bool  # after the change: it does not look like a digit

    @classmethod
    def read(cls, network: ExplainedNetwork, before: np.ndarray, after: np.ndarray) -> "Change":
        """Return the change with both images, (28, 28) uint8, read by the network."""
        found = network.reader.predict_with_outlier_score(np.stack([before, after]))
        return cls(before, after, found.probabilities[0], found.probabilities[1], bool(found.refused[1]))

    @property
    def difference(self) -> np.ndarray:
        """Return the ink that was added, positive, and erased, negative: (28, 28) float32 in [-1, 1]."""
        return (self.after.astype(np.float32) - self.before) / 255

    @property
    def adds(self) -> bool:
        """Return whether more ink was added than erased."""
        return bool(self.difference.sum() > 0)


def strongest_stroke(network: ExplainedNetwork, image: np.ndarray, answer: int, other: int) -> Change | None:
    """Return the one stroke, added or erased, that makes `other` likeliest at the cost of `answer`.

    One that the reader refuses counts only where all are refused. image: (28, 28) uint8 in MNIST form. Returns None
    where no stroke makes `answer` less likely against `other`.
    """
    images = np.concatenate([image[None], _promising(network, _to_pixels(image), answer, other)])
    found = network.reader.predict_with_outlier_score(images)
    log_probabilities = np.log(found.probabilities[:, [answer, other]] + np.finfo(np.float32).tiny)
    if found.probabilities[0, [answer, other]].min() < _MIN_RANKED:
        log_probabilities = network.log_probabilities(_to_pixels(images))[:, [answer, other]]
    log_odds = log_probabilities[:, 0] - log_probabilities[:, 1]
    falls = log_odds[0] - log_odds
    kept = np.flatnonzero((falls > 0) & ~found.refused)
    kept = kept if len(kept) else np.flatnonzero(falls > 0)
    return Change.read(network, image, images[kept[log_probabilities[kept, 1].argmax()]]) if len(kept) else None


def smallest_change(
    network: ExplainedNetwork, image: np.ndarray, target: int, max_s: float = MAX_SEARCH_S
) -> Change | None:
    """Return a small change that has an image, (28, 28) uint8 in MNIST form, read as `target`.

    It is at most `MAX_STROKES` strokes, found one after the other. Among those that are enough, the least ink is
    changed. The reader then gives `target` more than half of the probability, and does not refuse the image. Returns
    None where there are no such strokes. Raises `TimeoutError` where none were found within `max_s` seconds; single
    strokes are tried in any case.
    """
    fronts, begin = image[None], time.monotonic()
    for number in range(MAX_STROKES):
        elapsed_s = time.monotonic() - begin
        if number and elapsed_s * (number + 1) / number > max_s:  # one more round takes as long as those before it
            raise TimeoutError
        images = np.concatenate([_with_one_stroke(network, each, target) for each in fronts])
        if not len(images):
            return None
        sizes = np.abs(images.astype(np.float32) - image).sum(axis=(1, 2)) / 255
        found = network.reader.predict_with_outlier_score(images)
        is_enough = (found.probabilities[:, target] > 0.5) & ~found.refused
        if is_enough.any():
            after = images[np.flatnonzero(is_enough)[sizes[is_enough].argmin()]]
            return Change.read(network, image, after)
        fronts = images[np.argsort(-_likely(network, images, found.probabilities[:, target], target))[:MAX_BRANCHES]]
    return None


def _likely(network: ExplainedNetwork, images: np.ndarray, probabilities: np.ndarray, target: int) -> np.ndarray:
    """Return numbers, (n,), that order images as the probabilities, (n,), of `target` do."""
    if np.sort(probabilities)[-MAX_BRANCHES:].min() >= _MIN_RANKED:
        return probabilities
    return network.log_probabilities(_to_pixels(images))[:, target]


def _with_one_stroke(network: ExplainedNetwork, image: np.ndarray, target: int) -> np.ndarray:
    """Return an image (28, 28) uint8 with one stroke more, (n, 28, 28): those that bring it closest to `target`."""
    pixels = _to_pixels(image)
    now = network.log_probabilities(pixels[None])[0]
    rival = int(np.argmax(np.where(np.arange(len(now)) == target, -np.inf, now)))
    return _promising(network, pixels, rival, target)


def _promising(network: ExplainedNetwork, pixels: np.ndarray, answer: int, other: int) -> np.ndarray:
    """Return pixels (28, 28) with one stroke each, (n, 28, 28) uint8, n at most `TRIED`.

    They are the strokes from which the gradient promises most for `other` against `answer`: half of them add ink.
    """
    changes = pen_changes(pixels)
    gradient = network.gradients(pixels[None], answer, other)[0]
    promised = -np.tensordot(changes.images - pixels, gradient, 2)
    kinds = [np.flatnonzero(which) for which in (changes.adds, ~changes.adds)]
    kept = [kind[np.argsort(-promised[kind])[: TRIED // 2]] for kind in kinds]
    return np.round(changes.images[np.concatenate(kept)] * 255).astype(np.uint8)


def _to_pixels(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / 255
