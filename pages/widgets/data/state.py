"""The Data page's values in a visitor's session."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.config.dataset_spec import DatasetSpec
from core.datasets.doubtful import DoubtfulImage
from core.datasets.draft import Draft
from pages.widgets.shared.session import SessionKey


class View(StrEnum):
    """The parts of the page; the values are what its buttons say."""

    SETS = "Data sets"
    UPLOAD = "Upload files"
    DRAW = "Draw"
    PHOTOGRAPH = "Photograph"


@dataclass(frozen=True, eq=False)
class ReadFiles:
    """The result of reading the files of these ids: a draft, or a sentence on why they are no data set."""

    file_ids: tuple[str, ...]
    draft: Draft | None = None
    problem: str = ""


@dataclass(eq=False)
class AddRequest:
    """A press of "Add": `added` is the set, once it is one, so that a drawing that is cut short adds none twice."""

    added: DatasetSpec | None = None


@dataclass(frozen=True, eq=False)
class Doubts:
    """The images of a data set that were found doubtful, those most so first."""

    reference: str = ""
    found: Sequence[DoubtfulImage] = ()


DOUBTS = SessionKey[Doubts]("data-doubts", Doubts())
"""The doubtful images of the set that was looked through last."""

VIEW = SessionKey[str]("data-view", View.SETS)
"""Which part of the page is open; the key of its buttons."""

CHOSEN = SessionKey[str]("data-chosen", "")
"""The reference of the data set that is shown; the key of the list."""

OPENED = SessionKey[str]("data-opened", "")
"""The reference of a set that the next drawing shows, with the list of sets."""

READ_FILES = SessionKey[ReadFiles | None]("data-files", None)
"""What was made of the files that were uploaded last, until others are, or they are kept or discarded."""

UPLOADS = SessionKey[int]("data-uploads", 0)
"""How many uploads were kept: each gets a new uploader."""

ADD_REQUEST = SessionKey[AddRequest | None]("data-add", None)
"""The press of "Add" until it has come to its end: a press elsewhere cuts the adding short, and it begins anew."""

JUST_DELETED = SessionKey[str]("data-deleted", "")
"""The id of the set that was deleted last, for its undo."""

DELETED = SessionKey[str]("data-trash", "")
"""The id of the deleted set that is chosen among those in the trash; the key of the list."""

DRAWN_CLASS = SessionKey[str]("data-class", "")
"""The class that is drawn; the key of its buttons."""

PHOTOS = SessionKey[int]("data-photos", 0)
"""How many photos were taken: each gets a new camera."""

PROBLEM = SessionKey[str]("data-problem", "")
"""Why something could not be done, until it was shown."""


def open_set(reference: str) -> None:
    """Show this data set at the next drawing of the page."""
    OPENED.set(reference)
