"""The visitor: whether the browser runs on the machine that serves the app, and what somebody elsewhere may not do."""

import hashlib

import streamlit as st

from core.cli.host_guard import is_loopback

_NOTE = (
    "You use the Digit Studio of another machine. Its runs are common to all visitors: each can train, and stop, "
    "rename and delete runs. Deleted ones can be brought back from the trash; only at that machine are they removed "
    "for good. Digits that you say are right or wrong, with your handwriting, are kept there too, and all visitors see "
    "them and can learn from them; to delete or export them, and to choose the reader of all, go to that machine."
)
_LABEL_NOTE = "What you press is kept, with your handwriting, on another machine, where all its visitors see it."


def is_at_this_machine() -> bool:
    """Return whether the browser runs on the machine that serves the app, and asked for it under its name for itself.

    What a proxy on this machine passes on has the visitor's address, where the proxy gives it, or another name.
    """
    return st.context.ip_address is None and is_loopback(st.context.headers.get("Host", "localhost"))


def visitor_id() -> str:
    """Return a name of the visitor's device: the same for all at this machine, else one made of its address.

    There are no accounts. In a network each device has an address; behind a proxy that hides it, visitors are one.
    """
    if is_at_this_machine():
        return "this machine"
    return hashlib.blake2b(str(st.context.ip_address).encode(), digest_size=8).hexdigest()


def show_note() -> None:
    """Tell a visitor from elsewhere, in a sentence, what visitors can do; show nothing at the machine itself."""
    if not is_at_this_machine():
        st.markdown(f":small[{_NOTE}]")


def show_label_note() -> None:
    """Tell a visitor from elsewhere where labelled digits are kept; show nothing at the machine itself."""
    if not is_at_this_machine():
        st.markdown(f":small[{_LABEL_NOTE}]")
