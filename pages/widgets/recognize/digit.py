"""One digit that was read: the answer, large, how sure it is, and the picture that the network saw."""

import streamlit as st

from core.charts.bars import probability_bars
from core.pictures.display import enlarge
from core.recognition.results import describe_confidence
from pages.widgets.components.answer import large_answer
from pages.widgets.components.chart import chart


def reading(digit, name: str, nothing: str) -> None:
    """Show the answer, and under it what the network saw; of one that looks like no digit, what else it may be."""
    st.markdown("**The network reads**")
    answer(digit, name, nothing)
    seen(digit, 168)
    if digit and digit.refused:
        st.markdown(":small[Are these several digits? Choose **A number or a page** above.]")


def probabilities(digit, name: str) -> None:
    """Show how likely each digit is, as bars and, on demand, as a table."""
    st.markdown("**How likely each digit is**")
    bars(digit, name, 340)
    with st.expander("The bars as a table"):
        numbers(digit)


def answer(digit, name: str, nothing: str, small: bool = False) -> None:
    """Show the digit large with its confidence in words, or `nothing` (a sentence) where there is no digit."""
    label = str(digit.label) if digit else "–"
    large_answer(label, describe_confidence(digit) if digit else nothing, name, small)


def bars(digit, name: str, height_px: int, narrow: bool = False) -> None:
    """Show the ten probabilities as bars; without a digit the bars are empty, so that nothing moves later."""
    probabilities = digit.probabilities if digit else [0.0] * 10
    alt = "Bar chart of the ten probabilities: " + (_in_words(digit) if digit else "nothing to read yet.")
    chart(probability_bars(probabilities, narrow), f"bars-{name}", alt, height_px)


def _in_words(digit):
    order = sorted(range(10), key=lambda label: -digit.probabilities[label])[:3]
    return ", ".join(f"{label} at {digit.probabilities[label]:.1%}" for label in order) + "."


def seen(digit, size_px: int) -> None:
    """Show the 28×28 picture that the network saw, enlarged without blur."""
    image = enlarge(digit.image if digit else None, size_px)
    st.image(image, width=size_px, alt="The 28×28 picture that the network saw" if digit else "An empty 28×28 picture")
    st.markdown(":small[What the network saw]")


def numbers(digit) -> None:
    """Show the ten probabilities as a table."""
    shares = digit.probabilities if digit else [0.0] * 10
    st.dataframe(
        {"digit": list(range(10)), "probability": [f"{share:.2%}" for share in shares]}, hide_index=True, height=388
    )
