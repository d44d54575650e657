"""The visitor: who it is, whether the browser runs on the machine that serves the app, and what others may not do."""

import hashlib
from html import escape

import streamlit as st

from core.cli.host_guard import is_loopback
from core.people import Mode, Person
from pages.widgets.shared import workspace
from pages.widgets.shared.text import escape_markdown

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


def owns_runs() -> bool:
    """Return whether the runs and drawings here are the visitor's own, to remove for good and to export.

    In a class everybody's are; without people, they are those of whoever sits at the machine.
    """
    return workspace.mode() is not Mode.OPEN or is_at_this_machine()


def visitor_id() -> str:
    """Return a name of the visitor: the person's id in a class, else one of the device.

    Without people, it is the same for all at this machine, else made of the address: in a network each device has one;
    behind a proxy that hides it, visitors are one.
    """
    person = workspace.person()
    if person and not person.is_teacher:
        return person.id
    if person or is_at_this_machine():
        return "this machine"
    return hashlib.blake2b(str(st.context.ip_address).encode(), digest_size=8).hexdigest()


def show_note() -> None:
    """Tell a visitor from elsewhere, in a sentence, what visitors can do; show nothing to whoever has own runs."""
    if not owns_runs():
        st.markdown(f":small[{_NOTE}]")


def show_label_note() -> None:
    """Tell a visitor from elsewhere where labelled digits are kept; show nothing to whoever keeps them alone."""
    if not owns_runs():
        st.markdown(f":small[{_LABEL_NOTE}]")


def show_signed_in(person: Person) -> None:
    """Show, in the page's header, who is signed in, and how to sign out."""
    with st.container(key="signed-in"):
        if workspace.mode() is Mode.LOGIN:
            st.button(f"Sign out {escape_markdown(person.name)}", type="tertiary", on_click=st.logout, key="sign-out")
        else:
            label = f"{escape(person.name)}: sign out"
            st.html(f'<a href="signout" target="_self" title="{label}" aria-label="{label}">{escape(person.name)}</a>')


def ask_to_sign_in(problem: str = "") -> None:
    """Show, in place of a page, how to sign in; problem: why somebody who has cannot work here, as a sentence."""
    if workspace.mode() is Mode.CODE:
        st.info("Nobody is signed in here any more. Load the page again to sign in.", icon=":material/logout:")
        return
    st.markdown("**Digit Studio**")
    if not st.user.get("is_logged_in"):
        st.markdown("Your class works here. What you train and draw is yours: others do not see it.")
        st.button("Sign in", type="primary", on_click=st.login)
        return
    if problem:
        st.error(escape_markdown(problem), icon=":material/error:")
    else:
        st.info("You are no longer in this class. Load the page again to begin anew.", icon=":material/logout:")
    st.button("Sign out", on_click=st.logout)
