"""The very first visitor of a server: one loading of the page, nothing from other hosts, nothing that is missing."""

from urllib.parse import urlparse

import pytest

from tests.support.app_server import CANVAS, Server, settle

pytestmark = pytest.mark.browser
PAGES = {
    "Recognize": CANVAS,
    "Inside": "text=Smallest change",
    "Data": "text=60,000 images to learn from",
    "Runs": "text=Import",
    "Learn": "text=5 epochs are a balance",
    "Train": "text=weights ·",
}
"""The titles of the pages, each with a selector of what it shows when it has been drawn."""


@pytest.fixture
def new_server(tmp_path):
    """A server that nobody has visited."""
    running = Server(tmp_path / "runs")
    yield running
    running.stop()


# Streamlit lists the files of a folder named `pages` in a sidebar until an app has called `st.navigation`.
REPORT_SIDEBAR = """
new MutationObserver(() => {
    if (document.querySelector("[data-testid=stSidebarNav]")) window.sawSidebar = true;
}).observe(document, { childList: true, subtree: true });
"""


def test_no_page_requests_anything_from_another_host_or_anything_missing(page, new_server):
    hosts, loaded, refused = set(), [], []
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    page.on("response", lambda answer: refused.append((answer.status, answer.url)) if answer.status >= 400 else None)
    page.on("load", lambda page: loaded.append(page.url))
    page.add_init_script(REPORT_SIDEBAR)
    page.goto(f"{new_server.url}/train")
    page.get_by_role("spinbutton", name="Epochs").wait_for()
    for title, shows in PAGES.items():
        page.get_by_role("link", name=title, exact=True).click()
        page.locator(shows).first.wait_for()
        settle(page)
        page.wait_for_load_state("networkidle")
    assert hosts - {None, ""} == {"localhost"}
    assert (refused, loaded) == ([], [f"{new_server.url}/train"])
    assert not page.evaluate("() => Boolean(window.sawSidebar)"), "the menu of Streamlit's older kind of app"
