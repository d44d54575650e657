"""Recipes and predictions side by side, against cases worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from core.config import PRESETS, TrainConfig
from core.config.describe import describe_recipe, format_value, recipe_differences, summarize_recipe
from core.evaluation.comparison import Disagreement, disagreements, only_right
from core.evaluation.predictions import Predictions


def answered(answers, confidences):
    probabilities = np.zeros((len(answers), 10))
    probabilities[np.arange(len(answers)), answers] = confidences
    return Predictions.from_probabilities(probabilities)


def test_a_recipe_in_short_is_what_differs_from_the_seed_recipe():
    assert summarize_recipe(TrainConfig()) == "seed recipe"
    changed = TrainConfig(epochs=3, learning_rate=0.00001, augmentation=True)
    assert summarize_recipe(changed) == "epochs 3, learning rate 0.00001, augmentation"
    assert summarize_recipe(TrainConfig(), {"epochs": "5 extended to 7"}) == "epochs 5 extended to 7"


TANH = TrainConfig(layers=({"class_name": "Flatten"}, {"class_name": "Dense", "units": 128, "activation": "tanh"}))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (TrainConfig(architecture="convnet"), "Convnet"),
        (PRESETS["linear"], "Linear"),
        (PRESETS["linear"].changed({"epochs": 2}), "Linear, epochs 2"),
        (TANH, "Flatten; Dense, 128, tanh"),
    ],
)
def test_another_network_than_the_seed_recipe_s_is_named_by_its_layers_where_it_has_no_name(config, words):
    assert summarize_recipe(config) == words


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_said_in_short(name):
    assert summarize_recipe(PRESETS[name])


def test_networks_of_own_layers_differ_in_their_layers():
    (network, layers) = recipe_differences([TrainConfig(), PRESETS["linear"]])
    assert network == ("Network", ["Dense", "Linear"])
    assert layers == ("Layers", ["Flatten; Dense, 128, relu; Dropout, 20 %", "Flatten"])
    assert describe_recipe(TrainConfig())["layers"] == layers[1][0]


def test_only_settings_that_differ_are_listed():
    recipes = [TrainConfig(epochs=3), TrainConfig(epochs=3, augmentation=True), TrainConfig(epochs=3, dropout=0.5)]
    assert recipe_differences(recipes) == [("Dropout", ["0.2", "0.2", "0.5"]), ("Augmentation", ["no", "yes", "no"])]
    assert recipe_differences([TrainConfig(), replace(TrainConfig())]) == []


def test_what_was_changed_while_a_run_trained_is_a_difference():
    changes = [{}, {"learning_rate": "0.001 then 0.01 from epoch 1.5"}]
    assert recipe_differences([TrainConfig(), TrainConfig()], changes) == [
        ("Learning rate", ["0.001", "0.001 then 0.01 from epoch 1.5"])
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "yes"), (False, "no"), (0.001, "0.001"), (5, "5"), ("adam", "adam")],
)
def test_values_of_any_kind_have_words(value, words):
    assert format_value(value) == words


def test_disagreements_begin_with_the_surest_wrong_answer():
    labels = np.array([1, 2, 3, 4], np.uint8)
    first = answered([1, 2, 7, 9], [0.9, 0.9, 0.5, 0.8])
    second = answered([1, 8, 3, 9], [0.9, 0.75, 0.9, 0.7])
    assert disagreements(labels, [first, second]) == [
        Disagreement(1, 2, (2, 8), pytest.approx((0.9, 0.75), abs=1e-3)),
        Disagreement(2, 3, (7, 3), pytest.approx((0.5, 0.9), abs=1e-3)),
    ]
    assert only_right(labels, [first, second]) == [1, 1]


def test_the_same_answers_are_no_disagreement():
    labels = np.array([1, 2], np.uint8)
    assert disagreements(labels, [answered([1, 7], [0.9, 0.9])] * 3) == []
    assert only_right(labels, [answered([1, 7], [0.9, 0.9])] * 3) == [0, 0, 0]
