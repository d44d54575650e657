"""Buttons that send a run a command."""

from contextlib import suppress

import streamlit as st

from core.config.field_spec import ConfigError
from core.jobs import scheduler
from core.runs.commands import RESUME_COMMANDS, CommandError, CommandName
from core.runs.quota import QuotaError, check_resume
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.storage.os_errors import error_text
from pages.widgets.shared import messages, workspace
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown


def command_button(
    run: Run, label: str, command: CommandName, icon: str | None = None, help_text: str | None = None, where: str = ""
) -> None:
    """Show a button that sends the run a command; `where` tells apart two buttons of the same label and run."""
    key = f"{where}{command}-{label}-{run.id}"
    st.button(label, key=key, icon=icon, help=help_text, on_click=once(send, run, command))


def value_key(command: CommandName, run: Run) -> str:
    """Return the key of the field that holds a command's value."""
    return f"{command}-{run.id}"


def send(run: Run, *commands: CommandName) -> None:
    """Send the run these commands, each with what its field holds; for a callback.

    A run that is to be trained further begins now if none trains.
    """
    try:
        if run.folder.parent != workspace.store().root:
            raise RunError(f"Run {run.id} is not yours.")
        if set(commands) & set(RESUME_COMMANDS) and run.status().is_final:
            check_resume(RunStore(run.folder.parent))
        for command in commands:
            run.send(command, st.session_state.get(value_key(command, run)))
        if set(commands) & set(RESUME_COMMANDS):
            with suppress(OSError):  # it was sent: the server's scheduler tries again
                scheduler.start_next(RunStore(run.folder.parent))
    except (CommandError, QuotaError, ConfigError, RunError, OSError) as error:
        messages.add_problem(f"This cannot be done: {escape_markdown(error_text(error))}")
