"""The answers to picture files: a table of all of them, and the one that is picked in it."""

import streamlit as st

from core.recognition import corrections, results
from pages.widgets.recognize import digit, number
from pages.widgets.recognize.steps import steps
from pages.widgets.shared.models import version_of
from pages.widgets.shared.text import escape_markdown

_MOST_ROWS_PX = 320
_SHARE = st.column_config.NumberColumn(format="percent")


def show(found: list[tuple[str, results.PictureResult]], model_id: str, single: bool) -> None:
    """Show answers, each with its picture's fingerprint: a table if there are several, and the picked one in full."""
    named = [(f"{version_of(model_id)}-{mark}", answer) for mark, answer in found]
    order = sorted(named, key=lambda each: results.lowest_confidence(each[1]))
    name, answer = _table(named, order, single) if len(order) > 1 else order[0]
    _one(answer, name, model_id, single)


def _table(named, order, single):
    """Show the table, the least sure first, and return the picked row's name and answer.

    named, order: (name, answer) each, as they were sent and as they are shown.
    """
    columns = _columns(order, single)
    config = {
        "picture": st.column_config.ImageColumn("", width=56),
        "confidence": _SHARE,
        "least confidence": _SHARE,
        "note": st.column_config.TextColumn(width="large"),
        **{name: None for name in columns if name.startswith("p(")},
    }
    key = f"files-{hash(tuple(name for name, _ in order))}"
    chosen = st.dataframe(
        {"picture": [answer.icon for _, answer in order], **columns},
        hide_index=True,
        column_config=config,
        height=_MOST_ROWS_PX if len(order) > 8 else "auto",
        on_select="rerun",
        selection_mode="single-row-required",
        placeholder="–",
        selection_default={"selection": {"rows": [_first_read(order)]}},
        key=key,
        alt="The pictures that were read, the least sure first",
    )
    rows = chosen.selection.rows
    picked = rows[0] if rows and rows[0] < len(order) else _first_read(order)
    _steering([answer.name for _, answer in order], picked, key)
    st.download_button(
        "Download all as CSV",
        results.to_csv(_columns(named, single)),
        "digits.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="all_as_csv",
    )
    return order[picked]


def _steering(names, picked, table):
    """What picks a row as well, for whoever has no mouse: the rows of a table are picked by pointer only."""
    last, which = len(names) - 1, f"{table}-which"
    ways = {
        "Previous picture": (":material/chevron_left:", picked - 1 if picked else None),
        "Next picture": (":material/chevron_right:", picked + 1 if picked < last else None),
    }
    st.session_state[which] = picked
    with st.container(horizontal=True, gap="small"):
        for label, (icon, goal) in ways.items():
            st.button(label, icon=icon, disabled=goal is None, on_click=_pick, args=[table, goal], key=f"go_{label}")
        st.selectbox(
            "Picture",
            range(len(names)),
            format_func=lambda row: f"{row + 1} of {len(names)}: {names[row]}",
            key=which,
            on_change=lambda: _pick(table, st.session_state[which]),
            label_visibility="collapsed",
            width=360,
        )


def _pick(table, row):
    st.session_state[table] = {"selection": {"rows": [row]}}


def _first_read(order):
    """The least sure picture in which something was read; the first of all where nothing was."""
    return next((place for place, (_, answer) in enumerate(order) if answer.digits), 0)


def _columns(named, single):
    read = [answer for _, answer in named]
    return (
        results.results_table(read)
        if single
        else corrections.pages_table(read, [number.made_by_hand(name) for name, _ in named])
    )


def _one(answer, name, model_id, single):
    st.markdown(f"**{escape_markdown(answer.name)}**")
    if answer.note and not answer.digits:
        st.warning(escape_markdown(answer.note), icon=":material/warning:")
    if answer.picture is None:
        return
    if single and answer.digit:
        _single(answer)
    elif answer.digits:
        picture, read = st.columns([64, 44], gap="large")
        with picture:
            number.show_picture(answer, name)
        with read:
            number.show_text(answer, name)
            number.show_picked(answer, name)
    else:
        st.image(answer.picture, width=400, alt=f"The picture {answer.name}")
    steps(lambda: answer.steps, lambda: answer.plain, answer.digit if single else None, model_id)


def _single(answer):
    sent, reading, probabilities = st.columns([300, 200, 420], gap="medium")
    sent.markdown("**Your picture**")
    sent.image(answer.picture, width=280, alt=f"The picture {answer.name}")
    with reading:
        digit.reading(answer.digit, "picked", "")
    with probabilities:
        digit.probabilities(answer.digit, "picked")
