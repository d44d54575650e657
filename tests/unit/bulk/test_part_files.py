"""Parts as files: both formats hold the same rows, can be joined and counted, and hostile texts stay texts."""

import io
import random

import pyarrow
import pyarrow.parquet
import pytest

from core.bulk.asked import FileFormat
from core.bulk.part_files import count_part, join_parts, make_part, parse_part
from core.bulk.rows import COLUMNS, error_row

READ = dict(zip(COLUMNS, ("/a.pdf", 2, "12\n3", 0.9876, 0, 1, 0, '[{"label":1}]', None), strict=True))
FAILED = error_row("/b\ud800\n.png", None, "b.png is empty.")
FORMATS = pytest.mark.parametrize("form", FileFormat)


@FORMATS
def test_a_part_is_counted_and_holds_its_rows(form):
    part = make_part([READ, FAILED], form)
    assert (part.rows, part.failed) == (2, 1) and count_part(part.data, form) == part
    first, second = parse_part(part.data, form)
    assert (str(first["page"]), first["text"], float(first["confidence"])) == ("2", "12\n3", 0.9876)
    assert second["source"] == "/b\ufffd\ufffd.png" and second["error"] == "b.png is empty."


@FORMATS
def test_parts_are_joined_in_order(form):
    joined = join_parts([make_part([READ, READ], form), make_part([FAILED], form)], form)
    assert joined.data == make_part([READ, READ, FAILED], form).data and (joined.rows, joined.failed) == (3, 1)


@FORMATS
@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_part_that_is_cut_off_is_damaged(form, cut):
    data = make_part([READ, FAILED], form).data
    with pytest.raises(ValueError):
        parse_part(data[:-cut], form)


@FORMATS
def test_whatever_bytes_of_a_part_are_damaged_it_is_read_or_refused(form):
    data, chance, refused = make_part([READ, FAILED] * 5, form).data, random.Random(0), 0
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            count_part(bytes(damaged), form)
        except ValueError:
            refused += 1
    assert refused > 100


@FORMATS
def test_a_table_of_other_columns_is_damaged(form):
    data = b"a,b\r\n1,2\r\n"
    if form is FileFormat.PARQUET:
        file = io.BytesIO()
        pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), file)
        data = file.getvalue()
    with pytest.raises(ValueError, match="other columns"):
        count_part(data, form)


def test_a_page_of_thousands_of_digits_is_a_row_of_a_csv():
    part = make_part([READ | {"digits": "1" * 1_000_000}], FileFormat.CSV)
    assert count_part(part.data, FileFormat.CSV) == part


def test_no_cell_of_a_csv_is_a_formula():
    row = error_row("=cmd()", None, "-1")
    (parsed,) = parse_part(make_part([row], FileFormat.CSV).data, FileFormat.CSV)
    assert (parsed["source"], parsed["error"]) == ("'=cmd()", "'-1")
