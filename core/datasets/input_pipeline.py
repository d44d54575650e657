"""The training images in the order of training, augmented, a chunk at a time and each made ahead of its need."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from core.config.train_config import TrainConfig
from core.datasets.augmentation import augment, augment_strongly
from core.datasets.mnist import Images

_CHUNK_IMAGES = 16384
_LOOK_S = 0.1
_SETTLING = 0.8  # of the epochs, after which other hands become fewer


@dataclass(frozen=True)
class Chunk:
    """Whole mini-batches of one epoch, as tensors: `images` (n, 28, 28) uint8, `labels` (n,) int32.

    `epoch` counts from 0; `first` is the place of its first image in the epoch. `ends_epoch` says that it is the last.
    """

    epoch: int
    first: int
    images: object
    labels: object
    ends_epoch: bool


def training_chunks(
    data: Images, config: TrainConfig, first_epoch: int, epochs: Callable[[], int], look: Callable[[], None]
) -> Iterator[Chunk]:
    """Yield every chunk from the start of `first_epoch` to the end of the last.

    `epochs()` says how many epochs there are; it is asked again whenever one is over. `look()` is called ten times a
    second while a chunk is waited for, and ends that by raising. What a chunk holds depends on the seed and its place
    alone.
    """
    size = max(1, _CHUNK_IMAGES // config.batch_size) * config.batch_size
    thread = ThreadPoolExecutor(1, "chunks")
    try:
        upcoming, place = None, (first_epoch, 0)
        while place[0] < epochs():
            upcoming = upcoming or thread.submit(_make, data, config, *place, size)
            while not wait([upcoming], _LOOK_S).done:
                look()
            chunk = upcoming.result()
            place = (chunk.epoch + 1, 0) if chunk.ends_epoch else (chunk.epoch, chunk.first + size)
            upcoming = thread.submit(_make, data, config, *place, size) if place[0] < epochs() else None
            yield chunk
    finally:
        thread.shutdown(wait=False)  # who stops does not wait for a chunk that nobody will take


def _make(data, config, epoch, start, size):
    import tensorflow as tf

    order = np.random.default_rng([config.seed, epoch]).permutation(len(data))
    chosen = order[start : start + size]
    images, labels = data.images[chosen], data.labels[chosen].astype(np.int32)  # (n, 28, 28), (n,)
    rng = np.random.default_rng([config.seed, epoch, start + 1])
    if config.other_hands:
        images, labels = augment_strongly(images, labels, rng, settling=epoch >= _SETTLING * config.epochs)
    elif config.augmentation:
        images = augment(images, rng)
    return Chunk(epoch, start, tf.constant(images), tf.constant(labels), start + size >= len(data))
