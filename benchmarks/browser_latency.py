"""How long a person waits in a real browser: from the end of a stroke to the new bars, from Train to the first point.

For the pages that list runs, with many finished runs in the folder: from the click on their name in the navigation to
the table's first row on Runs, and to the curve on Train. One visit is made before, so that everything has started.

Usage: python -m benchmarks.browser_latency [--strokes N] [--runs N] [--filed N]
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import sync_playwright

from benchmarks.limits import at_most, end
from benchmarks.session_overhead import fill
from tests.support.app_server import FLAGS, ONE, SEVEN, Server, browser_path, draw, open_canvas, settle

# The page itself notes when the pen is lifted and when a chart gets new data, so no test harness is timed.
_WATCH_BARS = """() => {
    const node = document.querySelector('[data-chart="bars-drawn"]');
    const bars = () => JSON.stringify(node.data[0].x);
    window.times = [];
    const lift = () => { window.lifted = { at: performance.now(), bars: bars() }; };
    const drawn = event => event.composedPath()[0].className === "pointer-area";  // and no button was pressed
    window.addEventListener("pointerup", event => { if (drawn(event)) lift(); }, true);
    node.on("plotly_afterplot", () => {
        if (!window.lifted || window.lifted.bars === bars()) return;
        window.times.push(performance.now() - window.lifted.at);
        window.lifted = null;
    });
}"""
_WORKER_LOADED_MS = 6000  # a person looks at the recipe before the click; TensorFlow is loaded meanwhile
_FIRST_POINT = """() => new Promise(resolve => {
    const before = document.querySelector('[data-chart^="loss-"]')?.dataset.chart;
    const began = performance.now();
    const button = [...document.querySelectorAll("button")].find(each => each.innerText.trim().endsWith("Train"));
    button.click();
    const poll = () => {
        const node = document.querySelector('[data-chart^="loss-"]');
        if (node && node.dataset.chart !== before && node.data && node.data[0].x.length) {
            resolve(performance.now() - began);
        } else setTimeout(poll, 25);  // every frame would keep the browser painting
    };
    poll();
})"""

_OPENED = {"Runs": "tr[data-run]", "Train": '[data-chart^="loss-"] .main-svg'}


def main():
    """Print the medians and the ranges."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strokes", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--filed", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "runs")
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        try:
            _report("stroke's end to new bars, ms", _strokes(page, server, options.strokes))
            first_ms = _report("click on Train to first live point, ms", _first_points(page, server, options.runs))
            warm_worker_mb = _warm_worker_bytes(server) / 1e6
            print(f"private memory of the warm worker: {warm_worker_mb:.0f} MB")
            opened_ms = {
                name: _report(f"page {name} with {options.filed} runs, click to shown, ms", times_ms)
                for name, times_ms in _openings(page, Path(folder) / "many", options.filed).items()
            }
        finally:
            chromium.close()
            server.stop()
    end(
        at_most("click on Train to first live point", first_ms, 1500, "{:.0f} ms"),
        at_most("private memory of the warm worker", warm_worker_mb, 350, "{:.0f} MB"),
        *(at_most(f"page {name}, click to shown", each, 1000, "{:.0f} ms") for name, each in opened_ms.items()),
    )


def _report(what, times_ms):
    """Print the times' median and range; return the median."""
    print(f"{what}: median {median(times_ms):.0f} ({min(times_ms):.0f} to {max(times_ms):.0f}, n = {len(times_ms)})")
    return median(times_ms)


def _strokes(page, server, count):
    """Return the milliseconds from each stroke's end to its bars; each is a digit on an empty canvas."""
    open_canvas(page, server.url)
    draw(page, ONE)  # the first one loads the network
    page.locator(".answer .label").filter(has_text="1").wait_for()
    settle(page)
    page.evaluate(_WATCH_BARS)
    for index in range(count):
        page.get_by_role("button", name="Clear").last.click()
        page.locator(".answer .label").filter(has_text="–").wait_for()
        page.wait_for_timeout(1000)
        draw(page, (SEVEN, ONE)[index % 2])
        page.wait_for_function("count => window.times.length === count", arg=index + 1)
    return page.evaluate("window.times")


def _first_points(page, server, count):
    page.goto(f"{server.url}/train")
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.wait_for_timeout(_WORKER_LOADED_MS)
    times_ms = []
    for _ in range(count):
        times_ms.append(page.evaluate(_FIRST_POINT))
        page.locator(".stMarkdownBadge").filter(has_text="finished").first.wait_for()
        page.wait_for_timeout(_WORKER_LOADED_MS)
    return times_ms


def _openings(page, home, filed):
    fill(home, filed)
    many, times_ms = Server(home), {}
    try:
        page.goto(f"{many.url}/learn")
        for _ in range(6):
            for name, shown in _OPENED.items():
                page.get_by_role("link", name="Learn").click()
                page.get_by_role("button", name="Test this claim").first.wait_for()
                settle(page)
                page.wait_for_timeout(1000)
                began = time.perf_counter()
                page.get_by_role("link", name=name, exact=True).click()
                page.wait_for_selector(shown, state="attached")
                times_ms.setdefault(name, []).append(1000 * (time.perf_counter() - began))
    finally:
        many.stop()
    return {name: each[1:] for name, each in times_ms.items()}


def _warm_worker_bytes(server):
    """Return the private memory of the server's warm worker, loaded, in bytes."""
    trainers = [each for each in psutil.Process(server.process.pid).children() if "core.jobs.worker" in each.cmdline()]
    return max((each.memory_full_info().uss for each in trainers), default=0)


if __name__ == "__main__":
    main()
