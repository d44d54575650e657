"""The people of a class on one server: who signs in, what each has, and what the teacher sees and sends."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.people.access import Entered, Mode, SignIn, mode_of_server
    from core.people.register import People, PeopleError, Person

__all__ = ["SignIn", "Entered", "Mode", "People", "PeopleError", "Person", "mode_of_server"]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
