"""What is done to training images so that a network meets more hands than MNIST's own."""

import cv2
import numpy as np

from core.datasets import synthetic_digits
from core.datasets.outliers import draw_outliers
from core.preprocessing.mnist_form import to_mnist_form

OUTLIER_LABEL = -1
"""The label of a mark that is no digit: the network is to give every digit a tenth."""

_MAX_ROTATION = np.deg2rad(12)
_MAX_SLANT = 0.25
_SCALES = (0.8, 1.15)
_MAX_STRETCH = 1.2
_MAX_SHIFT_PX = 2.0
_ZOOM = 2
"""Strokes are thickened and thinned at this many times MNIST's resolution, in steps of half a pixel."""

_SHARES = {"plain": 0.10, "gentle": 0.47, "wide": 0.20, "drawn": 0.15, "marks": 0.08}
"""What `widened` makes of a chunk's images."""
_SETTLED_SHARES = {"plain": 0.30, "gentle": 0.35, "wide": 0.15, "drawn": 0.12, "marks": 0.08}
"""The same once the network settles: near the end, more images stay as they are."""

_FINE = 3  # wide changes are made at this many times MNIST's resolution
_FINE_PX = 32 * _FINE
_KNOTS = 6  # control points of the elastic deformation, a side


def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return each image moved, turned, slanted, stretched, and its stroke thickened or thinned, by random amounts.

    `images` and the result are (n, 28, 28) uint8. The same generator state gives the same result.
    """
    matrices = _affine_matrices(len(images), rng)
    strokes = rng.integers(-1, 3, len(images))  # half pixels added to the stroke's width
    augmented = np.empty_like(images)
    for index, image in enumerate(images):
        augmented[index] = _warp(image, matrices[index], strokes[index])
    return augmented


def _affine_matrices(n, rng):
    """Return (n, 2, 3) maps from a 28×28 image to a field `_ZOOM` times as large, about the centre."""
    angle, slant = rng.uniform(-_MAX_ROTATION, _MAX_ROTATION, n), rng.uniform(-_MAX_SLANT, _MAX_SLANT, n)
    stretch = np.exp(rng.uniform(-1, 1, n) * np.log(_MAX_STRETCH) / 2)
    scale = rng.uniform(*_SCALES, n)
    shift = rng.uniform(-_MAX_SHIFT_PX, _MAX_SHIFT_PX, (n, 2))
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(n, 2, 2)
    lean = np.zeros((n, 2, 2))
    lean[:, 0, 0], lean[:, 1, 1], lean[:, 0, 1] = scale * stretch, scale / stretch, slant
    linear = turn @ lean * _ZOOM  # (n, 2, 2)
    centre = np.full(2, 13.5)
    offset = (centre + shift) * _ZOOM + (_ZOOM - 1) / 2 - linear @ centre  # (n, 2)
    return np.concatenate([linear, offset[:, :, None]], axis=2)


def _warp(image, matrix, stroke):
    size = 28 * _ZOOM
    large = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR)
    if stroke > 0:
        large = cv2.dilate(large, np.ones((stroke + 1, stroke + 1), np.uint8))
    elif stroke < 0:
        large = cv2.erode(large, np.ones((2, 2), np.uint8))
    return cv2.resize(large, (28, 28), interpolation=cv2.INTER_AREA)


def augment_strongly(
    images: np.ndarray, labels: np.ndarray, rng: np.random.Generator, settling: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the images and labels that the reader is trained on in place of these, in number and order the same.

    `images` (n, 28, 28) uint8, `labels` (n,) integers. Some images stay as they are, some are bent a little, some a
    lot (stroke, aspect, slant, resolution, noise, then MNIST form again, as the reading side does); some are replaced
    by the same digit drawn along a pen path, and some by a mark that is no digit, whose label becomes `NO_DIGIT`. The
    same generator state gives the same result.

    `settling`: the last epochs, in which more images stay as they are, so that the network ends at home in the
    pictures it is tested on (compare Touvron et al., 2019, "Fixing the train-test resolution discrepancy").
    """
    shares = _SETTLED_SHARES if settling else _SHARES
    kinds = rng.choice(len(shares), len(images), p=list(shares.values()))
    gentle, wide, drawn, marks = (np.flatnonzero(kinds == kind) for kind in range(1, len(shares)))
    images, labels = images.copy(), labels.copy()
    images[gentle] = _gently(images[gentle], rng)
    images[wide] = _in_mnist_form(_widely(images[wide], rng), rng)
    images[drawn] = _in_mnist_form(synthetic_digits.draw_digits(labels[drawn], rng), rng)
    images[marks], labels[marks] = make_outliers(images[marks], labels[marks], rng), OUTLIER_LABEL
    return images, labels


def make_outliers(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a mark of no digit in place of each of the images (n, 28, 28) uint8, in MNIST form, the same shape."""
    return _in_mnist_form(draw_outliers(images, labels, rng), rng)


def _gently(images, rng):
    """Images (n, 28, 28) as another American might have written them: a small turn, shift and bend."""
    n = len(images)
    knots = _bent_knots(n, 14, rng, turn=0.13, slant=0.15, stretch=1.15, bend_px=0.7)
    knots *= rng.uniform(0.9, 1.12, (n, 1, 1, 1)).astype(np.float32)
    knots += 13.5 + rng.uniform(-1.5, 1.5, (n, 2, 1, 1)).astype(np.float32)
    between = _interpolation(28)
    bent = np.empty_like(images)
    for index, image in enumerate(images):
        bent[index] = cv2.remap(image, *(between @ knots[index] @ between.T), cv2.INTER_LINEAR)
    return bent


def _widely(images, rng):
    """Images (n, 28, 28) as other pens and hands might have written them: a list of n (96, 96) uint8."""
    knots = _bent_knots(len(images), 16, rng, turn=0.2, slant=0.3, stretch=1.3, bend_px=0.9)
    knots = 2 * knots + np.float32(27.5)  # in the image at twice its size
    between = _interpolation(_FINE_PX)
    strokes = rng.integers(-2, 6, len(images))
    fine = []
    for image, each, stroke in zip(images, knots, strokes, strict=True):
        smooth = cv2.resize(image, (56, 56), interpolation=cv2.INTER_CUBIC)
        large = cv2.remap(smooth, *(between @ each @ between.T), cv2.INTER_LINEAR)
        fine.append(_thickened(large, stroke))
    return fine


def _thickened(large, stroke):
    """The drawing with its stroke `stroke` fine pixels wider on average; as it is where thinning would break it."""
    if stroke > 0:
        return cv2.dilate(large, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (stroke + 1, stroke + 1)))
    if stroke < 0:
        thin = cv2.erode(large, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (1 - stroke, 1 - stroke)))
        if int(thin.sum(dtype=np.int64)) * 2 > int(large.sum(dtype=np.int64)):
            return thin
    return large


def _bent_knots(n, reach, rng, turn, slant, stretch, bend_px):
    """Return (n, 2, 6, 6) float32: where in a 28×28 image, from its middle, a grid of control points is taken from.

    The grid, `reach` pixels to either side, is turned, slanted, stretched, and each point of it shaken: x, then y.
    """
    side = np.linspace(-reach, reach, _KNOTS)
    grid = np.stack(np.meshgrid(side, side)).reshape(2, -1)
    angle, lean = rng.uniform(-turn, turn, n), rng.uniform(-slant, slant, n)
    wide = np.exp(rng.uniform(-1, 1, n) * np.log(stretch) / 2)
    rotation = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(n, 2, 2)
    shape = np.zeros((n, 2, 2))
    shape[:, 0, 0], shape[:, 1, 1], shape[:, 0, 1] = wide, 1 / wide, lean
    moved = shape @ rotation @ grid + rng.normal(0, bend_px, (n, 2, _KNOTS**2))
    return moved.reshape(n, 2, _KNOTS, _KNOTS).astype(np.float32)


def _interpolation(size):
    """(size, knots) float32: weights of a cubic through the knots at each pixel of a line."""
    return cv2.resize(np.eye(_KNOTS, dtype=np.float32), (_KNOTS, size), interpolation=cv2.INTER_CUBIC)


def _in_mnist_form(drawings, rng):
    """Drawings, each (h, w) uint8, roughened as cameras, scanners and small bitmaps do, in MNIST form: (n, 28, 28)."""
    n = len(drawings)
    formed = np.zeros((n, 28, 28), np.uint8)
    ways = rng.random((n, 4))
    for index, drawing in enumerate(drawings):
        formed[index] = to_mnist_form(_roughened(drawing, ways[index], rng))
    return _nudged(formed, rng)


def _roughened(drawing, ways, rng):
    """The drawing stretched, blurred, made coarse or ragged, each now and then as `ways` (4,) in [0, 1) say."""
    whole = drawing
    if ways[0] < 0.3:  # a bitmap whose aspect was not kept
        stretch = np.exp((ways[0] / 0.3 - 0.5) * 2 * np.log(1.6))
        drawing = cv2.resize(drawing, None, fx=stretch, fy=1, interpolation=cv2.INTER_AREA)
    if ways[1] < 0.15:  # ragged edges
        noise = rng.integers(0, 256, (drawing.shape[0] // 3, drawing.shape[1] // 3), np.uint8)
        noise = cv2.resize(noise, drawing.shape[::-1], interpolation=cv2.INTER_LINEAR)
        soft = cv2.blur(drawing, (5, 5))
        drawing = ((soft > 70 + noise * np.float32(0.45)) * np.uint8(255)).astype(np.uint8)
    elif ways[1] < 0.25:  # few pixels, each black or white
        step = 3.0 + 12 * (ways[1] - 0.15)
        size = max(1, round(drawing.shape[1] / step)), max(1, round(drawing.shape[0] / step))
        small = cv2.resize(drawing, size, interpolation=cv2.INTER_AREA)
        drawing = ((small > 90) * np.uint8(255)).repeat(4, axis=0).repeat(4, axis=1)
    if ways[2] < 0.25:
        drawing = cv2.GaussianBlur(drawing, (0, 0), 0.8 + 5 * ways[2])
    if ways[3] < 0.25:  # a faint or a saturated pen
        drawing = cv2.convertScaleAbs(drawing, alpha=0.65 + 4 * ways[3])
    return drawing if drawing.max() > 40 else whole


def _nudged(images, rng):
    """Images (n, 28, 28), half of them moved and scaled a little: the box a person's specks and shadows leave."""
    n = len(images)
    scale, shift = rng.uniform(0.93, 1.06, n), rng.uniform(-1.3, 1.3, (n, 2))
    for index in np.flatnonzero(rng.random(n) < 0.5):
        offset = 13.5 * (1 - scale[index]) + shift[index]
        matrix = np.array([[scale[index], 0, offset[0]], [0, scale[index], offset[1]]])
        images[index] = cv2.warpAffine(images[index], matrix, (28, 28), flags=cv2.INTER_LINEAR)
    return images
