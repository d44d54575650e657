"""Reading against the usual way: a canvas drawing, many small pictures, a folder of them, a batch, a photographed page.

The usual way is how demos of this kind read a digit: Pillow resizes the picture to 28×28 and `model.predict` classifies
it alone. Both sides use the same shipped model in the same process, one after the other. A drawing is read from its
pen's path, as the page reads it, the usual way from its pixels. Of the page the usual way is given its digits cut out
beforehand, which it could not do by itself.

Usage: python -m benchmarks.recognition_speed [--drawings N] [--pictures N]
"""

import argparse
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import psutil
from PIL import Image

from benchmarks.limits import at_least, at_most, end
from core.datasets.mnist import load_arrays
from core.pictures.local_files import find_pictures
from core.pictures.prefetch import prefetch_batches
from core.recognition.recognizer import Recognizer

PAGE_PX = (3000, 4000)  # height, width: 12 megapixels
CANVAS_PX, PEN_PX = 280, 18
PATHS = (  # of a 2, a crossed 7, an open 4, a 5 and a 3, each stroke through points of a box of 100 × 100
    [[(22, 30), (30, 12), (52, 5), (74, 16), (76, 36), (60, 58), (38, 78), (20, 94), (48, 92), (82, 93)]],
    [[(18, 8), (50, 9), (80, 7), (66, 36), (52, 66), (42, 96)], [(34, 52), (56, 50), (76, 48)]],
    [[(36, 6), (28, 30), (18, 56), (50, 58), (84, 56)], [(66, 14), (64, 50), (62, 96)]],
    [[(34, 8), (30, 40), (52, 38), (74, 50), (76, 74), (56, 94), (26, 88)], [(34, 8), (56, 6), (76, 7)]],
    [[(24, 16), (46, 5), (70, 18), (62, 40), (42, 48), (68, 54), (76, 76), (54, 95), (24, 86)]],
)


def main():
    """Print every time, and its ratio to the usual way's."""
    options = _options()
    reader, images = Recognizer.load(), load_arrays()["x_test"]
    page_s, page_mb = _print_page(reader, images[:100])  # first: what later parts free would hide its memory
    drawing_ms = _print_drawings(reader, [drawn(number) for number in range(options.drawings)])
    pictures = [enlarged(image, 200) for image in images[: options.pictures]]
    usual = 1 / median(_times(lambda picture: usual_way(reader.model, picture), pictures[:50]))
    rate = _in_one_call(reader, pictures)
    _print_rate("pictures, 200×200", rate, usual)
    _print_rate("a folder of them, PNG", _from_a_folder(reader, pictures), usual)
    one_ms = _print_batch("one digit, 28×28", reader, images[:1])
    batch_ms = _print_batch("digit in a batch of 100", reader, images[:100])
    end(
        at_most("12-megapixel page", page_s, 1.2, "{:.2f} s"),
        at_most("12-megapixel page, memory above idle", page_mb, 300, "{:.0f} MB"),
        at_most("canvas drawing", drawing_ms, 5, "{:.1f} ms"),
        at_least("pictures of 200×200 in one call", rate, 250, "{:.0f} a second"),
        at_most("one digit", one_ms, 5, "{:.2f} ms"),
        at_most("digit in a batch of 100", batch_ms, 0.6, "{:.3f} ms"),
    )


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drawings", type=int, default=100, help="canvas drawings timed on each side (default 100)")
    parser.add_argument("--pictures", type=int, default=1000, help="pictures read in one call (default 1000)")
    return parser.parse_args()


def enlarged(image, side_px):
    """Return an MNIST image (28, 28) enlarged to a picture of ordinary size, (side, side) uint8, white on black."""
    return cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_CUBIC)


def drawn(number):
    """Return one of PATHS with random distortions, as strokes on the canvas: a list of (n, 2) float, pixels."""
    rng = np.random.default_rng(number)
    distortion = np.eye(2) + rng.normal(0, 0.08, (2, 2))
    steps = np.linspace(0, 1, 6)[:, None]
    strokes = []
    for path in PATHS[number % len(PATHS)]:
        points = np.array(path, float)
        fine = np.concatenate([before + (after - before) * steps for before, after in pairwise(points)])
        strokes.append((fine - 50) @ distortion * 2 + CANVAS_PX / 2 + rng.normal(0, 0.5, fine.shape))
    return strokes


def on_canvas(strokes):
    """Return the pixels of a drawing, (280, 280) uint8, white on black."""
    canvas = np.zeros((CANVAS_PX, CANVAS_PX), np.uint8)
    for stroke in strokes:
        cv2.polylines(canvas, [np.round(stroke).astype(np.int32)], False, 255, PEN_PX, cv2.LINE_AA)
    return canvas


def page(images):
    """Return a photographed page of 100 digits, ten in a row, (3000, 4000, 3) uint8: dark ink, uneven light, noise."""
    height, width = PAGE_PX
    ink = np.zeros(PAGE_PX, np.float32)
    for number, image in enumerate(images):
        ink[_place(number)] = cv2.resize(image, (220, 220), interpolation=cv2.INTER_CUBIC) / 255
    light = np.linspace(0.65, 1, width, dtype=np.float32) * np.linspace(1, 0.8, height, dtype=np.float32)[:, None]
    noise = np.random.default_rng(0).normal(0, 3, PAGE_PX).astype(np.float32)
    grey = (225 - 170 * ink.clip(0, 1)) * light + noise
    return cv2.cvtColor(grey.clip(0, 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)


def _place(number):
    """Return the slices of the page where a digit is."""
    top, left = 200 + number // 10 * 265, 300 + number % 10 * 345
    return np.s_[top : top + 220, left : left + 220]


def usual_way(model, picture):
    """Return the probabilities, (10,), as most demos compute them."""
    small = np.asarray(Image.fromarray(picture).resize((28, 28)), np.float32) / 255
    return model.predict(small[None], verbose=0)[0]


def _times(read, pictures):
    """Return the seconds of each call, without the first ones, which load and trace."""
    for picture in pictures[:3]:
        read(picture)
    times = []
    for picture in pictures:
        start = time.perf_counter()
        read(picture)
        times.append(time.perf_counter() - start)
    return times


def _print_drawings(reader, drawings):
    ours = 1000 * median(_times(reader.read_strokes, drawings))
    pixels = [on_canvas(strokes) for strokes in drawings]
    usual = 1000 * median(_times(lambda drawing: usual_way(reader.model, drawing), pixels))
    print(f"canvas drawing, 280×280   {ours:8.2f} ms   usual way {usual:8.2f} ms   {usual / ours:6.1f} times faster")
    return ours


def _in_one_call(reader, pictures):
    """Return the pictures a second of `read_many`."""
    start = time.perf_counter()
    reader.read_many(pictures, single=True)
    return len(pictures) / (time.perf_counter() - start)


def _from_a_folder(reader, pictures):
    """Return the pictures a second of `python -m core read FOLDER --single`, without loading the model."""
    with tempfile.TemporaryDirectory() as folder:
        for number, picture in enumerate(pictures):
            Image.fromarray(picture).save(Path(folder, f"{number}.png"))
        start = time.perf_counter()
        for batch in prefetch_batches(find_pictures([Path(folder)])):
            reader.read_many([picture for _, picture, _ in batch], single=True)
            del batch
        return len(pictures) / (time.perf_counter() - start)


def _print_rate(what, ours, usual):
    print(f"{what:25} {ours:8.0f} /s   usual way {usual:8.0f} /s   {ours / usual:6.1f} times as many")


def _print_batch(what, reader, images):
    """Print the milliseconds a digit, classified in a batch of these images, and return ours."""
    ours = 1000 * median(_times(reader.classify, [images] * 50)) / len(images)
    batch = images / np.float32(255)
    usual = 1000 * median(_times(lambda images: reader.model.predict(images, verbose=0), [batch] * 20)) / len(images)
    print(f"{what:25} {ours:8.3f} ms   usual way {usual:8.3f} ms   {usual / ours:6.1f} times faster")
    return ours


def _print_page(reader, images):
    picture = page(images)
    reader.read(picture[:1000, :1000])
    with PeakMemory() as memory:
        start = time.perf_counter()
        reading = reader.read(picture)
        seconds = time.perf_counter() - start
    cut_out = [picture[_place(number)] for number in range(len(images))]
    usual = sum(_times(lambda digit: usual_way(reader.model, 255 - digit[:, :, 0]), cut_out))
    print(
        f"12-megapixel page         {seconds:8.2f} s    usual way {usual:8.2f} s    {usual / seconds:6.1f} times faster"
        f"   {len(reading.digits)} digits, {memory.above_idle_mb:.0f} MB above idle at the peak"
    )
    return seconds, memory.above_idle_mb


class PeakMemory:
    """Measures the peak memory of this process within the block, above what it held before."""

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
