"""The table of all runs, and the field to pick the one that is shown."""

import streamlit as st

from core.config.percent import percent_number
from core.runs.index import RunSummary, run_summaries
from core.runs.schema import RunState
from core.runs.store import RunStore
from pages.widgets.shared.shown_run import PICKS, pick_run
from pages.widgets.shared.text import disambiguate


def show(store: RunStore) -> None:
    """Show, in an expander, all runs in a table, damaged ones with what is wrong with them, and a field to pick one.

    What is in the expander is made when it is opened: it reads every run.
    """
    count = len(store.all())
    if not count:
        return
    with st.expander(f"All runs ({count})", key="all-runs", on_change="rerun") as expander:
        if not expander.open:
            return
        runs = run_summaries(store)
        names = disambiguate({each.id: each.title for each in runs if each.state != RunState.DAMAGED})
        st.selectbox(
            "Show the run",
            list(names),
            format_func=lambda run_id: names.get(run_id, str(run_id)),
            index=None,
            key=f"picked-{PICKS.get()}",
            on_change=_show_picked,
            args=(f"picked-{PICKS.get()}",),
            persist_state="session",
        )
        st.dataframe(
            [_row(each) for each in runs],
            hide_index=True,
            column_config={"test accuracy": st.column_config.NumberColumn(format="%.2f %%")},
            placeholder="–",
        )


def _show_picked(key: str) -> None:
    pick_run(st.session_state[key])


def _row(run: RunSummary) -> dict[str, object]:
    return {
        "run": run.title,
        "state": run.state,
        "test accuracy": None if run.test_accuracy is None else percent_number(run.test_accuracy, 2),
        "epochs": run.epochs or None,
        "seconds": run.train_s and round(run.train_s, 1),
        "note": run.note,
    }
