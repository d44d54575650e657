"""A data set that is being drawn: every drawing is on the disk before the next one begins, so none is lost."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.config.dataset_spec import MAX_CLASS_NAME, MAX_CLASSES, DatasetSpec, ImageForm
from core.datasets.draft import Choices, Draft
from core.datasets.drafting import make_draft
from core.datasets.importing.raw_set import RawSet
from core.datasets.importing.source_files import Source
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from core.storage import atomic

MAX_DRAWINGS = 10_000
_MIN_A_CLASS = 2
_FORMAT = "Drawn here"


@dataclass(frozen=True, eq=False)
class Drawing28:
    """A drawing or photo of a class: `strokes` (28, 28) uint8 in MNIST form, `plain` the whole picture."""

    strokes: np.ndarray
    plain: np.ndarray


@dataclass(frozen=True, eq=False)
class Board:
    """A drawing board as it is: its classes, the drawings of each in their order, and how often it was changed.

    `token` is another one for each new board. `continues` is the id of the data set that is drawn on; '' for a new one.
    """

    token: str = ""
    continues: str = ""
    class_names: tuple[str, ...] = ()
    drawings: dict[str, list[Drawing28]] = field(default_factory=dict)
    changes: int = 0

    def of(self, name: str) -> list[Drawing28]:
        """Return the drawings of a class, the oldest first."""
        return self.drawings.get(name, [])

    @property
    def total(self) -> int:
        """Return how many drawings the classes have together."""
        return sum(len(self.of(name)) for name in self.class_names)

    @property
    def has_photos_alone(self) -> bool:
        """Return whether nothing was drawn, so that its pictures need not be strokes."""
        return all(each.plain is not each.strokes for name in self.class_names for each in self.of(name))

    @property
    def obstacle(self) -> str:
        """Return what is missing before it can be kept as a data set, as a sentence; '' where nothing is."""
        if len(self.class_names) < 2:
            return "Name at least two classes, then draw some of each."
        few = [name for name in self.class_names if len(self.of(name)) < _MIN_A_CLASS]
        if few:
            return f"Still too few drawings, at least {_MIN_A_CLASS} of each class: {', '.join(few[:8])}."
        return ""

    def draft(self) -> Draft:
        """Return the drawings as a draft; every fifth of a class is for the test, and stays it when more are drawn."""
        labelled = [(label, each) for label, name in enumerate(self.class_names) for each in self.of(name)]
        plain, strokes = (np.stack([getattr(each, form) for _, each in labelled]) for form in ("plain", "strokes"))
        labels = np.array([label for label, _ in labelled])
        raw = RawSet(self.class_names, plain, labels, None if np.array_equal(plain, strokes) else strokes)
        return make_draft(raw, Source("", ()), _FORMAT, keep_order=True)


class BoardFile:
    """The board of one person, a file in the folder of all data sets to which each change is appended."""

    def __init__(self, store: DatasetStore, owner: str) -> None:
        self._folder = store.folder / ".drawn"
        self._path = self._folder / f"board-{hashlib.blake2b(owner.encode(), digest_size=8).hexdigest()}.jsonl"
        self._store = store

    def read(self) -> Board:
        """Return the board; an empty one where nothing was drawn yet. A damaged line of it is skipped."""
        token, continues, names, drawings, changes = "", "", (), {}, 0
        for row in atomic.read_lines(self._path)[0]:
            changes += 1
            token, continues = row.get("token", token), row.get("continues", continues)
            if isinstance(row.get("classes"), list):
                names = tuple(str(each) for each in row["classes"])
            name = row.get("of")
            if isinstance(name, str) and (drawing := _drawing(row)):
                drawings.setdefault(name, []).append(drawing)
            elif isinstance(name, str) and row.get("undo") and drawings.get(name):
                drawings[name].pop()
        return Board(token, continues, names, drawings, changes)

    def begin(self, class_names: Sequence[str]) -> None:
        """Begin a board with these classes, or change those of the one there; drawings of other classes stay kept.

        Raises `DatasetError` for names that are none, `OSError`.
        """
        names = list(dict.fromkeys(name.strip() for name in class_names if name.strip()))
        if len(names) > MAX_CLASSES:
            raise DatasetError(f"These are {len(names)} classes; a data set may have at most {MAX_CLASSES}.")
        for name in names:
            if len(name) > MAX_CLASS_NAME or not name.isprintable():
                raise DatasetError(f"A class is called {name[:60]!r}; at most {MAX_CLASS_NAME} printable letters.")
        start = {} if self._path.exists() else {"token": secrets.token_hex(4)}
        self._append(start | {"classes": names})

    def add(self, name: str, strokes: np.ndarray, plain: np.ndarray | None = None) -> None:
        """Save a drawing of a class, (28, 28) uint8 in MNIST form; `plain` of a photo. On the disk when this returns.

        Raises `DatasetError` where there are too many, `OSError`.
        """
        if self.read().total >= MAX_DRAWINGS:
            raise DatasetError(f"There are {MAX_DRAWINGS:,} drawings already; keep them as a data set first.")
        row: dict[str, Any] = {"of": name, "strokes": _text(strokes)}
        self._append(row if plain is None else row | {"plain": _text(plain)})

    def undo(self, name: str) -> None:
        """Take the last drawing of a class back; raises `OSError`."""
        self._append({"of": name, "undo": True})

    def keep(self, name: str) -> DatasetSpec:
        """Add the drawings as a data set of that name, or as a new version of the one that was drawn on.

        The board is then empty, and is kept with the set, so that more can be drawn later. Raises `DatasetError`,
        `ConfigError`, `OSError`; the board stays as it was then.
        """
        board = self.read()
        if board.obstacle:
            raise DatasetError(board.obstacle)
        draft = board.draft()
        set_id = board.continues if board.continues in (path.name for path in self._store.folders()) else ""
        form = draft.suggested.form if board.has_photos_alone else ImageForm.MNIST
        choices = Choices(name, board.class_names, form, source=_FORMAT)
        spec = draft.keep(self._store, choices, set_id)
        self._path.replace(self._kept_path(spec.id))
        return spec

    def can_continue(self, set_id: str) -> bool:
        """Return whether more can be drawn of a data set: it was drawn here."""
        return self._kept_path(set_id).exists()

    def continue_set(self, set_id: str) -> None:
        """Put the drawings of a data set on the empty board again; raises `DatasetError`, `OSError`."""
        if self.read().total:
            raise DatasetError("There are drawings on the board that are no data set yet. Keep or discard them first.")
        data = self._kept_path(set_id).read_bytes()
        atomic.replace_file(self._path, lambda file: file.write(data))
        self._append({"token": secrets.token_hex(4), "continues": set_id})

    def discard(self) -> None:
        """Set the board aside; `bring_back` undoes it. Raises `OSError`."""
        if self._path.exists():
            self._path.replace(self._aside)

    def bring_back(self) -> None:
        """Put back the board that was set aside last; raises `OSError`."""
        self._aside.replace(self._path)

    @property
    def can_bring_back(self) -> bool:
        """Return whether a board was set aside and there is none now."""
        return self._aside.exists() and not self._path.exists()

    @property
    def _aside(self) -> Path:
        return self._path.with_suffix(".aside")

    def _kept_path(self, set_id: str) -> Path:
        return self._folder / f"{set_id}.jsonl"

    def _append(self, row: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        atomic.append_line(self._path, row, durable=True)


def _text(image: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(image, np.uint8).tobytes()).decode()


def _image(text: object) -> np.ndarray | None:
    """Return an image of 28×28 of the text that it was saved as; None where that is damaged."""
    try:
        return np.frombuffer(base64.b64decode(str(text), validate=True), np.uint8).reshape(28, 28)
    except ValueError:
        return None


def _drawing(row: dict[str, Any]) -> Drawing28 | None:
    strokes = _image(row.get("strokes"))
    if strokes is None:
        return None
    plain = _image(row["plain"]) if "plain" in row else strokes
    return Drawing28(strokes, strokes if plain is None else plain)
