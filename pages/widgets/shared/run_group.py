"""A group of runs that are filed together and cancelled together."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.config.field_spec import ConfigError
from core.jobs import scheduler
from core.runs.commands import CommandError, CommandName
from core.runs.quota import QuotaError
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.storage.os_errors import describe_os_error, error_text
from pages.widgets.shared import messages
from pages.widgets.shared.text import escape_markdown


def file_group(store: RunStore, file: Callable[[], object]) -> bool:
    """Have `file` file the runs, and start the first; return whether that was done, else a sentence says why not."""
    try:
        file()
        scheduler.start_next(store)
    except (QuotaError, ConfigError) as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return False
    except OSError as error:
        text = f"The runs could not be filed in {store.root}: {describe_os_error(error)}"
        st.error(escape_markdown(text), icon=":material/error:")
        return False
    return True


def cancel_button(label: str, key: str, runs: Sequence[Run], more_help: str = "") -> None:
    """Show a button that stops those of the runs that are not over; none where all are.

    more_help: a sentence that follows those of the button's help.
    """
    if unfinished := [run for run in runs if is_unfinished(run)]:
        st.button(
            f"{label} · {len(unfinished)} run{'s' * (len(unfinished) != 1)}",
            key=key,
            icon=":material/close:",
            on_click=_cancel,
            args=(unfinished,),
            help=f"What trains is stopped, what waits leaves the queue. {more_help}".rstrip(),
        )


def is_unfinished(run: Run | None) -> bool:
    """Return whether the run waits or trains."""
    try:
        return run is not None and not run.status().is_final
    except RunError:
        return False


def _cancel(runs: Sequence[Run]) -> None:
    try:
        for run in runs:
            run.send(CommandName.STOP)
    except (CommandError, RunError, OSError) as error:
        messages.add_problem(f"Not all of them could be stopped: {escape_markdown(error_text(error))}")
