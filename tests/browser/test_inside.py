"""The Inside page in a real browser: a drawing goes along from Recognize, and every new stroke is followed."""

import pytest
from playwright.sync_api import expect

from core.config.train_config import TrainConfig
from core.runs.store import RunStore
from tests.support.app_server import CANVAS, ONE, draw, open_canvas, settle
from tests.support.runs import finished_status, tiny_model

pytestmark = pytest.mark.browser


def test_why_takes_the_drawing_along_and_the_layers_follow_each_stroke(page, server):
    open_canvas(page, server.url)
    why = page.get_by_role("button", name="Why?")
    expect(why).to_be_disabled()
    draw(page, ONE)
    expect(why).to_be_enabled()
    why.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Smallest change to")).to_be_visible()
    assert page.url.endswith("/inside")
    expect(page.locator(".answer .label")).to_have_text("1")
    page.get_by_text("The network at work").click()
    settle(page)
    first = page.get_by_role("img", name="1. Convolution").first
    before = first.get_attribute("src")
    page.locator(CANVAS).wait_for()
    draw(page, [(70, 50), (70, 150), (210, 150)])
    expect(page.locator(".answer .label")).to_have_text("4")
    expect(first).not_to_have_attribute("src", before)


def test_points_that_are_drawn_around_on_the_map_are_shown(page, server):
    run = RunStore(server.home).create(TrainConfig(hidden_units=8))
    run.save_model(tiny_model())
    run.write_status(finished_status())
    page.goto(f"{server.url}/inside?model={run.id}")
    page.get_by_text("Map of digits").click()
    chart = page.locator(".studio-chart")
    expect(chart.locator(".annotation-text", has_text="this digit")).to_be_visible()
    expect(page.get_by_text("The 10,000 test images by the values")).to_be_visible()
    settle(page)
    box = chart.bounding_box()
    left, top, right, bottom = box["x"] + 8, box["y"] + 60, box["x"] + box["width"] - 8, box["y"] + box["height"] - 60
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(x, y, steps=4)
    page.mouse.up()
    expect(page.get_by_role("list", name="Test images: Picked on the map").locator("li")).to_have_count(50)
