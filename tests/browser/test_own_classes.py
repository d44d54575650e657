"""Letters in a real browser: chosen, trained on from the shipped reader, and read by their names."""

import shutil

import pytest
from playwright.sync_api import expect

from tests.support.app_server import draw, press_train, settle
from tests.support.letters import add_letters

pytestmark = pytest.mark.browser

Z = [(60, 60), (220, 60), (60, 230), (220, 230)]


@pytest.fixture
def letters(server):
    """A data set of 20 drawings of each of three letters, removed again for the tests that follow."""
    spec = add_letters(server.home)
    yield spec
    shutil.rmtree(server.home / "datasets")


def test_a_small_set_is_trained_on_and_its_letters_are_read(page, server, letters):
    page.goto(f"{server.url}/train?dataset={letters.reference}")
    settle(page)
    page.get_by_role("button", name="Use Small set").click()
    expect(page.get_by_role("button", name="Use Small set")).to_have_count(0)
    press_train(page)
    expect(page.get_by_text("Small set on Letters").first).to_be_visible()
    page.get_by_role("button", name="Read with this model").click(timeout=120_000)
    expect(page.get_by_text("This network reads one of A, K, Z at a time.")).to_be_visible()
    draw(page, Z)
    expect(page.get_by_role("status").get_by_text("Z", exact=True)).to_be_visible()
