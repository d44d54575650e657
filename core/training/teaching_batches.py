"""The batches of a run that learns from corrections: copies of what was corrected, and replayed training images."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from core.config.dataset_spec import ImageForm
from core.config.train_config import TrainConfig
from core.corrections.freezing import FrozenCorrections
from core.datasets.augmentation import augment_for, shift
from core.datasets.correction_augmentation import augment_corrections
from core.datasets.mnist import Images
from core.datasets.strong_augmentation import augment_strongly, deform_gently

OWN_IMAGES = 16
"""Copies of corrected images in a batch; the other images are replayed."""

_COPIES_STREAM = 2**32
"""The stream of random numbers of copies that are in no batch; those of the batches are counted from 0."""


@dataclass(frozen=True, eq=False)
class TeachingBatch:
    """One batch: copies of corrected images with their labels, and images from the network's own training."""

    own_images: np.ndarray  # (k, 28, 28) uint8
    own_labels: np.ndarray  # (k,) int32
    replayed: np.ndarray  # (m, 28, 28) uint8; the network is to answer them as before


class TeachingBatches:
    """The batches of a run. What one holds depends only on the run's seed and the batch's number."""

    def __init__(self, corrections: FrozenCorrections, train: Images, config: TrainConfig) -> None:
        self._corrections, self._train, self._config = corrections, train, config
        self._learned = corrections.learned

    def from_step(self, first: int, steps: int) -> Iterator[TeachingBatch]:
        """Yield the batches of steps `first` to `steps` - 1, each made while the one before is used."""
        with ThreadPoolExecutor(1, "batches") as thread:
            upcoming = thread.submit(self.make, first) if first < steps else None
            for step in range(first + 1, steps + 1):
                assert upcoming is not None, "it was begun with the batch before"
                batch = upcoming.result()
                upcoming = thread.submit(self.make, step) if step < steps else None
                yield batch

    def make(self, step: int) -> TeachingBatch:
        """Return the batch of a step, counted from 0."""
        rng = np.random.default_rng([self._config.seed, step])
        chosen = rng.choice(self._learned, OWN_IMAGES)
        own = self._copies(chosen, rng)
        count = self._config.batch_size - OWN_IMAGES
        replayed = rng.choice(len(self._train), count, replace=len(self._train) < count)
        images = self._augmented(self._train.images[replayed], self._train.labels[replayed], rng)
        return TeachingBatch(own, self._corrections.labels[chosen].astype(np.int32), images)

    def own_copies(self, count: int) -> Images:
        """Return copies of the corrected images, each of them equally often, other ones than any batch holds.

        The second half of them are bent gently, as the person's others differ.
        """
        rng, chosen = np.random.default_rng([self._config.seed, _COPIES_STREAM]), np.resize(self._learned, count)
        copies = self._copies(chosen, rng)
        if not self._is_plain:
            copies[count // 2 :] = deform_gently(self._corrections.images[chosen[count // 2 :]], rng)
        return Images(copies, self._corrections.labels[chosen])

    @property
    def _is_plain(self) -> bool:
        return self._config.dataset.form is ImageForm.PLAIN

    def _copies(self, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return a changed copy of each chosen correction, (n, 28, 28) uint8; what is no stroke is only shifted."""
        if self._is_plain:
            return shift(self._corrections.images[chosen], rng)
        return augment_corrections(self._corrections.images, self._corrections.strokes, chosen, rng)

    def _augmented(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return training images as the network's own recipe augments them, outliers among them where it does."""
        if self._config.other_hands:
            return augment_strongly(images, labels.astype(np.int32), rng)[0]
        return augment_for(self._config.dataset, images, rng) if self._config.augmentation else images
