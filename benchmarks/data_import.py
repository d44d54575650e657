"""The memory that an import of 100,000 pictures takes, in each form of files, and the time that the Data page takes.

Each import is the command `python -m core data add`. Printed are its processor time, in how many steps it showed its
progress, and the most resident memory that it had, with Python and, where ink is looked for, with TensorFlow. In the
browser the server holds the uploaded files too, 200 MB at most.
The page is drawn by a server for a visitor, with a data set of 60,000 images of its own beside MNIST.

Usage: python -m benchmarks.data_import [--forms idx csv zip photos …] [--images N] [--no-page]
"""

import argparse
import asyncio
import gzip
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil

from benchmarks.limits import at_most, end
from core.config.dataset_spec import DIGITS
from core.datasets.mnist import load_arrays
from core.datasets.store import DatasetStore
from pages.widgets.data.state import CHOSEN
from tests.support.app_server import Server
from tests.support.dataset_files import idx_files
from tests.support.session import session

_MAX_MB, _MAX_PAGE_S = 1024.0, 1.0
_PAGE_IMAGES = 60_000
_NAME = "Own digits"
_PHOTO_PX = 84
_DRAWINGS = 5


def main() -> None:
    """Print a line for each form of files and for the page, and whether memory and time stay within their limits."""
    options = _options()
    limits = []
    for form in options.forms:
        found = _measure(form, options.images)
        print(
            f"{form:8s}{found['images']:9,} images from {found['file_mb']:5.0f} MB: {found['cpu_s']:6.0f} s of "
            f"processor time, {found['max_mb']:5.0f} MB at most, progress in {found['steps']} steps",
            flush=True,
        )
        limits.append(at_most(f"{form}: MB", found["max_mb"], _MAX_MB, "{:.0f}"))
    if options.page:
        limits.append(at_most("processor seconds for the Data page", _measure_page(), _MAX_PAGE_S))
    end(*limits)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", nargs="*", choices=_FORMS, default=list(_FORMS))
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--page", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args()


def _images(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return MNIST's training images, shifted where there are more than it has, and labels: (n, 28, 28), (n,) uint8."""
    arrays, places = load_arrays(), np.arange(count)
    images, labels = arrays["x_train"][places % 60_000], arrays["y_train"][places % 60_000]
    for first in range(60_000, count, 60_000):
        images[first:] = np.roll(images[first:], 1, axis=1)
    return images, labels


def _idx(images: np.ndarray, labels: np.ndarray) -> Iterator[tuple[str, bytes]]:
    return iter(idx_files(images, labels, tests=len(images) // 6))


def _csv(images: np.ndarray, labels: np.ndarray) -> Iterator[tuple[str, bytes]]:
    text = io.BytesIO()
    with gzip.GzipFile(fileobj=text, mode="wb", compresslevel=1) as file:
        file.write(b"label," + ",".join(f"pixel{number}" for number in range(784)).encode() + b"\n")
        np.savetxt(file, np.column_stack([labels, images.reshape(len(images), -1)]), "%d", ",")
    yield "train.csv.gz", text.getvalue()


def _zip(images: np.ndarray, labels: np.ndarray) -> Iterator[tuple[str, bytes]]:
    yield "pictures.zip", _zipped(images, labels, lambda image: image)


def _photos(images: np.ndarray, labels: np.ndarray) -> Iterator[tuple[str, bytes]]:
    size = (_PHOTO_PX, _PHOTO_PX)
    yield (
        "photos.zip",
        _zipped(images, labels, lambda image: cv2.resize(255 - image, size, interpolation=cv2.INTER_CUBIC)),
    )


_FORMS: dict[str, Callable[[np.ndarray, np.ndarray], Iterator[tuple[str, bytes]]]] = {
    "idx": _idx,
    "csv": _csv,
    "zip": _zip,
    "photos": _photos,
}
"""IDX.gz, Kaggle's CSV, a ZIP of 28×28 pictures, and one of larger ones, dark on white, whose ink is found."""


def _zipped(images: np.ndarray, labels: np.ndarray, draw: Callable[[np.ndarray], np.ndarray]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for number, (image, label) in enumerate(zip(images, labels.tolist(), strict=True)):
            archive.writestr(f"{label}/{number}.png", cv2.imencode(".png", draw(image))[1].tobytes())
    return packed.getvalue()


def _measure(form: str, count: int) -> dict[str, float]:
    """Write the files of a form, let the command add them, and return what its process took."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in _FORMS[form](*_images(count)):
            Path(folder, name).write_bytes(data)
        file_mb = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1024**2
        command = [sys.executable, "-m", "core", "data", "add", folder, "--name", form, "--json"]
        environment = os.environ | {"DIGIT_STUDIO_HOME": f"{folder}/.runs"}
        with open(f"{folder}/.shown", "w+") as shown:
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=shown, text=True, env=environment)
            assert child.stdout is not None, "it is a pipe"
            added = json.loads(child.stdout.read().splitlines()[-1])
            _, _, used = os.wait4(child.pid, 0)
            shown.seek(0)
            steps = len(set(re.findall(r"(\d+)%\|", shown.read())))
    return {
        "images": added["train_images"] + added["test_images"],
        "file_mb": file_mb,
        "cpu_s": used.ru_utime + used.ru_stime,
        "max_mb": used.ru_maxrss / 1024,
        "steps": steps,
    }


def _measure_page() -> float:
    """Return the processor time of the server for a drawing of the Data page, the longest of some, in seconds."""
    images, labels = _images(_PAGE_IMAGES)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "runs")
        try:
            arrays = {"x_train": images, "y_train": labels, "x_test": images[:0], "y_test": labels[:0]}
            DatasetStore(server.home).add(_NAME, DIGITS, arrays)
            return asyncio.run(_draw_page(server))
        finally:
            server.stop()


async def _draw_page(server: Server) -> float:
    process, taken = psutil.Process(server.process.pid), []
    async with session(server.port) as visitor:
        await visitor.draw("data")
        await visitor.finished()
        visitor.choose(CHOSEN.name, f"{_NAME}  \n:small[10 classes, {_PAGE_IMAGES:,} images]")
        for _ in range(_DRAWINGS):
            before = sum(process.cpu_times()[:2])
            await visitor.draw("data")
            sent = await visitor.finished()
            taken.append(sum(process.cpu_times()[:2]) - before)
            assert any(f"**{_NAME}**" in message.delta.new_element.markdown.body for message in sent), "another set"
    return max(taken)


if __name__ == "__main__":
    main()
