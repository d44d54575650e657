"""The button that shares one's own run with the class."""

import streamlit as st

from core.runs.run import Run
from core.runs.schema import RunError, error_reason
from core.runs.view import RunView
from pages.widgets.shared import messages, workspace
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown


def share_button(view: RunView) -> None:
    """Show, in a class, the button that shares one's own run with all, or shares it no more."""
    if workspace.person() is None or not view.has_model:
        return
    label = "Stop sharing" if view.notes.shared else "Share with the class"
    st.button(
        label,
        icon=":material/group:",
        key="share",
        on_click=once(_toggle, view.run),
        help="Others see its curves and recipe and read with it; they cannot change or delete it.",
    )


def _toggle(run: Run) -> None:
    try:
        run.write_notes(shared=not run.notes().shared)
    except (RunError, OSError) as error:
        messages.add_problem(escape_markdown(error_reason(error)))
