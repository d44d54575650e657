"""How long the first visitor of a server waits, and one who comes later, in a real browser without a cache.

A server is started as `make run` does, and a page is opened as soon as the server prints its address: from the
navigation to the first paint, from there to a canvas that keeps a stroke, from the stroke's end to the answer. The
second visit is a new browser's, once the server has come to rest.

Usage: python -m benchmarks.first_visit [--servers N] [--busy]
"""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.limits import at_most, end
from core.runs.store import RunStore
from tests.support.app_server import CANVAS, FLAGS, PROJECT, SEVEN, browser_path, draw

_CALM_S = 8.0  # the server loads TensorFlow meanwhile
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_HAS_INK = """() => {
    const within = root => [...root.querySelectorAll("*")].flatMap(
        each => each.shadowRoot ? [each, ...within(each.shadowRoot)] : [each]);
    const paper = within(document).find(each => each.matches("canvas.dc-canvas.lower-canvas"));
    if (!paper) return false;
    const pixels = paper.getContext("2d").getImageData(0, 0, paper.width, paper.height).data;
    return pixels.some((value, index) => index % 4 === 3 && value > 0);
}"""


class Visit(NamedTuple):
    """What a visitor waits for, in seconds."""

    paint_s: float  # from the navigation
    canvas_s: float  # from the first paint to the beginning of the first stroke that is kept
    answer_s: float  # from the end of that stroke


LIMITS = {"first": Visit(float("inf"), 1.5, 2.5), "second": Visit(float("inf"), 0.8, 0.8)}


def main() -> None:
    """Print the median and the worst of each wait, and whether it is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", type=int, default=5)
    parser.add_argument("--busy", action="store_true", help="while the preset convnet trains; the limits are doubled")
    options = parser.parse_args()
    visits: dict[str, list[Visit]] = {name: [] for name in LIMITS}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        home = Path(folder) / "runs"
        with _training(home) if options.busy else contextlib.nullcontext():
            for _ in range(options.servers):
                with _server(home) as url:
                    for number, measured in enumerate(visits.values()):
                        time.sleep(_CALM_S * number)
                        measured.append(_visit(chromium, url))
        chromium.close()
    end(*(limit for name, measured in visits.items() for limit in _report(name, measured, 1 + options.busy)))


def _report(name: str, visits: list[Visit], factor: float) -> Iterator[tuple[str, bool]]:
    for field in Visit._fields:
        waits_s = [getattr(each, field) for each in visits]
        what = f"{name} visit, {field.removesuffix('_s')}"
        print(f"{what}: median {median(waits_s):.2f} s, worst {max(waits_s):.2f} s, n = {len(waits_s)}")
        limit_s = factor * getattr(LIMITS[name], field)
        if limit_s < float("inf"):
            yield at_most(what, median(waits_s), limit_s, "{:.2f} s")


@contextlib.contextmanager
def _server(home: Path) -> Iterator[str]:
    """Start a server and yield its address once it has printed one; end it."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "core", "serve", "--port", str(port)]
    environment = os.environ | {"DIGIT_STUDIO_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        next(line for line in process.stdout if "http://" in line)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(60)


@contextlib.contextmanager
def _training(home: Path) -> Iterator[None]:
    """Train the preset convnet meanwhile, from its first steps on."""
    command = [sys.executable, "-m", "core", "train", "--preset", "convnet", "--epochs", "100"]
    environment = os.environ | {"DIGIT_STUDIO_HOME": str(home)}
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            _await_metrics(process, RunStore(home))
            yield
        finally:
            process.send_signal(signal.SIGINT)


def _await_metrics(process: subprocess.Popen, store: RunStore) -> None:
    """Wait for the first metrics of what trains; exits with a sentence where it ends before them."""
    while not any(run.has_metrics for run in store.all()):
        if (code := process.poll()) is not None:
            sys.exit(f"The training ended with code {code} before its first metrics: nothing is measured.")
        time.sleep(0.5)


def _visit(chromium: Browser, url: str) -> Visit:
    """Visit the app with a browser that has nothing of it yet, and draw a digit."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(url, wait_until="commit")
    page.locator(CANVAS).wait_for()
    began, ended = _first_stroke(page)
    page.locator(".answer .label").filter(has_text="7").first.wait_for()
    answered, opened = time.time(), page.evaluate("performance.timeOrigin") / 1000
    painted = opened + page.evaluate(_PAINTED) / 1000
    context.close()
    return Visit(painted - opened, began - painted, answered - ended)


def _first_stroke(page: Page) -> tuple[float, float]:
    """Draw until the canvas keeps a stroke; return when that one began and ended, in seconds since 1970."""
    while True:
        began = time.time()
        draw(page, SEVEN)
        ended = time.time()
        if page.evaluate(_HAS_INK):
            return began, ended


if __name__ == "__main__":
    main()
