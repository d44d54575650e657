"""A server and a browser for the tests that use the app as a person does."""

import os

import pytest

from tests.support.app_server import FLAGS, Server, browser_path


@pytest.fixture(scope="session")
def browser():
    """A real Chromium. In CI its absence is a failure; elsewhere these tests are skipped."""
    path = browser_path()
    if not path:
        missing = "no Chromium was found: install it (Debian: apt-get install chromium), then run the tests again"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        expect.set_options(timeout=60_000)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The app's server with an empty runs folder; one for all browser tests, for each keeps a network in memory."""
    running = Server(tmp_path_factory.mktemp("studio") / "runs")
    yield running
    running.stop()


@pytest.fixture
def page(browser, server):
    """A fresh visitor's page at 1280×800; an error in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    context.set_default_timeout(60_000)
    opened = context.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert not errors, errors
