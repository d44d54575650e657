"""The store of corrections: keeping, finding, undoing and removing them, from any number of processes."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from core.config.dataset_spec import DIGITS
from core.corrections import pen_json
from core.corrections.class_names import parse_classes, to_text
from core.corrections.database import compact, reading, writing
from core.corrections.records import (
    Classes,
    Correction,
    CorrectionError,
    Counts,
    Example,
    NewCorrection,
    Source,
    Split,
    decode_image,
)
from core.corrections.splitting import choose_split
from core.pictures.display import encode

MAX_CORRECTIONS = 20_000
_FILE = "corrections.db"
_COLUMNS = "id, label, source, split, model, model_name, answer, confidence, created, image"


class CorrectionStore:
    """The corrections of a root folder; each call opens the database anew, so threads and processes may share it.

    classes: the names of the classes that the corrections are of, as in `NewCorrection`; the ten digits where not said.
    """

    def __init__(self, root: Path) -> None:
        self.path = Path(root) / _FILE

    def add(self, new: NewCorrection) -> int:
        """Keep a correction and return its id; it is on the disk when this returns. Raises `CorrectionError`.

        A second one of the same place replaces the label of the first, and by what it was read as what. The first keeps
        its use, and comes back if it was deleted.
        """
        return self.add_many([new])[0]

    def add_many(self, new: Sequence[NewCorrection]) -> list[int]:
        """Keep corrections as `add` does, all or none, and return their ids; raises `CorrectionError`."""
        with writing(self.path) as database:
            count = database.execute("SELECT COUNT(*) FROM corrections").fetchone()[0]
            if count + _count_new_places(database, new) > MAX_CORRECTIONS:
                raise CorrectionError(
                    f"There are {count:,} corrections; at most {MAX_CORRECTIONS:,} are kept. Delete some for good on "
                    "the Teach page."
                )
            return [_insert(database, each) for each in new]

    def find(
        self, label: str = "", deleted: bool = False, first: int = 0, count: int = 50, classes: Classes = DIGITS
    ) -> list[Correction]:
        """Return corrections, newest first: `count` at most, from the `first` on; raises `CorrectionError`.

        label: only those; '' for any. deleted: those that were deleted, in place of the others.
        """
        condition, values = _condition(label, deleted, classes)
        query = f"SELECT {_COLUMNS} FROM corrections WHERE {condition} ORDER BY id DESC LIMIT ? OFFSET ?"
        with reading(self.path) as database:
            return [_to_correction(row) for row in database.execute(query, (*values, count, first))]

    def count(self, label: str = "", deleted: bool = False, classes: Classes = DIGITS) -> int:
        """Return how many corrections `find` finds; raises `CorrectionError`."""
        condition, values = _condition(label, deleted, classes)
        with reading(self.path) as database:
            return database.execute(f"SELECT COUNT(*) FROM corrections WHERE {condition}", values).fetchone()[0]

    def kept_classes(self) -> list[Classes]:
        """Return the classes of which there are corrections, deleted or not, the newest first.

        Raises `CorrectionError`.
        """
        with reading(self.path) as database:
            rows = database.execute("SELECT classes FROM corrections GROUP BY classes ORDER BY MAX(id) DESC").fetchall()
        return [found for row in rows if (found := parse_classes(row["classes"]))]

    def counts(self, classes: Classes = DIGITS) -> Counts:
        """Return how many corrections there are of each kind; raises `CorrectionError`."""
        with reading(self.path) as database:
            rows = database.execute(
                "SELECT label, split, deleted, COUNT(*) FROM corrections WHERE classes = ? "
                "GROUP BY label, split, deleted ORDER BY label",
                (to_text(classes),),
            ).fetchall()
        by_label, by_split = dict[str, int](), dict.fromkeys(Split, 0)
        for label, split, deleted, count in rows:
            if not deleted:
                by_label[label] = by_label.get(label, 0) + count
                by_split[Split(split)] += count
        return Counts(by_label, by_split, sum(count for _, _, deleted, count in rows if deleted))

    def label_of(self, place: str) -> str:
        """Return the label that a person gave to the answer of this place, '' where none; raises `CorrectionError`."""
        if not self.path.exists():  # asked at every drawing
            return ""
        with reading(self.path) as database:
            row = database.execute("SELECT label FROM corrections WHERE place = ? AND NOT deleted", (place,)).fetchone()
        return row["label"] if row else ""

    def examples(self, classes: Classes = DIGITS) -> list[Example]:
        """Return all that are not deleted, oldest first, as learning needs them; raises `CorrectionError`."""
        condition, values = _condition("", False, classes)
        query = f"SELECT id, label, split, image, strokes FROM corrections WHERE {condition} ORDER BY id"
        with reading(self.path) as database:
            return [
                Example(
                    row["id"],
                    row["label"],
                    Split(row["split"]),
                    decode_image(row["image"]),
                    pen_json.from_json(row["strokes"]),
                )
                for row in database.execute(query, values)
            ]

    def pictures(self, classes: Classes = DIGITS) -> Iterator[tuple[int, str, bytes]]:
        """Yield the id, the label and the largest picture, a PNG, of all that are not deleted, oldest first.

        There may be a gigabyte of them. Raises `CorrectionError`.
        """
        condition, values = _condition("", False, classes)
        query = f"SELECT id, label, image, picture FROM corrections WHERE {condition} ORDER BY id"
        with reading(self.path) as database:
            for row in database.execute(query, values):
                yield row["id"], row["label"], row["picture"] or row["image"]

    def delete(self, ids: Iterable[int]) -> None:
        """Delete corrections, which `restore` brings back; raises `CorrectionError`."""
        self._mark(ids, deleted=True)

    def delete_at(self, place: str) -> None:
        """Delete the correction of the answer of this place, if there is one; raises `CorrectionError`."""
        with writing(self.path) as database:
            database.execute("UPDATE corrections SET deleted = 1 WHERE place = ?", (place,))

    def restore(self, ids: Iterable[int]) -> None:
        """Bring deleted corrections back; raises `CorrectionError`."""
        self._mark(ids, deleted=False)

    def purge(self, classes: Classes = DIGITS) -> int:
        """Remove all deleted corrections for good, with their pictures; return how many. Raises `CorrectionError`.

        Called again, it clears what an earlier removal that was cut off or disturbed has left in the files.
        """
        with writing(self.path) as database:
            query = "DELETE FROM corrections WHERE deleted AND classes = ?"
            count = database.execute(query, (to_text(classes),)).rowcount
        compact(self.path)
        return count

    def _mark(self, ids: Iterable[int], deleted: bool) -> None:
        with writing(self.path) as database:
            database.executemany("UPDATE corrections SET deleted = ? WHERE id = ?", [(deleted, each) for each in ids])


def _count_new_places(database: sqlite3.Connection, new: Sequence[NewCorrection]) -> int:
    places = {each.place for each in new}
    known = "SELECT 1 FROM corrections WHERE place = ?"
    return sum(database.execute(known, (place,)).fetchone() is None for place in places)


def _insert(database: sqlite3.Connection, new: NewCorrection) -> int:
    known = database.execute("SELECT id FROM corrections WHERE place = ?", (new.place,)).fetchone()
    if known:
        database.execute(
            "UPDATE corrections SET label = ?, model = ?, model_name = ?, answer = ?, confidence = ?, deleted = 0 "
            "WHERE id = ?",
            (new.label, new.model, new.model_name, new.answer, min(1.0, new.confidence), known["id"]),
        )
        return known["id"]
    image, strokes = encode(new.image, lossless=True), pen_json.to_json(new.strokes)
    row = {
        "place": new.place,
        "created": new.created,
        "label": new.label,
        "source": str(new.source),
        "split": str(choose_split(database, new, image, strokes)),
        "model": new.model,
        "model_name": new.model_name,
        "answer": new.answer,
        "confidence": min(1.0, new.confidence),
        "image": image,
        "picture": new.picture,
        "strokes": strokes,
        "classes": to_text(new.classes),
    }
    names, places = ", ".join(row), ", ".join("?" * len(row))
    inserted = database.execute(f"INSERT INTO corrections ({names}) VALUES ({places})", tuple(row.values())).lastrowid
    assert inserted is not None, "a row was inserted"
    return inserted


def _condition(label: str, deleted: bool, classes: Classes) -> tuple[str, tuple[object, ...]]:
    values = (to_text(classes), deleted)
    return (
        ("classes = ? AND deleted = ? AND label = ?", (*values, label))
        if label
        else ("classes = ? AND deleted = ?", values)
    )


def _to_correction(row: sqlite3.Row) -> Correction:
    return Correction(
        id=row["id"],
        label=row["label"],
        source=Source(row["source"]),
        split=Split(row["split"]),
        model=row["model"],
        model_name=row["model_name"],
        answer=row["answer"],
        confidence=row["confidence"],
        created=row["created"],
        png=row["image"],
    )
