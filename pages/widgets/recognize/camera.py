"""The browser's permission for the camera, and what to do where it is missing."""

from urllib.parse import urlsplit

import streamlit as st

_OWN = {"localhost", "127.0.0.1", "::1"}


def is_given(url: str | None) -> bool:
    """Return whether a browser gives its camera to the page at `url`: one of this machine, or over HTTPS."""
    if not url:
        return True
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    return address.scheme == "https" or address.hostname in _OWN or (address.hostname or "").endswith(".localhost")


def is_here() -> bool:
    """Return whether the visitor's browser gives its camera to this page; say why not, where it does not."""
    given = is_given(st.context.url)
    if not given:
        st.warning(
            "A browser gives its camera only to a page of the same machine (localhost) or over HTTPS, and this page "
            "came otherwise. Upload photos here instead: a phone's file chooser offers its camera too.",
            icon=":material/no_photography:",
        )
    return given
