"""The reasons for this digit and not another one: evidence, the stroke that matters most, and the smallest change."""

import streamlit as st

from core.explanation.digits import ExplainedDigit
from core.explanation.rendering import legend
from core.explanation.why import Answer, Captioned
from pages.widgets.inside import networks
from pages.widgets.shared.session import SessionKey
from pages.widgets.shared.text import escape_markdown

_PICTURE_PX = 168
_OTHER_KEY = "inside_other"
_PICKED = SessionKey[int | None]("inside_picked", None)


def show(model_id: str, digit: ExplainedDigit, answer: Answer) -> None:
    """Show the reasons for the answer against the digit that the person picks."""
    first, *others = answer.order
    shown = _default(others)
    key = f"{_OTHER_KEY}-{digit.fingerprint}"  # a choice that arrives late does not reach another digit
    st.session_state[key] = shown
    names = answer.names
    label = f"Why {escape_markdown(names[first])} and not"
    name_of = lambda other: escape_markdown(names[other])  # noqa: E731
    other = st.radio(label, others, horizontal=True, key=key, on_change=_pick, args=[key, shown], format_func=name_of)
    place = st.empty()
    with st.container(horizontal=True, gap="small"):
        for each in networks.evidence(model_id, digit, first, other):
            _picture(each)
        sentence, stroke = networks.stroke(model_id, digit, first, other)
        place.markdown(f"**{escape_markdown(sentence)}**")
        _picture(stroke)
        _picture(networks.smallest(model_id, digit, other))
    _legend(names[first], names[other])


def _default(others: list[int]) -> int:
    """Return the digit that a person picked to compare with, the second guess where none was or it is the answer."""
    picked = _PICKED.get()
    return picked if picked in others else others[0]


def _pick(key: str, shown: int) -> None:
    """Keep what a person picked; the one that was shown is sent again by the browser, and is no pick."""
    if st.session_state[key] != shown:
        _PICKED.set(st.session_state[key])


def _picture(each: Captioned) -> None:
    with st.container(width=_PICTURE_PX, gap="xsmall"):
        st.markdown(f"**{escape_markdown(each.title)}**")
        st.image(each.picture, width=_PICTURE_PX, output_format="PNG", alt=f"{each.title}: {each.sentence}")
        st.markdown(f":small[{escape_markdown(each.sentence)}]")


def _legend(answer: str, other: str) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f":small[speaks for {escape_markdown(other)}]", width="content")
        st.image(
            legend(),
            width=168,
            output_format="PNG",
            alt=f"Blue speaks for {other}, black for neither, yellow for {answer}",
        )
        st.markdown(f":small[speaks for {escape_markdown(answer)}]", width="content")
