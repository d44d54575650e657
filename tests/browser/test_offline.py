"""Nothing that a page needs is fetched from elsewhere."""

from urllib.parse import urlparse

import pytest

from tests.support.app_server import CANVAS, Server, settle

pytestmark = pytest.mark.browser
PAGES = {
    "Recognize": CANVAS,
    "Runs": "text=Import",
    "Why": "text=5 epochs are a balance",
    "Train": "text=weights · about",
}
"""The pages, by what each shows when it is there."""


@pytest.fixture
def new_server(tmp_path):
    """A server that nobody has visited: its very first visitor is let in by another way."""
    running = Server(tmp_path / "runs")
    yield running
    running.stop()


def test_no_page_asks_another_host_for_anything(page, new_server):
    hosts = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    page.goto(f"{new_server.url}/train")
    page.get_by_role("spinbutton", name="Epochs").wait_for()
    for title, shows in PAGES.items():
        page.get_by_role("link", name=title, exact=True).click()
        page.locator(shows).first.wait_for()
        settle(page)
        page.wait_for_load_state("networkidle")
    assert hosts - {None, ""} == {"localhost"}
