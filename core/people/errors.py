"""What hinders somebody from signing in to a class, in words."""


class PeopleError(Exception):
    """A person who cannot sign in; the text says why, and what to do."""


class NameTakenError(PeopleError):
    """A name that somebody else in the class has."""
