"""Whether a browser gives this page its camera, and what to do where it does not."""

from urllib.parse import urlsplit

import streamlit as st

_OWN = {"localhost", "127.0.0.1", "::1"}


def is_given(url: str | None) -> bool:
    """Return whether a browser gives its camera to the page at `url`: one of this machine, or over HTTPS."""
    if not url:
        return True
    address = urlsplit(url)
    return address.scheme == "https" or address.hostname in _OWN or (address.hostname or "").endswith(".localhost")


def say_where_there_is_none() -> None:
    """Say why no camera can be had at this address, if so."""
    if not is_given(st.context.url):
        st.warning(
            "A browser gives its camera only to a page of the same machine (localhost) or over HTTPS, and this page "
            "came otherwise. Choose Upload: a phone's file chooser offers its camera too.",
            icon=":material/no_photography:",
        )
