"""The file of a drawing board: every drawing is on the disk before the next one begins, so none is lost."""

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.config.dataset_spec import MAX_CLASS_NAME, MAX_CLASSES, DatasetSpec, ImageForm
from core.datasets.draft import Choices
from core.datasets.drawing_board import CANVAS, DRAWN_HERE, PHOTO, Board, image_text
from core.datasets.mnist import DatasetError
from core.datasets.probe_digits import digit_image
from core.datasets.store import DatasetStore
from core.datasets.version_writing import check_space
from core.preprocessing.canvas_drawing import Drawing
from core.preprocessing.naive_resize import resize_naively
from core.storage import atomic

MAX_DRAWINGS = 10_000


class BoardFile:
    """The board of one person, a file in the folder of all data sets to which each change is appended."""

    def __init__(self, store: DatasetStore, owner: str) -> None:
        self._folder = store.folder / ".drawn"
        self._path = self._folder / f"board-{hashlib.blake2b(owner.encode(), digest_size=8).hexdigest()}.jsonl"
        self._store = store

    def read(self) -> Board:
        """Return the board; an empty one where nothing was drawn yet. A damaged line of it is skipped."""
        return Board.of_rows(atomic.read_lines(self._path)[0])

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

    def add_drawing(self, name: str, drawing: Drawing) -> None:
        """Save what is drawn on a canvas, at least one stroke, as one of a class: in both forms.

        Raises as `add` does, and `StrokesError`.
        """
        self.add(name, digit_image(drawing.strokes), drawn=resize_naively(drawing.picture()))

    def add(
        self, name: str, strokes: np.ndarray, photo: np.ndarray | None = None, drawn: np.ndarray | None = None
    ) -> None:
        """Save a picture of a class, (28, 28) uint8 in MNIST form. On the disk when this returns.

        photo, drawn: the whole photo, or the whole canvas, as it is: (28, 28) uint8.
        Raises `DatasetError` where there are too many, the disk is nearly full, or the board has no such class any
        more, `OSError`.
        """
        check_space(self._store.folder.parent)
        board = self.read()
        if name not in board.class_names:
            raise DatasetError(
                f"{name!r} is no class of the board any more: in another tab it was kept, discarded or changed. Draw "
                "that once more."
            )
        if board.total >= MAX_DRAWINGS:
            raise DatasetError(f"There are {MAX_DRAWINGS:,} drawings already; keep them as a data set first.")
        row: dict[str, Any] = {"of": name, "strokes": image_text(strokes)}
        wholes = {PHOTO: photo, CANVAS: drawn}
        self._append(row | {key: image_text(whole) for key, whole in wholes.items() if whole is not None})

    def undo(self, name: str) -> None:
        """Take the last drawing of a class back; raises `OSError`."""
        self._append({"of": name, "undo": True})

    def keep(self, name: str) -> DatasetSpec:
        """Add the drawings as a data set of that name, or as a new version of the one that was drawn on.

        Where that one was deleted or got other images meanwhile, maybe drawn by somebody else, it is a new set too, so
        that nobody's images are replaced. The board is then empty, and is kept with the set, so that more can be drawn
        later. Raises `DatasetError`, `ConfigError`, `OSError`; the board stays as it was then.
        """
        board = self.read()
        if board.obstacle:
            raise DatasetError(board.obstacle)
        newest = self._continued(board)
        if newest and newest.class_names != board.known_names:
            names = _renamed_as(newest, board)
            self._append({"renamed": names, "continues": newest.id})
            board = self.read()
        choices = Choices(name, board.class_names, self.form(board), source=DRAWN_HERE)
        spec = board.draft().keep(self._store, choices, newest.id if newest else "")
        self._append({"sha256": spec.sha256})
        self._path.replace(self._kept_path(spec.id))
        return spec

    def can_continue(self, set_id: str) -> bool:
        """Return whether more can be drawn of a data set: it was drawn here, though files may have been added since."""
        return self._kept_path(set_id).exists()

    def continue_set(self, set_id: str) -> None:
        """Put the drawings of a data set on the empty board again.

        Raises `DatasetError` where the board is not empty, or the newest version has images that were not drawn here;
        `OSError`.
        """
        self._check_is_empty()
        spec, path = self._store.spec(set_id), self._kept_path(set_id)
        if Board.of_rows(atomic.read_lines(path)[0]).sha256 != spec.sha256:
            raise DatasetError(
                f"{spec.reference} has other images than those drawn here: it was made from files. Draw them as a set "
                "of their own."
            )
        data = path.read_bytes()
        atomic.replace_file(self._path, lambda file: file.write(data))
        self._append({"token": secrets.token_hex(4), "continues": set_id, "renamed": list(spec.class_names)})

    def discard(self) -> None:
        """Set the board aside; `bring_back` undoes it. One without drawings is removed. Raises `OSError`."""
        if any(self.read().drawings.values()):
            self._path.replace(self._aside)
        else:
            self._path.unlink(missing_ok=True)

    def bring_back(self) -> None:
        """Put back the board that was set aside last.

        Raises `DatasetError` where there are drawings on another one meanwhile, `OSError`.
        """
        self._check_is_empty()
        self._aside.replace(self._path)

    def _check_is_empty(self) -> None:
        if self.read().total:
            raise DatasetError("There are drawings on the board that are no data set yet. Keep or discard them first.")

    @property
    def can_bring_back(self) -> bool:
        """Return whether a board was set aside and there is none now."""
        return self._aside.exists() and not self._path.exists()

    @property
    def _aside(self) -> Path:
        return self._path.with_suffix(".aside")

    def form(self, board: Board) -> ImageForm:
        """Return the form in which the drawings will be kept: that of the data set that is drawn on, if any."""
        newest = self._continued(board)
        return newest.form if newest else board.form

    def title(self, board: Board) -> str:
        """Return the name of the data set that is drawn on; '' for a new one."""
        newest = self._continued(board)
        return newest.name if newest else ""

    def _continued(self, board: Board) -> DatasetSpec | None:
        """Return the set whose new version the board is; None where it has other images by now, or is gone."""
        try:
            newest = self._store.spec(board.continues)
        except DatasetError:
            return None
        return newest if newest.sha256 == board.sha256 else None

    def _kept_path(self, set_id: str) -> Path:
        return self._folder / f"{set_id}.jsonl"

    def _append(self, row: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        atomic.append_line(self._path, row, durable=True)


def _renamed_as(spec: DatasetSpec, board: Board) -> list[str]:
    """Return the board's classes with the names that the set has given them meanwhile; raises `DatasetError`."""
    new_names = dict(zip(board.known_names, spec.class_names, strict=True))
    names = [new_names.get(name, name) for name in board.class_names]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DatasetError(
            f"{spec.name} was renamed meanwhile, and has a class {twice!r} of its own. Give yours another name."
        )
    return names
