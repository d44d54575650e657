"""The results of picture files: a table of all of them, and the one that is picked in it."""

from collections.abc import Sequence

import streamlit as st

from core.config.percent import percent_number
from core.recognition import ReadingMode, ReadingView
from core.recognition.csv_table import Columns, to_csv
from core.recognition.reading_view import views_table
from pages.widgets.components.boxes import BoxTools
from pages.widgets.recognize import digit, notes, number
from pages.widgets.recognize.state import Key
from pages.widgets.recognize.steps import steps
from pages.widgets.shared import corrections, models
from pages.widgets.shared.text import escape_markdown

_MAX_TABLE_PX = 320
_MAX_NOTES = 3  # on files that could not be opened; all of them stand in the table, cut off where it is narrow
_PERCENT = st.column_config.NumberColumn(format="%.1f %%")
_CONFIDENCES = ("confidence", "least confidence")


def show(views: Sequence[ReadingView], model_id: str) -> None:
    """Show at least one reading of the same mode: a table if there are several, and the picked one in full."""
    order = sorted(views, key=lambda view: view.lowest_confidence)
    if len(order) > 1:
        _show_notes([view.note for view in views if not view.display])
    _show_one(_pick_in_table(views, order) if len(order) > 1 else order[0], model_id)


def _show_notes(notes: Sequence[str]) -> None:
    if notes:
        more = [f"{len(notes) - _MAX_NOTES:,} more could not be opened; see the table."][: len(notes) > _MAX_NOTES]
        shown = "  \n".join(map(escape_markdown, [*notes[:_MAX_NOTES], *more]))
        st.warning(shown, icon=":material/warning:")


def _pick_in_table(sent: Sequence[ReadingView], order: Sequence[ReadingView]) -> ReadingView:
    """Show the table, the least sure first, and return the picked row's reading.

    sent, order: the readings as they were sent and as they are shown.
    """
    columns = views_table(order)
    config = {
        "picture": st.column_config.ImageColumn("", width=56),
        **dict.fromkeys(_CONFIDENCES, _PERCENT),
        "note": st.column_config.TextColumn(width="large"),
        **{name: None for name in columns if name.startswith("p(")},
    }
    key = f"files-{hash(tuple(view.name for view in order))}"
    chosen = st.dataframe(
        {"picture": [view.icon for view in order], **_in_percent(columns)},
        hide_index=True,
        column_config=config,
        height=_MAX_TABLE_PX if len(order) > 8 else "auto",
        on_select="rerun",
        selection_mode="single-row-required",
        placeholder="–",
        selection_default={"selection": {"rows": [_first_read(order)]}},
        key=key,
        alt="The pictures that were read, the least sure first",
    )
    rows = chosen.selection.rows
    picked = rows[0] if rows and rows[0] < len(order) else _first_read(order)
    _show_navigation([view.file for view in order], picked, key)
    st.download_button(
        "Download all as CSV",
        to_csv(views_table(sent)),
        "digits.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=Key.DOWNLOAD_ALL,
    )
    return order[picked]


def _in_percent(columns: Columns) -> Columns:
    shares = {name: columns[name] for name in _CONFIDENCES if name in columns}
    return columns | {
        name: [None if share is None else percent_number(share) for share in column] for name, column in shares.items()
    }


def _show_navigation(files: Sequence[str], picked: int, table: str) -> None:
    """Show what picks a row as well, for whoever has no mouse: the rows of a table are picked by pointer only."""
    last, which = len(files) - 1, f"{table}-which"
    goals = {
        "Previous picture": (":material/chevron_left:", picked - 1 if picked else None),
        "Next picture": (":material/chevron_right:", picked + 1 if picked < last else None),
    }
    st.session_state[which] = picked
    with st.container(horizontal=True, gap="small"):
        for label, (icon, goal) in goals.items():
            st.button(label, icon=icon, disabled=goal is None, on_click=_pick, args=[table, goal], key=f"go_{label}")
        st.selectbox(
            "Picture",
            range(len(files)),
            format_func=lambda row: f"{row + 1} of {len(files)}: {files[row]}",
            key=which,
            on_change=lambda: _pick(table, st.session_state[which]),
            label_visibility="collapsed",
            width=360,
        )


def _pick(table: str, row: int) -> None:
    st.session_state[table] = {"selection": {"rows": [row]}}


def _first_read(order: Sequence[ReadingView]) -> int:
    """Return the row of the least sure picture in which something was read; 0 where nothing was."""
    return next((row for row, view in enumerate(order) if view.digits), 0)


def _show_one(view: ReadingView, model_id: str) -> None:
    st.markdown(f"**{escape_markdown(view.file)}**")
    if not view.display:
        st.warning(escape_markdown(view.note), icon=":material/warning:")
        return
    if view.mode is ReadingMode.SINGLE:
        _show_digit(view, model_id)
    else:

        def keep() -> None:
            corrections.keep_labels(view, model_id)

        keep()
        picture, text = st.columns([64, 44], gap="large")
        with picture:
            number.show_picture(view, BoxTools.BOXES, keep)
        with text:
            number.show_text(view)
            notes.show(view)
            number.show_picked(view, keep)
    steps(view, model_id)


def _show_digit(view: ReadingView, model_id: str) -> None:
    dataset = models.dataset_of(model_id)
    sent, reading = st.columns([300, 640], gap="medium")
    with sent:
        number.show_picture(view, BoxTools.PART, keep=lambda: None)
        notes.show(view)
    with reading, digit.result():
        digit.reading(view, "picked", notes.nothing_read(view))
        with digit.part("label"):
            corrections.ask_picture(view, model_id)
        digit.probabilities(view, "picked", dataset.class_names)
        digit.evidence(view, dataset.class_names)
