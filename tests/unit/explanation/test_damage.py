"""Damage to pictures and to a copy of a network."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.datasets.mnist import load_mnist
from core.explanation.breakable_network import TEST_IMAGES, BreakableNetwork
from core.explanation.damage import DAMAGE_KINDS, Damage, damage_images
from core.explanation.network import ExplainedNetwork
from core.networks.builder import build, import_keras
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
    assert view.reading.startswith(f"The likeliest digit is {label}, ") and view.before.endswith(view.reading[23:])


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


@pytest.fixture(scope="module")
def trained():
    """A reader of 256 random hidden units, its last layer fitted by least squares: quick, and over 80 % right."""
    import_keras().utils.set_random_seed(0)
    model, train = build(TrainConfig(hidden_units=256)), load_mnist().train
    kernel, bias, last, _ = model.get_weights()
    hidden = np.maximum(train.images[:6000].reshape(6000, -1) / np.float32(255) @ kernel + bias, 0)
    hidden = np.column_stack([hidden, np.ones(6000)])
    fitted = 10 * np.linalg.lstsq(hidden, np.eye(10)[train.labels[:6000]], rcond=None)[0]
    assert fitted[:-1].shape == last.shape
    model.set_weights([kernel, bias, fitted[:-1], fitted[-1]])
    return Recognizer(model)


def test_the_worst_noise_is_worse_than_random_noise_of_the_same_strength(trained):
    network, test = BreakableNetwork(trained), load_mnist().test
    images, labels = test.images[:TEST_IMAGES], test.labels[:TEST_IMAGES]
    signs = np.random.default_rng(0).choice([-1, 1], images.shape)
    random = np.clip(images + np.round(255 * 0.1) * signs, 0, 255).astype(np.uint8)
    at_random = (trained.classify(random).argmax(axis=1) == labels).mean()
    whole, worst = network.accuracy(Damage()), network.accuracy(Damage(worst_noise=0.1))
    assert whole > 0.8 and at_random > whole - 0.1
    assert worst < at_random - 0.3


def test_the_worst_noise_moves_every_pixel_of_the_digit_by_its_strength_at_most(trained):
    network, image = BreakableNetwork(trained), load_mnist().test.images[0]
    view = network.view(image, Damage(worst_noise=0.1))
    moved = view.picture.astype(int) - image
    assert np.abs(moved).max() <= 26 and (np.abs(moved) >= 25).mean() > 0.3
    assert view.reading[23:] != view.before[16:]


def test_noise_on_the_weights_is_the_same_each_time_and_harms(trained):
    network = BreakableNetwork(trained)
    noisy = Damage(weight_noise=1.5)
    once = network.accuracy(noisy)
    assert once < network.accuracy(Damage()) - 0.1
    assert BreakableNetwork(trained).accuracy(noisy) == once


def test_every_damage_is_undone_to_the_last_bit(trained):
    before, weights = trained.classify(load_mnist().test.images[:50]), trained.model.get_weights()
    network, image = BreakableNetwork(trained), load_mnist().test.images[0]
    whole = network.view(image, Damage())
    everything = Damage(30, 2, 0.2, 0.2, 0, 0.5, 1.0)
    assert network.view(image, everything).accuracy != whole.accuracy
    again = network.view(image, Damage())
    assert (again.picture == whole.picture).all()
    assert (again.reading, again.accuracy, again.change) == (whole.reading, whole.accuracy, "undamaged")
    assert (trained.classify(load_mnist().test.images[:50]) == before).all()
    assert all((now == then).all() for now, then in zip(trained.model.get_weights(), weights, strict=True))


def test_a_curve_is_measured_point_by_point_and_each_of_them_once(trained, monkeypatch):
    network, damage = BreakableNetwork(trained), Damage(silenced=0.5)
    strengths = DAMAGE_KINDS["weight_noise"].strengths
    assert network.curve("weight_noise", damage) == []
    while network.measure_curve("weight_noise", damage):
        pass
    curve = network.curve("weight_noise", damage)
    assert [strength for strength, _ in curve] == list(strengths)
    assert curve[0][1] == network.accuracy(damage)
    monkeypatch.setattr(network, "_broken", None)
    assert not network.measure_curve("weight_noise", damage) and network.curve("weight_noise", damage) == curve


def test_of_the_worst_noise_the_gradients_are_computed_once_for_all_strengths(trained, monkeypatch):
    network, calls = BreakableNetwork(trained), []
    real = ExplainedNetwork.loss_gradients
    monkeypatch.setattr(ExplainedNetwork, "loss_gradients", lambda *given: calls.append(len(given[1])) or real(*given))
    for strength in (0.1, 0.2, 0.3):
        network.accuracy(Damage(worst_noise=strength))
    assert calls == [TEST_IMAGES]


def test_where_no_gradient_passes_a_sentence_says_so(bar):
    keras = import_keras()
    inputs = keras.Input((28, 28))
    rounded = keras.layers.Flatten()(keras.ops.round(inputs))
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(rounded))
    network = BreakableNetwork(Recognizer(model))
    assert "no gradient passes" in network.obstacles["worst_noise"]
    assert network.view(bar, Damage(weight_noise=0.5)).accuracy.endswith("%")


def test_what_cannot_be_broken_is_named(trained):
    assert BreakableNetwork(trained).obstacles == {}
    linear = BreakableNetwork(linear_reader(np.zeros((28, 28, 10))))
    assert list(linear.obstacles) == ["silenced"]
