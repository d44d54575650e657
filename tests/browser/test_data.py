"""Data sets in a real browser: drawn a class at a time, and added from files."""

import pytest
from playwright.sync_api import expect

from core.datasets.board_file import BoardFile
from core.datasets.store import DatasetStore
from tests.support.app_server import CANVAS, draw, settle
from tests.support.dataset_files import idx_files, letter_images

pytestmark = pytest.mark.browser

HOOK = [(80, 60), (200, 60), (200, 220)]
BAR = [(60, 140), (220, 150)]


def open_part(page, server, name):
    page.goto(f"{server.url}/data")
    page.locator("label", has_text=name).first.click()
    settle(page)


def test_a_set_is_drawn_with_the_enter_key_and_survives_a_reload(page, server):
    open_part(page, server, "Draw")
    page.get_by_role("textbox", name="Classes").fill("hook, cross")
    page.get_by_role("button", name="Begin").click()
    for drawn, strokes in enumerate(((HOOK,), (HOOK, BAR), (HOOK,)), 1):
        expect(page.locator(CANVAS)).to_have_count(1)
        settle(page)
        for stroke in strokes:
            draw(page, stroke)
        page.keyboard.press("Enter")  # before the last stroke was reported
        expect(page.get_by_text(f"{drawn} of 20")).to_be_visible()
    board = BoardFile(DatasetStore(server.home), "this machine")
    hook, crossed, again = (each.strokes for each in board.read().of("hook"))
    assert abs(int(hook.sum()) - int(again.sum())) < 0.1 * hook.sum() < crossed.sum() - hook.sum()
    page.reload()
    page.locator("label", has_text="Draw").first.click()
    expect(page.get_by_text("hook · 3")).to_be_visible()
    board.discard()


def test_files_are_shown_and_become_a_data_set_to_train_on(page, server, tmp_path):
    images, labels = letter_images(60)
    for name, data in idx_files(images, labels, tests=15):
        (tmp_path / name).write_bytes(data)
    open_part(page, server, "Upload files")
    page.locator("input[type=file]").set_input_files(sorted(tmp_path.iterdir()))
    expect(page.get_by_text("45 images to learn from · 15 for the test")).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill("Three letters")
    page.get_by_role("button", name="Add this data set").click()
    page.get_by_role("button", name="Train on it").click()
    page.wait_for_url("**/train?**dataset=three-letters%401**")
