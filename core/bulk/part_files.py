"""Parts as files: rows as the bytes of Parquet or CSV, joined, and counted again."""

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from core.bulk.asked import FileFormat
from core.bulk.rows import COLUMNS
from core.recognition.csv_table import Row, to_csv

_TYPES = {"page": "int32", "confidence": "float64", "refused": "int32", "doubtful": "int32", "turn": "int32"}


class Part(NamedTuple):
    """The bytes of a part, and how many rows it has; those of pictures that were not read are counted apart."""

    rows: int
    failed: int
    data: bytes


def make_part(rows: Sequence[Row], form: FileFormat) -> Part:
    """Return the part of rows with `COLUMNS`."""
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    data = to_csv(columns) if form is FileFormat.CSV else _to_parquet(columns)
    return Part(len(rows), sum(each is not None for each in columns["error"]), data)


def parse_part(data: bytes, form: FileFormat) -> list[Row]:
    """Return the rows of a part, those of a CSV as texts; raises `ValueError` where it is damaged."""
    rows = _parse_csv(data) if form is FileFormat.CSV else _parse_parquet(data)
    if rows and tuple(rows[0]) != COLUMNS:
        raise ValueError("it has other columns")
    return rows


def _parse_csv(data: bytes) -> list[Row]:
    before = csv.field_size_limit(max(len(data), 1))  # a page has thousands of digits
    try:
        rows: list[Row] = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    finally:
        csv.field_size_limit(before)
    if not data.endswith(b"\r\n") or any(None in (*row.keys(), *row.values()) for row in rows):
        raise ValueError("it is cut off, or a row has more or fewer cells than the first")
    return rows


def _parse_parquet(data: bytes) -> list[Row]:
    import pyarrow
    from pyarrow import parquet

    try:
        return parquet.read_table(io.BytesIO(data)).to_pylist()
    except (pyarrow.ArrowException, OSError) as error:  # of damaged bytes it raises either
        raise ValueError(str(error)) from error


def count_part(data: bytes, form: FileFormat) -> Part:
    """Return a part with its counts; raises `ValueError` where it is damaged."""
    rows = parse_part(data, form)
    return Part(len(rows), sum(row["error"] not in (None, "") for row in rows), data)


def join_parts(parts: Sequence[Part], form: FileFormat) -> Part:
    """Return one part with the rows of several, in order."""
    if form is FileFormat.CSV:
        first, *others = (part.data for part in parts)
        data = b"".join([first, *(each.split(b"\r\n", 1)[1] for each in others)])
    else:
        import pyarrow
        from pyarrow import parquet

        table = pyarrow.concat_tables([parquet.read_table(io.BytesIO(part.data)) for part in parts])
        data = _table_bytes(table)
    return Part(sum(part.rows for part in parts), sum(part.failed for part in parts), data)


def _to_parquet(columns: dict[str, list]) -> bytes:
    import pyarrow

    fields = [(name, getattr(pyarrow, _TYPES.get(name, "string"))()) for name in COLUMNS]
    return _table_bytes(pyarrow.table(columns, schema=pyarrow.schema(fields)))


def _table_bytes(table: object) -> bytes:
    from pyarrow import parquet

    file = io.BytesIO()
    parquet.write_table(table, file, compression="zstd")
    return file.getvalue()
