"""One drawing or photo for a data set: it is put among those of its class with one press."""

import streamlit as st

from core.datasets.board_file import BoardFile
from core.datasets.drawing_board import Board
from core.datasets.importing.picture_reading import read_photo
from core.datasets.mnist import DatasetError
from core.storage.os_errors import error_text
from pages.widgets.components.canvas import SIDE_PX, newest_sample, sample_canvas
from pages.widgets.data.state import PHOTOS, PROBLEM
from pages.widgets.recognize import camera
from pages.widgets.shared import upload_quota
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown


def draw(file: BoardFile, board: Board, name: str) -> None:
    """Show a canvas for the next drawing of a class, and the button that keeps it; each drawing has a new canvas.

    The button is never disabled: a quick person presses it before the last stroke has been reported.
    """
    canvas_name = f"sample-{board.token}-{board.changes}"
    sample_canvas(canvas_name, f"Draw: {name}")
    st.button(
        "Keep it, next",
        icon=":material/check:",
        on_click=once(_keep_drawing, file, name, canvas_name),
        shortcut="Enter",
        key="keep-drawing",
        width=SIDE_PX,
    )


def _keep_drawing(file: BoardFile, name: str, canvas_name: str) -> None:
    drawing = newest_sample(canvas_name)
    if not drawing.strokes:
        return
    try:
        file.add_drawing(name, drawing)
    except (DatasetError, ValueError, OSError) as error:
        PROBLEM.set(error_text(error))


def photograph(file: BoardFile, board: Board, name: str) -> None:
    """Show the camera; each photo that is taken is one of the class."""
    if not camera.is_here():
        return
    key = f"data-photo-{PHOTOS.get()}"
    upload_quota.show([st.camera_input(f"A photo of {escape_markdown(name)}, as large as the picture allows", key=key)])
    for taken in upload_quota.held([st.session_state.get(key)]):
        try:
            file.add(name, *read_photo(taken.getvalue()))
        except (DatasetError, ValueError, OSError) as error:
            PROBLEM.set(error_text(error))
        PHOTOS.set(PHOTOS.get() + 1)
        st.rerun()
