"""The Train page's values in a visitor's session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.config import PRESETS, LayerSpec, TrainConfig
from core.runs.metrics_schema import Metrics
from pages.widgets.shared.session import SessionKey

LAST_BUSY = SessionKey[str | None]("last_busy", "")
"""The id of the run that trained, or was the next to train, at the last drawing; None: there was none, '': no drawing.

It is kept in the session, so that a run which begins while the page is drawn anew, or left, is noticed as well.
"""

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

BESIDE = SessionKey[list[str]]("curves-beside", [])
"""The ids of the runs whose curves were chosen to stand beside; the key of their widget."""


@dataclass(frozen=True)
class Start:
    """The config from which the form starts, and a number of its own that is part of its widgets' keys.

    `changed` are values in place of the config's, by field: those of a link whose values do not go together.

    A widget's first value never changes, and no widget's value is ever set by the form: what a quick person has entered
    while a page is still being drawn is then kept. To fill the form in anew, new widgets replace the old ones.
    """

    config: TrainConfig
    number: int
    changed: Mapping[str, Any] = field(default_factory=dict)

    def first(self, name: str) -> Any:
        """Return the first value of a field."""
        return self.changed.get(name, getattr(self.config, name))


RECIPE_START = SessionKey[Start]("recipe_start", Start(PRESETS["recipe"], 0))
"""Where the recipe's form starts."""

EDITED_LAYERS = SessionKey[list[tuple[str, LayerSpec]] | None]("edited_layers", None)
"""The layers of the network builder, each with a name of its own; None: those of the recipe."""

ADDED_LAYERS = SessionKey[int]("added_layers", 0)
"""How many layers were added in this session, from which the names of new ones are made."""

LINK_ERROR = SessionKey[str]("link_error", "")
"""Why the link by which the page was opened cannot be used."""

KNOWN_LINKS = SessionKey[frozenset[str]]("known_links", frozenset())
"""The queries that the address has had in this session."""

SHOWN_PRESET = SessionKey[tuple[int, str] | None]("shown_preset", None)
"""How many times another preset was shown, and the name of the last one."""
