"""The Inside page in a real browser: a drawing goes along from Recognize, and every new stroke is followed."""

import pytest
from playwright.sync_api import expect

from tests.support.app_server import CANVAS, ONE, draw, open_canvas, settle
from tests.support.runs import tiny_run

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
    first = page.get_by_role("group", name="1. Convolution").first
    first.get_by_role("button").nth(2).click()
    detail = page.get_by_role("region", name="Channel 3 of 32")
    expect(detail.locator(".images [role=img]")).to_have_count(9)  # the test images that excite it most
    before = first.get_attribute("style")
    page.locator(CANVAS).wait_for()
    draw(page, [(70, 50), (70, 150), (210, 150)])
    expect(page.locator(".answer .label")).to_have_text("4")
    expect(first).not_to_have_attribute("style", before)
    expect(detail).to_be_visible()  # what was picked stays picked
    page.get_by_role("group", name="24. Dense").scroll_into_view_if_needed()
    expect(page.locator(CANVAS)).to_be_in_viewport(ratio=0.9)  # one draws and watches the last layer at once
    first.get_by_role("button").nth(2).press("Shift+ArrowRight")  # and another place on it
    expect(page.get_by_role("region", name="strongest")).to_have_count(0)
    first.get_by_role("button").nth(2).press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Channel 4 of 32")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Channel")).to_have_count(0)


def test_the_curve_over_a_damage_fills_in_by_itself_and_reset_is_one_press(page, server):
    run = tiny_run(server.home)  # quicker than the shipped one
    page.goto(f"{server.url}/inside?model={run.id}")
    page.get_by_text("Break it", exact=True).click()
    expect(page.get_by_text("undamaged", exact=True)).to_be_visible()
    slider = page.get_by_role("slider", name="Turn, degrees clockwise")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("stMetricDelta")).to_contain_text("points")
    points = "document.querySelector('[data-chart=damage-curve]')?.querySelectorAll('.trace:first-child .point').length"
    page.wait_for_function(f"{points} === 10")  # nine strengths and the present one
    settle(page)
    page.get_by_role("button", name="Reset").press("Enter")
    expect(page.get_by_text("undamaged", exact=True)).to_be_visible()
    expect(slider).to_have_value("0")
