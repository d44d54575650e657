"""The figure of a map of digits."""

import base64
import json

import numpy as np
import pytest

from core.charts.digit_map import DIGIT_COLOURS, digit_map_json


class Mapped:
    """Twenty images, two of each digit, of which the first one is misread."""

    images = np.arange(100, 120)
    labels = np.arange(20, dtype=np.uint8) % 10
    answers = np.where(np.arange(20) == 0, 6, labels).astype(np.uint8)

    def points(self):
        return np.stack([self.labels, np.arange(20)], axis=1).astype(np.float32)


def decoded(array):
    kind = {"f4": np.float32, "i2": np.int16}[array["dtype"]]
    return np.frombuffer(base64.b64decode(array["bdata"]), kind).reshape([int(n) for n in array["shape"].split(", ")])


def test_each_digit_has_its_colour_and_its_name_and_what_is_misread_is_a_cross():
    figure = json.loads(digit_map_json(Mapped()))
    *digits, misread = figure["data"]
    assert [each["name"] for each in digits] == [str(digit) for digit in range(10)]
    assert len({each["marker"]["color"] for each in digits}) == 10
    assert (misread["name"], misread["marker"]["symbol"], misread["marker"]["color"]) == (
        "misread",
        "x",
        [DIGIT_COLOURS[0]],
    )
    assert decoded(misread["customdata"]).tolist() == [[100, 0, 6]]
    assert decoded(digits[3]["x"]).tolist() == [3, 3] and decoded(digits[3]["y"]).tolist() == [3, 13]
    names = {each["text"]: (each["x"], each["y"]) for each in figure["layout"]["annotations"]}
    assert names["<b>7</b>"] == (7, 12)


def test_the_own_digit_is_marked_and_named():
    figure = json.loads(digit_map_json(Mapped(), np.array([4.5, 2])))
    own = figure["data"][-1]
    assert (own["name"], own["x"], own["y"]) == ("this digit", [4.5], [2.0])
    assert figure["layout"]["annotations"][-1]["text"] == "<b>this digit</b>"


def test_many_points_are_drawn_by_webgl_and_few_without():
    class Many(Mapped):
        images, labels, answers = (np.tile(each, 150) for each in (Mapped.images, Mapped.labels, Mapped.answers))

        def points(self):
            return np.zeros((3000, 2), np.float32)

    for found, kind in ((Mapped(), "scatter"), (Many(), "scattergl")):
        figure = json.loads(digit_map_json(found, np.zeros(2)))
        assert {each["type"] for each in figure["data"]} == {kind}


def test_the_axes_can_be_fixed():
    layout = json.loads(digit_map_json(Mapped(), extent=np.array([[-1, -2], [3, 4]])))["layout"]
    assert (layout["xaxis"]["range"], layout["yaxis"]["range"]) == ([-1, 3], [-2, 4])


_SIGHTS = {
    "normal": (1, 0, 0, 0, 1, 0, 0, 0, 1),
    "protanopia": (0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998),
    "deuteranopia": (0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881),
    "tritanopia": (1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900),
}
"""What is left of linear RGB (Machado, Oliveira and Fernandes, 2009)."""


@pytest.mark.parametrize("sight", _SIGHTS)
def test_the_colours_differ_for_the_colour_blind(sight):
    rgb = np.array([[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in DIGIT_COLOURS]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.reshape(_SIGHTS[sight], (3, 3)).T, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = np.cbrt(seen @ to_xyz.T / [0.95047, 1, 1.08883])
    lab = np.stack([116 * xyz[:, 1] - 16, 500 * (xyz[:, 0] - xyz[:, 1]), 200 * (xyz[:, 1] - xyz[:, 2])], axis=1)
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=-1)[np.triu_indices(10, 1)]
    assert apart.min() > (20 if sight == "tritanopia" else 24)
