"""The Learn page in a real browser: a lesson from its link to what came out, and the notes on paper."""

import io
import shutil

import pypdfium2
import pytest
from playwright.sync_api import expect

from core.runs.index import run_summaries
from core.runs.store import RunStore
from tests.support.app_server import settle

pytestmark = pytest.mark.browser

A4_PAGES = 2
_MARGIN = dict.fromkeys(("top", "right", "bottom", "left"), "12mm")


@pytest.fixture
def without_lessons(server):
    """The server's folder has no runs of lessons before, and none is left for the tests that follow."""
    yield
    store = RunStore(server.home)
    for each in run_summaries(store):
        if each.lesson:
            shutil.rmtree(store.root / each.id)
    (store.root / "lessons.json").unlink()


def test_a_lesson_goes_from_its_link_over_the_guess_to_what_came_out(page, server, without_lessons):
    page.goto(f"{server.url}/why")
    page.get_by_role("radio", name="2 First network").click()
    page.get_by_role("spinbutton", name="How many percent of the test images").fill("60")
    assert page.url.endswith("/learn?lesson=first-network"), "the old address leads here, and a lesson is a link"
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your guess was 60 %; of the test images it reads")).to_be_visible()
    expect(page.locator('[data-chart="lesson-first-network-accuracy"] .main-svg').first).to_be_visible()
    expect(page.get_by_text("1 of 8 done")).to_be_visible()
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overfitting on purpose")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Your guess was 60 %")).to_be_visible()


def test_teachers_notes_print_black_on_white_on_two_pages(page, server):
    page.emulate_media(color_scheme="dark")
    page.goto(f"{server.url}/learn?lesson=notes")
    page.get_by_text("8. What it says to a letter").wait_for()
    settle(page)
    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4", margin=_MARGIN)))
    text = "".join(sheet.get_textpage().get_text_bounded() for sheet in printed)
    assert len(printed) == A4_PAGES
    assert "Teacher's notes" in text and "8. What it says to a letter" in text
    assert "Recognize" not in text and "Print this page" not in text, "menus and buttons stay out"
    greys = printed[0].render(scale=0.5).to_pil().convert("L").histogram()
    assert sum(greys[200:]) > 0.8 * sum(greys), "black on white"
