"""The four IDX files of Fashion-MNIST: those of Debian's package, or, where it is not installed, some that stand in."""

from pathlib import Path

import cv2
import numpy as np

from tests.support.dataset_files import idx_files

NAMES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]

_PACKAGE = Path("/usr/share/datasets/fashion-mnist")  # of dataset-fashion-mnist, 30 MB
_STAND_INS = 1200


def fashion_files(folder: Path) -> list[Path]:
    """Return the paths of the four files; stand-ins, filled shapes whose names say what they are, lie in `folder`."""
    if _PACKAGE.is_dir():
        return sorted(_PACKAGE.iterdir())
    for name, data in idx_files(*_filled_shapes(_STAND_INS), tests=_STAND_INS // 6):
        (folder / f"fashion-mnist-{name}").write_bytes(data)
    return sorted(folder.iterdir())


def _filled_shapes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (count, 28, 28) uint8 polygons, of 3 to 12 corners by their class, and their labels (count,) uint8."""
    rng, labels = np.random.default_rng(0), (np.arange(count) % len(NAMES)).astype(np.uint8)
    images = np.zeros((count, 28, 28), np.uint8)
    for image, label in zip(images, labels.tolist(), strict=True):
        angles = np.linspace(0, 2 * np.pi, label + 3, endpoint=False) + rng.normal(0, 0.1)
        corners = 14 + rng.uniform(9, 13) * np.column_stack([np.cos(angles), np.sin(angles)])
        cv2.fillPoly(image, [corners.astype(np.int32)], int(rng.integers(120, 256)))
    return images, labels
