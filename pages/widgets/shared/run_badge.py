"""The state of a run as a badge."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.runs.schema import RunState

_Colour = Literal["gray", "blue", "orange", "green", "red"]


@dataclass(frozen=True)
class _Style:
    icon: str
    colour: _Colour


_STYLES = {
    RunState.QUEUED: _Style(":material/hourglass_empty:", "gray"),
    RunState.RUNNING: _Style(":material/model_training:", "blue"),
    RunState.PAUSED: _Style(":material/pause:", "orange"),
    RunState.STOPPING: _Style(":material/stop_circle:", "orange"),
    RunState.STOPPED: _Style(":material/stop_circle:", "gray"),
    RunState.FINISHED: _Style(":material/check_circle:", "green"),
    RunState.FAILED: _Style(":material/error:", "red"),
    RunState.DAMAGED: _Style(":material/broken_image:", "red"),
}


def show_state(state: RunState, is_starting: bool = False) -> None:
    """Show the state's name with its icon and colour; a queued run that no other keeps from starting is starting."""
    style = _STYLES[state]
    st.badge("starting" if is_starting else state, icon=style.icon, color=style.colour)
