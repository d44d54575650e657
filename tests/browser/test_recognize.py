"""The Recognize page in a real browser: drawing, uploading, reading and correcting."""

import csv
import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from core.datasets.mnist import load_mnist
from tests.support.app_server import CANVAS, ONE, SEVEN, choose, draw, open_canvas, open_number_canvas, settle, touch

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
    assert page.get_by_role("button", name="Share").count() == 0, "the app sends no chart to another host"


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


def test_the_drawing_is_kept_while_another_page_is_open(page, server):
    open_canvas(page, server.url)
    draw(page, SEVEN)
    expect(answer(page)).to_have_text("7")
    page.get_by_role("link", name="Train").click()
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.get_by_role("link", name="Recognize").click()
    expect(answer(page)).to_have_text("7")


def boxes_of(page):
    """Return where the answer and its bars stand on the page."""
    return [page.locator(each).first.bounding_box() for each in (".answer", '[data-chart="bars-drawn"]')]


def test_nothing_moves_when_the_answer_changes(page, server):
    open_canvas(page, server.url)
    before = boxes_of(page)
    draw(page, SEVEN)
    expect(answer(page)).to_have_text("7")
    assert boxes_of(page) == before


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
    expect(answer(page)).to_have_text(re.compile(f"{test.labels[0]}|{test.labels[1]}"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all as CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert [row["file"] for row in rows] == ["broken.png", "digit0.png", "digit1.png"]
    assert [row["digit"] for row in rows] == ["", str(test.labels[0]), str(test.labels[1])]
    assert "not a picture" in rows[0]["note"]


_TOO_WIDE = """main => [...main.querySelectorAll("*")]
    .filter(node => node.getBoundingClientRect().right > main.clientWidth + 0.5)
    .map(node => `${location.pathname} ${node.tagName} ${node.className} ${node.textContent.slice(0, 60)}`)"""
"""The elements that reach beyond the page's right side."""

_MISFITS = """() => [...document.querySelectorAll(".studio-chart")]
    .map(chart => [chart.dataset.chart, chart.querySelector("svg")?.getBoundingClientRect().width, chart.clientWidth])
    .filter(([name, drawn, place]) => !(Math.abs(drawn - place) <= 1))"""
"""The charts that have not been drawn, or are not as wide as their place: name, width drawn, width of the place."""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_scrolls_sideways(page, server, width):
    page.set_viewport_size({"width": width, "height": 844})
    for path, text in {"": "One digit", "/train": "weights", "/learn": "Test this claim"}.items():
        page.goto(server.url + path)
        page.get_by_text(text).first.wait_for()
        for _ in range(300):
            if not (misfits := page.evaluate(_MISFITS)):
                break
            page.wait_for_timeout(200)
        assert not misfits, page.url
        page.wait_for_timeout(2000)
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("node => node.scrollWidth <= node.clientWidth"), main.evaluate(_TOO_WIDE)


def test_the_part_of_a_stroke_outside_the_canvas_is_not_read(page, server):
    open_canvas(page, server.url)
    draw(page, [(140, 50), (140, 310), (900, 310)])
    expect(answer(page)).to_have_text("1")


def read_text(page):
    return page.get_by_test_id("stCode").locator("code")


def digit_boxes(page):
    return page.get_by_role("option")


def draw_714(page, stroke):
    stroke(page, [(40, 30), (90, 30), (60, 120)])
    stroke(page, [(140, 30), (140, 120)])
    stroke(page, [(190, 30), (185, 80), (240, 80)])
    stroke(page, [(230, 40), (222, 120)])


def test_a_number_drawn_with_the_mouse_is_read_and_corrected_by_click_and_by_key(page, server):
    open_number_canvas(page, server.url)
    draw_714(page, draw)
    expect(read_text(page)).to_have_text("714")
    expect(digit_boxes(page)).to_have_count(3)
    digit_boxes(page).nth(1).locator("rect").first.click(force=True)
    expect(page.get_by_text("Digit 2 of 3")).to_be_visible()
    settle(page)
    page.get_by_role("radiogroup", name="It is").get_by_text("5", exact=True).click()
    expect(read_text(page)).to_have_text("754")
    expect(digit_boxes(page).nth(1)).to_have_attribute("aria-label", re.compile("^5, by hand"))
    page.get_by_role("listbox", name="The picture, with a box").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Digit 3 of 3")).to_be_visible()
    page.keyboard.press("Delete")
    expect(read_text(page)).to_have_text("75")
    for key in ("Home", "1", "ArrowRight", "2", "ArrowRight", "3"):  # faster than the page answers
        page.keyboard.press(key)
    expect(read_text(page)).to_have_text("123")
    expect(page.get_by_text("Digit 3 of 3")).to_be_visible()
    page.keyboard.press("Delete")
    expect(read_text(page)).to_have_text("12")
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    exported = json.loads(download.value.path().read_text("utf-8"))
    assert exported["text"] == "12"
    assert [each["mark"] for each in exported["digits"]] == ["by hand"] * 3
    page.get_by_role("link", name="Train").click()
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.get_by_role("link", name="Recognize").click()
    expect(read_text(page)).to_have_text("12")


@pytest.fixture
def phone(browser):
    """A phone's page, in portrait orientation, with a touch screen."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def test_a_phone_shows_the_answer_and_its_bars_below_a_canvas_as_wide_as_the_page(phone, server):
    open_canvas(phone, server.url)
    touch(phone, SEVEN)
    expect(answer(phone)).to_have_text("7")
    assert phone.locator(CANVAS).bounding_box()["width"] == pytest.approx(358, abs=2)
    for part in (CANVAS, ".answer .label", ".answer .confidence", '[data-chart="bars-drawn"]', ".examples"):
        expect(phone.locator(part)).to_be_in_viewport(ratio=1)
    header = phone.get_by_test_id("stHeader").evaluate("node => getComputedStyle(node, '::before').content")
    assert header == '"Digit Studio · Recognize"'


def test_whoever_only_clicks_sees_an_answer_a_doubt_and_a_refusal(page, server):
    open_canvas(page, server.url)
    invitation = page.locator(".invitation")
    expect(invitation).to_be_visible()
    header = page.get_by_test_id("stHeader").bounding_box()
    title = page.get_by_text("Digit Studio", exact=True).bounding_box()
    assert title["y"] - header["height"] < 24, "no band of empty space"
    for example, shown, words in (
        ("A crossed seven", "7", "sure"),
        ("A four, or a nine", "4", "perhaps a 9"),
        ("The letter A", "?", "Not a digit"),
    ):
        page.get_by_role("button", name=f"Example: {example}").click()
        expect(answer(page)).to_have_text(shown)
        expect(page.locator(".answer .confidence")).to_contain_text(words)
    expect(invitation).to_be_hidden()
    page.get_by_role("button", name="Clear").last.click()
    expect(invitation).to_be_visible()


def test_a_finger_draws_a_number_and_picks_a_digit(phone, server):
    open_number_canvas(phone, server.url)
    canvas = phone.locator(CANVAS).bounding_box()
    assert canvas["x"] + canvas["width"] <= 390
    draw_714(phone, touch)
    expect(read_text(phone)).to_have_text("714")
    settle(phone)  # the text appears a moment before the boxes
    place = digit_boxes(phone).nth(1).locator("rect").first.bounding_box()
    phone.touchscreen.tap(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    expect(phone.get_by_text("Digit 2 of 3")).to_be_visible()
    assert phone.get_by_test_id("stMain").evaluate("node => node.scrollWidth <= node.clientWidth")


def test_a_phone_that_is_turned_keeps_its_drawing(phone, server):
    open_number_canvas(phone, server.url)
    expect(phone.locator(CANVAS)).to_have_css("width", "358px")
    draw_714(phone, touch)
    expect(read_text(phone)).to_have_text("714")
    phone.set_viewport_size({"width": 844, "height": 390})
    # The old canvas is removed a little later.
    expect(phone.locator(CANVAS).first).to_have_css("width", re.compile("4..px"))
    settle(phone)
    expect(read_text(phone)).to_have_text("714")


def test_the_steps_show_their_pictures_and_a_naively_resized_picture_is_read_beside_them(page, server, tmp_path):
    """A small 5 in the corner of a sheet: the preprocessing finds it, naive resizing loses it."""
    test = load_mnist().test
    sheet = np.full((400, 600), 255, np.uint8)
    sheet[300:384, 480:564] -= test.images[8].repeat(3, 0).repeat(3, 1)
    Image.fromarray(sheet).save(tmp_path / "corner.png")
    page.goto(server.url)
    choose(page, "Upload")
    page.locator("input[type=file]").set_input_files(tmp_path / "corner.png")
    expect(answer(page)).to_have_text("5")
    page.get_by_text("Step by step").click()
    steps = page.get_by_test_id("stExpander").filter(has_text="Step by step")
    expect(steps.get_by_role("img", name=re.compile("^Step "))).to_have_count(5)
    for number in range(1, 6):
        picture = steps.get_by_role("img", name=re.compile(f"^Step {number}: "))
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("async node => { await node.decode(); return node.naturalWidth; }") > 0
    page.get_by_text("Feed the plain resized picture").click()
    answers = steps.get_by_text(re.compile(r"^Reads [\d?]"))
    expect(answers).to_have_count(2)
    expect(answers.last).to_contain_text("Reads 5")
    expect(answers.first).not_to_contain_text("Reads 5")
