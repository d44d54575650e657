"""People who sign in with an account of a provider of identities (OpenID Connect), by Streamlit's own `st.login`."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st
from starlette.requests import Request
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from core.config.field_spec import ConfigError
from core.people import PeopleError, Person, SignIn
from core.runs.class_settings import ClassSettings


def person(sign_in: SignIn) -> Person | None:
    """Return the person of the account that is signed in in this session, None where none is."""
    return _person(st.user.to_dict(), sign_in) if st.user.get("is_logged_in") else None


def person_of(request: Request, sign_in: SignIn) -> Person | None:
    """Return the person of the account that a request comes from, None where it comes from none."""

    def read(name: str) -> bytes | None:
        value = request.cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1")) if value else None

    with suppress(ValueError):
        values = json.loads(get_cookie_with_chunks(read, USER_COOKIE_NAME) or b"null")
        if isinstance(values, dict) and values.get("is_logged_in"):
            return _person(values, sign_in)
    return None


def _person(values: Mapping[str, Any], sign_in: SignIn) -> Person | None:
    """Return the person of an account from what its provider says of it; None where that is too little, or too many."""
    issuer, subject = str(values.get("iss", "")), str(values.get("sub", ""))
    if not subject:
        return None
    email = str(values.get("email", "")).casefold() if values.get("email_verified", True) is True else ""
    with suppress(PeopleError, ConfigError, OSError):
        settings = ClassSettings.read(sign_in.root)
        if email and email in settings.teachers:
            return sign_in.people.teacher
        return sign_in.people.of_account(f"{issuer} {subject}", str(values.get("name") or email), settings.people)
    return None
