"""Images and labels: MNIST, augmentation, synthetic digits, outliers, the probe digits and the input pipeline."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.datasets.augmentation_preview import preview_augmentation
    from core.datasets.mnist import (
        DatasetError,
        Images,
        Split,
        data_checksum,
        load_arrays,
        load_mnist,
    )
    from core.datasets.probe_digits import ProbeDigits
    from core.datasets.split import count_training_images, images_for_test, split_for, subsample_and_corrupt_labels

__all__ = [
    "DatasetError",
    "Images",
    "ProbeDigits",
    "Split",
    "count_training_images",
    "data_checksum",
    "images_for_test",
    "load_arrays",
    "load_mnist",
    "preview_augmentation",
    "split_for",
    "subsample_and_corrupt_labels",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
