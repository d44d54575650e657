"""The store of corrections: keeping, finding, undoing and removing them, from any number of processes."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.corrections import pen_json
from core.corrections.database import compact, reading, writing
from core.corrections.places import overlap, parse_place
from core.corrections.records import (
    Correction,
    CorrectionError,
    Counts,
    Example,
    NewCorrection,
    Source,
    Split,
    decode_image,
)
from core.pictures.display import encode

MAX_CORRECTIONS = 20_000
MEASURED_EVERY = 5
"""Every so many corrections of a label, by time, one is kept out of learning."""

_NEWEST = 200  # among which a drawing is looked for that went on after it was labelled
_FILE = "corrections.db"
_COLUMNS = "id, label, source, split, model, model_name, answer, confidence, created, image"


class CorrectionStore:
    """The corrections of a root folder; each call opens the database anew, so threads and processes may share it."""

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

    def find(self, label: str = "", deleted: bool = False, first: int = 0, count: int = 50) -> list[Correction]:
        """Return corrections, newest first: `count` at most, from the `first` on; raises `CorrectionError`.

        label: only those; '' for any. deleted: those that were deleted, in place of the others.
        """
        condition, values = _condition(label, deleted)
        query = f"SELECT {_COLUMNS} FROM corrections WHERE {condition} ORDER BY id DESC LIMIT ? OFFSET ?"
        with reading(self.path) as database:
            return [_to_correction(row) for row in database.execute(query, (*values, count, first))]

    def count(self, label: str = "", deleted: bool = False) -> int:
        """Return how many corrections `find` finds; raises `CorrectionError`."""
        condition, values = _condition(label, deleted)
        with reading(self.path) as database:
            return database.execute(f"SELECT COUNT(*) FROM corrections WHERE {condition}", values).fetchone()[0]

    def counts(self) -> Counts:
        """Return how many corrections there are of each kind; raises `CorrectionError`."""
        with reading(self.path) as database:
            rows = database.execute(
                "SELECT label, split, deleted, COUNT(*) FROM corrections GROUP BY label, split, deleted ORDER BY label"
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

    def examples(self) -> list[Example]:
        """Return all that are not deleted, oldest first, as learning needs them; raises `CorrectionError`."""
        query = "SELECT id, label, split, image, strokes FROM corrections WHERE NOT deleted ORDER BY id"
        with reading(self.path) as database:
            return [
                Example(
                    row["id"],
                    row["label"],
                    Split(row["split"]),
                    decode_image(row["image"]),
                    pen_json.from_json(row["strokes"]),
                )
                for row in database.execute(query)
            ]

    def pictures(self) -> list[tuple[int, str, bytes]]:
        """Return the id, the label and the largest picture, a PNG, of all that are not deleted, oldest first.

        Raises `CorrectionError`.
        """
        query = "SELECT id, label, image, picture FROM corrections WHERE NOT deleted ORDER BY id"
        with reading(self.path) as database:
            return [(row["id"], row["label"], row["picture"] or row["image"]) for row in database.execute(query)]

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

    def purge(self) -> int:
        """Remove all deleted corrections for good, with their pictures; return how many. Raises `CorrectionError`.

        Called again, it clears what an earlier removal that was cut off or disturbed has left in the files.
        """
        with writing(self.path) as database:
            count = database.execute("DELETE FROM corrections WHERE deleted").rowcount
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
        "split": str(_split_of_copy(database, new, image, strokes) or _next_split(database, new.label)),
        "model": new.model,
        "model_name": new.model_name,
        "answer": new.answer,
        "confidence": min(1.0, new.confidence),
        "image": image,
        "picture": new.picture,
        "strokes": strokes,
    }
    names, places = ", ".join(row), ", ".join("?" * len(row))
    inserted = database.execute(f"INSERT INTO corrections ({names}) VALUES ({places})", tuple(row.values())).lastrowid
    assert inserted is not None, "a row was inserted"
    return inserted


def _split_of_copy(database: sqlite3.Connection, new: NewCorrection, image: bytes, strokes: str) -> Split | None:
    """Return the use of a correction that shows the same digit; None where there is none.

    A digit that is learned from must not be measured by under another name: the same image, a drawing that went on
    after it was labelled, or a box of the same picture that was moved. Deleted ones count, for they may come back.
    """
    row = database.execute("SELECT split FROM corrections WHERE image = ? LIMIT 1", (image,)).fetchone()
    if not row and strokes:
        row = database.execute(
            "SELECT split FROM (SELECT split, strokes FROM corrections ORDER BY id DESC LIMIT :count) "
            "WHERE substr(strokes, 1, length(:begun)) = :begun LIMIT 1",
            {"count": _NEWEST, "begun": pen_json.to_json(new.strokes[:1])[:-1]},
        ).fetchone()
    if not row and (found := parse_place(new.place)):
        picture, box = found
        beside = database.execute(
            "SELECT place, split FROM corrections WHERE substr(place, 1, length(:picture)) = :picture ORDER BY id",
            {"picture": picture},
        )
        row = next((each for each in beside if (other := parse_place(each["place"])) and overlap(box, other[1])), None)
    return Split(row["split"]) if row else None


def _next_split(database: sqlite3.Connection, label: str) -> Split:
    """Return the use of the next correction of a label: the fifth since the last one that was kept out is kept out."""
    since = database.execute(
        "SELECT COUNT(*) FROM corrections WHERE NOT deleted AND label = :label AND id > (SELECT COALESCE(MAX(id), 0) "
        "FROM corrections WHERE NOT deleted AND label = :label AND split = 'measure')",
        {"label": label},
    ).fetchone()[0]
    return Split.MEASURE if since >= MEASURED_EVERY - 1 else Split.LEARN


def _condition(label: str, deleted: bool) -> tuple[str, tuple[object, ...]]:
    return ("deleted = ? AND label = ?", (deleted, label)) if label else ("deleted = ?", (deleted,))


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
