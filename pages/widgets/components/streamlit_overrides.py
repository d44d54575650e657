"""Styles for Streamlit's own widgets that Streamlit has no setting for."""

from pages.widgets.components._assets import define_component

ICON_ONLY = "icon-only-"
"""A button whose key begins so shows its icon alone; screen readers still read its label."""

_overrides = define_component("streamlit_overrides", "css", isolate_styles=False)


def streamlit_overrides() -> None:
    """Put the styles into the page; the app calls this once, for all its pages."""
    _overrides(key="streamlit-overrides")
