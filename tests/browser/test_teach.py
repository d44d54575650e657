"""Teaching in a real browser: an answer is labelled by a key or a press, and many digits one key after the other."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from core.corrections import CorrectionStore
from core.datasets.mnist import load_mnist
from tests.support.app_server import CANVAS, SEVEN, draw

BAR = [(100, 150), (190, 150)]

pytestmark = pytest.mark.browser


def test_an_answer_is_labelled_by_a_key_and_listed_on_the_teach_page(page, server):
    store = CorrectionStore(server.home)
    before = {each.id for each in store.find()}  # what other tests have labelled on this server

    def kept():
        return [each for each in store.find() if each.id not in before]

    page.goto(server.url)
    page.locator(CANVAS).wait_for()
    expect(page.get_by_role("button", name="It is a 4")).to_be_disabled()
    draw(page, SEVEN)
    expect(page.get_by_role("button", name="It is a 4")).to_be_enabled()
    page.keyboard.press("4")
    expect(page.get_by_text("Kept: it is a 4.")).to_be_visible()
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.get_by_text("Kept: right.")).to_be_visible()
    assert [(each.label, each.answer) for each in kept()] == [("7", "7")], "a second press replaces the first"
    page.keyboard.press("7")
    expect(page.get_by_text("Kept: right.")).to_be_hidden()
    page.get_by_label("by keys too").uncheck()
    page.keyboard.press("4")
    page.get_by_label("by keys too").check()
    page.keyboard.press("7")
    expect(page.get_by_text("Kept: right.")).to_be_visible()
    draw(page, BAR)
    page.keyboard.press("5")  # before the stroke was read
    expect(page.get_by_text("Kept: it is a 5.")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Kept: right.")).to_be_visible()
    assert [each.label for each in kept()] == ["5", "7"], "the label is of the whole drawing"
    store.delete([kept()[0].id])
    page.get_by_role("link", name="Teach").click()
    count = store.count()
    expect(page.get_by_text(f"{count} digits are kept" if count > 1 else "1 digit is kept")).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_role("button", name="Learn", exact=True)).to_be_enabled()


def test_many_digits_are_labelled_by_a_key_each(page, server):
    store = CorrectionStore(server.home)
    before = store.count()
    files = []
    for index in range(12):
        file = io.BytesIO()
        Image.fromarray(255 - load_mnist().test.images[index].repeat(6, 0).repeat(6, 1)).save(file, "PNG")
        files.append({"name": f"{index}.png", "mimeType": "image/png", "buffer": file.getvalue()})
    page.goto(f"{server.url}/teach")
    page.get_by_text("Label many").click()
    page.locator("input[type=file]").set_input_files(files)
    queue = page.get_by_role("group", name="Digits to label")
    queue.focus()
    page.keyboard.down("0")
    page.keyboard.down("0")  # a key that is held down labels one digit
    page.keyboard.up("0")
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.get_by_text("What was kept").click()
    expect(queue).to_be_hidden()
    page.get_by_text("Label many").click()
    expect(page.get_by_text("9 left")).to_be_visible()
    queue.focus()
    for key in ["3", "4", "5", "6", "7", "8", "Backspace", "9", " ", "1", "2"]:
        page.keyboard.press(key)
    expect(page.get_by_text("All of them were seen.")).to_be_visible()
    page.get_by_text("What was kept").click()
    expect(page.get_by_text(f"{before + 11} digits are kept")).to_be_visible()
    assert [each.label for each in reversed(store.find(count=11))] == list("01234567912")
