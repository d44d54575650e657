"""Definition of a component from the HTML, CSS and JavaScript files beside its module."""

from importlib.resources import files
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def define_component(name: str, *kinds: str, isolate_styles: bool = True) -> "ComponentRenderer":
    """Return the component made of the files NAME.KIND in this folder, to be shown by calling it.

    kinds: those of "html", "css" and "js" that the component has.
    isolate_styles: whether the component stands in a shadow root of its own, which the page's styles do not reach.
    Raises `FileNotFoundError` where one of the files is missing.
    """
    folder = files(__package__)
    html, css, js = (
        folder.joinpath(f"{name}.{kind}").read_text("utf-8") if kind in kinds else None
        for kind in ("html", "css", "js")
    )
    return st.components.v2.component(f"studio_{name}", html=html, css=css, js=js, isolate_styles=isolate_styles)
