"""What a setting allows, and the words that refuse what it does not: shared by the config and its layers."""

from dataclasses import dataclass


class ConfigError(ValueError):
    """A setting that cannot be trained with; its text names the field, the value and the range."""


@dataclass(frozen=True)
class FieldSpec:
    """What a setting allows, and why its default was chosen.

    `low` and `high` (both allowed) bound a number; `choices` lists the words of a setting that is one of several.
    """

    label: str
    why: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def check_value(name: str, value, kind: type, setting: FieldSpec) -> None:
    """Raise `ConfigError` where the value is not of that kind, not one of the choices or out of range."""
    if setting.choices:
        if value not in setting.choices:
            raise ConfigError(f"{name} is {value!r}; it must be one of {', '.join(setting.choices)}.")
    elif kind is bool:
        if not isinstance(value, bool):
            raise ConfigError(f"{name} is {value!r}; it must be true or false.")
    else:
        _check_number(name, value, kind, setting)


def _check_number(name, value, wanted, setting):
    kinds = (int,) if wanted is int else (int, float)
    low, high = format_number(setting.low), format_number(setting.high)
    if isinstance(value, bool) or not isinstance(value, kinds) or value != value:
        kind = "a whole number" if wanted is int else "a number"
        raise ConfigError(f"{name} is {value!r}; it must be {kind} from {low} to {high}.")
    if not setting.low <= value <= setting.high:
        raise ConfigError(f"{name} is {value}; it must lie between {low} and {high}.")


def format_number(number: float) -> str:
    """Return a bound of a range as a person writes it: 2147483647 and 0.00001, not 2.14748e+09 and 1e-05."""
    return f"{number:.10f}".rstrip("0").rstrip(".")
