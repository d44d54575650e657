"""The app with its own server, and what drives it in a real Chromium; browser tests and benchmarks use it."""

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Points = Sequence[tuple[float, float]]
"""(x, y) in pixels of the canvas, y downward."""

PROJECT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CANVAS = "canvas.dc-canvas.upper-canvas"
SEVEN = [(80, 70), (200, 70), (130, 230)]
ONE = [(140, 50), (140, 230)]


def browser_path() -> str | None:
    """Return the path of an installed Chromium, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


class Server:
    """The app's server on a free port of this machine, with a runs folder of its own.

    people: how people sign in, such as "code", as `share` says it to the server; "" as `serve` does.
    """

    def __init__(self, home: Path, people: str = ""):
        self.home, self.people = home, people
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers; raises `RuntimeError` after 30 seconds."""
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(self.port)]
        environment = os.environ | {"DIGIT_STUDIO_HOME": str(self.home)}
        if self.people:
            command += ["--server.address", "0.0.0.0"]
            environment["DIGIT_STUDIO_PEOPLE"] = self.people
        self.home.mkdir(parents=True, exist_ok=True)
        with open(self.home.parent / "server.log", "ab") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
        for _ in range(300):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                return
            time.sleep(0.1)
        raise RuntimeError(f"The server did not start; see {self.home.parent / 'server.log'}")

    def stop(self, signal_number: int = signal.SIGTERM) -> None:
        """End the server; a training that it started goes on."""
        self.process.send_signal(signal_number)
        self.process.wait(60)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def _canvas_corner(page: "Page") -> tuple[float, float]:
    """Return x and y of the canvas's upper left corner on the page, in pixels."""
    box = page.locator(CANVAS).bounding_box()
    assert box, "there is no canvas"
    return box["x"], box["y"]


def draw(page: "Page", points: Points) -> None:
    """Draw one stroke through these points of the canvas with the mouse."""
    left, top = _canvas_corner(page)
    page.mouse.move(left + points[0][0], top + points[0][1])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(left + x, top + y, steps=6)
    page.mouse.up()


def touch(page: "Page", points: Points) -> None:
    """Draw one stroke through these points of the canvas with a finger."""
    left, top = _canvas_corner(page)
    browser = page.context.new_cdp_session(page)

    def send(kind: str, *touched: tuple[float, float]) -> None:
        on_page = [{"x": left + x, "y": top + y} for x, y in touched]
        browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": on_page})

    send("touchStart", points[0])
    for (x, y), (end_x, end_y) in itertools.pairwise(points):
        for step in range(1, 7):
            send("touchMove", (x + (end_x - x) * step / 6, y + (end_y - y) * step / 6))
    send("touchEnd")
    browser.detach()


def settle(page: "Page") -> None:
    """Wait until the server has answered the last action and its script has ended."""
    page.wait_for_timeout(300)
    page.locator("[data-test-script-state=notRunning]").first.wait_for()


def choose(page: "Page", *labels: str) -> None:
    """Choose the radio buttons with these labels, one after the other."""
    settle(page)
    for label in labels:
        page.get_by_text(label, exact=True).first.click()
        settle(page)


def open_canvas(page: "Page", url: str) -> None:
    """Open the Recognize page and wait until its canvas takes strokes."""
    page.goto(url)
    page.locator(CANVAS).wait_for()
    page.locator('[data-chart="bars-drawn"] .main-svg').first.wait_for()


def open_number_canvas(page: "Page", url: str) -> None:
    """Open the Recognize page with the canvas for a number, and wait until it has its width."""
    open_canvas(page, url)
    choose(page, "A number or a page")
    page.locator(".st-key-wide-canvas").wait_for()
    page.locator(".st-key-canvas-canvas").wait_for(state="detached")
    page.locator(CANVAS).wait_for()
    before = None
    while before != (now := page.locator(CANVAS).bounding_box()):  # the layout changes until the canvas has its width
        before = now
        settle(page)
        page.wait_for_timeout(2000)


def chart_points(page: "Page", name: str) -> int:
    """Return the number of points of a chart's first line, 0 where there is none; `name` begins the chart's name."""
    return page.evaluate(
        """name => {
            const node = document.querySelector(`[data-chart^="${name}"]`);
            return node && node.data ? node.data[0].x.length : 0;
        }""",
        name,
    )


def press_train(page: "Page") -> None:
    """Press Train and wait until the run is running."""
    page.get_by_role("button", name="Train", exact=True).click()
    expect_state(page, "running")


def state_badge(page: "Page", state: str) -> "Locator":
    """Return the badge that shows this state of a run."""
    return page.locator(".stMarkdownBadge").filter(has_text=state).first


def expect_state(page: "Page", state: str) -> None:
    """Wait until a run is shown in this state; a training takes seconds to begin and to end."""
    from playwright.sync_api import expect

    expect(state_badge(page, state)).to_be_visible(timeout=30_000)
