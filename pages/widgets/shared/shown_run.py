"""The run that the Train page shows; other pages may choose it."""

from pages.widgets.shared.session import SessionKey

SHOWN_RUN = SessionKey[str | None]("shown_run", None)
"""The id of the run that is shown; None: the one that trains, or the newest."""

IS_PICKED = SessionKey[bool]("run_is_picked", False)
"""Whether that run was picked in the list of all runs: the page then stays with it, whatever begins to train."""

PICKS = SessionKey[int]("picks", 0)
"""A number that is part of the list's key: a new list, without a choice, replaces the one whose choice is over.

A browser sends what its list shows with every entry, so that the choice of a list that stays would come back.
"""


def show_run(run_id: str | None) -> None:
    """Show this run at the next drawing of the page; None: the one that trains, or the newest."""
    SHOWN_RUN.set(run_id)
    if IS_PICKED.pop():
        PICKS.set(PICKS.get() + 1)


def pick_run(run_id: str | None) -> None:
    """Show this run, which a person has picked in the list of all runs; None: the choice was taken back."""
    SHOWN_RUN.set(run_id)
    IS_PICKED.set(run_id is not None)
