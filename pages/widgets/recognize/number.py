"""A number or a page that was read: its boxes, its text to take away, and each digit to look at and to correct."""

from functools import partial

import streamlit as st

from core.recognition import corrections
from core.recognition.results import PictureResult
from pages.widgets.components.boxes import boxes
from pages.widgets.recognize import digit

_NO_DIGIT = "no digit"
_MOST_LINES = 5  # of the text that are shown without scrolling


def made_by_hand(name: str) -> dict:
    """Return the corrections of the reading of that name; they are kept as long as the session."""
    return st.session_state.setdefault("corrections", {}).setdefault(name, {})


def show_picture(answer: PictureResult, name: str) -> None:
    """Show the picture with its boxes. `name` is the reading's: under one name its corrections are kept."""
    marks = _marks(answer, name)
    boxes(
        answer,
        marks,
        _picked(marks, name),
        name,
        on_pick=lambda number: _pick(name, number),
        on_correct=lambda number, label: _give(name, number, label),
    )


def show_text(answer: PictureResult, name: str) -> None:
    """Show the text as corrected, in a field that can be copied, and what can be taken away of it."""
    marks = _marks(answer, name)
    text = corrections.corrected_text(marks)
    st.markdown("**The network reads**")
    long = text.count("\n") >= _MOST_LINES
    if text:
        st.code(text, language=None, wrap_lines=True, height=160 if long else "content")
    else:
        st.markdown("Nothing here looks like a digit.")
    made = made_by_hand(name)
    with st.container(horizontal=True, gap="small"):
        for kind, mime in (("TXT", "text/plain"), ("CSV", "text/csv"), ("JSON", "application/json")):
            # Made when it is pressed: a correction may have come since the button was drawn.
            st.download_button(
                kind,
                partial(_file, kind, answer, made),
                f"{_stem(answer.name)}.{kind.lower()}",
                mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"as_{kind}",
                help=f"Download this reading as {kind}",
            )


def _file(kind, answer, made):
    """What is taken away; it runs in a thread that knows no session."""
    marks = corrections.apply_corrections(answer.digits, made)
    if kind == "TXT":
        return corrections.corrected_text(marks)
    return corrections.to_csv_file(marks) if kind == "CSV" else corrections.to_json_file(answer.name, marks)


def _stem(name):
    return name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0] or "digits"


def show_picked(answer: PictureResult, name: str) -> None:
    """Show the picked digit: its answer, its 28×28, its bars, and what it is in truth."""
    marks = _marks(answer, name)
    picked = _picked(marks, name)
    mark = marks[picked]
    _steering(marks, picked, name)
    with st.container(horizontal=True, gap="medium", wrap=False):
        with st.container(width=136, gap="xsmall"):
            digit.seen(mark.digit, 112)
            digit.answer(mark.digit, "picked", "", small=True)
        with st.container(width="stretch"):
            digit.bars(mark.digit, "picked", 260, narrow=True)
    _correcting(mark, picked, name)


def _steering(marks, picked, name):
    doubtful = corrections.next_doubtful(marks, picked)
    ways = {
        "Previous": (":material/chevron_left:", picked - 1 if picked else None),
        "Next": (":material/chevron_right:", picked + 1 if picked + 1 < len(marks) else None),
        "Next doubtful": (":material/help:", doubtful if doubtful != picked else None),
    }
    st.markdown(f"**Digit {picked + 1} of {len(marks)}**")
    with st.container(horizontal=True, gap="small"):
        for label, (icon, goal) in ways.items():
            st.button(label, icon=icon, disabled=goal is None, on_click=_pick, args=[name, goal], key=f"go_{label}")


def _correcting(mark, picked, name):
    """A doubtful mark has nothing chosen, so that choosing what was read confirms it."""
    decided = mark.kind in (corrections.SURE, corrections.CORRECTED)
    choices = [*range(10), _NO_DIGIT]
    key = f"truth-{name}-{picked}"  # of this mark alone: a choice that arrives late cannot reach the next one
    st.session_state[key] = (_NO_DIGIT if mark.label is None else mark.label) if decided else None
    st.radio(
        "It is",
        choices,
        index=None,
        horizontal=True,
        key=key,
        on_change=_give_chosen,
        args=[name, picked, key],
    )
    st.button(
        "As it was read",
        icon=":material/undo:",
        type="tertiary",
        disabled=mark.kind != corrections.CORRECTED,
        on_click=_take_back,
        args=[name, picked],
        key="as_read",
    )


def _marks(answer, name):
    return corrections.apply_corrections(answer.digits, made_by_hand(name))


def _picked(marks, name):
    """The mark that was picked, or the first doubtful one."""
    known = st.session_state.setdefault("picked", {})
    if known.get(name, len(marks)) >= len(marks):
        known[name] = corrections.next_doubtful(marks, -1) or 0
    return known[name]


def _pick(name, number):
    st.session_state.picked[name] = number


def _give(name, number, label):
    made_by_hand(name)[number] = label


def _give_chosen(name, number, key):
    chosen = st.session_state[key]
    _give(name, number, None if chosen == _NO_DIGIT else chosen)


def _take_back(name, number):
    made_by_hand(name).pop(number, None)
