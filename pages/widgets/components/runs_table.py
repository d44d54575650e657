"""A table of runs: sorted and ticked in the browser, updated in place; on a phone it has name and accuracy."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.widgets.components._assets import define_component

if TYPE_CHECKING:
    from streamlit.components.v2.bidi_component import ComponentResult

_table = define_component("runs_table", "html", "css", "js")
_KEY = "runs"


@dataclass(frozen=True)
class Column:
    """A column: the name by which it is sorted, its head, and whether it holds numbers."""

    name: str
    head: str
    is_number: bool


@dataclass(frozen=True)
class Row:
    """A run: `state` stands under its title, `texts` are its cells, `sort` its values by column name.

    `group` is the name of the group that it is folded into, '' where it stands alone.
    """

    id: str
    title: str
    starred: bool
    remark: str
    state: str
    texts: list[str]
    group: str
    sort: dict[str, str | float | None]


def runs_table(
    columns: Sequence[Column], rows: Sequence[Row], opened: str | None, nothing: str, star: Callable[[str], None]
) -> "ComponentResult":
    """Show runs in a table.

    columns: the first one holds the titles, the others the texts of the rows in their order.
    opened: id of the run that is highlighted.
    nothing: sentence that stands in the table's place where there are no runs.
    star: called with a run's id when its star is pressed, before the page is drawn again.
    Returns an object with `chosen` (the ids of the ticked runs) and `opened` (the id of the run whose name was just
    pressed, else None).
    """
    chosen = st.session_state.get("chosen_runs", [])
    data = {
        "columns": [(column.name, column.head, column.is_number) for column in columns],
        "runs": [asdict(row) for row in rows],
        "opened": opened,
        "nothing": nothing,
        "chosen": chosen,
    }
    result = _table(
        key=_KEY,
        data=data,
        default={"chosen": chosen},
        on_chosen_change=_ignore,
        on_opened_change=_ignore,
        on_starred_change=lambda: star(st.session_state[_KEY].starred),
    )
    st.session_state.chosen_runs = result.chosen
    return result


def _ignore() -> None:
    """Do nothing: what the table reports is taken from its result, which needs a callback to be there."""
