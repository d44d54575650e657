"""The canvas in a real browser: no stroke is lost, nothing of it traps, and the drawing outlasts page and server."""

import json

import pytest
from playwright.sync_api import expect

from tests.support.app_server import CANVAS, ONE, SEVEN, Server, draw, open_canvas, open_number_canvas, touch

pytestmark = pytest.mark.browser

MARGIN_PX = 12


def strokes(page, name="canvas"):
    """The strokes that the browser keeps of a canvas, each a list of the path's commands."""
    stored = page.evaluate("name => sessionStorage.getItem(`digit-studio-canvas-${name}`)", name)
    return [each["path"] for each in json.loads(stored)["objects"]] if stored else []


def answer(page):
    return page.locator(".answer .label")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def around(width, height):
    """Forty strokes towards the middle: from each edge and corner, from on it, beside it and within it."""
    middle = (width / 2, height / 2)
    starts = []
    for beside in (-MARGIN_PX + 1, -5, 0, 1, 9):
        for share in (0.2, 0.8):
            x, y = width * share, height * share
            starts += [(x, beside), (x, height - beside), (beside, y), (width - beside, y)]
    return [[start, middle] for start in starts]


def strokes_are_all_there(page, name, sizes):
    drawn = around(*sizes)
    for points in drawn:
        draw(page, points)
    assert len(drawn) == len(strokes(page, name)) == 40
    for (start, _), path in zip(drawn, strokes(page, name), strict=True):
        for want, got, end in zip(start, path[0][1:], sizes, strict=True):
            # Beside the canvas a stroke is cut at the edge, where its line crosses it.
            assert -0.1 <= got <= end + 0.1 and abs(got - want) <= 2 * MARGIN_PX


def test_forty_quick_strokes_at_the_edges_are_all_in_the_drawing(page, server):
    open_canvas(page, server.url)
    strokes_are_all_there(page, "canvas", (280, 280))


def test_forty_quick_strokes_at_the_edges_of_the_wide_canvas_are_all_in_the_drawing(page, server):
    open_number_canvas(page, server.url)
    box = page.locator(CANVAS).bounding_box()
    strokes_are_all_there(page, "wide", (box["width"], box["height"]))


def test_a_stroke_beside_the_canvas_is_drawn_along_its_edge(page, server):
    open_canvas(page, server.url)
    draw(page, [(-6, 40), (-6, 240)])
    (path,) = strokes(page)
    assert all(abs(command[1]) < 0.1 for command in path)
    expect(answer(page)).not_to_have_text("–")
    draw(page, [(-40, 40), (200, 100)])
    assert len(strokes(page)) == 1, "so far away the page is not the canvas's"


def test_no_toolbar_shows(page, server):
    open_canvas(page, server.url)
    page.locator(CANVAS).hover(force=True)
    draw(page, SEVEN)
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)
    expect(page.locator(".dc-toolbar")).to_be_hidden()


def test_strokes_right_after_clear_are_kept_and_one_undo_brings_back_what_was_cleared(page, server):
    open_canvas(page, server.url)
    for points in (SEVEN, ONE):
        draw(page, points)
    press(page, "Clear")
    draw(page, [(140, 3), (140, 230)])  # before the page has answered
    press(page, "Clear")
    draw(page, ONE)
    assert len(strokes(page)) == 1
    expect(answer(page)).to_have_text("1")
    counts = []
    for _ in range(3):  # the stroke; then what the second Clear took; its stroke
        press(page, "Undo")
        counts.append(len(strokes(page)))
    press(page, "Undo")
    assert [*counts, len(strokes(page))] == [0, 1, 0, 2]
    expect(answer(page)).not_to_have_text("–")


def test_keys_undo_and_clear_where_the_canvas_has_the_focus_and_nowhere_else(page, server):
    open_canvas(page, server.url)
    for points in (SEVEN, ONE):
        draw(page, points)
    page.keyboard.press("Control+z")
    assert len(strokes(page)) == 1
    for key in ("Escape", "Delete"):
        page.keyboard.press(key)
        assert not strokes(page)
        page.keyboard.press("Control+z")
        assert len(strokes(page)) == 1
    page.get_by_role("button", name="Pen", exact=True).click()
    page.get_by_label("Pen width, pixels").press("Delete")
    page.get_by_label("Pen width, pixels").press("Escape")
    assert len(strokes(page)) == 1


def test_keys_undo_and_clear_in_the_wide_canvas(page, server):
    open_number_canvas(page, server.url)
    draw(page, [(60, 20), (60, 140)])
    draw(page, [(160, 20), (160, 140)])
    page.keyboard.press("Control+z")
    assert len(strokes(page, "wide")) == 1
    page.keyboard.press("Delete")
    assert not strokes(page, "wide")
    page.keyboard.press("Control+z")
    assert len(strokes(page, "wide")) == 1


def test_the_drawing_is_there_again_after_a_reload_and_after_the_server_was_started_anew(browser, tmp_path):
    server = Server(tmp_path / "runs")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    try:
        open_canvas(page, server.url)
        draw(page, SEVEN)
        expect(answer(page)).to_have_text("7")
        page.reload()
        expect(answer(page)).to_have_text("7")
        server.stop()
        draw(page, [(100, 150), (180, 150)])
        server.start()
        press(page, "Undo")
        expect(answer(page)).to_have_text("7")
        page.reload()
        expect(answer(page)).to_have_text("7")
    finally:
        page.close()
        server.stop()


@pytest.fixture
def phone(browser):
    """A phone's page, in portrait orientation, with a touch screen."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def test_a_finger_may_begin_beside_the_canvas_and_nothing_scrolls(phone, server):
    open_canvas(phone, server.url)
    before = phone.locator(CANVAS).bounding_box()
    for points in ([(140, -8), (140, 230)], [(70, 288), (80, 50)], [(-8, 100), (100, 100)]):
        touch(phone, points)
    assert len(strokes(phone)) == 3
    assert phone.locator(CANVAS).bounding_box() == before


@pytest.mark.parametrize("width", [660, 768, 880])
def test_the_canvas_covers_nothing_of_what_stands_beside_it(page, server, width):
    page.set_viewport_size({"width": width, "height": 900})
    open_canvas(page, server.url)
    canvas, read = (page.locator(each).first.bounding_box() for each in (CANVAS, ".answer"))
    assert canvas["x"] + canvas["width"] + MARGIN_PX <= read["x"] or canvas["y"] + canvas["height"] <= read["y"]


def test_keys_without_the_focus_are_for_a_canvas_in_sight(page, server):
    open_canvas(page, server.url)
    draw(page, SEVEN)
    page.evaluate("document.activeElement.blur()")
    page.get_by_role("button", name="Pen", exact=True).click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Delete")
    assert len(strokes(page)) == 1, "a popover is open"
    page.get_by_role("button", name="Pen", exact=True).click()
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    page.set_viewport_size({"width": 390, "height": 300})
    page.locator('[data-chart="bars-drawn"]').scroll_into_view_if_needed()
    page.keyboard.press("Delete")
    assert len(strokes(page)) == 1, "the canvas is out of view"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("Delete")
    assert not strokes(page)


def test_a_stroke_that_leaves_no_point_near_the_canvas_does_not_end_the_drawing(page, server):
    open_canvas(page, server.url)
    page.evaluate("""() => {
        const find = (root) => {
            for (const each of root.querySelectorAll("*")) {
                if (each.matches(".pointer-area")) return each;
                const found = each.shadowRoot && find(each.shadowRoot);
                if (found) return found;
            }
        };
        const area = find(document);
        area.setPointerCapture = () => {};
        const at = { pointerId: 7, button: 0, isPrimary: true, clientX: -900, clientY: -900 };
        for (const kind of ["pointerdown", "pointerup"]) area.dispatchEvent(new PointerEvent(kind, at));
    }""")
    draw(page, SEVEN)
    assert strokes(page)[-1][0][1:] == pytest.approx(SEVEN[0], abs=1)


def test_scripts_that_the_server_did_not_give_are_asked_for_again(page, server):
    left = {"plotly": 1, "drawable": 1}

    def answer_later(route):
        name = "plotly" if "plotly" in route.request.url else "drawable"
        left[name] -= 1
        route.abort() if left[name] >= 0 else route.continue_()

    page.route("**/plotly-*.min.js", answer_later)
    page.route("**/bidi-components/streamlit-drawable-canvas*/*.js*", answer_later)
    open_canvas(page, server.url)
    draw(page, SEVEN)
    expect(answer(page)).to_have_text("7")
    assert max(left.values()) < 0
