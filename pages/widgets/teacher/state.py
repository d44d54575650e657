"""The Teacher page's values."""

from pages.widgets.shared.session import SessionKey

CHOSEN = SessionKey[str | None]("teacher_person", None)
"""The id of the person whose runs are shown; the key of its widget."""

NEW_NUMBER = SessionKey[tuple[str, str] | None]("teacher_new_number", None)
"""The id of a person and the new number that was made for that person, to be read out once."""

PROBLEM = SessionKey[str]("teacher_problem", "")
"""A sentence on what could not be sent."""
