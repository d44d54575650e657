"""Scenes that are drawn for the ink finder, and the ink in them."""

import hashlib
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.datasets.scenes import SCENE_KINDS, SIDE_PX, draw_scene
from core.datasets.scenes.camera import binarize, stretch_rim
from core.datasets.scenes.glyphs import Hand, draw_digit, draw_letter, draw_separator, random_hand
from core.datasets.scenes.layout import Layout, lay_out_cells
from core.datasets.scenes.patterns import PAPER_PATTERNS, SECURITY_PATTERNS
from core.datasets.scenes.printing import WORD_PRINTERS

PROJECT = Path(__file__).resolve().parents[3]
FIRST = range(120)


@pytest.fixture(scope="module")
def scenes():
    return [draw_scene(0, number) for number in FIRST]


def checksum(seed, number):
    scene = draw_scene(seed, number)
    return hashlib.sha256(scene.kind.encode() + scene.image.tobytes() + scene.coverage.tobytes()).hexdigest()


def test_a_scene_is_a_picture_and_its_ink(scenes):
    for scene in scenes:
        assert scene.image.shape == scene.coverage.shape == (SIDE_PX, SIDE_PX)
        assert scene.image.dtype == scene.coverage.dtype == scene.mask.dtype == np.uint8
        assert set(np.unique(scene.mask)) <= {0, 1}
        assert np.array_equal(scene.mask > 0, scene.coverage >= 102)


def test_a_number_gives_the_same_scene_whatever_was_drawn_before():
    wanted = checksum(3, 41)
    draw_scene(3, 40)
    np.random.seed(0)
    assert checksum(3, 41) == wanted
    assert wanted not in (checksum(3, 42), checksum(4, 41))


def test_another_process_draws_the_same_scenes():
    program = (
        "import hashlib; from core.datasets.scenes import draw_scene\n"
        "for scene in [draw_scene(7, k) for k in (2, 0, 1)]:\n"
        "    drawn = scene.kind.encode() + scene.image.tobytes() + scene.coverage.tobytes()\n"
        "    print(hashlib.sha256(drawn).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [checksum(7, k) for k in (2, 0, 1)]


def test_scenes_differ(scenes):
    assert len({scene.image.tobytes() for scene in scenes}) == len(scenes)


def test_every_kind_occurs(scenes):
    assert {scene.kind for scene in scenes} == SCENE_KINDS.keys()


@pytest.mark.parametrize("kind", SCENE_KINDS)
def test_a_kind_can_be_drawn_by_name(kind):
    scenes = [draw_scene(1, number, kind) for number in range(12)]
    assert {scene.kind for scene in scenes} == {kind}
    inked = sum(scene.mask.any() for scene in scenes)
    assert inked == 0 if kind == "blank" else inked >= 9


def test_an_unknown_kind_is_an_error():
    with pytest.raises(KeyError):
        draw_scene(0, 0, "clean")


def test_both_polarities_occur():
    lighter = []
    for number in range(40):
        scene = draw_scene(2, number, "drawing")
        ink, paper = scene.coverage > 200, scene.coverage == 0
        if ink.any() and paper.any():
            lighter.append(float(np.median(scene.image[ink])) > float(np.median(scene.image[paper])))
    assert 0.1 < np.mean(lighter) < 0.6


@pytest.mark.parametrize("kind", ["drawing", "plain", "hairline"])
def test_ink_is_where_the_mask_is(kind):
    """Inside and just outside differ more than the outside varies."""
    for number in range(12):
        scene = draw_scene(6, number, kind)
        near = cv2.dilate(scene.mask, np.ones((9, 9), np.uint8)) - cv2.dilate(scene.mask, np.ones((5, 5), np.uint8))
        if scene.mask.sum() < 30 or near.sum() < 30:
            continue
        inside, outside = scene.image[scene.mask > 0].astype(float), scene.image[near > 0].astype(float)
        assert abs(inside.mean() - outside.mean()) > max(4, 0.6 * outside.std()), number


def test_most_digits_come_from_pen_paths():
    rng = np.random.default_rng(0)
    assert np.mean([random_hand(rng).is_drawn for _ in range(500)]) == pytest.approx(0.6, abs=0.07)


@pytest.mark.parametrize("is_drawn", [True, False])
@pytest.mark.parametrize("height", [12, 60, 190])
@pytest.mark.parametrize("pen", [0.012, 0.16])
def test_a_digit_has_the_height_that_is_asked_for(is_drawn, height, pen):
    rng = np.random.default_rng(0)
    for _ in range(10):
        digit = draw_digit(Hand(pen, is_drawn), height, rng)
        assert digit.dtype == np.uint8
        assert digit.max() > 120
        assert abs(digit.shape[0] - height) <= 3 + 0.25 * height


@pytest.mark.parametrize("pen", [0.015, 0.03, 0.06])
def test_straight_strokes_are_drawn_as_wide_as_the_pen(pen):
    rng, straight = np.random.default_rng(1), Hand(pen, True, 0.0, 0.7, unsteadiness=0.0)
    narrowest = min((draw_digit(straight, 100, rng) for _ in range(100)), key=lambda digit: digit.shape[1])
    assert narrowest[20:80].sum(axis=1) / 255 == pytest.approx(100 * pen, abs=0.6)


def test_signs_and_letters_are_drawn():
    rng, hand = np.random.default_rng(0), Hand(0.08, True)
    assert {draw_separator(hand, 60, rng).shape[0] < 30 for _ in range(30)} == {True, False}
    assert all(draw_letter(hand, 60, rng).any() for _ in range(10))


def test_digits_touch_the_walls_of_some_cells():
    rng, touching = np.random.default_rng(0), 0
    for _ in range(30):
        layout = lay_out_cells(random_hand(rng), rng)
        assert layout.cells
        boxes, cells = np.array(layout.boxes).reshape(-1, 4), np.array(layout.cells)
        within = ((boxes[:, None, :2] > cells[:, :2]) & (boxes[:, None, 2:] < cells[:, 2:])).all(axis=2)
        touching += bool((~within.any(axis=1)).any())
    assert touching > 5


@pytest.mark.parametrize("draw", {*PAPER_PATTERNS, *SECURITY_PATTERNS, *WORD_PRINTERS}, ids=lambda draw: draw.__name__)
def test_a_print_covers_a_part_of_the_paper(draw):
    for seed in range(5):
        printed = draw(Layout(50.0, 0.03), np.random.default_rng(seed))
        assert printed.shape == (SIDE_PX, SIDE_PX)
        assert printed.dtype == np.float32
        assert printed.min() >= 0 and printed.max() <= 1
        assert printed.mean() < 0.8


def test_black_and_white_dots_keep_the_mean_grey():
    grey = np.full((SIDE_PX, SIDE_PX), 0.7, np.float32)
    dithered = [binarize(grey, 1.0, 0.5, np.random.default_rng(seed)) for seed in range(12)]
    assert any(0.6 < dots.mean() < 0.8 and dots.std() > 0.1 for dots in dithered)


def test_a_strip_is_filled_up_with_its_rim():
    ramp = np.add.outer(np.arange(SIDE_PX), np.arange(SIDE_PX)).astype(np.uint8)
    image, ink = stretch_rim(ramp, ramp, np.random.default_rng(0))
    assert image.shape == ramp.shape
    assert np.array_equal(image, ink)
    assert np.array_equal(image[-1], image[-2]) != np.array_equal(image[:, -1], image[:, -2])
