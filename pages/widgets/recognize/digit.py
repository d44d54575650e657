"""One digit that was read: the answer, large, how sure it is, and the picture that the network saw."""

import streamlit as st

from core.charts.bars import probability_bars
from core.pictures.display import enlarge
from core.recognition import CorrectedDigit
from core.recognition.corrections import NO_PROBABILITIES
from pages.widgets.components.answer import large_answer
from pages.widgets.components.chart import chart


def reading(digit: CorrectedDigit | None, name: str, nothing: str) -> None:
    """Show the answer, and under it what the network saw; of one that looks like no digit, what else it may be."""
    st.markdown("**The network reads**")
    answer(digit, name, nothing)
    seen(digit, 168)
    if digit and digit.is_refused:
        st.markdown(":small[Are these several digits? Choose **A number or a page** above.]")


def probabilities(digit: CorrectedDigit | None, name: str) -> None:
    """Show how likely each digit is, as bars and, on demand, as a table."""
    st.markdown("**How likely each digit is**")
    bars(digit, name, 340)
    with st.expander("The bars as a table"):
        numbers(digit)


def answer(digit: CorrectedDigit | None, name: str, nothing: str, small: bool = False) -> None:
    """Show the digit large with its confidence in words, or `nothing` (a sentence) where there is no digit."""
    label = str(digit.read_label) if digit else "–"
    large_answer(label, digit.confidence_text if digit else nothing, name, small)


def bars(digit: CorrectedDigit | None, name: str, height_px: int, narrow: bool = False) -> None:
    """Show the ten probabilities as bars; without a digit the bars are empty, so that nothing moves later."""
    shares = digit.probabilities if digit else NO_PROBABILITIES
    alt = "Bar chart of the ten probabilities: " + (digit.probabilities_text if digit else "nothing to read yet.")
    chart(probability_bars(shares, narrow), f"bars-{name}", alt, height_px)


def seen(digit: CorrectedDigit | None, size_px: int) -> None:
    """Show the 28×28 picture that the network saw, enlarged without blur."""
    image = enlarge(digit.image if digit else None, size_px)
    st.image(image, width=size_px, alt="The 28×28 picture that the network saw" if digit else "An empty 28×28 picture")
    st.markdown(":small[What the network saw]")


def numbers(digit: CorrectedDigit | None) -> None:
    """Show the ten probabilities as a table."""
    shares = digit.probabilities if digit else NO_PROBABILITIES
    st.dataframe(
        {"digit": list(range(10)), "probability": [f"{share:.2%}" for share in shares]}, hide_index=True, height=388
    )
