"""Boxes by hand and a part of a picture, in a real browser: by mouse, by finger and by keyboard."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from core.datasets.mnist import load_mnist
from tests.support.app_server import choose, settle

pytestmark = pytest.mark.browser

PICTURE = 'svg[aria-label^="The picture"]'
SIDE = 84  # of a digit's cell in the picture, pixels


@pytest.fixture
def number(tmp_path):
    """The file of a picture of MNIST's test digits 721 and 041 below, dark on light."""
    cells = [np.pad(image, 7).repeat(2, 0).repeat(2, 1) for image in load_mnist().test.images[:6]]
    path = tmp_path / "number.png"
    Image.fromarray(255 - np.vstack([np.hstack(cells[:3]), np.hstack(cells[3:])])).save(path)
    return path


def send(page, url, path, *, single=False):
    page.goto(url)
    choose(page, "Upload", *([] if single else ["A number or a page"]))
    page.locator("input[type=file]").set_input_files(path)
    page.locator(PICTURE).wait_for()
    settle(page)
    show_picture(page)


def show_picture(page):
    """Scroll the picture into the middle of the window: the mouse reaches only what is in it."""
    page.locator(PICTURE).evaluate("node => node.scrollIntoView({ block: 'center' })")


def read_text(page):
    return page.get_by_test_id("stCode").locator("code")


def boxes(page):
    return page.get_by_role("option")


def tool(page, name):
    return page.get_by_role("toolbar", name="Boxes of the picture").get_by_role("button", name=name, exact=True)


def place(page, x, y):
    """Return where a pixel of the picture stands on the screen."""
    to_screen = """(svg, [x, y]) => {
        const { x: left, y: top } = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
        return [left, top];
    }"""
    return page.locator(PICTURE).evaluate(to_screen, [x, y])


def place_on_page(page):
    """Return where the picture stands, however far the page is scrolled, and its height."""
    scrolled = page.get_by_test_id("stMain").evaluate("node => node.scrollTop")
    box = page.locator(PICTURE).bounding_box()
    return box["x"], box["y"] + scrolled, box["height"]


def drag(page, start, end):
    """Drag the mouse between two pixels of the picture."""
    page.mouse.move(*place(page, *start))
    page.mouse.down()
    page.mouse.move(*place(page, *end), steps=6)
    page.mouse.up()


def box_of(page, number):
    """Return left, top, width and height of a box as it is drawn around the ink, pixels of the picture."""
    rect = boxes(page).nth(number).locator("rect").first
    return [float(rect.get_attribute(side)) for side in ("x", "y", "width", "height")]


def pick(page, number):
    x, y, width, height = box_of(page, number)
    page.mouse.click(*place(page, x + width / 2, y + height / 2))
    expect(page.get_by_text(f"Digit {number + 1} of")).to_be_visible()
    settle(page)


def test_boxes_are_changed_with_the_mouse_and_nothing_moves(page, server, number):
    send(page, server.url, number)
    expect(read_text(page)).to_have_text("721\n041")
    before = place_on_page(page)
    pick(page, 1)
    tool(page, "Delete").click()
    expect(read_text(page)).to_have_text("71\n041")
    tool(page, "Add").click()
    drag(page, (SIDE + 8, 8), (2 * SIDE - 8, SIDE - 8))
    expect(read_text(page)).to_have_text("721\n041")
    expect(boxes(page)).to_have_count(6)
    pick(page, 0)
    x, y, width, height = box_of(page, 0)
    drag(page, (x + width / 2, y + height / 2), (x + width / 2 + SIDE, y + height / 2 + SIDE))
    expect(read_text(page)).to_have_text("21\n0441")
    tool(page, "Undo").click()
    expect(read_text(page)).to_have_text("721\n041")
    assert place_on_page(page) == before


def test_a_box_is_resized_by_its_edge(page, server, number):
    send(page, server.url, number)
    pick(page, 3)
    x, y, width, height = box_of(page, 3)
    drag(page, (x + width, y + height / 2), (x + width + 5, y + height / 2))
    expect(boxes(page).nth(3)).to_have_attribute("aria-label", re.compile(r"^0, sure, .*line 2, place 1$"))
    assert box_of(page, 3) == pytest.approx([x, y, width + 5, height], abs=1.5)
    expect(read_text(page)).to_have_text("721\n041")


def test_every_change_can_be_made_with_the_keyboard(page, server, number):
    send(page, server.url, number)
    page.locator(PICTURE).focus()
    keys = page.keyboard
    for key in ("Home", "5", "ArrowRight", "ArrowRight", "Delete"):  # faster than the page answers
        keys.press(key)
    expect(read_text(page)).to_have_text("52\n041")
    keys.press("Home")
    keys.press("j")
    expect(boxes(page)).to_have_count(4)
    expect(boxes(page).first).not_to_have_attribute("aria-label", "a box that is being read")
    keys.press("s")
    expect(boxes(page)).to_have_count(5)
    for count in (4, 5, 6):
        keys.press("Control+z")
        expect(boxes(page)).to_have_count(count)
    expect(read_text(page)).to_have_text("521\n041")
    keys.press("Control+z")
    expect(read_text(page)).to_have_text("721\n041")
    expect(tool(page, "Undo")).to_be_disabled()
    keys.press("n")
    keys.press("Escape")
    expect(tool(page, "Undo")).to_be_disabled()
    keys.press("End")
    x, y, width, height = box_of(page, 5)
    for _ in range(3):
        keys.press("Shift+ArrowUp")
        keys.press("Alt+ArrowRight")
    expect(tool(page, "Undo")).to_be_enabled()
    settle(page)
    after = box_of(page, 5)
    assert after[0] == x and after[1] < y and after[2] > width and after[3] == height
    keys.press("Control+z")
    expect(tool(page, "Undo")).to_be_disabled()
    assert "/train" not in page.url and page.locator(PICTURE).count() == 1


def test_a_part_is_read_and_the_whole_again(page, server, number):
    send(page, server.url, number)
    tool(page, "Crop").click()
    drag(page, (2, SIDE + 2), (2 * SIDE, 2 * SIDE - 2))
    expect(read_text(page)).to_have_text("04")
    page.get_by_role("link", name="Train").click()
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.get_by_role("link", name="Recognize").click()
    expect(read_text(page)).to_have_text("04")
    tool(page, "Whole picture").click()
    expect(read_text(page)).to_have_text("721\n041")
    expect(tool(page, "Whole picture")).to_be_disabled()


def test_a_part_of_a_picture_of_one_digit_is_chosen_with_the_keyboard(page, server, number):
    send(page, server.url, number, single=True)
    expect(tool(page, "Add")).to_have_count(0)
    page.locator(PICTURE).focus()
    page.keyboard.press("c")
    expect(page.get_by_text("Drag over the part to read.")).to_be_visible()
    for _ in range(300):
        page.keyboard.press("Alt+ArrowLeft")
        if page.locator("path.frame").get_attribute("d").startswith("M25 17h5"):
            break
    for _ in range(40):
        page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".answer .label")).to_have_text("7")


@pytest.fixture
def phone(browser):
    """A phone's page, in portrait orientation, with a touch screen."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def swipe(page, start, end):
    """Move a finger between two pixels of the picture."""
    (x, y), (end_x, end_y) = place(page, *start), place(page, *end)
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", (x, y))
    for step in range(1, 7):
        touch("touchMove", (x + (end_x - x) * step / 6, y + (end_y - y) * step / 6))
    touch("touchEnd")
    session.detach()


def test_a_finger_crops_picks_and_moves_a_box(phone, server, number):
    send(phone, server.url, number)
    assert phone.get_by_test_id("stMain").evaluate("node => node.scrollWidth <= node.clientWidth")
    tool(phone, "Crop").tap()
    swipe(phone, (2, SIDE + 2), (2 * SIDE, 2 * SIDE - 2))
    expect(read_text(phone)).to_have_text("04")
    settle(phone)
    tool(phone, "Undo").tap()
    expect(read_text(phone)).to_have_text("721\n041")
    settle(phone)
    show_picture(phone)
    x, y, width, height = box_of(phone, 0)
    phone.touchscreen.tap(*place(phone, x + width / 2, y + height / 2))
    expect(phone.get_by_text("Digit 1 of 6")).to_be_visible()
    settle(phone)
    swipe(phone, (x + width / 2, y + height / 2), (x + width / 2 + SIDE, y + height / 2 + SIDE))
    expect(read_text(phone)).to_have_text("21\n0441")
