"""One digit that was read: the answer, large, how sure it is, and the picture that the network saw."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.bars import MAX_BARS, probability_bars_json
from core.config.dataset_spec import DIGITS
from core.config.percent import percent_number
from core.pictures.display import enlarge
from core.recognition import CorrectedDigit, ReadingView
from pages.widgets.components.answer import large_answer
from pages.widgets.components.chart import chart
from pages.widgets.shared.explained_digit import why_button
from pages.widgets.shared.text import escape_markdown

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_BARS_PX = 264
_SEVERAL = "Are these several digits?"
_SEVERAL_HINT = "Then choose A number or a page above."


def result() -> "DeltaGenerator":
    """Return the place of a digit's answer, bars and picture, whose parts are arranged by the width of the page."""
    return st.container(key="digit-result")


def part(name: str) -> "DeltaGenerator":
    """Return the place of a part of `result`: streamlit_overrides.css knows its name."""
    return st.container(gap="xsmall", key=f"part-{name}")


def reading(view: ReadingView | None, name: str, nothing: str) -> None:
    """Show the answer; of several digits it asks first whether they are."""
    with part("answer"):
        st.markdown("**The network reads**")
        if view and view.several:
            large_answer("?", _SEVERAL, name, hint=_SEVERAL_HINT)
            why_button(view.digit, name)
        else:
            answer(view.digit if view else None, name, nothing)


def probabilities(view: ReadingView | None, name: str, names: Sequence[str] = DIGITS) -> None:
    """Show how likely each class is."""
    with part("bars"):
        st.markdown(f"**How likely each {'digit' if tuple(names) == DIGITS else 'one'} is**")
        bars(view.digit if view else None, name, _BARS_PX, names)
        if len(names) > MAX_BARS:
            st.markdown(f":small[The likeliest {MAX_BARS} of {len(names)}]")


def evidence(view: ReadingView | None, names: Sequence[str] = DIGITS) -> None:
    """Show what the network saw, and on demand the bars as a table."""
    found = view.digit if view else None
    with part("seen"):
        seen(found, 140)
    with part("table"), st.expander("The bars as a table"):
        numbers(found, names)


def answer(
    digit: CorrectedDigit | None, name: str, nothing: str, small: bool = False, can_explain: bool = True
) -> None:
    """Show the digit large with its confidence in words, or `nothing` (a sentence) where there is no digit."""
    if digit:
        large_answer(digit.answer, digit.confidence_text, name, small, digit.nearest_text)
    else:
        large_answer("–", nothing, name, small)
    if can_explain:
        why_button(digit, name)


def bars(digit: CorrectedDigit | None, name: str, height_px: int, names: Sequence[str] = DIGITS) -> None:
    """Show the probabilities as bars; without a digit the bars are empty, so that nothing moves later.

    `names` are those of the model's classes.
    """
    shares = digit.probabilities if digit else [0.0] * len(names)
    count = "ten" if tuple(names) == DIGITS else str(len(names))
    alt = f"Bar chart of the {count} probabilities: " + (digit.probabilities_text if digit else "nothing to read yet.")
    chart(probability_bars_json(shares, tuple(names)), f"bars-{name}", alt, height_px)


def seen(digit: CorrectedDigit | None, size_px: int) -> None:
    """Show the 28×28 picture that the network saw, enlarged without blur."""
    image = enlarge(digit.image if digit else None, size_px)
    st.image(image, width=size_px, alt="The 28×28 picture that the network saw" if digit else "An empty 28×28 picture")
    st.markdown(":small[What the network saw]")


def numbers(digit: CorrectedDigit | None, names: Sequence[str] = DIGITS) -> None:
    """Show the probabilities as a table, in Markdown: the first page is painted before pandas is loaded."""
    shares = digit.probabilities if digit else [0.0] * len(names)
    head = "digit" if tuple(names) == DIGITS else "class"
    rows = [
        f"| {escape_markdown(name)} | {percent_number(float(share), 2):.2f} % |"
        for name, share in zip(names, shares, strict=True)
    ]
    st.markdown("\n".join([f"| {head} | probability |", "|:--|--:|", *rows]))
