"""The trainings from drawn things: batches as functions of the step, learning rates, cards."""

import json
from itertools import islice

import numpy as np
import pytest

from core.config.field_spec import ConfigError
from core.config.objective_config import ObjectiveConfig, ObjectiveName
from core.recognition import RELEASED_MODEL
from core.training.objectives import OBJECTIVES, Validation, ink, lines, make_card

MAX_ASSETS_BYTES = 8_000_000


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    """Batches of few examples, for drawing takes milliseconds each."""
    monkeypatch.setattr(ink, "_BATCH", 2)
    monkeypatch.setattr(lines, "_BATCH", 2)
    monkeypatch.setattr(lines, "_GROUP", 4)


def test_each_name_has_its_objective():
    assert {name: objective.name for name, objective in OBJECTIVES.items()} == {name: name for name in ObjectiveName}


@pytest.mark.parametrize("name", ObjectiveName)
def test_a_batch_depends_on_its_step_alone(name):
    objective = OBJECTIVES[name]
    whole = list(objective.draw_batches(16, 0))
    assert len(whole) == objective.count_steps(16) == 8
    for first in (1, 6):
        for batch, again in zip(whole[first:], objective.draw_batches(16, first), strict=True):
            assert batch.keys() == again.keys()
            assert all(
                np.array_equal(batch[part], again[part]) and batch[part].dtype == again[part].dtype for part in batch
            )


def test_a_batch_of_scenes_has_pictures_and_coverages():
    (batch,) = islice(OBJECTIVES["ink"].draw_batches(2, 0), 1)
    assert {part: (array.shape, array.dtype) for part, array in batch.items()} == {
        "images": ((2, 192, 192), np.uint8),
        "coverages": ((2, 192, 192), np.uint8),
    }


def test_a_group_of_lines_has_each_line_once_and_little_padding():
    batches = list(OBJECTIVES["lines"].draw_batches(8, 0))
    texts = [
        tuple(row[:count]) for batch in batches for row, count in zip(batch["labels"], batch["digits"], strict=True)
    ]
    drawn = [tuple(map(int, lines.draw_line(0, number).text)) for number in range(8)]
    assert sorted(texts) == sorted(drawn)
    widths = sorted((sorted(batch["frames"]) for batch in batches), key=lambda pair: pair[0])
    assert all(narrow[-1] <= wide[0] for narrow, wide in zip(widths, widths[1:], strict=False))
    for batch in batches:
        assert batch["pictures"].shape[:2] == (2, 40)
        assert batch["pictures"].shape[2] // 4 == batch["frames"].max()


@pytest.mark.parametrize(("name", "warm_up", "floor"), [("ink", 0.02, 0.003), ("lines", 0.04, 0.004)])
def test_the_learning_rate_rises_then_falls_along_a_cosine(name, warm_up, floor):
    objective = OBJECTIVES[name]
    examples = 8000
    rates = np.array([objective.learning_rate(step, examples) for step in range(objective.count_steps(examples))])
    assert rates[0] == pytest.approx(2e-3 * 0.05, rel=0.01)
    assert np.argmax(rates) / len(rates) == pytest.approx(0.95 * warm_up, abs=0.005)
    assert rates[len(rates) // 2] == pytest.approx(2e-3 * (0.5 + floor), rel=1e-3)
    assert rates[-1] == pytest.approx(2e-3 * floor, rel=0.05)


def test_the_learning_rate_is_the_same_for_all_steps_of_a_group():
    rates = [OBJECTIVES["lines"].learning_rate(step, 800) for step in range(8)]
    assert len(set(rates[:4])) == len(set(rates[4:])) == 1 < len(set(rates))


@pytest.mark.parametrize(("name", "noun"), [("ink", "scenes"), ("lines", "lines")])
def test_a_card_counts_the_examples_and_names_the_command(name, noun):
    card = make_card(OBJECTIVES[name], 101, 7, Validation({"right": 0.5}), lambda: None)
    assert card["command"] == f"python -m core networks {name} --examples 101 --release"
    assert card[noun] == sum(card[f"{noun}_by_kind"].values()) == OBJECTIVES[name].count_steps(101) * 2
    assert card["share_with_pen_paths"] + card["share_with_mnist_images"] == pytest.approx(1)
    assert card["scores"] == {"right": 0.5} and card["parameters"] == 7 and "validation_loss" not in card
    whole = OBJECTIVES[name].examples
    assert "--examples" not in make_card(_without_counting(name), whole, 7, Validation(), lambda: None)["command"]


def _without_counting(name):
    """The objective, which describes a large number of examples as it would a small one."""

    class Uncounted(type(OBJECTIVES[name])):
        def describe(self, examples, poll):
            return {}

    return Uncounted()


@pytest.mark.parametrize(("name", "noun"), [("ink", "scenes"), ("lines", "lines")])
def test_the_network_that_comes_with_the_app_has_a_complete_card_and_loads(name, noun):
    objective = OBJECTIVES[name]
    card = json.loads(objective.asset.with_suffix(".json").read_text("utf-8"))
    assert card["command"] == f"python -m core networks {name} --release"
    assert card[noun] == sum(card[f"{noun}_by_kind"].values()) >= objective.examples
    assert {"network", "parameters", "steps", "mnist_sha256", "data", "seed", "validation"} <= card.keys()
    assert all(0 <= score <= 1 for score in card["scores"].values()) and card["scores"]
    network = objective.make().network
    network.load_weights(objective.asset)
    assert network.count_params() == card["parameters"]


def test_the_networks_that_come_with_the_app_are_small():
    files = [objective.asset for objective in OBJECTIVES.values()] + [RELEASED_MODEL]
    assert sum(path.stat().st_size for path in files) <= MAX_ASSETS_BYTES


def test_the_outline_of_an_example_is_that_of_the_drawn_one():
    kinds = [(scene.kind, ink.outline_scene(1, k)[0]) for k in range(6) for scene in [ink.draw_scene(1, k)]]
    assert all(drawn == outlined for drawn, outlined in kinds)
    for number in range(6):
        assert bool(lines.draw_line(0, number).forms) != lines.is_set_from_images(0, number)


@pytest.mark.parametrize("values", [{"objective": "paint"}, {"examples": 0}, {"examples": 1.5}, {"examples": True}])
def test_a_config_refuses_what_cannot_be_trained(values):
    with pytest.raises(ConfigError):
        ObjectiveConfig(**{"objective": "ink", "examples": 10} | values)


def test_a_config_is_read_as_it_was_written():
    config = ObjectiveConfig(ObjectiveName.LINES, 100)
    assert ObjectiveConfig.from_json(config.to_json()) == config
    for text in ("[]", "{", '{"objective": "ink"}', '{"objective": "ink", "examples": 1, "more": 2}'):
        with pytest.raises(ConfigError):
            ObjectiveConfig.from_json(text)
