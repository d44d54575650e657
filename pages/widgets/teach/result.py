"""The measures of a model before and after learning, and the choice of the model that this installation reads with."""

from collections.abc import Sequence

import streamlit as st

from core.config.percent import percent
from core.runs.default_model import reset_default_model, set_default_model
from core.runs.store import RunStore
from core.runs.teaching import Measures, TeachingResult
from core.storage.os_errors import error_text
from pages.widgets.shared import messages, models, visitor
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown


def default_line(store: RunStore) -> None:
    """Show which model this installation reads with, where that is not the shipped one, and the way back."""
    model_id = models.default_id()
    if model_id == models.RELEASED_ID:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"This app reads with **{escape_markdown(models.name_of(model_id))}**.", width="content")
        st.button(
            "Back to the shipped reader",
            icon=":material/undo:",
            disabled=not visitor.owns_runs(),
            on_click=once(_back, store),
            key="teach-back",
        )


def show(store: RunStore, run_id: str, result: TeachingResult) -> None:
    """Show what a model reads before and after learning, what speaks against it, and what makes it the reader."""
    before, after = result.before, result.after
    st.table(
        {
            "": [name for name, _ in _rows(before, result.tested_on)],
            "before": [value for _, value in _rows(before, result.tested_on)],
            "after": [value for _, value in _rows(after, result.tested_on)],
        },
        border="horizontal",
        hide_index=True,
    )
    for warning in result.warnings:
        st.warning(f"{escape_markdown(warning)} Look at the table before you read with it.", icon=":material/warning:")
    is_default = models.default_id() == run_id
    with st.container(horizontal=True, gap="small"):
        st.button(
            "It is your reader" if is_default else "Use as my reader",
            icon=":material/check:",
            type="secondary",
            disabled=is_default or not visitor.owns_runs(),
            help=None if visitor.owns_runs() else "Only at the machine that serves this app",
            on_click=once(_use, store, run_id),
            key=f"teach-use-{run_id}",
        )


def _rows(measures: Measures, tested_on: str) -> Sequence[tuple[str, str]]:
    tested = escape_markdown(tested_on[:1].upper() + tested_on[1:])
    what, is_digits = ("digits", True) if measures.refused is not None else ("pictures", False)
    refused = [("What is no digit, refused", _share(measures.refused))] if is_digits else []
    return [
        (f"Your {what} that were kept out", _of(measures.kept_out_correct, measures.kept_out_count)),
        (f"Your {what} that were learned", _of(measures.learned_correct, measures.learned_count)),
        (f"{tested}, read right", percent(measures.test_accuracy, 2)),
        (f"{tested}, not refused", _share(measures.digits_kept)),
        *refused,
        ("How far its confidence is off, on average", _share(measures.calibration_error)),
        ("Correction of its confidence (1.00 is none)", f"{measures.temperature:.2f}"),
    ]


def _of(correct: int, count: int) -> str:
    return f"{correct} of {count} right" if count else "none yet"


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share, 2)


def _use(store: RunStore, run_id: str) -> None:
    try:
        set_default_model(store.root, run_id)
    except OSError as error:
        messages.add_problem(f"This could not be kept: {escape_markdown(error_text(error))}")
        return
    models.choose(run_id)


def _back(store: RunStore) -> None:
    try:
        reset_default_model(store.root)
    except OSError as error:
        messages.add_problem(f"This could not be kept: {escape_markdown(error_text(error))}")
        return
    models.choose(models.RELEASED_ID)
