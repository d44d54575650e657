"""The Train page's values in a visitor's session."""

from dataclasses import dataclass

from core.runs.schema import Metrics
from pages.widgets.shared.session import SessionKey


@dataclass(frozen=True)
class KnownMetrics:
    """The metrics of a run that were read already."""

    run_id: str
    metrics: Metrics


SHOWN_RUN = SessionKey[str | None]("shown_run", None)
"""The id of the run that is shown; None: the one that trains, or the newest."""

PICKED_RUN = SessionKey[str | None]("picked_run", None)
"""The id of the run that was picked in the list of all runs: the page then stays with it."""

KNOWN_METRICS = SessionKey[KnownMetrics | None]("metrics", None)
"""The shown run's metrics, of which only new lines are read."""

COMPARED_METRICS = SessionKey[dict[str, Metrics]]("compared_metrics", {})
"""The metrics of the runs whose curves stand beside, by run id."""

DRAWN_WITH_PAGE = SessionKey[bool]("drawn_with_page", False)
"""Whether the live part has just been drawn together with the whole page."""

VISITOR = SessionKey[str]("visitor", "")
"""A name for this session among those that watch."""

TRAINING_REQUESTED = SessionKey[bool]("training_requested", False)
"""Whether Train was pressed: a drawing that another one cuts short would forget the button."""

PREVIEW_DRAW = SessionKey[int]("preview_draw", 0)
"""Which random sample of training images is shown."""

REPLAYED_RUN = SessionKey[str | None]("replayed", None)
"""The id of the run that is being replayed."""

REPLAY_FROM = SessionKey[int | None]("replay_from", None)
"""The step with which a replay begins at the next drawing."""


def show_run(run_id: str | None) -> None:
    """Show this run at the next drawing of the page; None: the one that trains, or the newest."""
    SHOWN_RUN.set(run_id)
