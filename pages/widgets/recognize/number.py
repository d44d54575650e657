"""A number or a page that was read: its boxes, its text to download, and each digit to inspect and to correct."""

from collections.abc import Callable

import streamlit as st

from core.recognition import CorrectedDigit, ReadingView
from core.recognition.downloads import Download
from core.recognition.reading import Box
from pages.widgets.components.boxes import BoxTools, boxes, last_change
from pages.widgets.recognize import digit, notes, state
from pages.widgets.shared.text import escape_markdown

_NO_DIGIT = "no digit"
_MAX_LINES = 5  # of the text that are shown without scrolling
_MAX_LARGE_LINES = 2  # of a text that is as large as a digit's answer


def show_picture(view: ReadingView, tools: BoxTools, keep: Callable[[], None]) -> None:
    """Show the picture with its boxes, and what changes them.

    keep: called after what a digit is said to be has changed, to keep that; also by `show_picked`.
    """
    boxes(
        view,
        tools,
        _picked(view),
        on_pick=lambda box: state.pick(view.name, box),
        on_labels=keep,
    )


def show_text(view: ReadingView) -> None:
    """Show the text as corrected, in a field that can be copied, and the downloads of the reading."""
    st.markdown("**The network reads**")
    if view.text:
        _large_text(view.text)
        st.markdown(view.doubt_text)
    else:
        nothing = "Nothing here looks like a digit." if view.digits else notes.nothing_read(view)
        st.markdown(escape_markdown(nothing) or "–")
    if view.remark:
        st.markdown(f":small[{view.remark}]")
    with st.container(horizontal=True, gap="small"):
        for form in Download:
            st.download_button(
                form.upper(),
                # Made when it is pressed: a correction may have come since the button was drawn.
                lambda form=form: view.download_now(form),
                form.file_name(view.file),
                form.media_type,
                icon=":material/download:",
                disabled=not view.digits,
                on_click="ignore",
                key=f"as_{form.upper()}",
                help=f"Download this reading as {form.upper()}",
            )


def _large_text(text: str) -> None:
    """Show a text as large as its longest line allows, in a field that can be copied."""
    lines = text.split("\n")
    largest = "5.5rem" if len(lines) <= _MAX_LARGE_LINES else "1.5rem"
    digits = max(map(len, lines))
    st.html(f"<style>.st-key-number-text {{ --digits: {digits}; --largest: {largest}; }}</style>")
    with st.container(key="number-text"):
        st.code(text, language=None, wrap_lines=True, height=160 if len(lines) > _MAX_LINES else "content")


def show_picked(view: ReadingView, keep: Callable[[], None]) -> None:
    """Show the picked digit, if there is one: its answer, its 28×28, its bars, and what it is in truth."""
    number = _picked(view)
    if number is None:
        return
    picked = view.digits[number]
    _show_navigation(view, number)
    with st.container(horizontal=True, gap="medium", wrap=False):
        with st.container(width=136, gap="xsmall"):
            digit.seen(picked, 112)
            digit.answer(picked, "picked", "", small=True)
        with st.container(width="stretch"):
            digit.bars(picked, "picked", 260)
    _show_correction(view, picked, keep)


def _show_navigation(view: ReadingView, picked: int) -> None:
    doubtful = view.next_doubtful(picked)
    goals = {
        "Previous": (":material/chevron_left:", picked - 1 if picked else None),
        "Next": (":material/chevron_right:", picked + 1 if picked + 1 < len(view.digits) else None),
        "Next doubtful": (":material/help:", doubtful if doubtful != picked else None),
    }
    st.markdown(f"**Digit {picked + 1} of {len(view.digits)}**")
    with st.container(horizontal=True, gap="small"):
        for label, (icon, goal) in goals.items():
            disabled, key = goal is None, f"go_{label}"
            box = None if goal is None else view.digits[goal].box
            st.button(label, icon=icon, disabled=disabled, on_click=state.pick, args=[view.name, box], key=key)


def _show_correction(view: ReadingView, picked: CorrectedDigit, keep: Callable[[], None]) -> None:
    """Ask what the digit is; for a doubtful one nothing is chosen, so that choosing what was read confirms it."""
    label = _NO_DIGIT if picked.label is None else picked.label
    shown = label if picked.is_decided else None
    place = "-".join(map(str, picked.box))
    # Of this digit as it is now: a choice that arrives late reaches neither the next digit nor what was typed since.
    key = f"truth-{view.name}-{place}-{last_change()}"
    st.session_state[key] = shown
    st.radio(
        "It is",
        [*range(10), _NO_DIGIT],
        index=None,
        horizontal=True,
        key=key,
        on_change=_correct_as_chosen,
        args=[view, picked.box, key, last_change(), shown, keep],
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Right",
            icon=":material/check:",
            disabled=picked.label is None or picked.is_corrected,
            on_click=_set_label,
            args=[view, picked.box, picked.label, keep],
            key=state.Key.RIGHT,
            help="Keep that it was read right: it is learned from as a correction is",
        )
        st.button(
            "As it was read",
            icon=":material/undo:",
            type="tertiary",
            disabled=not picked.is_corrected,
            on_click=_remove_label,
            args=[view, picked.box, keep],
            key=state.Key.AS_READ,
        )


def _picked(view: ReadingView) -> int | None:
    """Return the number of the digit that was picked, or of the first doubtful one; None where there is none."""
    number = view.number_of(state.picked_of(view.name))
    if number is None and view.digits:
        number = view.next_doubtful(-1) or 0
        state.pick(view.name, view.digits[number].box)
    return number


def _correct_as_chosen(
    view: ReadingView, box: Box, key: str, change: int, shown: str | int | None, keep: Callable[[], None]
) -> None:
    """Give the box the label that was chosen when `change` was the last one; one that is late is no choice.

    Nor is the one that was `shown`: the browser sends it again after another digit was picked.
    """
    chosen = st.session_state[key]
    if change == last_change() and chosen not in (shown, None):
        _set_label(view, box, None if chosen == _NO_DIGIT else chosen, keep)


def _set_label(view: ReadingView, box: Box, label: int | None, keep: Callable[[], None]) -> None:
    view.edits.set_label(box, label)
    keep()


def _remove_label(view: ReadingView, box: Box, keep: Callable[[], None]) -> None:
    view.edits.remove_label(box)
    keep()
