"""The use of a new correction: it is learned from, or kept out of learning to measure by."""

import sqlite3

from core.corrections import pen_json
from core.corrections.class_names import to_text
from core.corrections.places import overlap, parse_place
from core.corrections.records import NewCorrection, Split

MEASURED_EVERY = 5
"""Every so many corrections of a label, by time, one is kept out of learning."""

_NEWEST = 200  # among which a drawing is looked for that went on after it was labelled


def choose_split(database: sqlite3.Connection, new: NewCorrection, image: bytes, strokes: str) -> Split:
    """Return the use of a correction that is kept now: that of a copy of it, if there is one, else its turn decides.

    image: its PNG. strokes: its pen path as JSON.
    """
    return _split_of_copy(database, new, image, strokes) or _next_split(database, new)


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


def _next_split(database: sqlite3.Connection, new: NewCorrection) -> Split:
    """Return the use of the next correction of a label: the fifth since the last one that was kept out is kept out."""
    same = "NOT deleted AND label = :label AND classes = :classes"
    since = database.execute(
        f"SELECT COUNT(*) FROM corrections WHERE {same} AND id > (SELECT COALESCE(MAX(id), 0) "
        f"FROM corrections WHERE {same} AND split = 'measure')",
        {"label": new.label, "classes": to_text(new.classes)},
    ).fetchone()[0]
    return Split.MEASURE if since >= MEASURED_EVERY - 1 else Split.LEARN
