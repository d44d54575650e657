"""A chart is taken away as a picture that can be read anywhere, from Plotly's own toolbar."""

import re

import pytest
from playwright.sync_api import Page

from tests.support.app_server import open_canvas

pytestmark = pytest.mark.browser


def saved(page: Page, kind: str):
    chart = page.locator('[data-chart="bars-drawn"]')
    chart.hover()
    with page.expect_download() as download:
        chart.locator(f'[data-title="Download as {kind}"]').click()
    return download.value


def test_a_chart_is_saved_under_its_name_on_the_pages_ground(page, server):
    page.emulate_media(color_scheme="dark")
    open_canvas(page, server.url)
    assert page.locator('[data-chart="bars-drawn"] [data-title*="Download"]').count() == 2
    picture = saved(page, "SVG")
    assert picture.suggested_filename == "bars-drawn.svg"
    ground = re.search(r"<rect[^>]*fill: (rgb\([^)]*\)); fill-opacity: 1", picture.path().read_text())
    shown = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert ground and ground[1] == shown != "rgb(255, 255, 255)"
    assert saved(page, "PNG").suggested_filename == "bars-drawn.png"
