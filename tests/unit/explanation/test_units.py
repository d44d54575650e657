"""One unit's exact sum, formulas with a digit's numbers, and the test images that excite it most."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.datasets.mnist import load_mnist
from core.explanation.activations import ActivationReader
from core.explanation.exciting_images import ExcitingImages
from core.explanation.formulas import formula, strongest_place
from core.explanation.network import ExplanationError
from core.explanation.network_view import NetworkView
from core.explanation.number_text import number
from core.explanation.unit_sums import sum_of
from core.explanation.unit_view import Pick, unit_view
from core.networks.builder import build, import_keras
from core.recognition import Recognizer
from tests.support.readers import linear_reader

FLATTEN = {"class_name": "Flatten"}


def model_of(*layers):
    return build(TrainConfig(layers=layers))


def functional(make):
    keras = import_keras()
    inputs = keras.Input((28, 28))
    return keras.Model(inputs, make(keras.layers, inputs))


def convolutions(layers, inputs):
    values = layers.Reshape((28, 28, 1))(inputs)
    for settings in (
        {
            "filters": 4,
            "kernel_size": 3,
            "padding": "same",
            "strides": 2,
            "activation": "relu",
            "bias_initializer": "ones",
        },
        {"filters": 6, "kernel_size": (3, 2), "groups": 2, "dilation_rate": 2, "padding": "same", "activation": "tanh"},
    ):
        values = layers.Conv2D(**settings)(values)
    values = layers.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2)(values)
    return layers.Dense(10, activation="softmax")(layers.Flatten()(values))


NETWORKS = {
    "no hidden layer": lambda: model_of(FLATTEN),
    "dense": lambda: build(TrainConfig(hidden_units=20, dropout=0.2)),
    "residual": lambda: model_of({"class_name": "Residual", "filters": 3, "strides": 2}, FLATTEN),
    "convolutions": lambda: functional(convolutions),
}


def read(model, image):
    return ActivationReader(Recognizer(model)).read(image)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_sum_of_every_unit_is_what_the_layer_computed(name, bar):
    layers = read(NETWORKS[name](), bar)
    weighted = [layer for layer in layers if layer.kind in ("Dense", "Conv2D", "DepthwiseConv2D")]
    assert weighted
    for layer in weighted:
        for unit in range(layer.units):
            for place in {strongest_place(layer, unit), (0,) * (layer.values.ndim - 1)}:
                found = sum_of(layer, unit, place)
                before = np.asarray(found.total)
                if layer is layers[-1]:
                    continue
                after = np.asarray(layer.layer.activation(before.astype(np.float32)))
                assert layer.values[(*place, unit)] == pytest.approx(after, abs=1e-5)


def test_the_sums_of_the_last_layer_lead_to_its_softmax(bar):
    last = read(NETWORKS["dense"](), bar)[-1]
    logits = np.array([sum_of(last, unit, ()).total for unit in range(10)])
    assert last.values == pytest.approx(np.exp(logits) / np.exp(logits).sum(), abs=1e-6)


def test_the_terms_of_a_sum_add_up(bar):
    weights = np.zeros((28, 28, 10), np.float32)
    weights[8, 6:16, 3], weights[9, 6, 3], weights[20, 6, 3] = 0.5, -0.25, 1
    reader = linear_reader(weights, np.arange(10) / 10)
    view = unit_view(ActivationReader(reader).read(bar), Pick(1, 3), ExcitingImages(reader))
    *terms, others, bias, total = view.terms
    assert view.title == "The digit 3 · 1. Dense"
    assert len(terms) == 8 and {each.product for each in terms} == {"0.500"}
    assert (
        terms[0].name == "pixel, row 9, column 7"
        and terms[0].weight == "0.500"
        and terms[0].share == pytest.approx(2 / 3)
    )
    assert (others.name, others.product) == ("the other 776", "0.750")
    assert (bias.product, total.product) == ("0.300", "5.050")
    assert "z₃ = Σ w·x + b" in view.formula and "= 5.05. p₃ = exp(z₃) / Σ exp(z) = exp(5.05)" in view.formula


def test_the_weights_of_a_unit_that_reads_pixels_are_light_where_ink_switches_it_on(bar):
    weights = np.zeros((28, 28, 10), np.float32)
    weights[8, 6, 3], weights[9, 6, 3] = 1, -1
    reader = linear_reader(weights)
    shown, added = unit_view(ActivationReader(reader).read(bar), Pick(1, 3), ExcitingImages(reader)).pictures
    picture = shown.tiles.pictures[0].astype(int)
    assert picture.shape == (28, 28, 3)
    assert picture[8, 6].sum() > picture[0, 0].sum() > picture[9, 6].sum()
    assert "light areas switches the unit on; on dark areas, off" in shown.sentence
    assert added.tiles.pictures[0][20, 6].tolist() == [128, 128, 128]


def test_a_kernel_is_shown_with_the_place_of_its_strongest_response(bar):
    model = model_of({"class_name": "Conv2D", "filters": 2, "kernel_size": 3}, FLATTEN)
    kernel = np.zeros((3, 3, 1, 2), np.float32)
    kernel[:, :, 0, 1] = 1
    model.layers[1].set_weights([kernel, np.zeros(2)])
    layers, exciting = read(model, bar), ExcitingImages(Recognizer(model))
    view = unit_view(layers, Pick(1, 1), exciting)
    assert view.place[0] == 8 and "row 9" in view.title and view.title.endswith("its strongest response")
    assert view.pictures[0].tiles.pictures.shape == (1, 3, 3, 3)
    other = unit_view(layers, Pick(1, 1, place=0), exciting)
    assert other.place == (0, 0) and "row 1, column 1" in other.title and "strongest" not in other.title
    assert "strongest" not in unit_view(layers, Pick(1, 0), exciting).title, "it gives 0 everywhere"


def test_what_a_network_does_not_have_has_no_view(bar):
    model = NETWORKS["no hidden layer"]()
    layers, exciting = read(model, bar), ExcitingImages(Recognizer(model))
    assert unit_view(layers, Pick(9, 0), exciting) is None and unit_view(layers, Pick(1, 10), exciting) is None
    assert unit_view(layers, Pick(1, 1, place=99), exciting).place == (0, 0)


def small(layers, inputs):
    """A network of a layer of every kind that has a formula."""
    values = layers.Reshape((28, 28, 1))(inputs)
    values = layers.BatchNormalization()(layers.Conv2D(3, 3)(values))
    values = layers.ReLU()(layers.MaxPooling2D(2)(values))
    values = layers.AveragePooling2D(2)(values)
    both = layers.Add()([values, layers.Dropout(0.25)(layers.Activation("tanh")(values))])
    flat = layers.Concatenate()([layers.GlobalAveragePooling2D()(both), layers.GlobalMaxPooling2D()(both)])
    return layers.Softmax()(layers.Dense(10)(flat))


def test_every_kind_of_layer_has_a_formula_with_numbers_or_a_sentence(bar):
    model = functional(small)
    norm = next(layer for layer in model.layers if layer.name.startswith("batch"))
    norm.set_weights([np.full(3, 2.0), np.full(3, -0.5), np.full(3, 0.25), np.full(3, 4.0)])
    layers = {layer.kind: layer for layer in read(model, bar)}

    def text(kind, unit=0, place=(3, 4)):
        return formula(layers[kind], unit, place[: layers[kind].values.ndim - 1])

    def value(kind, unit=0, place=(3, 4)):
        return number(layers[kind].values[(*place[: layers[kind].values.ndim - 1], unit)])

    before = number(layers["Conv2D"].values[3, 4, 0])
    after = value("BatchNormalization")
    assert text("BatchNormalization").startswith(
        f"γ·(x − μ) / √(σ² + ε) + β = 2.00·({before} − 0.25) / √(4.00 + 1.0·10⁻³) − 0.50 = {after}."
    )
    window = layers["MaxPooling2D"].inputs[0][6:8, 8:10, 0].ravel()
    assert text("MaxPooling2D") == f"max({', '.join(map(number, window))}) = {number(window.max())}"
    assert text("ReLU") == f"max(0, {value('MaxPooling2D')}) = {value('ReLU')}"
    assert text("AveragePooling2D").endswith(f"/ 4 = {value('AveragePooling2D')}")
    assert text("Activation") == f"tanh({value('AveragePooling2D')}) = {value('Activation')}"
    assert text("Add").startswith(f"{value('AveragePooling2D')} + {value('Activation')} = {value('Add')}:")
    assert text("Dropout").startswith("Does nothing while it reads: all 108 values pass as they are. In training, 25 %")
    assert "of the 6×6 values of its channel" in text("GlobalAveragePooling2D")
    assert text("GlobalMaxPooling2D") == f"The largest of the 6×6 values of its channel = {value('GlobalMaxPooling2D')}"
    assert "it makes 6 values from 3 and 3" in text("Concatenate")
    assert text("Softmax").count("exp(") == 13 and "%" in text("Softmax")
    assert text("Reshape") == "Lays the 28×28 values out as 28×28×1; none of them changes."


def test_numbers_are_short():
    texts = {0: "0.00", 1.234: "1.23", -0.5: "−0.50", 1.2e-5: "1.2·10⁻⁵", -3e7: "−3.0·10⁷"}
    assert {value: number(value) for value in texts} == texts


def test_the_images_that_excite_a_unit_most_are_found_a_part_at_a_time():
    weights = np.zeros((28, 28, 10), np.float32)
    weights[14, 14, 3] = 1  # its answer grows with one pixel
    exciting = ExcitingImages(linear_reader(weights))
    assert exciting.of(1, 3) == [] and exciting.images_read == 0
    exciting.read(max_s=-1)
    assert exciting.images_read == 0
    exciting.read(max_s=60)
    found, pixel = exciting.of(1, 3), load_mnist().test.images[:, 14, 14]
    assert exciting.images_read == 10_000 and len(found) == 9
    assert [int(each.picture[14, 14]) for each in found] == sorted(pixel.tolist())[::-1][:9]
    assert [each.value for each in found] == sorted((each.value for each in found), reverse=True)
    assert exciting.of(0, 3) == [], "a layer that passes its values on is not measured"


def test_the_view_says_how_many_images_were_read(bar, monkeypatch):
    reader = linear_reader(np.zeros((28, 28, 10), np.float32))
    exciting, activations = ExcitingImages(reader), ActivationReader(reader)
    assert NetworkView.of(activations, bar, Pick(1, 3), exciting).picked.images_text == "Reading the test images …"
    exciting._read_batch(load_mnist().test.images[:250])
    view = NetworkView.of(activations, bar, Pick(1, 3), exciting)
    assert view.picked.images_text.startswith("Of the first 250 of the 10,000 test images")
    assert not view.picked.is_complete and view.picked.images.labels[0].endswith("10.0 %")
    assert len(view.layers) == 2 and view.remark == ""


def test_a_layer_that_fails_on_an_image_is_a_sentence(bar):
    keras = import_keras()
    import tensorflow as tf

    class Failing(keras.layers.Layer):
        def call(self, values):
            with tf.control_dependencies([tf.debugging.assert_less(tf.reduce_max(values), 0.5)]):
                return tf.identity(values)

    layers = [Failing(), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    model = keras.Sequential([keras.Input((28, 28)), *layers])
    reader = ActivationReader(Recognizer(model))
    assert len(reader.read(np.zeros((28, 28), np.uint8))) == 3
    with pytest.raises(ExplanationError, match="cannot be looked into"):
        reader.read(bar)
