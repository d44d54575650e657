"""Nothing that a page needs is fetched from elsewhere."""

from urllib.parse import urlparse

import pytest

pytestmark = pytest.mark.browser


def test_no_page_asks_another_host_for_anything(page, server):
    hosts = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    for path in ("", "train", "runs", "why"):
        page.goto(f"{server.url}/{path}")
        page.locator("[data-test-script-state=notRunning]").first.wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
    assert hosts - {None, ""} == {"localhost"}
