"""Damage to pictures and to a copy of a network."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.explanation.damage import BreakableNetwork, Damage, damage_images
from core.networks.builder import build
from core.recognition import Recognizer
from tests.support.readers import linear_reader
from tests.support.runs import tiny_model


def test_pictures_are_turned_clockwise_and_shifted_to_the_right(bar):
    turned = damage_images(bar[None], Damage(turn_deg=90))[0]
    rows, columns = np.nonzero(turned > 128)
    assert columns.mean() > 16 and np.ptp(rows) > 12, "the bar in the upper half now stands at the right"
    assert (damage_images(bar[None], Damage(shift_px=3))[0][:, 3:] == bar[:, :-3]).all()


def test_noise_is_the_same_each_time(bar):
    one, two = (damage_images(bar[None], Damage(noise=0.3)) for _ in range(2))
    assert (one == two).all() and (one != bar).any() and one.dtype == np.uint8


def test_without_damage_nothing_changes(bar):
    reader = Recognizer(tiny_model())
    view = BreakableNetwork(reader).view(bar, Damage())
    assert (view.picture == bar).all() and view.change == "undamaged"
    label = reader.classify(bar[None])[0].argmax()
    assert view.reading.startswith(f"The likeliest digit is {label}, ")


def test_a_layer_that_is_silenced_whole_reads_every_picture_alike_and_the_reader_stays_as_it_was(bar):
    reader = Recognizer(tiny_model())
    before = reader.classify(bar[None])
    network = BreakableNetwork(reader)
    whole = network.accuracy(Damage())
    silent = Damage(layer=0, silenced=1.0)
    assert network.accuracy(silent) == pytest.approx(0.1, abs=0.05), "one answer for all"
    assert network.accuracy(Damage()) == whole, "it is whole again"
    assert (reader.classify(bar[None]) == before).all()


def test_layers_inside_blocks_can_be_silenced_and_the_last_one_cannot(bar):
    layers = [{"class_name": "Residual", "filters": 2, "strides": 2}, {"class_name": "Flatten"}]
    network = BreakableNetwork(Recognizer(build(TrainConfig(layers=layers))))
    assert [layer.split(". ")[1] for layer in network.layers] == ["Conv2D, 2 units"] * 3
    assert network.view(bar, Damage(layer=2, silenced=0.5)).accuracy.endswith("%")


def test_a_network_without_a_hidden_layer_has_nothing_to_silence(bar):
    network = BreakableNetwork(linear_reader(np.zeros((28, 28, 10))))
    assert network.layers == []
    assert network.view(bar, Damage(turn_deg=45)).change == "+0.0 points"
