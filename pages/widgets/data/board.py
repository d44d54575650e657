"""A data set that is drawn or photographed here, a class at a time; every drawing is saved as it is made."""

from collections.abc import Callable

import streamlit as st

from core.config.dataset_spec import ImageForm
from core.config.field_spec import ConfigError
from core.datasets.board_file import BoardFile
from core.datasets.class_rows import strip
from core.datasets.drawing_board import Board
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from core.storage.os_errors import error_text
from pages.widgets.data import taking
from pages.widgets.data.state import DRAWN_CLASS, PROBLEM, open_set
from pages.widgets.shared import messages, visitor
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown

_LAST = 14
_GOAL = 20
_FORMS = {
    ImageForm.MNIST: "the ink alone, as strokes in MNIST form",
    ImageForm.PLAIN: "whole pictures made 28×28, plain, as they are; a drawing is the whole canvas, white on black",
}
_NAMES_HELP = "Names with commas between, for instance A, B, C. More can be added later."


def show(store: DatasetStore, with_camera: bool) -> None:
    """Show the drawing board of this visitor, or, before there is one, the question for its classes."""
    file = BoardFile(store, visitor.visitor_id())
    board = file.read()
    if not board.class_names:
        _begin(file)
        return
    if DRAWN_CLASS.get() not in board.class_names:
        DRAWN_CLASS.set(_next_class(board))
    name = st.segmented_control(
        "Class",
        board.class_names,
        key=DRAWN_CLASS.name,
        required=True,
        persist_state="session",
        format_func=lambda each: f"{escape_markdown(each)} · {len(board.of(each))}",
    )
    name = name if name in board.class_names else board.class_names[0]
    field, beside = st.columns([300, 640], gap="medium")
    with field:
        (taking.photograph if with_camera else taking.draw)(file, board, name)
    with beside:
        _show_progress(file, board, name)
        _finish(file, board)


def _next_class(board: Board) -> str:
    """Return the class that has the fewest drawings."""
    return min(board.class_names, key=lambda name: len(board.of(name)))


def _begin(file: BoardFile) -> None:
    st.markdown(
        "Draw or photograph a set of your own: letters, signs, shapes. Twenty of each class are enough for a first "
        "network. Every drawing is saved at once; you can close the page and go on tomorrow."
    )
    key = "data-new-classes"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Classes", placeholder="A, B, C", key=key, help=_NAMES_HELP, width=420)
        begin = once(_save_classes, file, key)
        st.button("Begin", type="primary", icon=":material/draw:", on_click=begin)
        if file.can_bring_back:
            st.button("Undo discard", icon=":material/undo:", on_click=once(_guarded, file.bring_back))


def _save_classes(file: BoardFile, key: str) -> None:
    names = [each.strip() for each in st.session_state[key].replace("\n", ",").split(",") if each.strip()]
    if len(set(names)) < 2:
        PROBLEM.set("Name at least two classes, with commas between, for instance: A, B, C.")
        return
    _guarded(file.begin, names)


def _change_classes(file: BoardFile, key: str) -> None:
    """Save the names that stand in the text area, one a line: a name may have a comma."""
    names = [line.strip() for line in st.session_state[key].splitlines() if line.strip()]
    if len(set(names)) < 2:
        PROBLEM.set("Name at least two classes, each on a line of its own.")
        return
    _guarded(file.begin, names)


def _guarded(act: Callable[..., None], *values: object) -> None:
    """Do something to the board, and keep why it could not be done."""
    try:
        act(*values)
    except (DatasetError, ConfigError, OSError) as error:
        PROBLEM.set(error_text(error))


def _show_progress(file: BoardFile, board: Board, name: str) -> None:
    drawings = board.of(name)
    count = len(drawings)
    with st.container(horizontal=True, vertical_alignment="center", gap="large"):
        st.metric(
            f"Drawn of {escape_markdown(name)}", f"{count} of {_GOAL}" if count < _GOAL else count, width="content"
        )
        st.metric("Of all classes", board.total, width="content")
        undo = once(_guarded, file.undo, name)
        st.button("Take the last back", icon=":material/undo:", disabled=not count, on_click=undo, key="undo-drawing")
    form = file.form(board)
    if drawings:
        last = [each.image(form) for each in drawings[-_LAST:][::-1]]
        st.image(
            strip(last), width=min(len(last), _LAST) * 44, alt=f"The last {len(last)} drawings of {name}, newest first"
        )
        st.markdown(f":small[As the network will see them, the newest first: {_FORMS[form]}]")
    else:
        how = f": {_FORMS[form]}" if form is ImageForm.PLAIN else ""
        st.markdown(f":small[What you draw is shown here as the network will see it{how}.]")


def _finish(file: BoardFile, board: Board) -> None:
    st.divider()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name_key = f"board-name-{board.token}"
        title = st.text_input("Name of the data set", file.title(board) or "My drawings", key=name_key, width=260)
        st.button(
            "Keep more of it" if board.continues else "Make it a data set",
            type="primary",
            icon=":material/check:",
            disabled=bool(board.obstacle) or not title.strip(),
            on_click=once(_keep, file, name_key, board.continues),
        )
        with st.popover("Classes", icon=":material/edit:"):
            key = f"board-classes-{board.token}-{len(board.class_names)}"
            st.text_area("Classes, one a line", "\n".join(board.class_names), key=key, height=220)
            st.button("Save the classes", icon=":material/check:", on_click=once(_change_classes, file, key))
            st.button("Discard all drawings", icon=":material/delete:", on_click=once(_guarded, file.discard))
    if remark := board.obstacle or board.remark:
        st.markdown(f":small[{escape_markdown(remark)}]")


def _keep(file: BoardFile, name_key: str, continues: str) -> None:
    """Keep the drawings under the name that stands there at the moment of the press."""
    try:
        spec = file.keep(st.session_state[name_key])
    except (DatasetError, ConfigError, OSError) as error:
        PROBLEM.set(error_text(error))
        return
    open_set(spec.reference)
    if continues in ("", spec.id):
        messages.add(f"Added {escape_markdown(spec.name)}.")
    else:
        messages.add_problem(
            f"{escape_markdown(continues)} was deleted or changed meanwhile. These drawings are a set of "
            f"their own: {escape_markdown(spec.reference)}."
        )
