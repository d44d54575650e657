"""Reading against the usual way: a canvas drawing, many small pictures, a folder of them, a batch, a photographed page.

The usual way is how demos of this kind read a digit: Pillow resizes the picture to 28×28 and `model.predict` answers
for it alone. Both sides use the same shipped model in the same process, one after the other.

Usage: python -m benchmarks.recognition_speed [--drawings N] [--pictures N]
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import psutil
from PIL import Image

from core.batches import in_batches
from core.dataset import load_arrays
from core.folders import find_pictures
from core.recognition import Recognizer

PAGE_PX = (3000, 4000)  # height, width: 12 megapixels


def main():
    """Print every time, and its ratio to the usual way's."""
    options = _options()
    reader, images = Recognizer.load(), load_arrays()["x_test"]
    _print_page(reader, page(images[:100]))  # first, for what later parts free would hide its memory
    drawings = [framed(image, 280) for image in images[: options.drawings]]
    _print_drawings(reader, drawings)
    pictures = [framed(image, 200) for image in images[: options.pictures]]
    usual = 1 / median(_times(lambda picture: usual_way(reader.model, picture), pictures[:50]))
    _print_rate("pictures, 200×200", _in_one_call(reader, pictures), usual)
    _print_rate("a folder of them, PNG", _from_a_folder(reader, pictures), usual)
    _print_batch(reader, images[:100])


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drawings", type=int, default=100, help="canvas drawings timed on each side (default 100)")
    parser.add_argument("--pictures", type=int, default=1000, help="pictures read in one call (default 1000)")
    return parser.parse_args()


def framed(image, side_px):
    """An MNIST image (28, 28) as a drawing of a person: (side, side) uint8, white on black."""
    return cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_CUBIC)


def page(images):
    """A photographed page of 100 digits, ten in a row: (3000, 4000, 3) uint8, dark ink, uneven light, noise."""
    height, width = PAGE_PX
    ink = np.zeros(PAGE_PX, np.float32)
    for number, image in enumerate(images):
        top, left = 200 + number // 10 * 265, 300 + number % 10 * 345
        ink[top : top + 220, left : left + 220] = cv2.resize(image, (220, 220), interpolation=cv2.INTER_CUBIC) / 255
    light = np.linspace(0.65, 1, width, dtype=np.float32) * np.linspace(1, 0.8, height, dtype=np.float32)[:, None]
    noise = np.random.default_rng(0).normal(0, 3, PAGE_PX).astype(np.float32)
    grey = (225 - 170 * ink.clip(0, 1)) * light + noise
    return cv2.cvtColor(grey.clip(0, 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)


def usual_way(model, picture):
    """Probabilities (10,) as most demos get them."""
    small = np.asarray(Image.fromarray(picture).resize((28, 28)), np.float32) / 255
    return model.predict(small[None], verbose=0)[0]


def _times(read, pictures):
    """Seconds of each call, the first ones, which load and trace, left out."""
    for picture in pictures[:3]:
        read(picture)
    times = []
    for picture in pictures:
        start = time.perf_counter()
        read(picture)
        times.append(time.perf_counter() - start)
    return times


def _print_drawings(reader, drawings):
    ours = 1000 * median(_times(lambda drawing: reader.read(drawing, single=True), drawings))
    usual = 1000 * median(_times(lambda drawing: usual_way(reader.model, drawing), drawings))
    print(f"canvas drawing, 280×280   {ours:8.2f} ms   usual way {usual:8.2f} ms   {usual / ours:6.1f} times faster")


def _in_one_call(reader, pictures):
    """Pictures a second of `read_many`."""
    start = time.perf_counter()
    reader.read_many(pictures, single=True)
    return len(pictures) / (time.perf_counter() - start)


def _from_a_folder(reader, pictures):
    """Pictures a second of `python -m core read FOLDER --single`, the model being loaded."""
    with tempfile.TemporaryDirectory() as folder:
        for number, picture in enumerate(pictures):
            Image.fromarray(picture).save(Path(folder, f"{number}.png"))
        start = time.perf_counter()
        for batch in in_batches(find_pictures([Path(folder)])):
            reader.read_many([picture for _, picture, _ in batch], single=True)
            del batch
        return len(pictures) / (time.perf_counter() - start)


def _print_rate(what, ours, usual):
    print(f"{what:25} {ours:8.0f} /s   usual way {usual:8.0f} /s   {ours / usual:6.1f} times as many")


def _print_batch(reader, images):
    ours = 1000 * median(_times(reader.classify, [images] * 50)) / len(images)
    batch = images / np.float32(255)
    usual = 1000 * median(_times(lambda images: reader.model.predict(images, verbose=0), [batch] * 20)) / len(images)
    print(f"digit in a batch of 100   {ours:8.3f} ms   usual way {usual:8.3f} ms   {usual / ours:6.1f} times faster")


def _print_page(reader, picture):
    reader.read(picture[:1000, :1000])
    with PeakMemory() as memory:
        start = time.perf_counter()
        reading = reader.read(picture)
        seconds = time.perf_counter() - start
    print(
        f"12-megapixel page         {seconds:8.2f} s    {len(reading.digits)} digits, "
        f"{memory.above_idle_mb:.0f} MB above idle at the peak"
    )


class PeakMemory:
    """The most memory that this process holds within the block, above what it held before it."""

    def __enter__(self):
        self._process, self._done = psutil.Process(), threading.Event()
        self._idle = self._peak = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self):
        while not self._done.wait(0.002):
            self._peak = max(self._peak, self._process.memory_info().rss)

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()

    @property
    def above_idle_mb(self):
        """Megabytes."""
        return (self._peak - self._idle) / 1024**2


if __name__ == "__main__":
    main()
