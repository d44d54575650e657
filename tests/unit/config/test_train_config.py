"""The config is the recipe, refuses nonsense in words, and survives JSON."""

import json
from dataclasses import asdict, fields, replace

import pytest

from core.config import FIELD_SPECS, PRESETS, REFERENCE_ACCURACY, ConfigError, TrainConfig, preset
from core.config.dataset_spec import MNIST, DatasetSpec

NUMBERS = [name for name, setting in FIELD_SPECS.items() if setting.high is not None]
CHOICES = [name for name, setting in FIELD_SPECS.items() if setting.choices]


def refusal(**values):
    with pytest.raises(ConfigError) as caught:
        TrainConfig(**values)
    return str(caught.value)


def test_the_default_is_the_seed_recipe():
    recipe = {
        "architecture": "mlp",
        "hidden_units": 128,
        "dropout": 0.2,
        "epochs": 5,
        "batch_size": 32,
        "learning_rate": 0.001,
        "optimizer": "adam",
        "momentum": 0.9,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "rho": 0.9,
        "weight_decay": 0.004,
        "loss": "cross_entropy",
        "training_share": 1.0,
        "schedule": "constant",
        "augmentation": False,
        "validation_images": 5000,
        "seed": 0,
    }
    values = asdict(TrainConfig())
    assert {name: values[name] for name in recipe} == recipe
    assert TrainConfig().dataset == MNIST and values["trained_layers"] == "all"
    later = values.keys() - recipe.keys() - {"dataset", "trained_layers"}
    assert not any(values[name] for name in later), "what came later is off"


@pytest.mark.parametrize("name", NUMBERS)
def test_both_ends_of_a_range_are_allowed(name):
    for bound in (FIELD_SPECS[name].low, FIELD_SPECS[name].high):
        assert getattr(TrainConfig(**{name: bound}), name) == bound


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_is_allowed(name):
    for choice in FIELD_SPECS[name].choices:
        start = {"start_from": "20260101-000000-000-mlp-abcd"} if name == "trained_layers" else {}
        assert getattr(TrainConfig(**{name: choice}, **start), name) == choice


@pytest.mark.parametrize(
    ("name", "value", "low", "high"),
    [
        ("hidden_units", 7, "8", "2048"),
        ("hidden_units", 2049, "8", "2048"),
        ("dropout", -0.1, "0", "0.9"),
        ("dropout", 0.91, "0", "0.9"),
        ("epochs", 0, "1", "200"),
        ("epochs", 201, "1", "200"),
        ("epochs", 10**400, "1", "200"),
        ("batch_size", 0, "1", "1024"),
        ("batch_size", 1025, "1", "1024"),
        ("learning_rate", 0.000009, "0.00001", "1"),
        ("learning_rate", 1.5, "0.00001", "1"),
        ("learning_rate", float("inf"), "0.00001", "1"),
        ("validation_images", -1, "0", "10000"),
        ("validation_images", 10001, "0", "10000"),
        ("seed", -1, "0", "2147483647"),
        ("seed", 2147483648, "0", "2147483647"),
    ],
)
def test_out_of_range_names_field_value_and_range(name, value, low, high):
    assert refusal(**{name: value}) == f"{name} is {value}; it must lie between {low} and {high}."


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [True, float("nan"), "5", None, [5]])
def test_what_is_no_number_is_refused(name, value):
    sentence = refusal(**{name: value})
    assert sentence.startswith(f"{name} is {value!r}; it must be a ")
    assert " from " in sentence and " to " in sentence


@pytest.mark.parametrize("name", [each.name for each in fields(TrainConfig) if each.type is int])
def test_a_broken_number_is_no_whole_number(name):
    assert "a whole number" in refusal(**{name: 10.0})


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", ["MLP", "", 3, None, ["mlp"], float("nan")])
def test_an_unknown_choice_names_the_choices(name, value):
    assert refusal(**{name: value}) == f"{name} is {value!r}; it must be one of {', '.join(FIELD_SPECS[name].choices)}."


@pytest.mark.parametrize("name", [each.name for each in fields(TrainConfig) if each.type is bool])
@pytest.mark.parametrize("value", [1, 0, "true", None])
def test_a_switch_is_true_or_false(name, value):
    assert refusal(**{name: value}) == f"{name} is {value!r}; it must be true or false."


@pytest.mark.parametrize("config", [*PRESETS.values(), TrainConfig(seed=2**31 - 1, learning_rate=0.1, optimizer="sgd")])
def test_json_brings_the_config_back(config):
    assert TrainConfig.from_json(config.to_json()) == config


def test_missing_fields_take_the_recipes_value():
    assert TrainConfig.from_json('{"epochs": 3}') == TrainConfig(epochs=3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON"),
        ('{"epochs": 5', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[5]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ('{"depth": 3}', "Unknown field 'depth'; the fields are architecture, layers, hidden_units"),
        ('{"layers": 3}', "layers is 3; it must be a list of layers."),
        (
            '{"layers": [{"class_name": "Flatten"}, {"class_name": "Lambda"}]}',
            "Layer 2 is 'Lambda'; it must",
        ),
        ('{"epochs": 500}', "epochs is 500; it must lie between 1 and 200."),
        ('{"learning_rate": NaN}', "learning_rate is nan"),
        ('{"seed": 1' + "0" * 400 + "}", "seed is 1000"),
    ],
)
def test_damaged_or_foreign_json_is_refused_in_words(text, words):
    with pytest.raises(ConfigError, match="^[A-Za-z].*[.]$") as caught:
        TrainConfig.from_json(text)
    assert words in str(caught.value)


def test_layers_come_as_plain_json_and_stay_as_they_are():
    plain = [{"class_name": "Flatten"}, {"class_name": "Dense", "units": 30, "activation": "tanh"}]
    config = TrainConfig.from_json(json.dumps({"layers": plain}))
    assert config.layers == tuple(plain) and json.loads(config.to_json())["layers"] == plain
    assert {config: "a key"}[TrainConfig(layers=plain)] == "a key"
    with pytest.raises(TypeError):
        config.layers[1]["units"] = 10**9


@pytest.mark.parametrize("none", ["null", "[]"])
def test_no_layers_are_the_architectures_own(none):
    assert TrainConfig.from_json(f'{{"layers": {none}}}') == TrainConfig()


def test_a_network_has_a_name():
    assert TrainConfig().network == "mlp" and PRESETS["lenet-5"].network == "lenet-5"
    assert PRESETS["lenet-5"].changed({"layers": PRESETS["lenet-5"].layers[:-1]}).network == "own"


def test_layers_that_do_not_fit_are_refused_with_the_config():
    assert refusal(layers=[{"class_name": "Dense"}]) == "Layer 1: Dense needs a flat input: put Flatten before it."


@pytest.mark.parametrize("name", ["target_accuracy", "patience"])
def test_what_uses_validation_images_needs_some(name):
    sentence = f"{name} is 1; it needs validation images, and there are none."
    assert refusal(**{name: 1, "validation_images": 0}) == sentence


def test_changed_keeps_the_other_fields_and_the_old_config():
    config = TrainConfig(seed=3)
    assert config.changed({"epochs": 2}) == TrainConfig(seed=3, epochs=2)
    assert config == TrainConfig(seed=3)


def test_a_config_cannot_be_altered():
    with pytest.raises(AttributeError):
        TrainConfig().epochs = 7


def test_presets():
    assert PRESETS["recipe"] == TrainConfig()
    assert PRESETS["recipe-60k"] == TrainConfig(validation_images=0)
    assert PRESETS["convnet"].architecture == "convnet" and PRESETS["convnet"].epochs <= 5
    assert all(preset(name) is config for name, config in PRESETS.items())


def test_an_unknown_preset_names_the_presets():
    with pytest.raises(ConfigError, match=f"^preset is 'big'; it must be one of {', '.join(PRESETS)}[.]$"):
        preset("big")


@pytest.mark.parametrize(("name", "setting"), FIELD_SPECS.items())
def test_every_setting_has_a_label_and_a_reason(name, setting):
    assert setting.label and setting.why.endswith(".") and len(setting.why.split()) > 8


def test_the_settings_are_the_fields_in_order():
    assert REFERENCE_ACCURACY == 0.9766
    letters = DatasetSpec("letters", 1, "Letters", ("A", "K"), 40, 10, "0" * 64)
    start = {"start_from": "reader", "architecture": "reader", "trained_layers": "last"}
    whole = TrainConfig(dataset=letters, **start, test_unseen=True)
    assert list(FIELD_SPECS) == list(json.loads(whole.to_json()))
    assert TrainConfig.from_json(whole.to_json()) == whole


def test_a_config_on_mnist_reads_as_it_did_before_there_were_other_data_sets():
    names = list(json.loads(TrainConfig().to_json()))
    assert names == list(FIELD_SPECS)[: len(names)]
    assert not {"dataset", "start_from", "trained_layers", "test_unseen"} & set(names)


LETTERS = DatasetSpec("letters", 1, "Letters", ("A", "K"), 40, 10, "0" * 64)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"dataset": "letters"}, "dataset is 'letters'; it must be 'mnist' or the description of a data set."),
        ({"dataset": LETTERS, "other_hands": True}, "other_hands is on; it draws digits, and the classes of Letters"),
        ({"trained_layers": "last"}, "trained_layers is 'last'; that needs a network to start from"),
        ({"test_unseen": True, "validation_images": 0}, "test_unseen is on; it needs validation images"),
        ({"start_from": "../x"}, "start_from is '../x'; it must be 'reader', the id of a run, or empty."),
        ({"start_from": 7}, "start_from is 7; it must be"),
        ({"start_from": "reader"}, "start_from is 'reader'; the network must then be the reader's, and it is mlp."),
    ],
)
def test_what_does_not_go_with_a_data_set_is_refused(values, words):
    assert refusal(**values).startswith(words)


@pytest.mark.parametrize("field", ["name", "source", "licence"])
@pytest.mark.parametrize("text", ["two\nlines", "null\0", "\x1b[31m", "\ud800", "\u202eback", "a\u2028b"])
def test_the_texts_of_a_data_set_are_one_printable_line(field, text):
    with pytest.raises(ConfigError, match=f"its {field} is .*; it must be one line of printable letters"):
        replace(LETTERS, **{field: text})


@pytest.mark.parametrize(("images", "kept_back"), [(60000, 5000), (1000, 200), (9, 1), (4, 0)])
def test_at_most_a_fifth_of_a_small_set_is_kept_back(images, kept_back):
    spec = DatasetSpec("letters", 1, "Letters", ("A", "K"), images, 10, "0" * 64)
    assert TrainConfig(dataset=spec).kept_back == kept_back
