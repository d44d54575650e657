"""The signed cookie that says who a browser belongs to."""

import hmac
import re
import secrets
from dataclasses import dataclass

COOKIE = "digit_studio_person"
_FORM = re.compile(r"([0-9a-z]{1,40})\.(\d{1,12})\.([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII)
_SKEW_S = 3600.0  # a clock that was set back by so much harms nobody


@dataclass(frozen=True)
class Ticket:
    """The content of a cookie: a person's id, when that person signed in (seconds since 1970), and which sign-in."""

    person_id: str
    signed_in: int
    sign_in_id: str


def make_cookie(key: bytes, person_id: str, now: float) -> str:
    """Return a cookie's value for a person who signs in now, in seconds since 1970."""
    text = f"{person_id}.{int(now)}.{secrets.token_hex(16)}"
    return f"{text}.{_signature(key, text)}"


def read_cookie(key: bytes, value: str | None, now: float, max_age_s: float) -> Ticket | None:
    """Return what a cookie says; None where it was not signed with this key, or signed too long ago."""
    found = _FORM.fullmatch(value or "")
    if found is None:
        return None
    person_id, signed_in, sign_in_id, signature = found.groups()
    if not hmac.compare_digest(signature, _signature(key, f"{person_id}.{signed_in}.{sign_in_id}")):
        return None
    if not -_SKEW_S <= now - int(signed_in) <= max_age_s:
        return None
    return Ticket(person_id, int(signed_in), sign_in_id)


def _signature(key: bytes, text: str) -> str:
    return hmac.digest(key, f"cookie {text}".encode(), "sha256").hex()
