"""The app as a new user meets it: its own server and a real Chromium. Benchmarks drive it too."""

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
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CANVAS = "canvas.dc-canvas.upper-canvas"
SEVEN = [(80, 70), (200, 70), (130, 230)]
ONE = [(140, 50), (140, 230)]


def browser_path() -> str | None:
    """Return where a Chromium is, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


class Server:
    """The app's server on a free port of this machine, over one runs folder."""

    def __init__(self, home: Path):
        self.home = home
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.start()

    def start(self):
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(self.port)]
        environment = os.environ | {"DIGIT_STUDIO_HOME": str(self.home)}
        self.home.mkdir(parents=True, exist_ok=True)
        with open(self.home.parent / "server.log", "ab") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
        for _ in range(300):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                return
            time.sleep(0.1)
        raise RuntimeError(f"The server did not start; see {self.home.parent / 'server.log'}")

    def stop(self, how=signal.SIGTERM):
        """End the server; the training it started goes on."""
        self.process.send_signal(how)
        self.process.wait(60)


def _free_port():
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def draw(page, points):
    """Draw one stroke through these points of the canvas with the mouse."""
    box = page.locator(CANVAS).bounding_box()
    page.mouse.move(box["x"] + points[0][0], box["y"] + points[0][1])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
    page.mouse.up()


def touch(page, points):
    """Draw one stroke through these points of the canvas with a finger."""
    box = page.locator(CANVAS).bounding_box()
    browser = page.context.new_cdp_session(page)

    def send(kind, *places):
        touched = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in places]
        browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    send("touchStart", points[0])
    for (x, y), (goal_x, goal_y) in itertools.pairwise(points):
        for step in range(1, 7):
            send("touchMove", (x + (goal_x - x) * step / 6, y + (goal_y - y) * step / 6))
    send("touchEnd")
    browser.detach()


def settle(page):
    """Wait until the page has answered what was done last."""
    page.wait_for_timeout(300)
    page.locator("[data-test-script-state=notRunning]").first.wait_for()


def choose(page, *words):
    """Choose these of the radio buttons above the page, one after the other."""
    settle(page)
    for each in words:
        page.get_by_text(each, exact=True).first.click()
        settle(page)


def open_canvas(page, url):
    """Open the Recognize page and wait until one can draw."""
    page.goto(url)
    page.locator(CANVAS).wait_for()
    page.locator('[data-chart="bars-drawn"] .main-svg').first.wait_for()


def chart_points(page, name):
    """Return how many points the first line of a chart has; `name` is the beginning of the chart's name."""
    return page.evaluate(
        """name => {
            const node = document.querySelector(`[data-chart^="${name}"]`);
            return node && node.data ? node.data[0].x.length : 0;
        }""",
        name,
    )


def press_train(page):
    page.get_by_role("button", name="Train", exact=True).click()
    expect_state(page, "running")


def state(page, name):
    return page.locator(".stMarkdownBadge").filter(has_text=name).first


def expect_state(page, name):
    """A network's training takes seconds to begin and to end."""
    from playwright.sync_api import expect

    expect(state(page, name)).to_be_visible(timeout=30_000)
