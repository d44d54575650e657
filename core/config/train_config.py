"""The recipe of a training run: one frozen dataclass that refuses values out of range with a sentence."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any

from core.config.dataset_spec import DatasetSpec, parse_dataset
from core.config.field_spec import ConfigError, FieldSpec, check_value
from core.config.layer_math import check_layers_fit
from core.config.layer_specs import parse_layers
from core.config.named_stacks import NAMED_STACKS
from core.config.recipe_fields import RecipeFields

READER = "reader"
"""What `start_from` is called where a network starts from the shipped reader."""

TEST_IMAGES = "test images"
"""The images that a run is tested on, where its data set has any."""

_RUN_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,119}")
_MAX_VALIDATION_SHARE = 5
_LATER_FIELDS = ("dataset", "start_from", "trained_layers", "test_unseen")
"""The fields that a config's JSON leaves out where they are the recipe's, so that it reads as it always did."""


@dataclass(frozen=True)
class TrainConfig(RecipeFields):
    """A training recipe. `TrainConfig()` is the seed recipe: 28×28 → Flatten → Dense 128 ReLU → Dropout 0.2 → Dense 10.

    Raises `ConfigError` where a value has the wrong type or lies outside its range.
    """

    def __post_init__(self) -> None:
        checked = check_fields({each.name: getattr(self, each.name) for each in fields(self)})
        for name in ("layers", "dataset"):
            object.__setattr__(self, name, checked[name])
        if self.layers:
            check_layers_fit(self.layers, self.batch_size, self.dataset.num_classes)
        self._check_start()
        for name in ("target_accuracy", "patience"):
            if getattr(self, name) and not self.has_validation:
                raise ConfigError(f"{name} is {getattr(self, name)}; it needs validation images, and there are none.")
        if self.test_unseen and not self.has_validation:
            raise ConfigError("test_unseen is on; it needs validation images, and there are none.")

    def _check_start(self) -> None:
        if self.trained_layers == "last" and not self.start_from:
            raise ConfigError(
                "trained_layers is 'last'; that needs a network to start from (start_from), and there is none."
            )
        if self.start_from == READER and (self.layers or self.architecture != READER):
            raise ConfigError(
                f"start_from is {READER!r}; the network must then be the reader's, and it is {self.network}. "
                "Choose that network, or start from random weights."
            )
        if self.other_hands and not self.dataset.is_digits:
            raise ConfigError(
                f"other_hands is on; it draws digits, and the classes of {self.dataset.name} are no digits. "
                "Use augmentation."
            )

    @property
    def kept_back(self) -> int:
        """Return how many training images are the validation images where no fold is kept back.

        They are a fifth of the data set at most, so that a small one still has images to learn from.
        """
        return min(self.validation_images, self.dataset.train_images // _MAX_VALIDATION_SHARE)

    @property
    def has_validation(self) -> bool:
        """Return whether images are kept out of training and measured after each epoch."""
        return bool(self.kept_back or self.fold)

    @property
    def tested_on(self) -> str:
        """Return which images a run's report is on: the test images, or others where its data set has none.

        The test images of a recipe that leaves them unseen are as good as not there.
        """
        if self.dataset.test_images and not self.test_unseen:
            return TEST_IMAGES
        return "validation images" if self.has_validation else "training images"

    @property
    def tested_part(self) -> tuple[DatasetSpec, int, int]:
        """Return what decides which images a run's report is on: it is the same where they are the same images."""
        if self.tested_on == TEST_IMAGES:
            return self.dataset, 0, 0
        return self.dataset, self.fold, 0 if self.fold else self.kept_back

    @property
    def accuracy_label(self) -> str:
        """Return what the accuracy in a run's report is called; only on test images is it the test accuracy."""
        return "Test accuracy" if self.tested_on == TEST_IMAGES else f"Accuracy on the {self.tested_on}"

    @property
    def network(self) -> str:
        """Return what the network is called: its architecture, the name of its stack of layers, or `own`."""
        named = (name for name, stack in NAMED_STACKS.items() if parse_layers(stack) == self.layers)
        return next(named, "own") if self.layers else self.architecture

    def to_json(self) -> str:
        """Return the config as an indented JSON object, one key a field; later fields only where they are set."""
        values = asdict(self) | {"dataset": self.dataset.to_json()}
        unset = [name for name in _LATER_FIELDS if getattr(self, name) == FIELD_DEFAULTS[name]]
        return json.dumps({name: value for name, value in values.items() if name not in unset}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "TrainConfig":
        """Return the config that `to_json` wrote; missing fields take the recipe's value.

        Raises `ConfigError` where the text is no JSON object, names an unknown field or holds a value out of range.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"The config is not valid JSON: {error}.") from error
        if not isinstance(values, dict):
            raise ConfigError("The config must be a JSON object with one key a field.")
        return cls().changed(values)

    def changed(self, values: Mapping[str, Any]) -> "TrainConfig":
        """Return this config with `values` in place of its own; raises `ConfigError` for an unknown field."""
        check_fields(values)
        return replace(self, **values)


@lru_cache(4096)
def parse_config(text: str) -> TrainConfig:
    """Return what `TrainConfig.from_json` does, for a text that was parsed before the same config."""
    return TrainConfig.from_json(text)


FIELD_SPECS: dict[str, FieldSpec] = {each.name: each.metadata["spec"] for each in fields(TrainConfig)}
"""The `FieldSpec` of each field of `TrainConfig`, in order."""

FIELD_DEFAULTS: dict[str, Any] = {each.name: each.default for each in fields(TrainConfig)}
"""The seed recipe's value of each field."""

_PARSERS = {"layers": parse_layers, "dataset": parse_dataset}


def check_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of some fields, layers and data set parsed; whether all go together is not checked.

    Raises `ConfigError` for an unknown field, and for a value of the wrong type or out of its range.
    """
    unknown = sorted(values.keys() - FIELD_SPECS.keys())
    if unknown:
        raise ConfigError(f"Unknown field {unknown[0]!r}; the fields are {', '.join(FIELD_SPECS)}.")
    for each in fields(TrainConfig):
        if each.name == "start_from" and each.name in values:
            _check_start_name(values[each.name])
        elif each.name in values and each.name not in _PARSERS:
            check_value(each.name, values[each.name], each.type, each.metadata["spec"])
    return {name: _PARSERS[name](value) if name in _PARSERS else value for name, value in values.items()}


def _check_start_name(value: object) -> None:
    if value != "" and not (isinstance(value, str) and _RUN_ID.fullmatch(value)):
        raise ConfigError(f"start_from is {value!r}; it must be {READER!r}, the id of a run, or empty.")
