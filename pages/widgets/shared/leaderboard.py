"""The leaderboard of a class: everybody's best accuracy on the test images."""

from pathlib import Path

import streamlit as st

from core.config.percent import percent_number
from core.people.noticeboard import read_noticeboard
from core.people.overview import read_leaderboard
from pages.widgets.shared import workspace


def show() -> None:
    """Show the leaderboard to a person of a class whose teacher has it shown."""
    person = workspace.person()
    if person is None or person.is_teacher:
        return
    root = workspace.machine_store().root
    if read_noticeboard(root).has_leaderboard:
        st.markdown("**Leaderboard**")
        show_rows(root, person.id)


def show_rows(root: Path, own_id: str) -> None:
    """Show the places in a table; `own_id` is the id of the person who looks."""
    rows = read_leaderboard(root, own_id)
    if not rows:
        st.markdown(":small[No accuracy yet: the first run that is trained to its end stands here.]")
        return
    st.dataframe(
        [
            {
                "place": each.place,
                "name": f"{each.name} (you)" if each.is_own else each.name,
                "best accuracy": percent_number(each.accuracy, 2),
            }
            for each in rows
        ],
        hide_index=True,
        width=420,
        column_config={"best accuracy": st.column_config.NumberColumn(format="%.2f %%")},
        alt="Everybody's best accuracy on the test images, the best first",
    )
    st.markdown(":small[The best accuracy of each on MNIST's test images, of runs that were trained here.]")
