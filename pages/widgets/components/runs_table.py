"""The table of all runs: sorted and ticked in the browser, updated in place; on a phone it has name and accuracy."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.runs.index import RunSummary
from pages.widgets.components._assets import define_component
from pages.widgets.shared.durations import describe_duration, describe_time

if TYPE_CHECKING:
    from streamlit.components.v2.bidi_component import ComponentResult

_table = define_component("runs_table", "html", "css", "js")

# Name of the figure in `RunSummary`, its column's head, and whether it is a number.
_COLUMNS = (
    ("name", "Name", False),
    ("network", "Network", False),
    ("recipe", "Recipe", False),
    ("test_accuracy", "Test", True),
    ("val_accuracy", "Validation", True),
    ("parameters", "Weights", True),
    ("train_s", "Time", True),
    ("created", "When", True),
)

_KEY = "runs"


def show(
    found: Sequence[RunSummary], opened: str | None, nothing: str, star: Callable[[str], None]
) -> "ComponentResult":
    """Show the runs in a table.

    opened: id of the run that is highlighted.
    nothing: sentence that stands in the table's place where there are no runs.
    star: called with a run's id when its star is pressed, before the page is drawn again.
    Returns an object with `chosen` (the ids of the ticked runs) and `opened` (the id of the run whose name was just
    pressed, else None).
    """
    chosen = st.session_state.get("chosen_runs", [])
    data = {
        "columns": _COLUMNS,
        "runs": [_row(each) for each in found],
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


def _row(summary: RunSummary) -> dict:
    texts = {
        "network": summary.network,
        "recipe": summary.recipe,
        "test_accuracy": _percent(summary.test_accuracy),
        "val_accuracy": _percent(summary.val_accuracy),
        "parameters": f"{summary.parameters:,}" if summary.parameters else "",
        "train_s": describe_duration(summary.train_s) if summary.train_s else "",
        "created": describe_time(summary.created),
    }
    return {
        "id": summary.id,
        "title": summary.title,
        "starred": summary.starred,
        "remark": summary.remark,
        "state": _state(summary),
        "texts": list(texts.values()),
        "sort": {"name": summary.title.lower()} | {name: getattr(summary, name) for name in texts},
    }


def _state(summary: RunSummary) -> str:
    """Return what stands under the name of a run that did not simply finish."""
    if summary.state == "finished":
        return "imported" if summary.imported else ""
    if summary.state.is_live and summary.epoch is not None:
        return f"{summary.state}, epoch {summary.epoch:.1f} of {summary.epochs}"
    return f"{summary.state}: {summary.note}" if summary.note else summary.state


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.2%}"
