"""Uploads in a real browser: what is held of them in the server's memory has a limit."""

import psutil
import pytest
from playwright.sync_api import expect

from tests.support.app_server import SEVEN, choose, draw, open_canvas, settle

pytestmark = pytest.mark.browser

_MB = 1024**2


def test_files_beyond_the_limit_are_refused_in_a_sentence_and_not_held(page, server, tmp_path):
    open_canvas(page, server.url)
    draw(page, SEVEN)
    expect(page.locator(".answer .label")).to_have_text("7")  # TensorFlow and the network are in memory
    choose(page, "Upload")
    paths = [tmp_path / f"{number}.png" for number in range(9)]
    for path in paths:
        with open(path, "wb") as file:
            file.truncate(38 * _MB)
    before = psutil.Process(server.process.pid).memory_info().rss
    page.locator("input[type=file]").set_input_files(paths)
    expect(page.get_by_text("and at most 200 MB are held. Remove some")).to_be_visible()
    expect(page.get_by_text("has 38.0 MB; at most 20 MB are read").first).to_be_visible()
    page.wait_for_timeout(500)
    assert psutil.Process(server.process.pid).memory_info().rss - before < 300 * _MB
    expect(page.get_by_text("AxiosError")).to_have_count(0)
    for leave in (
        lambda: page.get_by_role("button", name="Remove all").click(),
        lambda: choose(page, "Draw", "Upload"),
    ):
        leave()
        expect(page.get_by_text("was not taken")).to_have_count(0)
        settle(page)
        page.locator("input[type=file]").set_input_files(paths[:5])
        expect(page.get_by_text("has 38.0 MB; at most 20 MB are read").first).to_be_visible()
        settle(page)
        expect(page.get_by_text("was not taken")).to_have_count(0)
