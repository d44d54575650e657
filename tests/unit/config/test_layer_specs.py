"""Layers are judged in words before anything starts."""

import copy
import json
import pickle

import pytest

from core.config.field_spec import ConfigError
from core.config.layer_kinds import ACTIVATIONS, LAYER_KINDS
from core.config.layer_math import check_layers_fit, infer_shapes
from core.config.layer_specs import MAX_LAYERS, LayerSpec, default_layer, describe_layer, parse_layers

FLATTEN = {"class_name": "Flatten"}
POOL = {"class_name": "MaxPooling2D"}
DENSE = {"class_name": "Dense"}


def convolution(**settings):
    return {"class_name": "Conv2D", **settings}


def refusal(stack, batch_size=32):
    with pytest.raises(ConfigError) as caught:
        check_layers_fit(parse_layers(stack), batch_size)
    return str(caught.value)


@pytest.mark.parametrize("name", LAYER_KINDS.offered)
def test_a_new_layer_of_each_kind_is_sound(name):
    layer = default_layer(name)
    assert parse_layers([layer]) == (layer,)
    assert LAYER_KINDS[name].label in describe_layer(layer)
    assert LAYER_KINDS[name].why.endswith(".") and all(
        each.why.endswith(".") for each in LAYER_KINDS[name].settings.values()
    )


def test_missing_settings_are_keras_own():
    from core.networks.builder import import_keras

    keras = import_keras()
    for name in LAYER_KINDS.offered.keys() - {"Residual", "Activation", "Dropout"}:
        kind = LAYER_KINDS[name]
        given = {
            each: kind.defaults[each]
            for each in ("filters", "kernel_size", "units", "pool_size")
            if each in kind.defaults
        }
        theirs = getattr(keras.layers, name)(**given).get_config()
        (layer,) = parse_layers([{"class_name": name, **given}])
        for each in kind.settings:
            wanted = theirs[each][0] if isinstance(theirs[each], tuple) else theirs[each]
            assert layer[each] == wanted, (name, each)


def test_keras_knows_every_activation():
    from core.networks.builder import import_keras

    assert all(import_keras().activations.get(name) for name in ACTIVATIONS)


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        ([DENSE], "Layer 1: Dense needs a flat input: put Flatten before it."),
        ([convolution(), DENSE], "Layer 2: Dense needs a flat input: put Flatten before it."),
        ([FLATTEN, convolution()], "Layer 2: Convolution needs a picture, and what comes in is flat: put it before"),
        ([FLATTEN, {"class_name": "GlobalAveragePooling2D"}], "Layer 2: Global average pooling needs a picture"),
        ([POOL] * 5, "Layer 5: Max pooling: a picture of 1×1 is too small for 2×2. Pool less before it, or pad"),
        ([*[POOL] * 3, convolution(kernel_size=5)], "Layer 4: Convolution: a picture of 3×3 is too small for 5×5."),
        ([convolution()], "The last layer, Dense 10 softmax, needs a flat input: put Flatten or Global average"),
        ([FLATTEN, *[{**DENSE, "units": 4096}] * 2], "The network has 20,037,642 weights; at most 5,000,000 are"),
        ([convolution(filters=256, padding="same")] * 2 + [FLATTEN], "multiplications for one image; at most"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(stack, words):
    sentence = refusal(stack)
    assert words in sentence and sentence.endswith(".")


def test_a_batch_that_would_not_fit_in_memory_is_refused():
    stack = [convolution(filters=100, kernel_size=1)] * 6 + [{"class_name": "GlobalAveragePooling2D"}]
    check_layers_fit(parse_layers(stack), 32)
    assert "Use smaller batches" in refusal(stack, 1024)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("Flatten", "layers is 'Flatten'; it must be a list of layers."),
        ([3], "Layer 1 must be an object with a class_name: Conv2D, "),
        ([{}], "Layer 1 must be an object with a class_name"),
        ([{"class_name": ["Dense"]}], "Layer 1 must be an object with a class_name"),
        ([FLATTEN, {"class_name": "Lambda"}], "Layer 2 is 'Lambda'; it must be one of Conv2D"),
        ([{**DENSE, "name": "x"}], "Layer 1: Dense has no setting 'name'; its settings are units, activation."),
        ([{**FLATTEN, 3: 4}], "Layer 1: Flatten has no setting '3'; its settings are none."),
        ([{**DENSE, "units": 0}], "Layer 1: units is 0; it must lie between 1 and 4096."),
        ([{**DENSE, "units": 2.5}], "Layer 1: units is 2.5; it must be a whole number from 1 to 4096."),
        ([{**DENSE, "activation": "magic"}], "Layer 1: activation is 'magic'; it must be one of linear, relu"),
        ([convolution(use_bias=1)], "Layer 1: use_bias is 1; it must be true or false."),
        ([{"class_name": "Dropout", "rate": float("nan")}], "Layer 1: rate is nan; it must be a number from 0 to 0.9."),
        ([FLATTEN] * (MAX_LAYERS + 1), "The network has 41 layers; at most 40 are trained."),
    ],
)
def test_what_is_no_layer_is_refused_in_words(values, words):
    with pytest.raises(ConfigError) as caught:
        parse_layers(values)
    assert words in str(caught.value)


def test_shapes_are_known_as_far_as_the_layers_fit():
    shapes, problem = infer_shapes(parse_layers([convolution(), POOL, DENSE, FLATTEN]))
    assert shapes == [(26, 26, 32), (13, 13, 32)] and "Layer 3" in problem


def test_a_layer_stays_as_it_is_and_copies_as_itself():
    layer = default_layer("Dense")
    for change in (lambda: layer.update(units=3), lambda: layer.pop("units"), lambda: layer.clear()):
        with pytest.raises(TypeError, match="stays as it is"):
            change()
    assert copy.deepcopy(layer) == layer and json.loads(json.dumps(layer)) == layer
    assert hash(layer) == hash(LayerSpec(reversed(layer.items())))
    assert pickle.loads(pickle.dumps(layer)) == layer


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (
            convolution(filters=8, kernel_size=5, strides=2, padding="same", activation="tanh"),
            "Convolution, 8 filters 5×5, stride 2, padded, tanh",
        ),
        ({**DENSE, "units": 7}, "Dense, 7"),
        ({"class_name": "Dropout", "rate": 0.25}, "Dropout, 25 %"),
        ({"class_name": "Residual", "filters": 4, "strides": 2}, "Residual block, 4 filters, stride 2"),
        ({"class_name": "AveragePooling2D", "pool_size": 3}, "Average pooling, 3×3"),
    ],
)
def test_a_layer_in_words(layer, words):
    assert describe_layer(layer) == words or describe_layer(parse_layers([layer])[0]) == words
