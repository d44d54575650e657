"""The Runs page's values in a visitor's session."""

from dataclasses import dataclass

from pages.widgets.shared.session import SessionKey


@dataclass(frozen=True)
class FailedImport:
    """The id of a file whose import failed, and why."""

    file_id: str
    reason: str


IMPORTED = SessionKey[int]("imports", 0)
"""How many bundles this session has imported: each gets a new file field."""

IMPORT_REQUESTED = SessionKey[str | None]("import_requested", None)
"""The id of the file whose import was requested."""

FAILED_IMPORT = SessionKey[FailedImport | None]("failed_import", None)
"""The last import, where it failed."""

TRAINED_AGAIN = SessionKey[str]("trained_again", "")
"""The id of the run whose recipe is to be trained again: a drawing that is cut short would forget the button."""

JUST_DELETED = SessionKey[list[str]]("just_deleted", [])
"""The ids of the runs that the last deletion moved to the trash."""

HAS_REMOVED = SessionKey[bool]("has_removed", False)
"""Whether this session has just emptied the trash."""

FILTER_TEXT = SessionKey[str]("filter_text", "")
FILTER_STATES = SessionKey[list[str]]("filter_states", [])
FILTER_NETWORKS = SessionKey[list[str]]("filter_networks", [])
FILTER_STARRED = SessionKey[bool]("filter_starred", False)
"""What the runs are filtered by; the keys of the widgets."""
