"""The augmentation of `core.datasets` in NumPy alone: a script for use elsewhere takes the source of its functions."""

from collections.abc import Callable

import numpy as np


def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return each image (n, 28, 28) shifted, turned, stretched, slanted, its stroke thicker or thinner, at random."""
    n = len(images)
    angle, slant = rng.uniform(-np.deg2rad(12), np.deg2rad(12), n), rng.uniform(-0.25, 0.25, n)
    stretch = np.exp(rng.uniform(-1, 1, n) * np.log(1.2) / 2)
    size = rng.uniform(0.8, 1.15, n)
    shift = rng.uniform(-2, 2, (n, 2, 1))
    thickness = rng.integers(-1, 3, n)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    slanted = np.array([[size * stretch, slant], [np.zeros(n), size / stretch]])
    matrices = np.linalg.inv(turned.transpose(2, 0, 1) @ slanted.transpose(2, 0, 1))

    # Each new image is made at twice the size, every pixel taken from a place in the old one, then reduced.
    side = np.arange(56) / 2 - 13.75
    pixels = np.stack(np.meshgrid(side, side)).reshape(2, -1)
    large = interpolate(images, matrices @ (pixels - shift) + 13.5).reshape(n, 56, 56)
    large[thickness < 0] = spread(large[thickness < 0], np.minimum)
    large[thickness > 0] = spread(large[thickness > 0], np.maximum)
    large[thickness > 1] = spread(large[thickness > 1][:, ::-1, ::-1], np.maximum)[:, ::-1, ::-1]
    return large.reshape(n, 28, 2, 28, 2).mean(axis=(2, 4))


def interpolate(images: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the images' values, 0 outside, at places (n, 2, k), x and y, between their pixels: (n, k)."""
    padded = np.pad(images, [(0, 0), (1, 1), (1, 1)]).astype("float32").reshape(len(images), -1)
    x, y = np.clip(places.astype("float32").transpose(1, 0, 2) + 1, 0, 28.999)
    left, top = x.astype(int), y.astype(int)
    x, y = x - left, y - top
    corner = 30 * top + left
    upper, upper_right, lower, lower_right = (
        np.take_along_axis(padded, corner + offset, axis=1) for offset in (0, 1, 30, 31)
    )
    return (1 - y) * ((1 - x) * upper + x * upper_right) + y * ((1 - x) * lower + x * lower_right)


def spread(large: np.ndarray, choose: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the maximum, or minimum, of each pixel and its neighbours to the left and above."""
    large = np.concatenate([large[:, :1], choose(large[:, 1:], large[:, :-1])], axis=1)
    return np.concatenate([large[:, :, :1], choose(large[:, :, 1:], large[:, :, :-1])], axis=2)
