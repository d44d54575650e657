"""The same drawing of a digit, read by other models beside the first one."""

from collections.abc import Mapping

import streamlit as st

from core.preprocessing.canvas_drawing import Drawing
from core.recognition import ModelError, ReadingView
from core.recognition.edits import EditHistory
from core.recognition.results import read_drawing
from core.runs.schema import RunError, error_reason
from pages.widgets.recognize import digit
from pages.widgets.shared import models
from pages.widgets.shared.text import escape_markdown

_BARS_PX = 200


def show(drawn: Drawing, names: Mapping[str, str]) -> None:
    """Show what each model reads in a drawing with at least one stroke; nothing where there is no model.

    names: what each is called, by its id.
    """
    for (model_id, name), column in zip(
        names.items(), st.columns(len(names), gap="medium") if names else [], strict=True
    ):
        with column:
            st.markdown(f"**{escape_markdown(name)}**")
            _read(model_id, drawn)


def _read(model_id: str, drawn: Drawing) -> None:
    try:
        result = read_drawing(models.open_model(model_id), drawn, single=True)
    except (ModelError, RunError, OSError) as error:
        st.error(escape_markdown(error_reason(error)), icon=":material/error:")
        return
    view = ReadingView.of(result, EditHistory(), f"{models.version_of(model_id)}-{drawn.fingerprint()}")
    digit.answer(view.digit, f"beside-{model_id}", view.note, small=True, can_explain=False)
    digit.bars(view.digit, f"beside-{model_id}", _BARS_PX, models.dataset_of(model_id).class_names)
