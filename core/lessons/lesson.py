"""A lesson as data: its question, the guess to make first, the networks it trains, and notes for a teacher."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.config.train_config import TrainConfig

Guess = float | str
"""A number, or the name of a choice."""


@dataclass(frozen=True)
class NumberGuess:
    """A question whose answer is a number from `low` to `high`, of a unit such as '%', or '' for a count."""

    label: str
    low: float
    high: float
    unit: str = ""

    @property
    def is_count(self) -> bool:
        """Return whether only whole numbers are answers."""
        return not self.unit

    def accepts(self, value: object) -> bool:
        """Return whether a value, perhaps from a file, is an answer to the question."""
        if not isinstance(value, int | float) or isinstance(value, bool) or not self.low <= value <= self.high:
            return False
        return not self.is_count or float(value).is_integer()

    def text(self, value: Guess) -> str:
        """Return an answer as a person writes it: '95 %', '300'."""
        return f"{value:g} {self.unit}".rstrip() if isinstance(value, int | float) else str(value)


@dataclass(frozen=True)
class ChoiceGuess:
    """A question whose answer is one of a few: their words, by name."""

    label: str
    options: Mapping[str, str]

    def accepts(self, value: object) -> bool:
        """Return whether a value, perhaps from a file, is an answer to the question."""
        return isinstance(value, str) and value in self.options

    def text(self, value: Guess) -> str:
        """Return an answer in words."""
        return self.options[str(value)]


@dataclass(frozen=True)
class TeacherNotes:
    """Notes on a lesson for whoever teaches it; they print, so each is short."""

    goal: str
    usually: str  # what comes out most of the time
    questions: tuple[tuple[str, str], ...]  # for the class, each with its answer
    pitfall: str


@dataclass(frozen=True)
class Lesson:
    """One lesson. `arms` are the networks that it trains, by name: how each recipe differs from the seed recipe."""

    name: str  # in addresses and files
    title: str
    short: str  # in the row of lessons
    minutes: int
    question: str
    guess: NumberGuess | ChoiceGuess
    action: str  # the words on the button that runs it
    look_for: str
    notes: TeacherNotes
    arms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def configs(self, seed: int) -> dict[str, TrainConfig]:
        """Return the recipe of each arm with that seed."""
        return {arm: TrainConfig(seed=seed, **changes) for arm, changes in self.arms.items()}
