"""A recipe's link brings the recipe back, and a foreign one is refused in words."""

import random
from dataclasses import fields
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest

from core.config import FIELD_SPECS, PRESETS, ConfigError, TrainConfig
from core.config.dataset_spec import DatasetSpec
from core.config.layer_specs import default_layer, parse_layers
from core.config.recipe_url import draft_from_query, draft_to_query, from_query, to_query
from tests.support.random_stacks import random_stack


def through_an_address(config):
    return from_query(dict(parse_qsl(urlencode(to_query(config)), keep_blank_values=True)))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_its_name(name):
    assert to_query(PRESETS[name]) == ({} if name == "recipe" else {"recipe": name})
    assert through_an_address(PRESETS[name]) == PRESETS[name]


def test_a_link_says_what_differs_and_no_more():
    changed = PRESETS["convnet"].changed({"epochs": 2, "augmentation": False, "learning_rate": 0.0005})
    assert to_query(changed) == {
        "recipe": "convnet",
        "epochs": "2",
        "augmentation": "false",
        "learning_rate": "0.0005",
    }


def test_layers_are_short_and_can_be_read():
    layers = [
        {"class_name": "Conv2D", "filters": 8, "kernel_size": 5, "activation": "leaky_relu"},
        {"class_name": "MaxPooling2D"},
        {"class_name": "Flatten"},
        {"class_name": "Dropout", "rate": 0.5},
    ]
    assert to_query(TrainConfig(layers=layers))["layers"] == "conv-8-5-1-valid-leaky_relu~max~flat~drop-0.5"


@pytest.mark.parametrize("seed", range(40))
def test_any_recipe_comes_back(seed):
    rng = random.Random(seed)
    values = {"layers": random_stack(seed)} if seed % 2 else {}
    for name in rng.sample(sorted(FIELD_SPECS.keys() - {"dataset", "start_from", "trained_layers"}), 6):
        setting = FIELD_SPECS[name]
        if setting.choices:
            values[name] = rng.choice(setting.choices)
        elif name not in ("layers", "validation_images") and setting.high is not None:
            whole = isinstance(getattr(TrainConfig(), name), int)
            values[name] = (
                rng.randint(setting.low, setting.high)
                if whole
                else round(float(np.clip(rng.random(), setting.low, setting.high)), 6)
            )
    values["batch_size"] = 16
    config = rng.choice([each for each in PRESETS.values() if not each.start_from]).changed(
        {"validation_images": 5000} | values
    )
    assert through_an_address(config) == config


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"recipe": "best"}, "recipe is 'best'; it must be one of recipe, recipe-60k"),
        ({"speed": "9"}, "Unknown field 'speed'; the fields are"),
        ({"epochs": "many"}, "epochs is 'many'; it must be a whole number from 1 to 200."),
        ({"epochs": ""}, "epochs is ''; it must be a whole number"),
        ({"epochs": "2.5"}, "epochs is 2.5; it must be a whole number"),
        ({"learning_rate": "nan"}, "learning_rate is nan; it must be a number"),
        ({"augmentation": "yes"}, "augmentation is 'yes'; it must be true or false."),
        ({"layers": ""}, "The link has a layer ''; it must be one of conv"),
        ({"layers": "flat~lambda-3"}, "The link has a layer 'lambda'; it must be one of conv"),
        ({"layers": "flat-1"}, "The link's layer 'flat-1' has 1 settings; flat has 0."),
        ({"layers": "conv-many~flat"}, "Layer 1: filters is 'many'; it must be a whole number from 1 to 512."),
        ({"layers": "conv~dense"}, "Layer 2: Dense needs a flat input: put Flatten before it."),
        ({"layers": "flat~" * 900}, "The link is longer than 4000 characters."),
        ({"<script>": "1"}, "Unknown field '<script>'"),
        ({"epochs": "1" * 3900}, "epochs is 111"),
    ],
)
def test_a_foreign_link_is_refused_in_words(query, words):
    with pytest.raises(ConfigError) as caught:
        from_query(query)
    assert words in str(caught.value)


def values_of(config):
    return {each.name: getattr(config, each.name) for each in fields(config)}


def test_a_link_names_a_data_set_which_is_found_where_it_is_opened():
    letters = DatasetSpec("letters", 2, "Letters", ("A", "K"), 40, 10, "0" * 64)
    config = TrainConfig(dataset=letters, architecture="reader", start_from="reader")
    query = to_query(config)
    assert query["dataset"] == "letters@2"
    assert from_query(query, {"letters@2": letters}.__getitem__) == config
    assert "dataset" not in to_query(TrainConfig(epochs=3))
    with pytest.raises(ConfigError, match="^dataset is 'letters@2'"):
        from_query(query)


def test_a_draft_whose_values_do_not_go_together_comes_back():
    flat, convolution = {"class_name": "Flatten"}, default_layer("Conv2D")
    draft = values_of(TrainConfig(epochs=3)) | {"layers": parse_layers([flat, convolution]), "validation_images": 0}
    draft["patience"] = 2
    query = draft_to_query(draft)
    assert query == {"recipe": "recipe-60k", "layers": "flat~conv-32-3-1-valid-relu", "epochs": "3", "patience": "2"}
    start, values = draft_from_query(query)
    assert values_of(start) | values == draft
    with pytest.raises(ConfigError, match="needs a picture"):
        from_query(query)
