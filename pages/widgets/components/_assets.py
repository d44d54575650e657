"""Definition of a component from the HTML, CSS and JavaScript files beside its module."""

from importlib.resources import files
from typing import TYPE_CHECKING

from streamlit.components.v2 import component
from streamlit.components.v2.bidi_component import serialization

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def _is_table(value: object) -> bool:
    """Return whether a component is given a table: no component here is.

    Streamlit's own check of each value loads pandas and pyarrow: 70 MB, and a second before the first page is painted.
    """
    return False


serialization.is_dataframe_like = _is_table  # pyright: ignore[reportPrivateImportUsage]


def define_component(name: str, *kinds: str, isolate_styles: bool = True, more_css: str = "") -> "ComponentRenderer":
    """Return the component made of the files NAME.KIND in this folder, to be shown by calling it.

    kinds: those of "html", "css" and "js" that the component has.
    isolate_styles: whether the component stands in a shadow root of its own, which the page's styles do not reach.
    more_css: styles that stand before those of the folder's file.
    Raises `FileNotFoundError` where one of the files is missing.
    """
    folder = files("pages.widgets.components")
    html, css, js = (
        folder.joinpath(f"{name}.{kind}").read_text("utf-8") if kind in kinds else None
        for kind in ("html", "css", "js")
    )
    return component(
        f"studio_{name}", html=html, css=more_css + (css or "") or None, js=js, isolate_styles=isolate_styles
    )
