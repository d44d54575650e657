"""Errors of people who sign in to a class: what is wrong, in words."""


class PeopleError(Exception):
    """A person who cannot sign in; the text says why, and what to do."""


class NameTakenError(PeopleError):
    """A name that somebody else in the class has."""
