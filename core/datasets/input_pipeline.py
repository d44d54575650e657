"""The training images in the order of training, augmented, in chunks of which each is made ahead of its use."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.config.train_config import TrainConfig
from core.datasets.augmentation import augment_for
from core.datasets.mnist import Images
from core.datasets.strong_augmentation import augment_strongly

if TYPE_CHECKING:
    import tensorflow as tf

_CHUNK_IMAGES = 16384
_POLL_S = 0.1
_SETTLING_FROM = 0.8  # of the epochs: after it, strong augmentation is reduced


@dataclass(frozen=True)
class Chunk:
    """Whole mini-batches of one epoch, as tensors: `images` (n, 28, 28) uint8, `labels` (n,) int32.

    `epoch` counts from 0; `first` is the position of its first image in the epoch. `ends_epoch` says that it is the
    epoch's last.
    """

    epoch: int
    first: int
    images: "tf.Tensor"
    labels: "tf.Tensor"
    ends_epoch: bool


def training_chunks(
    data: Images, config: TrainConfig, first_epoch: int, epochs: Callable[[], int], poll: Callable[[], object]
) -> Iterator[Chunk]:
    """Yield every chunk from the start of `first_epoch` to the end of the last.

    `epochs()` returns the number of epochs; it is called again at the end of each. `poll()` is called ten times a
    second while the next chunk is not ready, and ends the waiting by raising. What a chunk holds depends only on the
    seed and its position.
    """
    size = max(1, _CHUNK_IMAGES // config.batch_size) * config.batch_size
    thread = ThreadPoolExecutor(1, "chunks")
    try:
        upcoming, position = None, (first_epoch, 0)
        while position[0] < epochs():
            upcoming = upcoming or thread.submit(_make_chunk, data, config, *position, size)
            while not wait([upcoming], _POLL_S).done:
                poll()
            chunk = upcoming.result()
            position = (chunk.epoch + 1, 0) if chunk.ends_epoch else (chunk.epoch, chunk.first + size)
            upcoming = thread.submit(_make_chunk, data, config, *position, size) if position[0] < epochs() else None
            yield chunk
    finally:
        thread.shutdown(wait=False)  # a stop does not wait for a chunk that is not used


def _make_chunk(data: Images, config: TrainConfig, epoch: int, first: int, size: int) -> Chunk:
    import tensorflow as tf

    order = np.random.default_rng([config.seed, epoch]).permutation(len(data))
    chosen = order[first : first + size]
    images, labels = data.images[chosen], data.labels[chosen].astype(np.int32)  # (n, 28, 28), (n,)
    rng = np.random.default_rng([config.seed, epoch, first + 1])
    if config.other_hands:
        is_settling = epoch >= _SETTLING_FROM * config.epochs
        images, labels = augment_strongly(images, labels, rng, settling=is_settling)
    elif config.augmentation:
        images = augment_for(config.dataset, images, rng)
    return Chunk(epoch, first, tf.constant(images), tf.constant(labels), first + size >= len(data))
