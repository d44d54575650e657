"""The rules of streamlit_overrides.css still have their effect on the installed version of Streamlit."""

import pytest
from playwright.sync_api import expect

from tests.support.app_server import settle

pytestmark = pytest.mark.browser


@pytest.fixture
def builder(page, server):
    """The Train page with the rows of the network builder, a button with an icon alone at each row's end."""
    page.goto(f"{server.url}/train?recipe=linear")
    page.get_by_text("weights ·").wait_for()
    settle(page)
    page.get_by_text("Network, optimizer and data").click()
    page.get_by_role("button", name="Remove layer 1").wait_for()
    settle(page)
    return page


def test_icon_only_buttons_hide_their_labels_and_keep_their_names(builder):
    for name in ("Move layer 1 up", "Move layer 1 down", "Remove layer 1"):
        button = builder.get_by_role("button", name=name)
        expect(button).to_have_count(1)
        label = button.get_by_text(name)
        expect(label).to_have_css("clip-path", "inset(50%)")
        expect(label).to_have_css("position", "absolute")
        assert button.bounding_box()["width"] < 60, "the label takes space beside the icon"


def test_other_buttons_keep_their_labels(builder):
    label = builder.get_by_role("button", name="Add", exact=True).get_by_text("Add", exact=True)
    expect(label).to_have_css("clip-path", "none")


def test_the_styles_themselves_take_no_space(builder):
    assert builder.get_by_test_id("stHtml").count() == 1
    assert builder.get_by_test_id("stMainBlockContainer").get_by_test_id("stHtml").count() == 0


def test_the_uploader_of_pictures_names_no_limit_but_the_pages_own(page, server):
    page.goto(server.url)
    settle(page)
    page.get_by_text("Upload", exact=True).first.click()
    page.get_by_text("of at most 20 MB each").wait_for()
    expect(page.get_by_test_id("stFileUploaderDropzoneInstructions")).to_be_hidden()
    expect(page.get_by_test_id("stFileUploaderDropzone").locator("button")).to_be_visible()
