"""The lines of the benchmark of numbers: a pure function, the digits that they say, harder from degree to degree."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from benchmarks.number_lines import HARDNESS, Rules, compose_line
from core.datasets.mnist import load_arrays

LINES = 12


def greys(line):
    return line.picture.mean(axis=2)


def ink_boxes(line):
    """The boxes (left, top, width, height) of the ink on clean paper, from the left."""
    grey = greys(line)
    is_ink = (grey < (grey.max() + grey.min()) / 2).astype(np.uint8)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(is_ink)
    return sorted(tuple(box[:4]) for box in boxes[1:] if box[3] > 0.3 * boxes[1:, 3].max())


def test_a_line_is_a_pure_function_of_degree_seed_and_number():
    line, again = compose_line(3, 7, 5), compose_line(3, 7, 5)
    assert line.text == again.text and np.array_equal(line.picture, again.picture)
    others = [compose_line(3, 7, 6), compose_line(3, 8, 5), compose_line(4, 7, 5)]
    assert all(other.chosen != line.chosen for other in others)


@pytest.mark.parametrize("degree", HARDNESS)
def test_the_text_is_the_labels_of_the_test_images_that_are_drawn(degree):
    for number in range(LINES):
        line = compose_line(degree, 0, number)
        assert line.picture.dtype == np.uint8 and line.picture.ndim == 3
        assert line.text == "".join(str(load_arrays()["y_test"][index]) for index in line.chosen)
        assert 3 <= len(line.text) <= 7


def test_what_is_drawn_are_these_images_from_left_to_right():
    compared = 0
    for number in range(LINES):
        line = compose_line(1, 0, number)
        columns = (greys(line) < greys(line).max() - 60).any(axis=0).astype(np.int8)
        starts, ends = (np.flatnonzero(np.diff(columns, prepend=0, append=0) == sign) for sign in (1, -1))
        if len(starts) != len(line.text):
            continue  # a digit that overhangs its neighbour, though they are apart
        compared += 1
        for start, end, index in zip(starts, ends, line.chosen, strict=True):
            image = load_arrays()["x_test"][index]
            image = image[np.ix_(image.max(axis=1) > 60, image.max(axis=0) > 60)].astype(float)
            drawn = 255 - greys(line)[:, start:end]
            rows = np.flatnonzero((drawn > drawn.min() + 60).any(axis=1))
            drawn = cv2.resize(drawn[rows[0] : rows[-1] + 1], image.shape[::-1], interpolation=cv2.INTER_AREA)
            assert np.corrcoef(drawn.ravel(), image.ravel())[0, 1] > 0.8
    assert compared > 0.7 * LINES


def test_most_lines_of_degree_1_have_their_digits_apart():
    apart = [len(ink_boxes(compose_line(1, 0, number))) >= len(compose_line(1, 0, number).text) for number in range(20)]
    assert np.mean(apart) >= 0.9


def test_most_digits_of_degree_5_touch(monkeypatch):
    clean = replace(HARDNESS[5], rules=Rules.NONE, separators=0.0, shade=0.0, grain=0.0)
    monkeypatch.setitem(HARDNESS, 5, clean)
    lines = [compose_line(5, 0, number) for number in range(20)]
    assert np.mean([len(ink_boxes(line)) / len(line.text) for line in lines]) < 0.65


@pytest.mark.parametrize("measure", ["height", "grain"])
def test_digits_get_smaller_and_paper_grainier_from_degree_to_degree(measure):
    figures = []
    for degree in HARDNESS:
        pictures = [greys(compose_line(degree, 0, number)) for number in range(LINES)]
        if measure == "height":
            figures.append(-np.mean([picture.shape[0] for picture in pictures]))
        else:
            figures.append(np.mean([np.abs(np.diff(picture[:2], axis=1)).mean() for picture in pictures]))
    assert figures == sorted(figures)


def test_the_light_is_even_in_degree_1_and_falls_off_in_degree_5():
    def falloff(degree):
        corners = [greys(compose_line(degree, 0, number)) for number in range(LINES)]
        places = [np.s_[:4, :4], np.s_[:4, -4:], np.s_[-4:, :4], np.s_[-4:, -4:]]
        return np.mean([np.ptp([np.median(grey[place]) for place in places]) / grey.max() for grey in corners])

    assert falloff(1) < 0.03 < 0.15 < falloff(5)


def test_rules_and_separators_come_with_the_degrees():
    assert [hardness.rules for hardness in HARDNESS.values()] == [
        *(Rules.NONE, Rules.NONE, Rules.BELOW, Rules.THROUGH, Rules.SQUARES)
    ]
    shares = [hardness.separators for hardness in HARDNESS.values()]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
