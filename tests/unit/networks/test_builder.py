"""What is counted without TensorFlow is what Keras builds."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.config import FIELD_SPECS, PRESETS, TrainConfig
from core.config.named_stacks import RESIDUAL
from core.networks.builder import (
    build,
    count_multiplications,
    count_parameters,
    editable_layers,
    expand_layers,
    import_keras,
    import_keras_in_background,
    output_shapes,
)
from core.networks.safe_loading import load_model
from tests.support.random_stacks import random_stack

PROJECT = Path(__file__).resolve().parents[3]
ARCHITECTURES = FIELD_SPECS["architecture"].choices
CONFIGS = [
    TrainConfig(),
    TrainConfig(hidden_units=8, dropout=0.0),
    TrainConfig(hidden_units=2048, dropout=0.9),
    TrainConfig(architecture="convnet"),
    TrainConfig(architecture="convnet", hidden_units=33, dropout=0.0),
    *PRESETS.values(),
]


@pytest.mark.parametrize("config", CONFIGS)
def test_shapes_and_parameters_are_keras_own(config):
    model = build(config)
    assert [tuple(layer.output.shape[1:]) for layer in model.layers] == output_shapes(config)
    assert model.count_params() == count_parameters(config)


@pytest.mark.parametrize("seed", range(60))
def test_a_random_stack_is_keras_own(seed):
    config = TrainConfig(layers=random_stack(seed))
    model = build(config)
    assert [tuple(layer.output.shape[1:]) for layer in model.layers] == output_shapes(config)
    assert model.count_params() == count_parameters(config)


@pytest.mark.parametrize("config", [*PRESETS.values(), TrainConfig(architecture="convnet", dropout=0.0)])
def test_own_layers_are_the_same_network(config):
    own = TrainConfig(layers=editable_layers(config))
    assert own.architecture == "mlp" and own.network in ("own", config.network)
    assert count_parameters(own) == count_parameters(config) and count_multiplications(own) == count_multiplications(
        config
    )
    assert output_shapes(own)[-1] == (10,)


def test_a_residual_block_outlives_saving(tmp_path):
    model = build(TrainConfig(layers=RESIDUAL))
    model.save(tmp_path / "model.keras")
    images = np.random.default_rng(0).random((3, 28, 28), np.float32)
    assert load_model(tmp_path / "model.keras")(images).numpy() == pytest.approx(model(images).numpy(), abs=1e-6)


def test_the_seed_recipe_has_101770_parameters():
    assert count_parameters(TrainConfig()) == 101_770


def test_the_seed_recipe_layer_by_layer():
    assert expand_layers(TrainConfig()) == [
        {"class_name": "Flatten"},
        {"class_name": "Dense", "units": 128, "activation": "relu"},
        {"class_name": "Dropout", "rate": 0.2},
        {"class_name": "Dense", "units": 10, "activation": "softmax"},
    ]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_dropout_0_has_no_dropout_layer(architecture):
    kinds = lambda dropout: [  # noqa: E731
        spec["class_name"] for spec in expand_layers(TrainConfig(architecture=architecture, dropout=dropout))
    ]
    assert "Dropout" in kinds(0.5) and "Dropout" not in kinds(0.0)


def test_the_reader_silences_a_third_of_the_share_where_it_pools():
    rates = [spec["rate"] for spec in expand_layers(PRESETS["reader"]) if spec["class_name"] == "Dropout"]
    assert rates == [0.1, 0.1, 0.3]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_network_gives_probabilities(architecture):
    model = build(TrainConfig(architecture=architecture, hidden_units=8))
    assert model.input_shape == (None, 28, 28) and model.name == architecture
    probabilities = model(np.random.default_rng(0).random((3, 28, 28), np.float32)).numpy()
    assert probabilities.shape == (3, 10) and (probabilities >= 0).all()
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_the_seed_decides_the_first_weights():
    def first_weights(seed):
        import_keras().utils.set_random_seed(seed)
        return build(TrainConfig(hidden_units=8)).get_weights()[0]

    assert np.array_equal(first_weights(1), first_weights(1))
    assert not np.array_equal(first_weights(1), first_weights(2))


def test_multiplications_count_every_position_of_a_convolution():
    assert count_multiplications(TrainConfig()) == 101_770
    convnet = TrainConfig(architecture="convnet", hidden_units=8, dropout=0.0)
    convolutions = 26 * 26 * 320 + 24 * 24 * 9248 + 10 * 10 * 18496 + 8 * 8 * 36928
    assert count_multiplications(convnet) == convolutions + (4 * 4 * 64 + 1) * 8 + 9 * 10


def test_the_libraries_objects_are_not_searched_for_garbage():
    words = "gc.get_freeze_count(), gc.isenabled()"
    script = f"import gc; from core.networks.builder import import_keras; import_keras(); print({words})"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    count, is_on = done.stdout.split()
    assert int(count) > 100_000 and is_on == "True"


@pytest.fixture
def kept_session(monkeypatch):
    """Keras's session as it was, after a test in which Keras is imported in the background."""
    monkeypatch.setattr(import_keras().backend, "clear_session", import_keras().backend.clear_session)


def test_load_ahead_brings_keras(kept_session):
    thread = import_keras_in_background()
    thread.join()
    assert import_keras().__name__ == "keras"


def test_streamlit_does_not_make_tensorflow_prepare_its_functions_anew(kept_session, monkeypatch):
    """What Streamlit does after every drawing of a page costs the next reading nothing."""
    from streamlit.runtime.scriptrunner import script_runner
    from tensorflow.python.eager import context

    cleared = []
    monkeypatch.setattr(context.context(), "clear_kernel_cache", lambda: cleared.append(1))
    import_keras_in_background().join()
    script_runner._clean_problem_modules()
    assert cleared == []
