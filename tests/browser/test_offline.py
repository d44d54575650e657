"""Nothing that a page needs is fetched from elsewhere."""

from urllib.parse import urlparse

import pytest

from tests.browser.studio import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def new_server(tmp_path):
    """A server that nobody has visited: its very first visitor is let in by another way."""
    running = Server(tmp_path / "runs")
    yield running
    running.stop()


def test_no_page_asks_another_host_for_anything(page, new_server):
    server, hosts = new_server, set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    for path in ("train", "", "runs", "why"):
        page.goto(f"{server.url}/{path}")
        page.locator("[data-test-script-state=notRunning]").first.wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
    assert hosts - {None, ""} == {"localhost"}
