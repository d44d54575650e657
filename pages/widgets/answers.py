"""The answers to picture files: a table of all, and a card for each."""

import streamlit as st

from core import answers
from pages.widgets import digit
from pages.widgets.words import plain

_CARDS_A_PAGE = 12


def show_table(found) -> None:
    """Show all answers in a table, with a CSV of it to take away."""
    columns = answers.table(found)
    hidden = {name: None for name in columns if name.startswith("p(")}
    share = st.column_config.NumberColumn(format="percent")
    config = {"confidence": share, "note": st.column_config.TextColumn(width="large"), **hidden}
    st.dataframe(columns, hide_index=True, column_config=config)
    st.download_button(
        "Download as CSV", answers.to_csv(columns), "digits.csv", "text/csv", icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip


def show_cards(found) -> None:
    """Show a card for each answer, a dozen at a time."""
    pages = -(-len(found) // _CARDS_A_PAGE)
    first = (st.pagination(pages) - 1) * _CARDS_A_PAGE if pages > 1 else 0
    shown = list(enumerate(found))[first : first + _CARDS_A_PAGE]
    for row in range(0, len(shown), 2):
        for column, (place, answer) in zip(st.columns(2), shown[row : row + 2], strict=False):
            with column, st.container(border=True, height="stretch"):
                _card(answer, f"card-{place}")


def _card(answer, name):
    st.markdown(f"**{plain(answer.name)}**")
    if answer.note:
        st.warning(plain(answer.note), icon=":material/warning:")
    if answer.picture is None:
        return
    picture, seen, read = st.columns([2, 2, 3])
    picture.image(answer.picture, width=120, alt=f"The picture {answer.name}")
    picture.markdown(":small[Your picture]")
    if answer.digit is None:
        return
    with seen:
        digit.seen(answer.digit, 120)
    with read:
        digit.answer(answer.digit, name, "", small=True)
    digit.bars(answer.digit, name, 220)
    with st.expander("The bars as a table"):
        digit.numbers(answer.digit)
