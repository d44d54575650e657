"""The run that the Train page shows; other pages may choose it."""

from pages.widgets.shared.session import SessionKey

SHOWN_RUN = SessionKey[str | None]("shown_run", None)
"""The id of the run that is shown; None: the one that trains, or the newest."""


def show_run(run_id: str | None) -> None:
    """Show this run at the next drawing of the page; None: the one that trains, or the newest."""
    SHOWN_RUN.set(run_id)
