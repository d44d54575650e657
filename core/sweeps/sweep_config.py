"""The config of a sweep: the recipe, the fields that it varies, what it looks for, and when it ends."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from core.config.cluster_address import check_address
from core.config.field_spec import ConfigError
from core.config.train_config import FIELD_SPECS, TrainConfig
from core.sweeps.swept_field import Label, SweptField
from core.sweeps.varied import check_varied

MAX_TRIALS, MAX_MINUTES, MAX_SEEDS, MAX_NAME = 1000, 10_000.0, 5, 80
CONFIRMING_SEEDS = 3
"""With how many seeds that no trial had the winner is trained anew, and the recipe beside it."""

_MAX_SEED = int(FIELD_SPECS["seed"].high or 0) + 1


class Objective(StrEnum):
    """The value that a sweep looks for, always on the validation images."""

    ACCURACY = "accuracy"
    LOSS = "loss"
    ACCURACY_IN_TIME = "accuracy_in_time"

    @property
    def is_larger_better(self) -> bool:
        """Return whether a larger value is better."""
        return self is not Objective.LOSS


class SamplerName(StrEnum):
    """A way to propose the next recipe: by Optuna's TPE from those before, at random, or each of a grid once."""

    TPE = "tpe"
    RANDOM = "random"
    GRID = "grid"


class Pruning(StrEnum):
    """A way to stop poor trials early.

    median: those below the median of others at the same epoch; halving: the best half goes on at each of a few epochs.
    """

    NONE = "none"
    MEDIAN = "median"
    HALVING = "halving"


@dataclass(frozen=True)
class SweepConfig:
    """A sweep: `base` is the recipe, `fields` are varied, `trials` recipes are tried, each with `seeds` seeds.

    It ends earlier after `minutes` of training, where they are given. `time_limit_s` is how long each trial trains
    under the objective accuracy_in_time, 0 for the others. `cluster` is the address of the cluster that trains the
    runs, '' for this machine. Raises `ConfigError` in words.
    """

    base: TrainConfig
    fields: tuple[SweptField, ...]
    objective: Objective = Objective.ACCURACY
    time_limit_s: int = 0
    sampler: SamplerName = SamplerName.TPE
    trials: int = 30
    minutes: float | None = None
    seeds: int = 1
    pruning: Pruning = Pruning.NONE
    seed: int = 0
    name: str = ""
    cluster: str = ""

    def __post_init__(self) -> None:
        for name, kind in (("objective", Objective), ("sampler", SamplerName), ("pruning", Pruning)):
            self._check_choice(name, kind)
        self._check_number("trials", 1, MAX_TRIALS, "A sweep that tries none finds nothing")
        self._check_number("seeds", 1, MAX_SEEDS, "Each trial is trained with at least one")
        self._check_number("seed", 0, _MAX_SEED - 1, "It decides which recipes are proposed")
        if self.minutes is not None and not _is_within(self.minutes, 0.0, MAX_MINUTES):
            raise ConfigError(
                f"minutes is {self.minutes!r}; it must be above 0 and at most {MAX_MINUTES:,.0f}. Leave it out for a "
                "sweep that ends after its trials alone."
            )
        if not isinstance(self.name, str) or len(self.name) > MAX_NAME or not (self.name + "x").isprintable():
            raise ConfigError(f"The name of a sweep must be of at most {MAX_NAME} printable letters.")
        if self.cluster:
            object.__setattr__(self, "cluster", check_address(str(self.cluster)))
        self._check_objective()
        check_varied(self.base, self.fields, self.objective is Objective.ACCURACY_IN_TIME)
        if self.sampler is SamplerName.GRID:
            assert self.grid_size

    @property
    def title(self) -> str:
        """Return what a person calls the sweep: its name, or what it varies."""
        return self.name or ", ".join(FIELD_SPECS[each.name].label for each in self.fields)

    @property
    def number_of_trials(self) -> int:
        """Return how many recipes are tried at most: a grid has an end of its own."""
        return min(self.trials, self.grid_size) if self.sampler is SamplerName.GRID else self.trials

    @property
    def grid_size(self) -> int:
        """Return how many recipes the grid of all values has; raises `ConfigError` where it has no end."""
        return math.prod(len(each.grid_values()) for each in self.fields)

    @property
    def trial_seeds(self) -> list[int]:
        """Return the seeds with which each trial is trained."""
        return [(self.base.seed + place) % _MAX_SEED for place in range(self.seeds)]

    @property
    def confirming_seeds(self) -> list[int]:
        """Return the seeds, which no trial has, with which the winner is trained anew."""
        return [(self.base.seed + self.seeds + place) % _MAX_SEED for place in range(CONFIRMING_SEEDS)]

    def base_labels(self) -> dict[str, Label] | None:
        """Return the labels of the recipe's own values, by field; None where one lies outside of what is varied."""
        found = {each.name: each.label_of(getattr(self.base, each.name)) for each in self.fields}
        known = {name: label for name, label in found.items() if label is not None}
        return known if len(known) == len(found) else None

    def trial_config(self, labels: Mapping[str, Label], seed: int) -> TrainConfig:
        """Return the recipe of a trial, whose labels are by field; raises `ConfigError` where they do not fit."""
        return replace(self.confirming_config(labels, seed), test_unseen=True)

    def confirming_config(self, labels: Mapping[str, Label], seed: int) -> TrainConfig:
        """Return the recipe with these labels that sees the test images; without any it is the sweep's own recipe."""
        values = {each.name: each.value_of(labels[each.name]) for each in self.fields if each.name in labels}
        limit = {"time_limit_s": self.time_limit_s} if self.time_limit_s else {}
        return self.base.changed({**values, **limit, "seed": seed, "test_unseen": False})

    def to_json(self) -> str:
        """Return the config as an indented JSON object."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        plain = {"base": json.loads(self.base.to_json()), "fields": [each.to_json() for each in self.fields]}
        return json.dumps(values | plain, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "SweepConfig":
        """Return the config that `to_json` wrote; raises `ConfigError` where the text holds none."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"The sweep is not valid JSON: {error}.") from error
        known = {each.name for each in fields(cls)}
        if not isinstance(values, dict) or not {"base", "fields"} <= set(values) <= known:
            raise ConfigError(f"A sweep must be a JSON object with the keys {', '.join(sorted(known))}.")
        if not isinstance(values["fields"], list):
            raise ConfigError("The fields of a sweep must be a list.")
        base = TrainConfig.from_json(json.dumps(values["base"]))
        swept = tuple(SweptField.from_json(each) for each in values["fields"])
        return cls(**{**values, "base": base, "fields": swept})

    def _check_choice(self, name: str, kind: type[StrEnum]) -> None:
        value = getattr(self, name)
        try:
            object.__setattr__(self, name, kind(value))
        except ValueError:
            raise ConfigError(f"{name} is {str(value)[:60]!r}; it must be one of {', '.join(kind)}.") from None

    def _check_number(self, name: str, low: int, high: int, why: str) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ConfigError(f"{name} is {value!r}; it must be a whole number from {low} to {high:,}. {why}.")

    def _check_objective(self) -> None:
        if not self.base.has_validation:
            raise ConfigError(
                "A sweep compares trials by the validation images, and the recipe keeps none back. Set "
                "validation_images to 5000, for instance."
            )
        if self.base.target_accuracy:
            raise ConfigError(
                f"The recipe ends at a target accuracy of {self.base.target_accuracy:g}; a trial would be praised for "
                "ending early. Set target_accuracy to 0."
            )
        high = int(FIELD_SPECS["time_limit_s"].high or 0)
        if self.objective is Objective.ACCURACY_IN_TIME:
            self._check_number("time_limit_s", 1, high, "Each trial is trained for so many seconds")
        elif self.time_limit_s:
            raise ConfigError(
                f"time_limit_s is {self.time_limit_s}; a limit for each trial belongs to the objective "
                "accuracy_in_time."
            )


def _is_within(value: object, above: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and above < value <= high
