"""Styles for Streamlit's own widgets that Streamlit has no setting for."""

from pathlib import Path

import streamlit as st

ICON_ONLY = "icon-only-"
"""A button whose key begins so shows its icon alone; screen readers still read its label."""


def streamlit_overrides() -> None:
    """Put the styles into the page; the app calls this once, for all its pages.

    Streamlit keeps a file that holds styles alone out of the page's layout, so that nothing moves when it arrives.
    """
    st.html(Path(__file__).with_suffix(".css"))
