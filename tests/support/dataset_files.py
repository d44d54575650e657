"""Small data sets as the files in which people have them."""

import csv
import gzip
import io
import struct
import zipfile

import cv2
import numpy as np


def letter_images(count, letters="ABC", seed=0):
    """Images of letters in 28×28, light strokes on black, and their labels: (count, 28, 28) uint8, (count,)."""
    rng = np.random.default_rng(seed)
    images = np.zeros((count, 28, 28), np.uint8)
    labels = (np.arange(count) % len(letters)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        drawn = cv2.putText(np.zeros((28, 28), np.uint8), letters[label], (6, 21), 0, 0.75, 255, 2, cv2.LINE_AA)
        moved = np.array([[1 + rng.normal() / 20, rng.normal() / 10, rng.normal()], [0, 1, rng.normal()]])
        image[:] = cv2.warpAffine(drawn, moved, (28, 28))
    return images, labels


def idx_bytes(array, shape=None):
    """An IDX file of bytes; `shape` is what its header says, the array's own where none is given."""
    shape = array.shape if shape is None else shape
    return struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape) + array.tobytes()


def idx_files(images, labels, name="train", packed=True, tests=0):
    """The files of an IDX pair; with `tests`, so many of the images are the test part, a second pair."""
    files = {}
    cut = len(images) - tests
    for part, chosen in ((name, slice(0, cut)), ("t10k", slice(cut, None))):
        if part == name or tests:
            files[f"{part}-images-idx3-ubyte"] = idx_bytes(images[chosen])
            files[f"{part}-labels-idx1-ubyte"] = idx_bytes(labels[chosen])
    return [(f"{key}.gz", gzip.compress(data)) if packed else (key, data) for key, data in files.items()]


def npz_bytes(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def npy_bytes(array, allow_pickle=False):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


def pixel_csv(images, labels, header=True):
    """Kaggle's CSV: a label and 784 pixels a row."""
    rows = [["label", *(f"pixel{number}" for number in range(784))]] if header else []
    rows += [[label, *image.reshape(-1).tolist()] for image, label in zip(images, labels, strict=True)]
    return ("\n".join(",".join(map(str, row)) for row in rows) + "\n").encode()


def png_bytes(image):
    done, data = cv2.imencode(".png", image)
    assert done
    return data.tobytes()


def large_picture(letter, seed=0):
    """A letter in dark ink on white paper, 120×100 pixels."""
    rng = np.random.default_rng(seed)
    picture = np.full((120, 100), 255, np.uint8)
    at = 20 + int(rng.integers(15)), 90 + int(rng.integers(10))
    cv2.putText(picture, letter, at, cv2.FONT_HERSHEY_SIMPLEX, 2.4, 20, 7, cv2.LINE_AA)
    return picture


def zip_bytes(files, method=zipfile.ZIP_DEFLATED):
    """A ZIP of files, bytes by name; a name that ends in / is an empty folder."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def table_csv(rows, columns=("file", "label")):
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode()
