"""The values that a setting allows and the texts that refuse others, shared by the config and its layers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.config.registry import Entry


class ConfigError(ValueError):
    """A setting that cannot be trained with; its text names the field, the value and the range."""


@dataclass(frozen=True)
class FieldSpec:
    """The values that a setting allows, and the reason for its default.

    `low` and `high` (both allowed) bound a number; `options` are the words of a setting that is one of several, or the
    registry whose entries it chooses from.
    """

    label: str
    text: str
    low: float | None = None
    high: float | None = None
    options: tuple[str, ...] | Mapping[str, Entry] = ()
    names: tuple[tuple[str, str], ...] = ()  # of words: the word, and what people call it, where that is another one

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the words that the setting may be, in order; none for a number or a switch."""
        return tuple(self.options)

    def choice_name(self, choice: str) -> str:
        """Return what people call one of the choices: its name or its entry's label, else its word."""
        entry = self.options[choice] if isinstance(self.options, Mapping) else None
        return dict(self.names).get(choice) or getattr(entry, "label", "") or choice.replace("_", " ").capitalize()

    @property
    def explanation(self) -> str:
        """Return `why` for a page, where choices have the names that people call them by."""
        entries = self.options.items() if isinstance(self.options, Mapping) else ()
        named = (f"{self.choice_name(name)}: {entry.why}" for name, entry in entries)
        return " ".join(filter(None, [self.text, *named]))

    @property
    def why(self) -> str:
        """Return the explanation; where it chooses from a registry, that of each entry follows."""
        entries = self.options.items() if isinstance(self.options, Mapping) else ()
        return " ".join(filter(None, [self.text, *(f"{name}: {entry.why}" for name, entry in entries)]))


def setting(
    default: Any,
    label: str,
    text: str,
    low: float | None = None,
    high: float | None = None,
    entries: Mapping[str, Entry] | None = None,
    words: Mapping[str, str] | None = None,
) -> Any:
    """Return a field of a dataclass that has its `FieldSpec` as `spec` in its metadata.

    `words` are its choices, and what people call them; `entries` are those of a registry.
    """
    names = words or {}
    spec = FieldSpec(label, text, low, high, entries or tuple(names), tuple(names.items()))
    return field(default=default, metadata={"spec": spec})


def check_value(name: str, value: object, kind: object, spec: FieldSpec) -> None:
    """Raise `ConfigError` where the value is not of that kind, not one of the choices or out of range."""
    if spec.choices:
        if value not in spec.choices:
            raise ConfigError(f"{name} is {value!r}; it must be one of {', '.join(spec.choices)}.")
    elif kind is bool:
        if not isinstance(value, bool):
            raise ConfigError(f"{name} is {value!r}; it must be true or false.")
    else:
        _check_number(name, value, kind, spec)


def _check_number(name: str, value: object, kind: object, spec: FieldSpec) -> None:
    if spec.low is None or spec.high is None:
        raise TypeError(f"The number {name} has no range.")
    low, high = format_number(spec.low), format_number(spec.high)
    types = (int,) if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, types) or value != value:
        expected = "a whole number" if kind is int else "a number"
        raise ConfigError(f"{name} is {value!r}; it must be {expected} from {low} to {high}.")
    if not spec.low <= value <= spec.high:
        raise ConfigError(f"{name} is {value}; it must lie between {low} and {high}.")


def format_number(number: float) -> str:
    """Return a number as a person writes it: 2147483647 and 0.00001, not 2.14748e+09 and 1e-05."""
    return f"{number:.10f}".rstrip("0").rstrip(".")
