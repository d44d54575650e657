"""Take the pictures of the documents anew: the real app, a real Chromium, a fixed seed and a fixed window.

Usage: python -m docs.pictures

It writes the PNG files of this folder, and pictures.json, which lists the headings of the page on each picture. A test
compares these lists with the pages, so that a picture that is out of date does not stay.
"""

import io
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks import number_page, teaching
from benchmarks.teaching_writers import WRITERS
from core.config.presets import preset
from core.config.train_config import TrainConfig
from core.corrections import CorrectionStore
from core.datasets.held_out import every_fifth
from core.datasets.pen_paths import draw_figures, parse_strokes
from core.datasets.store import DatasetStore
from core.lessons.catalogue import LESSONS
from core.lessons.progress import ProgressFile
from core.people import People
from core.people.clearing import stop_runs
from core.people.codes import read_codes
from core.people.register import note_seen
from core.preprocessing.mnist_form import to_mnist_form
from core.recognition.recognizer import Recognizer
from core.runs.run import Run
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.sweeps.start import start_owner
from core.sweeps.sweep import SweepStore
from core.sweeps.sweep_config import Pruning, SweepConfig
from core.sweeps.swept_field import SweptField
from tests.support.app_server import FLAGS, Server, browser_path, choose, draw, open_canvas, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path(__file__).parent
LISTING = FOLDER / "pictures.json"
WINDOW_PX = (1280, 800)
MAX_BYTES = 200_000
_SEED = 0
_PRESETS = ("linear", "minute", "recipe")  # they train in seconds; the last one is on the pictures of Train and Runs
_FOUR = (((120, 40), (70, 150), (222, 142)), ((172, 82), (160, 240)))  # its strokes on the canvas, pixels
_CHANNEL = 7  # of the shipped network's first layer, which is shown in Inside
_LETTERS = {
    "A": "8,98! 50,2! 92,98! | 24,64! 78,64!",
    "K": "14,2! 14,98! | 84,4! 18,54! 88,98!",
    "Z": "10,6! 88,4! 10,96! 92,94!",
}
"""The classes of the data set that is shown, each with its pen path."""

_DRAWINGS, _CORRECTED = 60, 12  # of each letter; digits of a hand that the reader has to learn
_PUPILS = {"Amira": (), "Ben": (0,), "Chiara": (0, 2), "Deniz": (0, 1), "Elif": (2,), "Felix": (0, 1, 2)}
"""The people of the class that is shown, each with the runs that they have copies of."""

_TIMEOUT_MS = 90_000
_TRAINED_S = 150
_TRIALS, _SWEPT_S = 12, 600
_SETTLED_MS = 1500  # charts and pictures are animated for a moment

# Section headings, labels of expanders, and bold words at the beginning of a paragraph.
_HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6, summary p, p > strong:first-child")]
    .filter(each => !each.closest("header") && each.checkVisibility())
    .map(each => each.innerText)"""
_RUN_TITLE = re.compile(r" · \d")


def main() -> None:
    """Take all pictures, and print their sizes."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "runs")
        class_server = Server(_class_home(server.home), people="code")
        runs = [RunStore(server.home).create(replace(preset(name), seed=_SEED)) for name in _PRESETS]
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        listing = {}
        try:
            for file_name, page_name, take in _PICTURES:
                window = chromium.new_page(viewport={"width": WINDOW_PX[0], "height": WINDOW_PX[1]})
                window.set_default_timeout(_TIMEOUT_MS)
                shown = class_server if page_name == "teacher" else server
                passed = take(window, shown.url, runs) or []
                size_bytes = _save(window, FOLDER / file_name)
                listing[file_name] = {
                    "page": page_name,
                    "headings": sorted(headings([*passed, *window.evaluate(_HEADINGS)])),
                }
                print(
                    f"{file_name}: {size_bytes / 1000:.0f} kB, {len(listing[file_name]['headings'])} headings",
                    flush=True,
                )
                window.close()
        finally:
            chromium.close()
            _stop_class(class_server.home)
            for each in (server, class_server):
                each.stop()
    LISTING.write_text(json.dumps(listing, indent=2, ensure_ascii=False) + "\n", "utf-8")


def headings(texts: list[str]) -> set[str]:
    """Return the headings among texts of a page: without the names of runs, and with N for numbers, which change."""
    found = (re.sub(r"\d[\d,.]*", "N", text.strip()) for text in texts if not _RUN_TITLE.search(text))
    return {text for text in found if re.search(r"[a-z]", text)}


def _save(window: "Page", path: Path) -> int:
    """Write the window as a PNG of at most 256 colours, which keeps it small; return its size in bytes."""
    settle(window)
    window.mouse.move(WINDOW_PX[0] - 1, WINDOW_PX[1] - 1)
    window.wait_for_timeout(_SETTLED_MS)
    picture = Image.open(io.BytesIO(window.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size_bytes = path.stat().st_size
    if size_bytes > MAX_BYTES:
        raise ValueError(f"{path} has {size_bytes:,} bytes; a picture of the documents may have {MAX_BYTES:,}.")
    return size_bytes


def _recognize(window: "Page", url: str, _: list[Run]) -> None:
    """Show a hand-drawn 4 and its ten probabilities."""
    open_canvas(window, url)
    settle(window)
    for stroke in _FOUR:
        draw(window, stroke)
    window.locator(".answer .label").filter(has_text="4").wait_for()


def _page_of_numbers(window: "Page", url: str, _: list[Run]) -> None:
    """Show a page of MNIST's test digits with a box around each."""
    number_page.show_in_app(number_page.compose(number_page.DIGITS, _SEED)[0], window, url)


def _learn(window: "Page", url: str, _: list[Run]) -> None:
    """Show the first lesson, after the guess."""
    window.goto(f"{url}/learn?lesson=pixels")
    window.get_by_role("spinbutton", name="How many").fill("60")
    window.keyboard.press("Enter")
    window.get_by_text("Your guess was").wait_for()
    window.locator('[data-chart="lesson-pixels"] .main-svg').first.wait_for()


def _train(window: "Page", url: str, runs: list[Run]) -> None:
    """Show the Train page after a run of the recipe."""
    _wait_for(runs)
    window.goto(f"{url}/train")
    window.locator(f'[data-chart="confusion-{runs[-1].id}"] .main-svg').first.wait_for()


def _inside(window: "Page", url: str, _: list[Run]) -> None:
    """Show the reasons for the answer to the test image that the page opens with."""
    window.goto(f"{url}/inside")
    window.get_by_role("img", name="Smallest change to").wait_for()


def _layers(window: "Page", url: str, _: list[Run]) -> None:
    """Show a hand-drawn 4 in the shipped network, and one channel of its first layer."""
    open_canvas(window, url)
    settle(window)
    for stroke in _FOUR:
        draw(window, stroke)
    window.locator(".answer .label").filter(has_text="4").wait_for()
    window.get_by_role("button", name="Why?").click()
    choose(window, "The network at work")
    window.get_by_role("group", name="1. Convolution").get_by_role("button").nth(_CHANNEL).click()
    window.locator(".detail .images figure").wait_for()


def _data(window: "Page", url: str, runs: list[Run]) -> None:
    """Show a data set of three letters, drawn along pen paths."""
    rng = np.random.default_rng(_SEED)
    figures = [
        figure for path in _LETTERS.values() for figure in draw_figures(parse_strokes(path), _DRAWINGS, rng, 0.2)
    ]
    images = np.stack([to_mnist_form(figure) for figure in figures])
    labels = np.repeat(np.arange(len(_LETTERS), dtype=np.uint8), _DRAWINGS)
    held_out = every_fifth(labels)
    arrays = {
        "x_train": images[~held_out],
        "y_train": labels[~held_out],
        "x_test": images[held_out],
        "y_test": labels[held_out],
    }
    spec = DatasetStore(runs[0].folder.parent).add("Letters", list(_LETTERS), arrays)
    window.goto(f"{url}/data")
    window.get_by_text(spec.name).first.click()
    window.locator('[data-chart^="balance-"] .main-svg').first.wait_for()


def _teach(window: "Page", url: str, runs: list[Run]) -> None:
    """Show what was kept of digits of a hand that the shipped reader has to learn."""
    store, reader, rng = CorrectionStore(runs[0].folder.parent), Recognizer.load(), np.random.default_rng(_SEED)
    labels = list(WRITERS[0].forms)
    for number in range(_CORRECTED):
        label = labels[number % len(labels)]
        store.add(teaching.correct(reader, WRITERS[0].draw(label, rng), label))
    window.goto(f"{url}/teach")
    window.get_by_role("button", name="Learn from all").wait_for()


def _runs(window: "Page", url: str, runs: list[Run]) -> None:
    """Show the table of runs, and below it the report of the recipe's run."""
    _wait_for(runs)
    window.goto(f"{url}/runs?run={runs[-1].id}")
    window.locator("tr[data-run]").nth(len(runs) - 1).wait_for()
    window.locator('[data-chart^="reliability-"] .main-svg').first.wait_for()


def _sweep(window: "Page", url: str, runs: list[Run]) -> list[str]:
    """Show a sweep of small networks on few images, at its end; return the headings of the form that begins one."""
    _wait_for(runs)
    window.goto(f"{url}/sweep")
    settle(window)
    begun_with = window.evaluate(_HEADINGS)
    base = TrainConfig(hidden_units=32, epochs=2, training_share=0.1, batch_size=64)
    fields = (SweptField("learning_rate", 0.0003, 0.03, log=True), SweptField("hidden_units", 16, 128))
    sweep = SweepStore(RunStore(runs[0].folder.parent)).create(
        SweepConfig(base, fields, trials=_TRIALS, pruning=Pruning.HALVING)
    )
    start_owner(sweep)
    deadline = time.monotonic() + _SWEPT_S
    while not sweep.status().is_final and time.monotonic() < deadline:
        time.sleep(0.5)
    window.goto(f"{url}/sweep")
    window.locator('[data-chart^="best-"] .main-svg').first.wait_for()
    return begun_with


def _classroom(window: "Page", url: str, runs: list[Run]) -> None:
    """Show the teacher's page of a class: copies of the trained runs, lessons, and one run that waits."""
    _wait_for(runs)
    home = _class_home(runs[0].folder.parent)
    people = People(home)
    for place, (name, trained) in enumerate(_PUPILS.items()):
        person, _ = people.join(name, len(_PUPILS))
        for lesson in list(LESSONS)[: (3 * place + 2) % 6]:
            ProgressFile(person.root).change(person.id, lesson, is_done=True)
        for run in trained:
            shutil.copytree(runs[run].folder, person.root / runs[run].id)
        note_seen(person, time.time())
    everybody = people.all()
    for person in (everybody[2], everybody[0]):  # a long one holds the machine, so the other one is seen waiting
        RunStore(person.root).create(replace(preset("recipe"), epochs=50))
    window.goto(f"{url}/teacher")
    window.get_by_label("Code of the class").fill(read_codes(home).teacher)
    window.get_by_role("button", name="Sign in").click()
    window.get_by_text("1 train, 1 wait").wait_for()
    window.get_by_text("Show the leaderboard").click()
    window.get_by_text("The best accuracy of each").wait_for()


def _class_home(home: Path) -> Path:
    """Return the runs folder of the server with a class, beside that of the other one."""
    return home.with_name("class")


def _stop_class(home: Path) -> None:
    for person in People(home).all():
        stop_runs(person)


def _wait_for(runs: list[Run]) -> None:
    """Wait until the server has trained the runs, one after the other."""
    deadline = time.monotonic() + _TRAINED_S
    while (states := [run.status().state for run in runs]) != [RunState.FINISHED] * len(runs):
        if time.monotonic() > deadline:
            raise TimeoutError(f"The runs are {', '.join(states)} after {_TRAINED_S} s.")
        time.sleep(0.5)


_PICTURES: tuple[tuple[str, str, Callable[["Page", str, list[Run]], list[str] | None]], ...] = (
    ("recognize.png", "recognize", _recognize),
    ("page.png", "recognize", _page_of_numbers),
    ("learn.png", "learn", _learn),
    ("inside.png", "inside", _inside),
    ("layers.png", "inside", _layers),
    ("data.png", "data", _data),
    ("teach.png", "teach", _teach),
    ("train.png", "train", _train),
    ("runs.png", "runs", _runs),
    ("sweep.png", "sweep", _sweep),
    ("classroom.png", "teacher", _classroom),
)
"""Each picture's file, its page, and what shows it in a window and returns the headings that were passed on the way.

The runs train while the first ones are taken.
"""

if __name__ == "__main__":
    main()
