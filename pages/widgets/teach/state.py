"""The Teach page's values in the session, in one place."""

from dataclasses import dataclass
from enum import StrEnum

from core.recognition import PictureResult
from pages.widgets.shared.session import SessionKey


class Key(StrEnum):
    """Keys of the page's widgets in the session state."""

    CLASSES = "teach_classes"
    VIEW = "teach_view"
    LABEL = "teach_label"
    MODEL = "teach_model"
    PAGE = "teach_page"
    TABLE = "teach_table"
    UPLOADER = "teach_pictures"
    SINGLE = "teach_single"


@dataclass(frozen=True, eq=False)
class Queued:
    """A digit that waits for a label: the picture in which a network read it, and which of its digits it is."""

    picture: str  # a name of the picture, by its content
    result: PictureResult
    number: int
    model: str  # the id of the model that read it

    @property
    def place(self) -> str:
        """Return what identifies the digit."""
        return f"{self.picture} {self.number}"


DELETED = SessionKey[tuple[int, ...]]("teach_deleted", ())
"""The ids of the corrections that were deleted last, for an undo."""

QUEUE = SessionKey[tuple[Queued, ...]]("teach_queue", ())
"""The digits that wait for a label, the least certain first."""

QUEUE_DONE = SessionKey[int]("teach_queue_done", 0)
"""How many digits of the queue were labelled."""

QUEUE_NUMBER = SessionKey[int]("teach_queue_number", 0)
"""The queue's number: with another one the browser begins anew at the first digit that is not done."""

IS_LIVE = SessionKey[bool]("teach_is_live", False)
"""Whether a run that learns was live when the page was last drawn: at its end the whole page is drawn anew."""

TABLES = SessionKey[int]("teach_tables", 0)
"""A number that is part of the table's key: a new table, with nothing ticked, after each deletion."""
