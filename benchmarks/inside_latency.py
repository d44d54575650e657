"""How long a person waits on the Inside page in a real browser, for the shipped network and for the seed recipe's.

From the end of a stroke to the new pictures of all layers, with a unit picked, the 0.2 s that the canvas waits
included; and from the click on the page's name to the answer and to the last picture of its reasons, with the network
loaded: the first time in a server's life, when its functions are traced, and later ones, each with a digit that is new.
The page is open when the answer is there; the last picture is the smallest change, whose search may take one second.

Usage: python -m benchmarks.inside_latency [--strokes N] [--openings N]
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from benchmarks.limits import at_most, end
from core.config.presets import preset
from core.runs.schema import RunState
from core.runs.store import RunStore
from tests.support.app_server import FLAGS, ONE, Server, browser_path, choose, draw, open_canvas, settle

_FLAG = [(140, 52), (95, 100)]  # the stroke that is added to a 1, again and again
_TRAINED_S = 120
_WATCH_LAYERS = """() => {
    const all = [...document.querySelectorAll("*")].map(each => each.shadowRoot?.querySelector(".layers"));
    const grids = [...all.find(Boolean).querySelectorAll(".grid[role=group]")].filter(each => !each.hidden);
    window.times = [];
    const lift = event => {
        if (event.composedPath()[0].className === "pointer-area") window.lifted = performance.now();
    };
    window.addEventListener("pointerup", lift, true);
    new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {  // once it has been painted
        if (window.lifted) window.times.push(performance.now() - window.lifted);
        window.lifted = null;
    }))).observe(grids[0], { attributes: true, attributeFilter: ["style"] });
}"""


def main():
    """Print the medians and the ranges."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strokes", type=int, default=20)
    parser.add_argument("--openings", type=int, default=5)
    options = parser.parse_args()
    checks = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "runs")
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        try:
            recipe = _train_recipe(server, page)
            for name, model in (("shipped", "shipped"), ("seed recipe", recipe)):
                opened_ms = _openings(page, f"{server.url}/?model={model}", options.openings)
                answered_ms, last_ms = zip(*opened_ms, strict=True)
                print(f"{name}, first opening: answer {answered_ms[0]:.0f} ms, last picture {last_ms[0]:.0f} ms")
                answer_ms = _report(f"{name}, click on Inside to the answer, ms", answered_ms[1:])
                last_ms = _report(f"{name}, click on Inside to the last picture, ms", last_ms[1:])
                stroke_ms = _report(f"{name}, stroke's end to new layers, ms", _strokes(page, options.strokes))
                checks += [
                    at_most(f"{name}, click on Inside to the answer", answer_ms, 1000, "{:.0f} ms"),
                    at_most(f"{name}, click on Inside to the last picture", last_ms, 2000, "{:.0f} ms"),
                    at_most(f"{name}, stroke's end to new layers", stroke_ms, 450, "{:.0f} ms"),
                ]
        finally:
            chromium.close()
            server.stop()
    end(*checks)


def _train_recipe(server, page):
    """Return the id of a run of the seed recipe, which the server has trained."""
    run = RunStore(server.home).create(replace(preset("recipe"), seed=0))
    page.goto(f"{server.url}/train")  # a server starts runs once it has a visitor
    deadline = time.monotonic() + _TRAINED_S
    while run.status().state is not RunState.FINISHED:
        if time.monotonic() > deadline:
            raise TimeoutError(f"The run is {run.status().state} after {_TRAINED_S} s.")
        time.sleep(0.5)
    return run.id


def _report(what, times_ms):
    """Print the times' median and range; return the median."""
    print(f"{what}: median {median(times_ms):.0f} ({min(times_ms):.0f} to {max(times_ms):.0f}, n = {len(times_ms)})")
    return median(times_ms)


def _openings(page, url, count):
    """Return the milliseconds to the answer and to the last picture, of the first opening and `count` later ones."""
    open_canvas(page, url)
    draw(page, ONE)
    page.locator(".answer .label").filter(has_text="1").wait_for()
    times_ms = []
    for index in range(count + 1):
        draw(page, [(100 + 15 * index, 40), (104 + 15 * index, 44)])  # a dot: another digit than the one before
        settle(page)
        page.wait_for_timeout(1000)
        began = time.perf_counter()
        page.get_by_role("link", name="Inside").click()
        page.locator(".st-key-inside-digit .answer .label").wait_for()
        answered_ms = 1000 * (time.perf_counter() - began)
        page.get_by_role("img", name="Smallest change to").wait_for()
        times_ms.append((answered_ms, 1000 * (time.perf_counter() - began)))
        settle(page)
        page.get_by_role("link", name="Recognize").click()
        page.locator('[data-chart="bars-drawn"] .main-svg').first.wait_for()
        settle(page)
    return times_ms


def _strokes(page, count):
    """Return the milliseconds from the end of a stroke, which is taken back each time, to the layers' new pictures."""
    page.get_by_role("button", name="Clear").last.click()
    page.get_by_role("link", name="Inside").click()
    choose(page, "Draw")
    draw(page, ONE)
    choose(page, "The network at work")
    page.get_by_role("group", name="1. ").first.get_by_role("button").first.click()
    page.locator(".detail .images figure").wait_for()
    settle(page)
    page.evaluate(_WATCH_LAYERS)
    for index in range(count):
        draw(page, _FLAG)
        page.wait_for_function("count => window.times.length === count", arg=index + 1)
        page.get_by_role("button", name="Undo").last.click()
        settle(page)
        page.wait_for_timeout(500)
    return page.evaluate("window.times")


if __name__ == "__main__":
    main()
