"""The Data page lists all sets, adds one from files after it was shown, and loses no drawing."""

from tests.support.session import session as _session  # noqa: F401
