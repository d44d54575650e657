"""The config of a training from drawn things: which network is trained, and with how many examples."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from core.config.field_spec import ConfigError, FieldSpec, check_value

EXAMPLES = FieldSpec("Examples", "How many scenes or lines are drawn, each seen once.", low=1, high=10_000_000)


class ObjectiveName(StrEnum):
    """The networks that are trained from drawn things: the ink finder, from scenes, and the line reader, from lines."""

    INK = "ink"
    LINES = "lines"


@dataclass(frozen=True)
class ObjectiveConfig:
    """The config of a training from drawn things; raises `ConfigError` for what cannot be trained."""

    objective: ObjectiveName
    examples: int

    def __post_init__(self) -> None:
        check_value("objective", self.objective, str, FieldSpec("", "", options=tuple(ObjectiveName)))
        check_value("examples", self.examples, int, EXAMPLES)
        object.__setattr__(self, "objective", ObjectiveName(self.objective))

    @classmethod
    def from_json(cls, text: str) -> "ObjectiveConfig":
        """Return the config that `to_json` wrote; raises `ConfigError` where the text holds something else."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"it is not valid JSON: {error}") from error
        if not isinstance(values, dict) or values.keys() != {"objective", "examples"}:
            raise ConfigError("it does not have the fields objective and examples alone.")
        return cls(**values)

    def to_json(self) -> str:
        """Return the config as JSON."""
        return json.dumps(asdict(self), indent=2)
