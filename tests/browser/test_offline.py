"""The browser requests nothing from other hosts."""

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
"""The titles of the pages, each with a selector of what it shows when it has been drawn."""


@pytest.fixture
def new_server(tmp_path):
    """A server without visitors: it runs the first page without the navigation, and lets the browser load it again."""
    running = Server(tmp_path / "runs")
    yield running
    running.stop()


def test_no_page_requests_anything_from_another_host(page, new_server):
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
