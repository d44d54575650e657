"""Ink of digits on paper, from which the documents' ordinary pictures are drawn.

Ink is float32 (h, w), 1 where it is full; light is float32 (h, w) in greys, 0 to 255. A size is (height, width).
"""

import cv2
import numpy as np

from core.datasets.mnist import Images, load_mnist

_CLEAREST = 200  # of the test images of each digit, about a fifth
_INK_FROM = 60  # from which value on a pixel of MNIST is ink


class Writer:
    """The writer of all digits: takes the clearest of MNIST's test images in an order that the seed decides."""

    def __init__(self, seed: int) -> None:
        """Put the clearest images of each digit in the seed's order."""
        self.rng = np.random.default_rng(seed)
        clearest = _clearest_images(load_mnist().test)
        self._images = {str(label): iter(self.rng.permutation(images)) for label, images in enumerate(clearest)}

    def number(self, digits: int) -> str:
        """Return the text of a number at random."""
        return "".join(map(str, self.rng.integers(0, 10, digits)))

    def digit(self, label: str, height_px: int, thicker_px: int = 0) -> np.ndarray:
        """Return the ink of a digit, cropped to it; its strokes are so much thicker than MNIST's."""
        image = np.pad(cropped(next(self._images[label]), _INK_FROM), 2)
        scale = (height_px - thicker_px) / (image.shape[0] - 4)
        ink = cv2.resize(image / np.float32(255), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        ink = np.clip((cv2.GaussianBlur(ink, (0, 0), scale / 3) - 0.3) * 3, 0, 1)
        if thicker_px:
            pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thicker_px + 1, thicker_px + 1))
            ink = cv2.dilate(np.pad(ink, thicker_px), pen)
        return cropped(ink, 0.5)

    def row(self, text: str, height_px: int, thicker_px: int = 0) -> np.ndarray:
        """Return the ink of a number, its digits a third of their height apart."""
        return side_by_side([self.digit(label, height_px, thicker_px) for label in text], height_px // 3)

    def noise(self, shape: tuple[int, ...], deviation: float, size_px: float = 0) -> np.ndarray:
        """Return Gaussian noise of this deviation in greys, its grains about so large."""
        noise = self.rng.standard_normal(shape, np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), size_px) if size_px else noise
        return noise * np.float32(deviation / noise.std())


def _clearest_images(data: Images) -> list[np.ndarray]:
    """Return the images of each digit, (n, 28, 28) uint8, that are likest to its mean and least to another digit's."""
    pixels = data.images.reshape(len(data), -1) / np.linalg.norm(data.images, axis=(1, 2))[:, None]
    means = np.stack([pixels[data.labels == label].mean(axis=0) for label in range(10)])
    likeness = pixels @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T
    is_own = data.labels[:, None] == np.arange(10)
    margin = likeness[is_own] - np.where(is_own, -1, likeness).max(axis=1)
    order = np.argsort(-margin, kind="stable")
    return [data.images[order[data.labels[order] == label][:_CLEAREST]] for label in range(10)]


def cropped(ink: np.ndarray, threshold: float) -> np.ndarray:
    """Return ink cropped to where it is above a threshold."""
    rows, columns = np.nonzero(ink > threshold)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def side_by_side(digits: list[np.ndarray], gap_px: int) -> np.ndarray:
    """Return digits in a row, so far apart, each in the middle of the row's height."""
    height = max(len(ink) for ink in digits)
    placed = [centred(ink, (height, ink.shape[1] + gap_px)) for ink in digits]
    return np.concatenate(placed, axis=1)[:, gap_px // 2 : -(gap_px - gap_px // 2)]


def centred(ink: np.ndarray, size: tuple[int, int], below_px: int = 0, right_px: int = 0) -> np.ndarray:
    """Return ink in the middle of an area (h, w), or so much lower and farther right; what lies outside is cut off."""
    area = np.zeros((size[0] + 2 * ink.shape[0], size[1] + 2 * ink.shape[1]), np.float32)
    top, left = (area.shape[0] - ink.shape[0]) // 2 + below_px, (area.shape[1] - ink.shape[1]) // 2 + right_px
    area[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return area[ink.shape[0] : ink.shape[0] + size[0], ink.shape[1] : ink.shape[1] + size[1]]


def written(ink: np.ndarray, paper: np.ndarray | float = 236, pen: float = 50) -> np.ndarray:
    """Return the greys, float32 (h, w), of ink on paper."""
    return (paper * (1 - ink) + pen * ink).astype(np.float32)


def greys(light: np.ndarray) -> np.ndarray:
    """Return light as a picture, uint8 (h, w)."""
    return np.clip(light + 0.5, 0, 255).astype(np.uint8)


def soft_area(size: tuple[int, int], corners: list[tuple[float, float]], softness_px: float) -> np.ndarray:
    """Return a filled outline, float32 (h, w), its corners (x, y) given as shares of the size."""
    area = np.zeros(size, np.float32)
    cv2.fillPoly(area, [np.round(np.array(corners) * size[::-1]).astype(np.int32)], 1)
    return cv2.GaussianBlur(area, (0, 0), softness_px)


def lines(size: tuple[int, int], xs: range, ys: range, width_px: int) -> np.ndarray:
    """Return upright lines at xs and level lines at ys, each from the first to the last of the others."""
    lines = np.zeros(size, np.float32)
    for x in xs:
        cv2.line(lines, (x, ys[0] if ys else 0), (x, ys[-1] if ys else size[0]), 1, width_px)
    for y in ys:
        cv2.line(lines, (xs[0] if xs else 0, y), (xs[-1] if xs else size[1], y), 1, width_px)
    return lines


def tilted(area: np.ndarray, degrees: float) -> np.ndarray:
    """Return an area turned about its middle, anticlockwise."""
    h, w = area.shape
    return cv2.warpAffine(area, cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1), (w, h))
