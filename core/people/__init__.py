"""The people of a class on one server: who comes in, what each has, and what the teacher sees and sends."""

from core.people.access import Door, Entered, Mode, mode_of_server
from core.people.register import People, PeopleError, Person

__all__ = ["Door", "Entered", "Mode", "People", "PeopleError", "Person", "mode_of_server"]
