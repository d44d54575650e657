"""The config of a sweep: what it refuses, in words, and that it comes back from its file."""

import json

import pytest

from core.config.field_spec import ConfigError
from core.config.named_stacks import LINEAR
from core.config.train_config import TrainConfig
from core.sweeps.suggestions import suggested, varied_fields
from core.sweeps.sweep_config import Objective, SweepConfig
from core.sweeps.swept_field import SweptField
from tests.support.sweeps import RATES, sweep_config

LAYERS = ({"class_name": "Flatten"}, {"class_name": "Dense", "units": 20})


def choice(name, *options):
    return SweptField(name, options=options)


def test_a_config_comes_back_from_its_file():
    fields = (
        RATES,
        SweptField("dropout", 0.0, 0.5),
        choice("layers", "linear", LAYERS),
        choice("augmentation", True, False),
    )
    fields = (fields[0], fields[2], fields[3])
    config = sweep_config(*fields, objective="accuracy_in_time", time_limit_s=4, minutes=2.5, seeds=2, name="First")
    assert SweepConfig.from_json(config.to_json()) == config
    whole = sweep_config(SweptField("dropout", 0.0, 0.5), SweptField("epochs", 1, 9, step=2))
    assert SweepConfig.from_json(whole.to_json()) == whole


@pytest.mark.parametrize(
    ("fields", "settings", "words"),
    [
        ((RATES,), {"trials": 0}, "trials is 0; it must be a whole number from 1 to 1,000. A sweep that tries none"),
        ((RATES,), {"minutes": 0.0}, "minutes is 0.0; it must be above 0"),
        ((RATES,), {"minutes": float("nan")}, "minutes is nan; it must be above 0"),
        ((RATES,), {"seeds": 6}, "seeds is 6; it must be a whole number from 1 to 5."),
        ((RATES,), {"sampler": "best"}, "sampler is 'best'; it must be one of tpe, random, grid."),
        ((RATES,), {"sampler": "grid"}, "learning_rate is a range without a step, so a grid of it has no end."),
        ((RATES, RATES), {}, "learning_rate is varied twice; give it one range."),
        ((SweptField("seed", 0, 9),), {}, "seed cannot be varied: each trial has seeds of its own"),
        (
            (choice("layers", "linear", "lenet-5"), SweptField("hidden_units", 64, 128)),
            {},
            "layers and hidden_units exclude each other: layers replace the architecture",
        ),
        (
            (choice("augmentation", True, False), choice("other_hands", True, False)),
            {},
            "augmentation and other_hands exclude each other",
        ),
        ((SweptField("momentum", 0.5, 0.9),), {}, "momentum changes nothing with adam."),
        ((RATES,), {"objective": "accuracy_in_time"}, "time_limit_s is 0; it must be a whole number from 1 to 86,400."),
        ((RATES,), {"time_limit_s": 5}, "time_limit_s is 5; a limit for each trial belongs to the objective"),
        ((SweptField("hidden_units", 1, 64),), {}, "hidden_units cannot be varied so. hidden_units is 1; it must lie"),
        ((choice("optimizer", "adam", "lion"),), {}, "optimizer cannot be varied so. optimizer is 'lion'; it must be"),
        ((RATES,), {"name": "a\nb"}, "The name of a sweep must be of at most 80 printable letters."),
    ],
)
def test_nonsense_is_refused_in_words(fields, settings, words):
    with pytest.raises(ConfigError) as refused:
        sweep_config(*fields, **settings)
    assert str(refused.value).startswith(words)


def test_no_field_and_no_validation_images_are_refused():
    with pytest.raises(ConfigError, match="varies nothing"):
        SweepConfig(TrainConfig(), ())
    with pytest.raises(ConfigError, match="the recipe keeps none back"):
        SweepConfig(TrainConfig(validation_images=0), (RATES,))
    with pytest.raises(ConfigError, match="hidden_units changes nothing: the recipe has layers of its own"):
        SweepConfig(TrainConfig(layers=LINEAR), (SweptField("hidden_units", 64, 128),))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "speed", "low": 1, "high": 2}, "Unknown field 'speed'; the fields are architecture"),
        ({"name": "dropout", "low": 0.5, "high": 0.1}, "dropout goes from 0.5 to 0.1: the range is empty."),
        ({"name": "dropout", "low": 0.5, "high": 0.5}, "dropout goes from 0.5 to 0.5: the range is empty."),
        (
            {"name": "dropout", "low": 0.0, "high": 0.5, "log": True},
            "dropout is varied by its order of magnitude from 0",
        ),
        ({"name": "epochs", "low": 1.5, "high": 3}, "epochs: 1.5 is no whole number."),
        ({"name": "epochs", "low": 1, "high": float("inf")}, "epochs: inf is no number."),
        ({"name": "dropout", "low": "a", "high": "b"}, "dropout: 'a' is no number."),
        ({"name": "dropout", "low": 0.0, "high": 0.5, "step": 0.0}, "dropout has a step of 0; it must lie above 0"),
        ({"name": "optimizer", "low": 0, "high": 1}, "optimizer needs a list of values, of adam, sgd"),
        ({"name": "augmentation"}, "augmentation needs a list of values, of true and false."),
        ({"name": "dropout", "options": [0.1]}, "dropout has one value, 0.1; nothing would be varied."),
        ({"name": "dropout", "options": [0.1, 0.1]}, "dropout has a value twice."),
        ({"name": "dropout", "options": [0.1, {}]}, "dropout: its values must be texts, numbers, true or false."),
        ({"name": "dropout", "options": [0.1, 0.2], "low": 0.0}, "dropout has both a list of values and a range"),
        ({"name": "layers", "options": ["linear", "deep"]}, "layers: there is no 'deep'; the names are linear"),
        ({"name": "layers", "options": ["linear", [{"class_name": "Magic"}]]}, "Layer 1 is 'Magic'; it must be one of"),
    ],
)
def test_a_field_that_cannot_be_varied_is_refused_in_words(values, words):
    with pytest.raises(ConfigError) as refused:
        SweptField.from_json(values)
    assert str(refused.value).startswith(words)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"base": {}, "fields": 3}', '{"base": {}, "fields": [], "x": 1}']
)
def test_a_damaged_file_is_refused(text):
    with pytest.raises(ConfigError):
        SweepConfig.from_json(text)


def test_a_grid_has_every_value_once():
    assert SweptField("dropout", 0.0, 0.3, step=0.1).grid_values() == [0.0, 0.1, 0.2, 0.3]
    assert SweptField("epochs", 2, 5).grid_values() == [2, 3, 4, 5]
    config = sweep_config(choice("batch_size", 32, 64), SweptField("epochs", 2, 5), sampler="grid", trials=100)
    assert config.grid_size == config.number_of_trials == 8


def test_trials_never_see_the_test_images_and_the_end_has_other_seeds():
    config = sweep_config(
        choice("layers", "linear", LAYERS), seeds=2, objective=Objective.ACCURACY_IN_TIME, time_limit_s=3
    )
    trial = config.trial_config({"layers": "own 2"}, 1)
    assert trial.test_unseen and trial.tested_on == "validation images" and trial.time_limit_s == 3
    assert [layer["class_name"] for layer in trial.layers] == ["Flatten", "Dense"]
    assert not config.confirming_config({}, 2).test_unseen
    assert not set(config.trial_seeds) & set(config.confirming_seeds)


def test_the_recipe_itself_has_labels_where_it_lies_within():
    assert sweep_config(RATES).base_labels() == {"learning_rate": 0.001}
    assert sweep_config(SweptField("learning_rate", 0.01, 0.1)).base_labels() is None
    assert sweep_config(SweptField("epochs", 1, 9, step=4)).base_labels() is None
    assert sweep_config(choice("layers", "linear", "lenet-5")).base_labels() is None


@pytest.mark.parametrize("name", varied_fields())
def test_every_field_has_a_good_start(name):
    swept = suggested(name)
    assert SweptField.from_json(swept.to_json()) == swept and swept.in_words()


@pytest.mark.parametrize(
    "field",
    [
        {"name": []},
        {"name": {"a": 1}},
        {"name": "layers", "options": ["linear", 5]},
        {"name": "layers", "options": [None]},
        {"name": "learning_rate", "low": 10**400, "high": 1},
        {"name": "learning_rate", "low": 0.1, "high": float("nan")},
        {"name": "learning_rate", "low": 0.1, "high": 1, "step": -(10**400)},
    ],
)
def test_a_field_of_odd_values_in_a_file_is_refused_in_words(field):
    values = json.loads(sweep_config().to_json()) | {"fields": [field]}
    with pytest.raises(ConfigError):
        SweepConfig.from_json(json.dumps(values))
