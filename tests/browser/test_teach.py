"""Teaching in a real browser: labels by a key or a press, many digits by a key each, and a hand that is learned."""

import io
import shutil

import pytest
from PIL import Image
from playwright.sync_api import expect

from core.config.train_config import TrainConfig
from core.corrections import CorrectionStore
from core.datasets.mnist import load_mnist
from core.runs.default_model import default_model, reset_default_model
from core.runs.store import RunStore
from core.training import train
from tests.support.app_server import CANVAS, SEVEN, draw, settle

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
    learn = "Learn" if count == 1 else f"Learn from all {count}"
    expect(page.get_by_test_id("stMain").get_by_role("button", name=learn, exact=True)).to_be_enabled()


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


@pytest.fixture
def learner(server):
    """A small network that learned MNIST for one epoch: it learns a hand in seconds; the shipped one takes a minute.

    Other tests' corrections are put aside meanwhile, and the reader is the shipped one again afterwards.
    """
    corrections, runs = CorrectionStore(server.home), RunStore(server.home)
    others = [each.id for each in corrections.find(count=10_000)]
    corrections.delete(others)
    run = runs.create(TrainConfig(epochs=1))
    run.write_notes(name="Small learner")
    train(run.config(), run)
    yield run
    reset_default_model(server.home)
    corrections.delete([each.id for each in corrections.find(count=10_000)])
    corrections.restore(others)
    for each in runs.all():
        if each.config().start_from == run.id or each.id == run.id:
            shutil.rmtree(each.folder)


def tent(number):
    """A 1 like an inverted V, as no training had it; each number has a form of its own."""
    return [(60 + 2 * number, 230), (122 + 4 * number, 50 + number), (216 - number, 225 + number)]


def test_ten_digits_are_corrected_and_learned_and_the_reader_is_changed_and_changed_back(page, server, learner):
    page.goto(server.url)
    page.locator(CANVAS).wait_for()
    for number in range(10):
        draw(page, tent(number))
        page.keyboard.press("1")
        expect(page.get_by_text("Kept: ")).to_be_visible()
        page.keyboard.press("Delete")
        expect(page.get_by_text("Kept: ")).to_be_hidden()
    assert [each.answer for each in CorrectionStore(server.home).find()] == [""] * 10, "the shipped reader refuses them"
    page.get_by_role("link", name="Teach").click()
    page.get_by_role("combobox", name="Which model learns").click()
    page.get_by_role("option", name="Small learner").click()
    page.get_by_role("button", name="Learn from all 8").click()
    page.get_by_role("button", name="Use as my reader").click(timeout=120_000)
    expect(page.get_by_text("This app reads with Small learner, taught 8 digits")).to_be_visible()
    for what, before, after in [("learned", "0 of 8", "8 of 8"), ("kept out", "0 of 2", "2 of 2")]:
        row = page.get_by_role("row", name=f"Your digits that were {what}")
        expect(row).to_contain_text(before)
        expect(row).to_contain_text(after)
    page.get_by_role("link", name="Recognize").click()
    page.locator(CANVAS).wait_for()
    draw(page, tent(4.5))
    expect(page.get_by_role("status").get_by_text("1", exact=True)).to_be_visible()
    page.get_by_role("link", name="Teach").click()
    page.get_by_role("button", name="Back to the shipped reader").click()
    expect(page.get_by_text("This app reads with")).to_be_hidden()
    settle(page)
    assert default_model(server.home) == ""
