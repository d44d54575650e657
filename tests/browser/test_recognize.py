"""Drawing and uploading, in a real browser."""

import csv
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from core.dataset import load_mnist
from tests.browser.studio import ONE, SEVEN, draw, open_canvas

pytestmark = pytest.mark.browser


def answer(page):
    return page.locator(".answer .label")


def test_a_drawn_seven_is_read_at_once(page, server):
    open_canvas(page, server.url)
    expect(page.get_by_text("Nothing to read yet")).to_be_visible()
    expect(answer(page)).to_have_text("–")
    draw(page, SEVEN)
    expect(answer(page)).to_have_text("7")
    bars = page.locator('[data-chart="bars-drawn"]')
    expect(bars).to_have_attribute("aria-label", re.compile("probabilities: 7 at"))
    shares = bars.evaluate("node => node.data[0].x")
    assert int(np.argmax(shares)) == 7
    assert sum(shares) == pytest.approx(1, abs=1e-3)
    assert page.get_by_role("button", name="Share").count() == 0, "the app works offline and sends no chart anywhere"


def test_undo_and_clear(page, server):
    open_canvas(page, server.url)
    draw(page, ONE)
    expect(answer(page)).to_have_text("1")
    draw(page, [(70, 50), (70, 150), (210, 150)])
    expect(answer(page)).to_have_text("4")
    page.get_by_role("button", name="Undo").last.click()
    expect(answer(page)).to_have_text("1")
    page.get_by_role("button", name="Clear").last.click()
    expect(answer(page)).to_have_text("–")


def test_the_drawing_outlives_other_pages(page, server):
    open_canvas(page, server.url)
    draw(page, SEVEN)
    expect(answer(page)).to_have_text("7")
    page.get_by_role("link", name="Train").click()
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.get_by_role("link", name="Recognize").click()
    expect(answer(page)).to_have_text("7")


def test_nothing_moves_when_the_answer_changes(page, server):
    open_canvas(page, server.url)
    places = lambda: [page.locator(each).first.bounding_box() for each in (".answer", '[data-chart="bars-drawn"]')]  # noqa: E731
    before = places()
    draw(page, SEVEN)
    expect(answer(page)).to_have_text("7")
    assert places() == before


def test_several_files_one_of_them_broken(page, server, tmp_path):
    test = load_mnist().test
    for index in range(2):
        digit = Image.fromarray(test.images[index]).resize((200, 200), Image.Resampling.BICUBIC)
        picture = digit if index else Image.fromarray(255 - np.asarray(digit))
        picture.save(tmp_path / f"digit{index}.png")
    (tmp_path / "broken.png").write_bytes(b"this is no picture")
    page.goto(server.url)
    page.get_by_text("Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files(sorted(tmp_path.glob("*.png")))
    expect(answer(page)).to_have_text([str(test.labels[0]), str(test.labels[1])])
    expect(page.get_by_role("alert").filter(has_text="broken.png is not a picture")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert [row["file"] for row in rows] == ["broken.png", "digit0.png", "digit1.png"]
    assert [row["digit"] for row in rows] == ["", str(test.labels[0]), str(test.labels[1])]
    assert "not a picture" in rows[0]["note"]


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_scrolls_sideways(page, server, width):
    page.set_viewport_size({"width": width, "height": 844})
    for path in ("", "/train"):
        page.goto(server.url + path)
        page.get_by_text("Draw a digit" if not path else "weights").first.wait_for()
        page.wait_for_timeout(1000)
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_what_leaves_the_canvas_is_not_read(page, server):
    open_canvas(page, server.url)
    draw(page, [(140, 50), (140, 310), (900, 310)])
    expect(answer(page)).to_have_text("1")
