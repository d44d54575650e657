"""The pictures of the documents: what their lists of headings name is what the pages show today."""

import json
import re

import pytest
from PIL import Image

from core.people import Mode, People
from docs.pictures import FOLDER, LISTING, MAX_BYTES, WINDOW_PX, headings
from pages.widgets.shared import app_shell, workspace
from tests.support.app import plain

LISTED = json.loads(LISTING.read_text("utf-8"))
PAGES = {re.sub(r"^pages/|\.py$", "", path) for path, _, _ in (*app_shell.PAGES, app_shell.TEACHER_PAGE)}
_HOW = "The page has other headings than its picture: `make pictures` takes it anew."


def headings_of(at):
    """The headings of a page under AppTest, as they are read from the browser when its picture is taken."""
    bold = [match[1] for each in at.markdown if (match := re.match(r"(?:#+ |\*\*)(.+?)(?:\*\*|$)", each.value))]
    others = [each.value for kind in (at.title, at.header, at.subheader) for each in kind]
    return headings([plain(each) for each in (*bold, *others, *(each.label for each in at.expander))])


def listed_for(page):
    return {heading for each in LISTED.values() if each["page"] == page for heading in each["headings"]}


@pytest.mark.parametrize("page", sorted({each["page"] for each in LISTED.values()}))
def test_every_heading_of_a_page_is_in_the_list_of_its_picture(app, finished_run, page, monkeypatch):
    if page == "teacher":  # whom a class alone has
        people = People(finished_run.folder.parent)
        for name in ("Anna", "Ben"):
            people.join(name, 10)
        monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
        monkeypatch.setattr(workspace, "person", lambda: people.teacher)
    at = app(page)
    assert not at.exception
    shown = headings_of(at)
    assert shown or page == "runs"  # whose headings are those of an opened run
    assert shown - listed_for(page) == set(), _HOW


def test_every_heading_of_an_opened_run_is_in_the_list_of_its_picture(app, finished_run):
    at = app("runs")
    at.query_params["run"] = finished_run.id
    at.run(timeout=60)
    assert not at.exception
    shown = headings_of(at)
    assert "Confusions" in shown
    assert shown - listed_for("runs") == set(), _HOW


def test_every_picture_is_of_a_page_that_exists():
    assert {each["page"] for each in LISTED.values()} <= PAGES


@pytest.mark.parametrize("name", LISTED)
def test_a_picture_is_a_window_of_the_app_and_small(name):
    assert (FOLDER / name).stat().st_size <= MAX_BYTES
    with Image.open(FOLDER / name) as picture:
        assert picture.size == WINDOW_PX


def test_the_pictures_of_the_readme_and_of_the_class_are_those():
    readme = (FOLDER.parent / "README.md").read_text("utf-8")
    of_class = re.findall(r"!\[.*\]\((.+?)\)", (FOLDER / "classroom.md").read_text("utf-8"))
    assert {*re.findall(r"!\[.*\]\(docs/(.+?)\)", readme), *of_class} == set(LISTED)
