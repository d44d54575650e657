"""The Inside page in a real browser: a drawing goes along from Recognize, and every new stroke is followed."""

import pytest
from playwright.sync_api import expect

from tests.support.app_server import CANVAS, ONE, draw, open_canvas, settle

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
