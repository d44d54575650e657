"""Images and labels: MNIST, augmentation, synthetic digits, outliers, the probe digits and the input pipeline."""

from core.datasets.augmentation_preview import preview_augmentation
from core.datasets.mnist import (
    DatasetError,
    Images,
    Mnist,
    count_training_images,
    data_checksum,
    load_arrays,
    load_mnist,
    subsample_and_corrupt_labels,
)
from core.datasets.probe_digits import ProbeDigits

__all__ = [
    "DatasetError",
    "Images",
    "Mnist",
    "ProbeDigits",
    "count_training_images",
    "data_checksum",
    "load_arrays",
    "load_mnist",
    "preview_augmentation",
    "subsample_and_corrupt_labels",
]
