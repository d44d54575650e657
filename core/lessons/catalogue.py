"""The lessons, in the order in which they are taken."""

from core.lessons import (
    first_network,
    honesty,
    learning_rates,
    letters,
    overfitting,
    pixels,
    preparation,
    shifts,
)
from core.lessons.lesson import Lesson

LESSONS: dict[str, Lesson] = {
    each.LESSON.name: each.LESSON
    for each in (pixels, first_network, overfitting, learning_rates, preparation, shifts, honesty, letters)
}
"""Each lesson by its name, under which addresses and files know it."""


def number_of(name: str) -> int:
    """Return the number of a lesson in their order, from 1."""
    return list(LESSONS).index(name) + 1


def neighbours(name: str) -> tuple[str | None, str | None]:
    """Return the names of the lessons before and after one; None at an end."""
    names = [None, *LESSONS, None]
    place = names.index(name)
    return names[place - 1], names[place + 1]
