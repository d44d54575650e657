"""The network builder in a real browser: layers are added, set, moved and trained; a link brings the network back."""

import pytest
from playwright.sync_api import expect

from core.runs.store import RunStore
from tests.support.app_server import expect_state, press_train, settle

pytestmark = pytest.mark.browser
LONG_MS = 30_000


def open_form(page, address, weights):
    """Open the form at an address whose network has so many weights, and unfold the network."""
    page.goto(address)
    expect(page.get_by_text(f"{weights} weights ·")).to_be_visible(timeout=LONG_MS)
    wait_until_idle(page)
    page.get_by_text("Network, optimizer and data").click()


def press_when_seen(page, button):
    """Press a button at the first moment in which a person can, while the form still unfolds.

    Playwright's own click presses even earlier: it scrolls the half-open form, and the button moves away under it.
    """
    place = button.evaluate(
        """button => new Promise((resolve) => {
            const check = () => {
                const { x, y, width, height } = button.getBoundingClientRect();
                const middle = [x + width / 2, y + height / 2];
                if (button.contains(document.elementFromPoint(...middle))) resolve(middle);
                else requestAnimationFrame(check);
            };
            check();
        })"""
    )
    page.mouse.click(*place, delay=80)


def wait_until_idle(page):
    """Wait until no script of the server runs, without the time in which one might begin."""
    page.locator("[data-test-script-state=notRunning]").first.wait_for()


def test_a_network_is_built_and_trained_and_its_link_brings_it_back(page, server):
    open_form(page, f"{server.url}/train?recipe=linear&epochs=1&training_share=0.05", "7,850")
    wait_until_idle(page)
    for field, choice in (("After", "The picture"), ("Another layer", "Convolution")):
        option = page.get_by_role("option", name=choice, exact=True)
        while not option.count():  # a drawing of the form may close the list once more
            page.get_by_role("combobox", name=field).click()
            page.wait_for_timeout(1000)
        option.click()
        settle(page)
    press_when_seen(page, page.get_by_role("button", name="Add", exact=True))
    expect(page.get_by_text("26×26×32 values · 320 weights")).to_be_visible(timeout=LONG_MS)
    page.get_by_role("button", name="Move layer 1 down").click()
    alert = page.get_by_text("Layer 2: Convolution needs a picture, and what comes in is flat: put it before Flatten.")
    expect(alert).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled(timeout=LONG_MS)
    up = page.get_by_role("button", name="Move layer 2 up")
    up.focus()
    page.keyboard.press("Enter")
    expect(alert).to_be_hidden(timeout=LONG_MS)
    expect(page.get_by_text("26×26×32 values · 320 weights")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("216,650 weights ·")).to_be_visible(timeout=LONG_MS)
    wait_until_idle(page)
    page.get_by_role("button", name="Set").first.click()
    filters = page.get_by_role("spinbutton", name="Filters")
    filters.fill("4")
    filters.press("Enter")
    expect(page.get_by_text("27,090 weights ·")).to_be_visible(timeout=LONG_MS)
    page.keyboard.press("Escape")
    page.wait_for_url("**layers=conv-4**")
    address = page.url
    press_train(page)
    expect_state(page, "finished")
    layers = RunStore(server.home).all()[0].config().layers
    assert [layer["class_name"] for layer in layers] == ["Conv2D", "Flatten"] and layers[0]["filters"] == 4
    open_form(page, address, "27,090")
    expect(page.get_by_text("Convolution, 4 filters 3×3, relu")).to_be_visible(timeout=LONG_MS)


def test_what_is_typed_as_soon_as_the_page_appears_is_kept(page, server):
    page.goto(f"{server.url}/train")
    field = page.get_by_role("spinbutton", name="Epochs")
    field.fill("7", timeout=LONG_MS)
    field.press("Tab")
    page.keyboard.press("Tab")
    wait_until_idle(page)
    page.wait_for_url("**epochs=7**", timeout=LONG_MS)
    wait_until_idle(page)
    expect(field).to_have_value("7", timeout=LONG_MS)
    expect(page.get_by_role("combobox", name="Recipe")).to_have_value("Your own", timeout=LONG_MS)
