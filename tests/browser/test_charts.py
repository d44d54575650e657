"""A chart is downloaded as a picture from Plotly's toolbar."""

import re

import pytest
from playwright.sync_api import Page

from tests.support.app_server import open_canvas

pytestmark = pytest.mark.browser


def download(page: Page, kind: str):
    chart = page.locator('[data-chart="bars-drawn"]')
    chart.hover()
    with page.expect_download() as started:
        chart.locator(f'[data-title="Download as {kind}"]').click()
    return started.value


def test_a_chart_is_saved_under_its_name_with_the_pages_background(page, server):
    page.emulate_media(color_scheme="dark")
    open_canvas(page, server.url)
    assert page.locator('[data-chart="bars-drawn"] [data-title*="Download"]').count() == 2
    picture = download(page, "SVG")
    assert picture.suggested_filename == "bars-drawn.svg"
    background = re.search(r"<rect[^>]*fill: (rgb\([^)]*\)); fill-opacity: 1", picture.path().read_text())
    shown = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert background and background[1] == shown != "rgb(255, 255, 255)"
    assert download(page, "PNG").suggested_filename == "bars-drawn.png"


def test_a_chart_gets_the_width_of_its_place(page, server):
    open_canvas(page, server.url)
    page.evaluate("document.querySelector('[data-chart=bars-drawn]').parentElement.style.width = '300px'")
    page.wait_for_function("document.querySelector('[data-chart=bars-drawn] .main-svg').clientWidth == 300")
