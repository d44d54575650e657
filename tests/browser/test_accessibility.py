"""Every text can be read in both themes, and whatever the keyboard reaches shows that it has the focus."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from core.config.train_config import TrainConfig
from core.evaluation.report import make_report
from core.runs.store import RunStore
from tests.support.app_server import settle
from tests.support.runs import finished_status, metric_row

pytestmark = pytest.mark.browser

SCRIPT = (Path(__file__).parents[1] / "support" / "accessibility.js").read_text("utf-8").replace("export ", "")
NO_ANIMATION = "*, *::before, *::after { transition: none !important; animation: none !important; }"
MAX_STOPS = 120


@pytest.fixture(scope="module")
def stopped_run(server):
    """A run with a curve and a report, without a model."""
    run = RunStore(server.home).create(TrainConfig(epochs=1))
    run.append_metrics(metric_row(9, 9, val_loss=0.2, val_accuracy=0.94))
    run.write_report(make_report(np.eye(10), np.arange(10)))
    run.write_status(replace(finished_status(), state="stopped"))
    yield run
    shutil.rmtree(run.folder)


def open_train(page, url, run):
    page.goto(f"{url}/train")
    page.get_by_text("weights ·").wait_for()
    settle(page)
    page.get_by_text("Network, optimizer and data").click()
    page.get_by_role("button", name="Remove layer 1").wait_for()


def open_runs(page, url, run):
    page.goto(f"{url}/runs?run={run.id}")
    page.locator('[data-chart^="course-"] .main-svg').first.wait_for()


def open_recognize(page, url, run):
    page.goto(url)
    page.locator('[data-chart="bars-drawn"] .main-svg').first.wait_for()


def open_inside(page, url, run):
    page.goto(f"{url}/inside")
    page.get_by_text("Smallest change to").wait_for()


def open_data(page, url, run):
    page.goto(f"{url}/data")
    page.locator('[data-chart^="balance-"] .main-svg').first.wait_for()


@pytest.fixture
def measure(page):
    """Return what one of the functions of the script returns; the page is loaded, its transitions are switched off."""

    def call(name):
        if not page.evaluate("() => 'accessibility' in window"):
            page.add_style_tag(content=NO_ANIMATION)
            page.evaluate(f"() => {{ {SCRIPT}; window.accessibility = {{ faintTexts, focusedThing }}; }}")
        return page.evaluate(f"() => window.accessibility.{name}()")

    return call


def at_rest(page, measure):
    """The faint texts once the page has been drawn: Streamlit fades what is being drawn anew."""
    for _ in range(100):
        if not (faint := measure("faintTexts")):
            break
        page.wait_for_timeout(200)
    return faint


@pytest.mark.parametrize("open_page", [open_train, open_runs, open_recognize, open_inside, open_data])
def test_texts_can_be_read_in_both_themes_and_the_focus_is_seen(page, server, stopped_run, measure, open_page):
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    open_page(page, server.url, stopped_run)
    settle(page)
    assert at_rest(page, measure) == []
    page.mouse.click(3, 3)
    stops = []
    while len(stops) < MAX_STOPS and page.keyboard.press("Tab") is None and (stop := measure("focusedThing")):
        stops.append(stop)
    assert len(stops) > 10 and [each["name"] for each in stops if not each["isVisible"]] == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(17, 21, 28)")
    settle(page)
    assert at_rest(page, measure) == []
    for hovered in page.locator("[role=tab], button:enabled:visible, summary").all()[:12]:
        hovered.hover(force=True)
        assert measure("faintTexts") == [], hovered.inner_text()
