"""The map of digits in a real browser: what is drawn around is shown."""

import math

import pytest
from playwright.sync_api import expect

from core.explanation.digit_map import DigitMap
from core.explanation.map_files import save_map
from core.explanation.network import ExplainedNetwork
from core.recognition import Recognizer
from tests.support.app_server import settle
from tests.support.runs import tiny_run

pytestmark = pytest.mark.browser


def test_points_that_are_drawn_around_on_the_map_are_shown(page, server):
    run = tiny_run(server.home)
    save_map(DigitMap.build(ExplainedNetwork(Recognizer.load(run.folder)), max_images=2500, max_s=math.inf), run)
    page.goto(f"{server.url}/inside?model={run.id}")
    page.get_by_text("Map of digits").click()
    chart = page.locator(".studio-chart")
    expect(chart.locator(".annotation-text", has_text="this digit")).to_be_visible()
    expect(page.get_by_text("2,500 of the 10,000 test images by the values")).to_be_visible()
    settle(page)
    box = chart.bounding_box()
    left, top, right, bottom = box["x"] + 8, box["y"] + 60, box["x"] + box["width"] - 8, box["y"] + box["height"] - 60
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(x, y)
    page.mouse.up()
    expect(page.get_by_role("list", name="Test images: Picked on the map").locator("li")).to_have_count(50)
