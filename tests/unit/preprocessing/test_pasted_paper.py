"""Paper on a plain margin, told from drawn rectangles and plain pages."""

import cv2
import numpy as np
import pytest
from PIL import Image

from core.preprocessing.binarization import find_inks
from core.preprocessing.pasted_paper import find_pasted_paper, level_tilted_paper


def paper(size=(120, 90), grey=190, ink=60, seed=0):
    """Grainy grey paper with a stroke, (h, w) uint8."""
    grain = np.random.default_rng(seed).normal(0, 3, size)
    picture = np.clip(grey + grain, 0, 255).astype(np.uint8)
    cv2.line(picture, (size[1] // 4, size[0] // 4), (size[1] // 2, 3 * size[0] // 4), ink, 9, cv2.LINE_AA)
    return picture


def pasted(margin=255, sides=(20, 30, 40, 10), **kwargs):
    top, bottom, left, right = sides
    return cv2.copyMakeBorder(paper(**kwargs), top, bottom, left, right, cv2.BORDER_CONSTANT, value=margin)


@pytest.mark.parametrize("margin", [255, 0, 120])
@pytest.mark.parametrize("sides", [(20, 30, 40, 10), (5, 5, 5, 5), (60, 12, 30, 30)])
def test_paper_is_found_on_a_margin_of_any_grey(margin, sides):
    left, top, right, bottom = find_pasted_paper(pasted(margin, sides))
    assert (left, top) == pytest.approx((sides[2], sides[0]), abs=3) and left >= sides[2] and top >= sides[0]
    assert (right - left, bottom - top) == pytest.approx((90, 120), abs=6)


def with_number_above():
    return np.vstack([np.full((40, 140), 255, np.uint8), pasted()]), (slice(12, 32), slice(60, 66))


def block_digit():
    picture = np.full((200, 160), 250, np.uint8)
    cv2.rectangle(picture, (30, 30), (130, 170), 30, -1)
    cv2.rectangle(picture, (64, 64), (96, 136), 250, -1)
    return picture


def framed():
    picture = np.full((200, 200), 250, np.uint8)
    cv2.rectangle(picture, (40, 40), (160, 160), 30, 6)
    return picture


def bar():
    picture = np.full((200, 200), 250, np.uint8)
    picture[30:170, 90:125] = 30
    return picture


@pytest.mark.parametrize(
    "picture", [paper(), framed(), bar(), block_digit(), np.full((80, 80), 7, np.uint8), np.zeros((1, 1), np.uint8)]
)
def test_a_page_a_frame_a_thick_stroke_and_nothing_are_no_paper_on_a_margin(picture):
    assert find_pasted_paper(picture) is None


def test_writing_on_the_margin_is_not_cut_away():
    picture, place = with_number_above()
    assert find_pasted_paper(picture) is not None
    picture[place] = 30
    assert find_pasted_paper(picture) is None


@pytest.mark.parametrize("single", [True, False])
def test_boxes_lie_in_the_picture_with_its_margin(single):
    picture = np.repeat(np.repeat(pasted(), 2, axis=0), 2, axis=1)
    [ink] = find_inks([Image.fromarray(picture)], single, all_ink=True)
    rows, columns = np.nonzero(ink.strength > 128)
    left, top = ink.origin
    stroke = np.argwhere(picture < 120)
    assert columns.min() * ink.scale + left == pytest.approx(stroke[:, 1].min(), abs=6)
    assert rows.max() * ink.scale + top == pytest.approx(stroke[:, 0].max(), abs=6)
    assert [step.name for step in ink.steps] == ["grey", "paper", "ground removed", "ink"]


def tilted(margin=110, degrees=4.0, **kwargs):
    """Paper of 240×180 pixels that lies tilted on a plain margin, (320, 280) uint8."""
    sheet = cv2.resize(paper(**kwargs), (180, 240))
    turn = cv2.getRotationMatrix2D((90, 120), degrees, 1)
    turn[:, 2] += 50, 40
    return cv2.warpAffine(sheet, turn, (280, 320), borderValue=margin)


@pytest.mark.parametrize("degrees", [-12, -3, 1, 4, 15])
@pytest.mark.parametrize(("margin", "grey", "ink"), [(110, 200, 90), (255, 190, 60), (60, 20, 220)])
def test_tilted_paper_gets_a_margin_of_its_own_grey_and_nothing_moves(degrees, margin, grey, ink):
    picture = tilted(margin, degrees, grey=grey, ink=ink)
    leveled = level_tilted_paper(picture)
    assert np.abs(leveled[:20].astype(int) - grey).max() < 6
    is_stroke = np.zeros_like(picture, bool)
    is_stroke[90:230, 90:190] = np.abs(picture[90:230, 90:190].astype(int) - ink) < 20
    assert is_stroke.sum() > 1000 and np.array_equal(leveled[is_stroke], picture[is_stroke])


def with_writing_on_margin():
    picture = tilted()
    picture[10:34, 120:124] = 20
    return picture


@pytest.mark.parametrize(
    "picture",
    [
        tilted(degrees=0),
        tilted(degrees=30),
        tilted(ink=200, grey=200),
        paper(),
        with_writing_on_margin(),
        np.zeros((1, 1), np.uint8),
        np.full((60, 60), 9, np.uint8),
    ],
    ids=["upright", "far turned", "blank", "no margin", "written on", "one pixel", "plain"],
)
def test_other_pictures_keep_their_margin(picture):
    assert level_tilted_paper(picture) is None
