"""Adding a layer kind, an optimizer, a schedule, a loss or an architecture is one entry: the form, links, networks and
training then know it."""

from dataclasses import fields

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config.architectures import ARCHITECTURES, Architecture
from core.config.field_spec import ConfigError, FieldSpec
from core.config.layer_kinds import LAYER_KINDS, LayerKind
from core.config.layer_math import output_layer
from core.config.layer_specs import default_layer, describe_layer
from core.config.losses import LOSSES, LossKind
from core.config.optimizers import OPTIMIZERS, OptimizerKind
from core.config.recipe_url import from_query, to_query
from core.config.schedules import SCHEDULES, ScheduleKind, learning_rates
from core.config.train_config import FIELD_SPECS, TrainConfig
from core.networks.builder import build, count_parameters, import_keras
from core.training import train_step
from core.training.metrics_writer import TrainingError

REGISTRIES = (LAYER_KINDS, OPTIMIZERS, SCHEDULES, LOSSES, ARCHITECTURES)


@pytest.fixture(autouse=True)
def registries():
    """Every registry holds afterwards what it held before."""
    before = [dict(each) for each in REGISTRIES]
    yield
    for registry, entries in zip(REGISTRIES, before, strict=True):
        registry.clear()
        registry.update(entries)


def add_layer_kind(**more):
    return LAYER_KINDS.register(
        LayerKind(
            "GaussianNoise",
            label="Gaussian noise",
            why="Adds noise to every number in each training step, so that no exact value is relied on.",
            code="noise",
            settings={"stddev": FieldSpec("Spread", "The standard deviation of the noise.", 0.0, 1.0)},
            defaults={"stddev": 0.1},
            words=lambda settings: [f"spread {settings['stddev']}"],
            **more,
        )
    )


def add_optimizer():
    def make(config):
        import keras

        return keras.optimizers.Nadam(config.learning_rate, beta_1=config.beta_1, beta_2=config.beta_2)

    why = "Adam with Nesterov's momentum."
    return OPTIMIZERS.register(OptimizerKind("nadam", why, fields=("beta_1", "beta_2"), make=make))


def losses(config):
    """The mean loss of each of 12 times four steps on 64 easy images, by the fused pass."""
    import_keras().utils.set_random_seed(0)
    model, optimizer = build(config), train_step.make_optimizer(config)
    block = train_step.make_step_block(model, optimizer, config)
    labels = (np.arange(64) % 10).astype(np.int32)
    images = np.zeros((64, 28, 28), np.uint8)
    images[np.arange(64), labels * 2 + 4] = 255
    rates = learning_rates(config, 4)
    return [float(block(images, labels, rates, np.int32(0), np.int32(4))[0]) / 64 for _ in range(12)]


NOISY = [
    {"class_name": "Conv2D", "filters": 4, "activation": "relu"},
    {"class_name": "GaussianNoise", "stddev": 0.2},
    {"class_name": "Flatten"},
]


def test_a_layer_kind_is_one_entry():
    add_layer_kind()
    config = TrainConfig(layers=NOISY, batch_size=16, learning_rate=0.01)
    assert from_query(to_query(config)) == config and "~noise-0.2~flat" in to_query(config)["layers"]
    assert TrainConfig.from_json(config.to_json()) == config
    assert describe_layer(config.layers[1]) == "Gaussian noise, spread 0.2"
    assert default_layer("GaussianNoise")["stddev"] == 0.1
    with pytest.raises(ConfigError, match="Layer 1: stddev is 3; it must lie between 0 and 1."):
        TrainConfig(layers=[{"class_name": "GaussianNoise", "stddev": 3}])
    assert count_parameters(config) == build(config).count_params()
    curve = losses(config)
    assert curve[-1] < 0.5 * curve[0]


def test_a_layer_kind_with_a_fused_pass_is_compared_before_it_trains():
    import tensorflow as tf

    def wrong(layer, values, dtype):
        return tf.cast(values, dtype) + 0.2

    add_layer_kind(fused=wrong)
    with pytest.raises(TrainingError, match=r"gaussian_noise\w* \(GaussianNoise\) and Keras differ in their output"):
        losses(TrainConfig(layers=NOISY))


def test_an_optimizer_is_one_entry():
    add_optimizer()
    config = TrainConfig(hidden_units=16, optimizer="nadam", beta_1=0.8, batch_size=16, learning_rate=0.01)
    assert from_query(to_query(config)) == config
    assert "nadam: Adam with Nesterov's momentum." in FIELD_SPECS["optimizer"].why
    assert train_step.make_optimizer(config).beta_1 == 0.8
    curve = losses(config)
    assert curve[-1] < 0.5 * curve[0]


def test_a_schedule_a_loss_and_an_architecture_are_one_entry_each():
    SCHEDULES.register(ScheduleKind("falling", "straight down to nothing.", lambda progress: 1 - progress))
    LOSSES.register(LossKind("squares", "the sum of squares.", lambda targets, found: ((targets - found) ** 2).sum(-1)))
    flat = [{"class_name": "Flatten"}, output_layer(10)]
    ARCHITECTURES.register(Architecture("flat", "nothing between.", lambda config: flat))
    LOSSES["squares"].compute(np.eye(10), np.eye(10))
    config = TrainConfig(architecture="flat", schedule="falling", loss="squares", learning_rate=0.08)
    assert from_query(to_query(config)) == config and count_parameters(config) == 7850
    assert learning_rates(config, 4) == pytest.approx([0.07, 0.05, 0.03, 0.01])
    targets = np.eye(10, dtype=np.float32)[:2]
    assert train_step.make_loss(config)(targets, targets / 2) == pytest.approx([0.25, 0.25])


def test_the_form_offers_what_was_added():
    def page():
        import streamlit as st

        from pages.widgets.train import network_builder, recipe_form

        recipe_form.field("optimizer")
        for name in ("beta_1", "momentum"):
            if recipe_form.is_shown(name, recipe_form.values()):
                recipe_form.field(name)
        network_builder.show(network_builder.current_layers())
        st.write("drawn")

    add_layer_kind()
    add_optimizer()
    at = AppTest.from_function(page, default_timeout=60).run()
    at.selectbox(key="recipe-optimizer").set_value("nadam").run()
    assert {"Beta 1"} == {each.label for each in at.number_input} & {"Beta 1", "Momentum"}
    at.selectbox(key="new-layer").set_value("GaussianNoise").run()
    next(each for each in at.button if each.label == "Add").click().run()
    assert not at.exception
    assert "Gaussian noise, spread 0.1" in " ".join(each.value for each in at.markdown)
    assert next(each for each in at.number_input if each.label == "Spread").value == 0.1


@pytest.mark.parametrize("change", [{"name": "Conv2D"}, {"code": "conv"}])
def test_a_name_or_a_code_is_used_once(change):
    values = {"name": "Another", "label": "Another", "why": "None.", "code": "another"} | change
    with pytest.raises(ValueError, match="registered already|is Conv2D's; choose another"):
        LAYER_KINDS.register(LayerKind(**values))


@pytest.mark.parametrize("values", [{"code": ""}, {"code": "two-words"}, {"code": "x", "defaults": {"rate": 0.5}}])
def test_an_entry_that_is_not_whole_is_refused(values):
    with pytest.raises(ValueError, match="The layer kind Odd needs a"):
        LayerKind("Odd", label="Odd", why="None.", **values)


def test_an_optimizers_fields_are_fields_of_the_recipe():
    names = {each.name for each in fields(TrainConfig)}
    assert all(set(kind.fields) <= names for kind in OPTIMIZERS.values())
