"""Rows as columns, and columns as the bytes of a CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from core.storage.csv_literals import to_literal

Row = Mapping[str, object]
Columns = dict[str, list]


def to_columns(rows: Sequence[Row]) -> Columns:
    """Return rows with the same keys as columns; {} where there are no rows."""
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def to_csv(columns: Columns) -> bytes:
    """Return the columns as CSV with a byte order mark, as spreadsheets want it; no cell is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(map(_literals, zip(*columns.values(), strict=True)))
    return text.getvalue().encode("utf-8-sig")


def _literals(row: Iterable[object]) -> list[object]:
    return [to_literal(cell) if isinstance(cell, str) else cell for cell in row]
