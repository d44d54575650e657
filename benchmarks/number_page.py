"""A page of MNIST's test digits, as a phone would photograph it: composed, read, and shown in the app.

Usage: python -m benchmarks.number_page [--digits N] [--seed N] [--output PICTURE] [--screenshot PICTURE]
"""

import argparse
import tempfile
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from core.datasets.mnist import load_mnist
from core.recognition.recognizer import Recognizer

if TYPE_CHECKING:
    from playwright.sync_api import Page

DIGITS = 72
WIDTH_PX, HEIGHT_PX = 1600, 1250
CELL_PX = 110
MARGIN_PX = 110


def main():
    """Print how many of the digits are read correctly; write the page, and a screenshot of the app that shows it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--digits", type=int, default=DIGITS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="write the page here")
    parser.add_argument("--screenshot", type=Path, help="write a screenshot of the app with the page here")
    options = parser.parse_args()
    page, lines = compose(options.digits, options.seed)
    if options.output:
        Image.fromarray(page).save(options.output)
    read = Recognizer.load().read(page).text.split("\n")
    right = sum(_count_matching(line, found) for line, found in zip(lines, read, strict=False))
    print(f"{right} of {options.digits} digits are read right, on {len(read)} of {len(lines)} lines")
    if options.screenshot:
        _save_screenshot(page, options.screenshot)


def _count_matching(line, found):
    return sum(block.size for block in SequenceMatcher(None, line, found, autojunk=False).get_matching_blocks())


def compose(count: int, seed: int) -> tuple[np.ndarray, list[str]]:
    """Return `count` MNIST test digits as a page of numbers, (1250, 1600, 3) uint8, and the digits of each line."""
    rng = np.random.default_rng(seed)
    test = load_mnist().test
    chosen = rng.permutation(len(test))[:count]
    ink = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    lines, left, top = [""], MARGIN_PX, MARGIN_PX
    for index in chosen:
        if left > WIDTH_PX - MARGIN_PX - CELL_PX:
            left, top = MARGIN_PX + int(rng.integers(0, 60)), top + CELL_PX + 45
            lines.append("")
        size = int(rng.integers(92, 112))
        digit = cv2.resize(test.images[index], (size, size), interpolation=cv2.INTER_CUBIC) / 255
        y = top + int(rng.integers(-6, 7))
        place = ink[y : y + size, left : left + size]
        np.maximum(place, digit, out=place)
        lines[-1] += str(test.labels[index])
        left += CELL_PX - 14 + int(rng.integers(0, 14)) + (55 if len(lines[-1]) % 3 == 0 else 0)
    return _photographed(ink.clip(0, 1), rng), lines


def _photographed(ink, rng):
    """Return ink, (h, w) in [0, 1], as a photo of paper under uneven light, (h, w, 3) uint8."""
    light = np.linspace(1, 0.78, ink.shape[1]) * np.linspace(1, 0.88, ink.shape[0])[:, None]
    paper, pen = np.array([246, 242, 232]), np.array([34, 44, 96])
    page = (paper + ink[..., None] * (pen - paper)) * light[..., None]
    return (page + rng.normal(0, 2.5, page.shape)).clip(0, 255).astype(np.uint8)


def show_in_app(page: np.ndarray, window: "Page", url: str) -> None:
    """Upload the page, (h, w, 3) uint8, to the app at `url` in a window of the browser, and wait until it is read."""
    from tests.support.app_server import choose, settle

    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "page.png"
        Image.fromarray(page).save(picture)
        window.goto(url)
        choose(window, "Upload", "A number or a page")
        window.locator("input[type=file]").set_input_files(picture)
        window.get_by_role("option").nth(1).wait_for()
        window.locator('[data-chart="bars-picked"] .main-svg').first.wait_for()
        settle(window)
        window.wait_for_timeout(2000)


def _save_screenshot(page, path):
    from playwright.sync_api import sync_playwright

    from tests.support.app_server import FLAGS, Server, browser_path

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "runs")
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        window = chromium.new_page(viewport={"width": 1280, "height": 800})
        window.set_default_timeout(120_000)
        try:
            show_in_app(page, window, server.url)
            window.screenshot(path=path)
        finally:
            chromium.close()
            server.stop()


if __name__ == "__main__":
    main()
