"""One field of a recipe that a sweep varies: a range of numbers, or a list of values."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.config.field_spec import ConfigError, format_number
from core.config.layer_specs import parse_layers
from core.config.named_stacks import NAMED_STACKS
from core.config.train_config import FIELD_DEFAULTS, FIELD_SPECS

MAX_OPTIONS = 50
_MAX_GRID_VALUES = 1000
_MAX_NUMBER = 1e15
_SLACK = 1e-9  # of a step: what sums of floats are off by

Label = str | int | float | bool
"""What a value of a field is called in the study: the value itself, or the name of a stack of layers."""


@dataclass(frozen=True)
class SweptField:
    """A field of the recipe with what it is varied over: `options`, or the numbers from `low` to `high`.

    `log` draws numbers evenly by their order of magnitude; `step` keeps to multiples from `low` on. An option of
    `layers` is the name of a stack (`NAMED_STACKS`) or a list of layers. Raises `ConfigError` in words.
    """

    name: str
    low: float | None = None
    high: float | None = None
    log: bool = False
    step: float | None = None
    options: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or self.name not in FIELD_SPECS:
            raise ConfigError(f"Unknown field {str(self.name)[:60]!r}; the fields are {', '.join(FIELD_SPECS)}.")
        if self.options and (self.low, self.high, self.step, self.log) != (None, None, None, False):
            raise ConfigError(f"{self.name} has both a list of values and a range; give it one of them.")
        if self.options:
            self._check_options()
        else:
            self._check_range()

    @property
    def is_whole(self) -> bool:
        """Return whether its numbers are whole."""
        return type(FIELD_DEFAULTS[self.name]) is int

    @property
    def values(self) -> dict[Label, Any]:
        """Return the value in a recipe of each option, by its label; {} for a range."""
        if self.name != "layers":
            return {each: each for each in self.options}
        names = [each if isinstance(each, str) else f"own {place}" for place, each in enumerate(self.options, 1)]
        stacks = [NAMED_STACKS[each] if isinstance(each, str) else parse_layers(each) for each in self.options]
        return dict(zip(names, stacks, strict=True))

    def value_of(self, label: Label) -> Any:
        """Return what a recipe holds for a label of the study."""
        return self.values.get(label, label) if self.options else label

    def label_of(self, value: Any) -> Label | None:
        """Return the label of a recipe's value; None where it is none of the options, or out of the range."""
        if self.options:
            return next((label for label, each in self.values.items() if each == value), None)
        return value if self._holds(value) else None

    def _holds(self, number: float) -> bool:
        low, high = self.low or 0.0, self.high or 0.0
        if not low <= number <= high:
            return False
        return not self.step or abs((number - low) / self.step - round((number - low) / self.step)) < _SLACK

    def grid_values(self) -> list[Label]:
        """Return all values as labels; raises `ConfigError` for a range that has no end of them."""
        if self.options:
            return list(self.values)
        low, high = self.low or 0.0, self.high or 0.0
        step = self.step or (1 if self.is_whole and not self.log else 0)
        if not step:
            raise ConfigError(
                f"{self.name} is a range without a step, so a grid of it has no end. Give it a step or a list of "
                f"values, such as {format_number(low)}, {format_number(high)}, or take another sampler."
            )
        count = math.floor((high - low) / step + _SLACK) + 1
        if count > _MAX_GRID_VALUES:
            raise ConfigError(
                f"{self.name} has {count:,} values in a grid; at most {_MAX_GRID_VALUES:,} are tried. Take a larger "
                "step, or another sampler."
            )
        numbers = [low + place * step for place in range(count)]
        return [round(each) for each in numbers] if self.is_whole else [round(each, 10) for each in numbers]

    def examples(self) -> list[Any]:
        """Return values as a recipe holds them: the ends of a range, or all options."""
        return list(self.values.values()) if self.options else [self.low, self.high]

    def in_words(self) -> str:
        """Return what it is varied over, as a person reads it: 0.0001 to 0.01 (log)."""
        if self.options:
            return ", ".join(map(str, self.values))
        ends = f"{format_number(self.low or 0.0)} to {format_number(self.high or 0.0)}"
        step = f", in steps of {format_number(self.step)}" if self.step else ""
        return f"{ends}{' (log)' if self.log else ''}{step}"

    def to_json(self) -> dict[str, Any]:
        """Return the field as plain data, without what is not set."""
        if self.options:
            plain = [each if not isinstance(each, tuple) else [dict(layer) for layer in each] for each in self.options]
            return {"name": self.name, "options": plain}
        values = {"name": self.name, "low": self.low, "high": self.high, "log": self.log, "step": self.step}
        return {name: value for name, value in values.items() if value is not None and value is not False}

    @classmethod
    def from_json(cls, values: object) -> "SweptField":
        """Return the field that `to_json` made; raises `ConfigError`."""
        known = ("name", "low", "high", "log", "step", "options")
        if not isinstance(values, Mapping) or "name" not in values or not set(values) <= set(known):
            raise ConfigError("A field of a sweep must be an object with a name and a range or options.")
        options = values.get("options", ())
        if not isinstance(options, Sequence) or isinstance(options, str):
            raise ConfigError(f"{values['name']}: its options must be a list.")
        return cls(**{**values, "options": tuple(options)})

    def _check_options(self) -> None:
        if len(self.options) > MAX_OPTIONS:
            raise ConfigError(f"{self.name} has {len(self.options)} values; at most {MAX_OPTIONS} are tried.")
        if self.name == "layers":
            self._check_stacks()
        elif any(not isinstance(each, str | int | float | bool) for each in self.options):
            raise ConfigError(f"{self.name}: its values must be texts, numbers, true or false.")
        if len(self.options) == 1:
            raise ConfigError(f"{self.name} has one value, {self.options[0]}; nothing would be varied. Give it two.")
        if len({str(each) for each in self.options}) < len(self.options):
            raise ConfigError(f"{self.name} has a value twice.")

    def _check_stacks(self) -> None:
        for each in self.options:
            if not isinstance(each, str | list | tuple):
                raise ConfigError(f"layers: {str(each)[:60]!r} is neither the name of a stack nor a list of layers.")
            if isinstance(each, str) and each not in NAMED_STACKS:
                raise ConfigError(f"layers: there is no {each[:60]!r}; the names are {', '.join(NAMED_STACKS)}.")
        stacks = (each if isinstance(each, str) else parse_layers(list(each)) for each in self.options)
        object.__setattr__(self, "options", tuple(stacks))

    def _check_range(self) -> None:
        spec, default = FIELD_SPECS[self.name], FIELD_DEFAULTS[self.name]
        if isinstance(default, bool) or spec.low is None or self.low is None or self.high is None:
            raise ConfigError(f"{self.name} needs {self._wanted()}.")
        numbers = [self.low, self.high, *([self.step] if self.step is not None else [])]
        for each in numbers:
            if isinstance(each, bool) or not isinstance(each, int | float) or not abs(each) <= _MAX_NUMBER:
                raise ConfigError(f"{self.name}: {repr(each)[:60]} is no number.")
            if self.is_whole and each != int(each):
                raise ConfigError(f"{self.name}: {each} is no whole number.")
        if self.low >= self.high:
            raise ConfigError(
                f"{self.name} goes from {format_number(self.low)} to {format_number(self.high)}: the range is empty. "
                "Put the smaller number first."
            )
        if self.step is not None and (self.log or not 0 < self.step <= self.high - self.low):
            why = "a log range has none" if self.log else "it must lie above 0 and within the range"
            raise ConfigError(f"{self.name} has a step of {self.step:g}; {why}.")
        if self.log and self.low <= 0:
            raise ConfigError(f"{self.name} is varied by its order of magnitude from {self.low:g}; start above 0.")

    def _wanted(self) -> str:
        spec = FIELD_SPECS[self.name]
        if spec.choices:
            return f"a list of values, of {', '.join(spec.choices)}"
        if isinstance(FIELD_DEFAULTS[self.name], bool):
            return "a list of values, of true and false"
        return "a range, from a number to another one" if spec.low is not None else "a list of values"
