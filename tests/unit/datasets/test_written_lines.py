"""Lines of digits drawn for the line reader."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from core.config.line_shape import FRAME_PX, LINE_HEIGHT_PX
from core.datasets.mnist import load_mnist
from core.datasets.written_forms import FAMILIES, HURRIED, choose_form, choose_hurried_form, strokes_of
from core.datasets.written_lines import draw_line, grounds, is_set_from_images, rows
from core.datasets.written_lines.grounds import draw_ground, uneven_light
from core.datasets.written_lines.hands import ImageHand, PathHand
from core.datasets.written_lines.marks import MARKS, draw_mark
from core.datasets.written_lines.rows import set_row
from core.datasets.written_lines.texts import MAX_DIGITS, random_text
from core.preprocessing.line_form import to_line_form

LINES = [draw_line(3, number) for number in range(120)]
LINES_ASIDE = [draw_line(3, number, is_aside=True) for number in range(120)]


def digest(lines):
    return hashlib.sha256(b"".join(line.picture.tobytes() + line.content.encode() for line in lines)).hexdigest()


def test_a_line_is_the_same_again_and_others_are_others():
    assert digest(LINES[:10]) == digest(draw_line(3, number) for number in range(10))
    assert len({digest([line]) for line in (*LINES, draw_line(4, 0), *LINES_ASIDE)}) == len(LINES) + 1 + len(
        LINES_ASIDE
    )


def test_a_line_is_the_same_in_another_process():
    program = (
        "import hashlib; from core.datasets.written_lines import draw_line; lines = [draw_line(3, k) for k in (5, 4)];"
        "print(hashlib.sha256(b''.join(x.picture.tobytes() + x.content.encode() for x in lines)).hexdigest())"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == digest([LINES[5], LINES[4]])


def test_pictures_are_grey_and_texts_have_1_to_10_digits():
    for line in (*LINES, *LINES_ASIDE):
        assert line.picture.dtype == np.uint8 and line.picture.ndim == 2
        assert 10 <= line.picture.shape[0] <= 150
        assert line.text.isdecimal() and 1 <= len(line.text) <= MAX_DIGITS
        assert line.text == "".join(filter(str.isdigit, line.content))
    assert {len(line.text) for line in LINES} == set(range(1, MAX_DIGITS + 1))


def test_pictures_have_a_frame_for_each_digit_and_for_the_blank_between_equal_ones():
    for line in (*LINES, *LINES_ASIDE):
        frames = to_line_form(line.picture).shape[1] // FRAME_PX
        assert frames >= len(line.text) + sum(
            one == next_ for one, next_ in zip(line.text, line.text[1:], strict=False)
        )


def test_lines_are_of_many_kinds():
    contents = [line.content for line in LINES]
    assert 0.3 < np.mean([not line.forms for line in LINES]) < 0.7, "half are set from MNIST's images"
    assert 0.1 < np.mean(["000" in line.text for line in LINES]) < 0.4
    assert 0.3 < np.mean([line.content != line.text for line in LINES]) < 0.8
    assert set(random_text(np.random.default_rng(0))) <= set("0123456789 ") | set(MARKS)
    assert len({mark for content in contents for mark in content if not mark.isdigit()}) > 8
    means = np.array([line.picture.mean() for line in LINES])
    assert (means < 100).mean() > 0.04 and (means > 150).mean() > 0.2, "both polarities"


def test_no_line_for_training_has_a_form_that_is_kept_aside():
    assert not any(form.is_aside for line in LINES for form in line.forms)
    assert all(form.is_aside for line in LINES_ASIDE for form in line.forms)
    assert 0.3 < np.mean([not line.forms for line in LINES_ASIDE]) < 0.7, "half are set from MNIST's images"
    paths = {form.path for line in LINES for form in line.forms}
    assert paths.isdisjoint(form.path for line in LINES_ASIDE for form in line.forms)


def test_lines_kept_aside_are_set_from_images_that_no_line_for_training_has():
    data, rng = load_mnist(), np.random.default_rng(0)
    of_training, of_validation = ({image.tobytes() for image in part.images} for part in (data.train, data.validation))
    for is_aside, own, others in ((False, of_training, of_validation), (True, of_validation, of_training)):
        drawn = {ImageHand(rng, is_aside).glyph(label, 56, rng).image.tobytes() for label in [*range(10)] * 5}
        assert drawn <= own and drawn.isdisjoint(others)


def test_what_a_line_is_set_from_is_known_without_drawing_it():
    for is_aside, lines in ((False, LINES), (True, LINES_ASIDE)):
        assert [not line.forms for line in lines] == [
            is_set_from_images(3, number, is_aside) for number in range(len(lines))
        ]


def test_rows_at_times_have_a_large_first_digit():
    rng = np.random.default_rng(0)
    rows = [set_row("8888", PathHand(rng, False), rng).boxes for _ in range(200)]
    heights = np.array([boxes[:, 3] - boxes[:, 1] for boxes in rows])
    shares = heights[:, 0] / np.median(heights[:, 1:], axis=1)
    assert 0.04 < (shares > 1.2).mean() < 0.25 and 0.9 < np.median(shares) < 1.1


def test_in_a_row_with_small_zeros_the_leading_one_is_small_too():
    heights = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        boxes = set_row("080", PathHand(rng, False), rng).boxes
        heights.append(boxes[:, 3] - boxes[:, 1])
    leading, eight, other = np.array(heights).T
    has_small_zeros = other < 0.7 * eight
    assert has_small_zeros.sum() > 20
    assert 0.85 < np.median((leading / other)[has_small_zeros]) < 1.15


@pytest.mark.parametrize("at_feet", [False, True])
def test_zeros_of_a_chain_are_joined_at_their_tops_or_at_their_feet(at_feet, monkeypatch):
    for name in ("_CHAIN_SHARE", "_LIGATURE_SHARE"):
        monkeypatch.setattr(rows, name, 1.0)
    monkeypatch.setattr(rows, "_FOOT_LIGATURE_SHARE", float(at_feet))
    for seed in range(40):
        rng = np.random.default_rng(seed)
        one, other, stroke = set_row("00", PathHand(rng, False), rng).placed
        assert one.is_digit and other.is_digit and not stroke.is_digit
        for (x, y), zero in zip(stroke.glyph.points[[0, -1]], (one, other), strict=True):
            left, top, right, bottom = zero.box()
            assert left < x < right and (y == bottom - 1 if at_feet else top < y < (top + bottom) / 2 + 1)


@pytest.mark.parametrize("choose", [choose_form, choose_hurried_form])
@pytest.mark.parametrize("label", range(10))
def test_each_digit_has_forms_for_training_and_forms_kept_aside(label, choose):
    rng = np.random.default_rng(label)
    for aside, least in ((False, 6), (True, 3)):
        forms = {choose(label, aside, rng) for _ in range(300)}
        assert len(forms) >= least
        assert all(form.is_aside == aside for form in forms)
        for form in forms:
            assert all(len(stroke.points) > 1 for stroke in strokes_of(form))
    families = FAMILIES if choose is choose_form else HURRIED
    assert any("*" in place for family in families[label] for place in family)


def test_a_hand_keeps_its_forms_and_one_row_its_order():
    rng = np.random.default_rng(0)
    hand = PathHand(rng, aside=False)
    row = set_row("74,77 4", hand, rng)
    forms = dict(hand.forms)
    set_row("7474", hand, rng)
    assert hand.forms == forms and set(forms) == {4, 7}
    assert len(row.boxes) == 5
    assert (np.diff(row.boxes[:, 0]) > 0).all()


def test_grounds_and_lights_are_float32():
    boxes = np.array([[20, 10, 50, 60], [60, 10, 90, 60]], float)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        ground, light = draw_ground((80, 120), boxes, seed % 3 == 0, rng), uneven_light((80, 120), rng)
        assert ground.dtype == light.dtype == np.float32
        assert ground.min() >= 0 and ground.max() <= 1 and light.min() > 0 and light.max() == 1


def test_a_frame_goes_around_all_digits_and_through_none(monkeypatch):
    for name in ("_PATTERN_SHARE", "_CLOUDS_SHARE", "_RULE_SHARE", "_SQUARES_SHARE", "_WALLS_SHARE"):
        monkeypatch.setattr(grounds, name, 0)
    monkeypatch.setattr(grounds, "_FRAME_SHARE", 1)
    boxes = np.array([[60, 60, 90, 110], [100, 50, 130, 120]], float)
    for seed in range(50):
        dark = draw_ground((180, 200), boxes, False, np.random.default_rng(seed)) > 0.03
        assert not dark[62:108, 62:128].any(), "inside"
        assert dark[85, :60].any() and dark[85, 130:].any() and dark[:50, 95].any() and dark[120:, 95].any()


def test_numbers_of_three_digits_or_more_begin_with_a_1_more_often_than_with_a_9():
    rng = np.random.default_rng(0)
    texts = ["".join(filter(str.isdigit, random_text(rng))) for _ in range(4000)]
    first = [text[0] for text in texts if len(text) >= 3]
    assert first.count("1") > 2 * first.count("9") > 0.08 * len(first)
    short = [text[0] for text in texts if len(text) < 3]
    assert short.count("1") < 1.5 * short.count("9")


@pytest.mark.parametrize("mark", MARKS)
def test_marks_can_be_drawn(mark):
    canvas = np.zeros((160, 300), np.uint8)
    draw_mark(mark, 56, 4, 0.1, np.random.default_rng(0)).draw(canvas, 60, 100)
    assert np.count_nonzero(canvas) > 10


@pytest.mark.parametrize("number", [0, 1, 2, 9, 13])
def test_the_line_form_is_the_same_for_both_polarities_and_any_contrast(number):
    picture = LINES[number].picture
    form = to_line_form(picture)
    assert form.shape[0] == LINE_HEIGHT_PX and form.dtype == np.float32
    assert np.abs(to_line_form(255 - picture) - form).max() < 0.05
    pale = (picture / 3 + 100).astype(np.uint8)
    assert np.abs(to_line_form(pale) - form).mean() < 0.05


@pytest.mark.parametrize("shape", [(1, 1), (3, 20000), (500, 2), (40, 8), (77, 301)])
def test_the_line_form_of_any_picture_has_whole_frames(shape):
    for picture in (np.full(shape, 7, np.uint8), np.random.default_rng(0).integers(0, 256, shape, np.uint8)):
        form = to_line_form(picture)
        assert form.shape[0] == LINE_HEIGHT_PX and form.shape[1] % FRAME_PX == 0
        assert 2 * FRAME_PX <= form.shape[1] <= 4000
        assert np.isfinite(form).all()
    assert not to_line_form(np.full(shape, 7, np.uint8)).any()


def test_ink_is_positive_and_paper_about_0():
    picture = np.full((60, 200), 230, np.uint8)
    picture[15:45, 40:46] = picture[15:45, 90:96] = 40
    form = to_line_form(picture)
    assert form[20, 28] > 0.9 and abs(form[20, 100]) < 0.05
