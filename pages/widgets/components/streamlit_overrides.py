"""Styles for Streamlit's own widgets that Streamlit has no setting for."""

from pathlib import Path

import streamlit as st

ICON_ONLY = "icon-only-"
"""A button whose key begins so shows its icon alone; screen readers still read its label."""


_STYLES = Path(__file__).with_suffix(".css").read_text("utf-8")


def streamlit_overrides(page: str) -> None:
    """Put the styles into the page; the app calls this once a drawing, for all its pages.

    page: the title of the page that is open, which the header shows where the menu is folded away.

    Streamlit keeps what holds styles alone out of the page's layout, so that nothing moves when it arrives.
    """
    name = f':root {{ --page-name: "Digit Studio · {page}"; }}'
    st.html(f"<style>{_STYLES}{name}</style>")
