"""People who sign in with an account of a provider of identities (OpenID Connect), by Streamlit's own `st.login`."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st
from starlette.requests import Request
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from core.people import PeopleError, Person, SignIn
from core.runs.class_settings import ClassSettings


@dataclass(frozen=True)
class _Account:
    """An account as its provider says: `id` names it for good; `email` is '' where nobody has verified it."""

    id: str
    name: str
    email: str

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "_Account | None":
        """Return the account that is signed in, None where none is, or it has no name of its own (`sub`)."""
        if not values.get("is_logged_in") or not values.get("sub"):
            return None
        email = str(values.get("email", "")).strip()
        verified = email if values.get("email_verified") is True else ""
        return cls(f"{values.get('iss', '')} {values['sub']}", str(values.get("name") or email), verified)

    def is_teachers(self, sign_in: SignIn) -> bool:
        """Return whether the settings of the class name it as a teacher's."""
        teachers = ClassSettings.in_force(sign_in.root).teachers
        return self.id in teachers or bool(self.email) and self.email.casefold() in teachers


def person(sign_in: SignIn) -> Person | None:
    """Return the person of the account that is signed in in this session; None where none is, or it is no person's."""
    return _person(_Account.of(st.user.to_dict()), sign_in)


def join(sign_in: SignIn) -> Person | None:
    """Return the person of the account that is signed in in this session, with a workspace made at the first time.

    None where none is signed in. Raises `PeopleError` in words, and `OSError`.
    """
    account = _Account.of(st.user.to_dict())
    if account is None or account.is_teachers(sign_in):
        if account is None and st.user.get("is_logged_in"):
            raise PeopleError("Your account cannot sign in here: its provider does not say which one it is (sub).")
        return _person(account, sign_in)
    return sign_in.people.join_with_account(account.id, account.name, ClassSettings.in_force(sign_in.root).people)


def person_of(request: Request, sign_in: SignIn) -> Person | None:
    """Return the person of the account that a request comes from, None where it comes from none."""

    def read(name: str) -> bytes | None:
        value = request.cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1")) if value else None

    with suppress(ValueError):
        values = json.loads(get_cookie_with_chunks(read, USER_COOKIE_NAME) or b"null")
        if isinstance(values, dict):
            return _person(_Account.of(values), sign_in)
    return None


def _person(account: _Account | None, sign_in: SignIn) -> Person | None:
    if account is None:
        return None
    return sign_in.people.teacher if account.is_teachers(sign_in) else sign_in.people.find_account(account.id)
