"""A finding: what one check saw, how bad it is, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """A finding's severity: nothing to do, something works less well, something does not work."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """The finding of one check: `subject` is what was checked, `text` what was seen, `advice` what to do, or ''."""

    subject: str
    severity: Severity
    text: str
    advice: str = ""


def ok(subject: str, text: str) -> Finding:
    """Return a finding that asks for nothing."""
    return Finding(subject, Severity.OK, text)


def warn(subject: str, text: str, advice: str) -> Finding:
    """Return a finding of something that works less well."""
    return Finding(subject, Severity.WARN, text, advice)


def bad(subject: str, text: str, advice: str) -> Finding:
    """Return a finding of something that does not work."""
    return Finding(subject, Severity.BAD, text, advice)
