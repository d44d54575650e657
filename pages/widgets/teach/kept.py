"""The corrections that are kept: a table with their pictures, and what can be done to them."""

from collections.abc import Sequence

import streamlit as st

from core.config.dataset_spec import DIGITS
from core.config.percent import percent_number
from core.corrections import Classes, Correction, CorrectionError, CorrectionStore, Counts, Split
from core.corrections.exporting import labelled_zip
from core.pictures.display import data_url
from pages.widgets.shared import messages, visitor
from pages.widgets.shared.durations import describe_time
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown
from pages.widgets.teach.state import DELETED, TABLES, Key

_A_PAGE = 100
_ALL = ""  # as the store has it: no class is called so
_ELSEWHERE = "Only at the machine that serves this app"
_ZIP = "A folder for each label. A data set can be made of it."
_ZIP_OF_DIGITS = f"{_ZIP} The command evaluate --pictures reads it, too."
_MAX_TABLE_PX = 520
_USES = {Split.LEARN: "to learn from", Split.MEASURE: "to measure by"}


def show(store: CorrectionStore, counts: Counts, classes: Classes) -> None:
    """Show the kept corrections with a filter, an undo, an export, and what deletes them."""
    chosen = st.pills(
        "Digit" if classes == DIGITS else "Class",
        [_ALL, *counts.by_label],
        default=_ALL,
        format_func=lambda label: escape_markdown(f"{label} ({counts.by_label.get(label, 0)})") if label else "All",
        key=Key.LABEL,
        label_visibility="collapsed",
    )
    label = chosen or _ALL
    total = store.count(label, classes=classes)
    tools = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    pages = -(-total // _A_PAGE)
    page = st.pagination(pages, key=f"{Key.PAGE}-{label}") if pages > 1 else 1
    found = store.find(label, first=(page - 1) * _A_PAGE, count=_A_PAGE, classes=classes)
    # What is ticked is known by its row: with a new digit on top, nothing is ticked.
    ticked = _table(found, f"{Key.TABLE}-{label}-{page}-{found[0].id}-{TABLES.get()}") if found else []
    with tools:
        _tools(store, ticked, counts, classes)


def _table(found: Sequence[Correction], key: str) -> list[Correction]:
    """Show corrections as a table, and return those that are ticked."""
    chosen = st.dataframe(
        {
            "picture": [data_url(each.png) for each in found],
            "it is": [each.label for each in found],
            "was read": [_read(each) for each in found],
            "sure": [percent_number(each.confidence) if each.model else None for each in found],
            "kept": [_USES[each.split] for each in found],
            "how it came": [str(each.source) for each in found],
            "when": [describe_time(each.created) for each in found],
            "read by": [each.model_name for each in found],
        },
        hide_index=True,
        height=_MAX_TABLE_PX if len(found) > 12 else "auto",
        row_height=40,
        column_config={
            "picture": st.column_config.ImageColumn("picture", width=56),
            "sure": st.column_config.NumberColumn(format="%.1f %%"),
        },
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="–",
        key=key,
        alt="What was kept, the newest first",
    )
    return [found[row] for row in chosen.selection.rows if row < len(found)]


def _read(correction: Correction) -> str:
    if not correction.model:
        return "–"
    return "right" if correction.is_confirmation else correction.answer or "refused"


def _tools(store: CorrectionStore, ticked: Sequence[Correction], counts: Counts, classes: Classes) -> None:
    is_here = visitor.owns_runs()
    ids = tuple(each.id for each in ticked)
    st.button(
        f"Delete {len(ids)}" if ids else "Delete",
        icon=":material/delete:",
        disabled=not (ids and is_here),
        on_click=once(_delete, store, ids),
        key="teach-delete",
        help="Tick rows first. What is deleted can be brought back." if is_here else _ELSEWHERE,
    )
    if last := DELETED.get():
        st.button(
            f"Undo: bring {len(last)} back",
            icon=":material/undo:",
            on_click=once(_restore, store, last),
            key="teach-undo",
        )
    st.download_button(
        "Export as ZIP",
        lambda: labelled_zip(store, classes),
        "corrections.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
        disabled=not (counts.total and is_here),
        key="teach-export",
        help=(_ZIP_OF_DIGITS if classes == DIGITS else _ZIP) if is_here else _ELSEWHERE,
    )
    if counts.deleted:
        _deleted(store, counts.deleted, classes)


def _deleted(store: CorrectionStore, count: int, classes: Classes) -> None:
    with st.popover(f"Deleted ({count})", icon=":material/auto_delete:"):
        ids = tuple(each.id for each in store.find(deleted=True, count=count, classes=classes))
        st.button("Bring all back", icon=":material/undo:", on_click=once(_restore, store, ids), key="teach-all-back")
        if visitor.owns_runs():
            st.markdown(
                "Removed for good, they and their pictures are gone from what is kept here. Each run that learned from "
                "them keeps a copy of its own, in the trash too, until that run is removed for good."
            )
            st.button(
                f"Remove {count} for good",
                icon=":material/delete_forever:",
                on_click=once(_purge, store, classes),
                key="teach-purge",
            )


def _delete(store: CorrectionStore, ids: tuple[int, ...]) -> None:
    try:
        store.delete(ids)
    except CorrectionError as error:
        messages.add_problem(escape_markdown(str(error)))
        return
    DELETED.set(ids)
    TABLES.set(TABLES.get() + 1)


def _restore(store: CorrectionStore, ids: tuple[int, ...]) -> None:
    try:
        store.restore(ids)
    except CorrectionError as error:
        messages.add_problem(escape_markdown(str(error)))
        return
    DELETED.set(())


def _purge(store: CorrectionStore, classes: Classes) -> None:
    try:
        count = store.purge(classes)
    except CorrectionError as error:
        messages.add_problem(escape_markdown(str(error)))
        return
    DELETED.set(())
    messages.add(f"{count} removed for good.")
