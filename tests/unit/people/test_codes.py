"""The codes of a class: made once, compared whatever the spelling, made anew where they are damaged or asked for."""

import os
import stat

import pytest

from core.people.codes import grouped, is_code, new_number, number_hash, read_codes, renew_all, renew_join_code
from core.runs.workspaces import class_folder


def test_codes_are_made_once_and_lie_where_nobody_else_reads_them(tmp_path):
    codes = read_codes(tmp_path)
    assert read_codes(tmp_path) == codes
    assert len(codes.join) == 6 and len(codes.teacher) == 10 and len(codes.key_bytes) == 32
    assert not set(codes.join + codes.teacher) & set("IL01O")
    if os.name != "nt":
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (class_folder(tmp_path), *_files(tmp_path))]
        assert modes == [0o700, 0o600]


def _files(root):
    return class_folder(root).glob("*.json")


def test_the_spelling_of_a_code_does_not_matter():
    assert is_code(" abc-def ", "ABCDEF") and is_code("AB CD EF", "ABCDEF")
    assert grouped("ABCDEF") == "ABC-DEF"
    for wrong in ("", "ABCDE", "ABCDEFG", "ABCDEG", "é", "\ud800", "A" * 10**6):
        assert not is_code(wrong, "ABCDEF")


def test_a_code_is_made_anew(tmp_path):
    codes = read_codes(tmp_path)
    newer = renew_join_code(tmp_path)
    assert newer.join != codes.join and (newer.teacher, newer.key) == (codes.teacher, codes.key)
    newest = renew_all(tmp_path)
    assert not {newest.join, newest.teacher, newest.key} & {newer.join, newer.teacher, newer.key}


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b'{"join": "A"}', b'{"join": "A", "teacher": "B", "key": "zz"}', b"\xff"]
)
def test_damaged_codes_are_made_anew(tmp_path, damage):
    codes = read_codes(tmp_path)
    (path,) = _files(tmp_path)
    path.write_bytes(damage)
    assert read_codes(tmp_path) != codes and read_codes(tmp_path) == read_codes(tmp_path)


def test_a_number_is_hashed_with_a_salt():
    number = new_number()
    assert len(number) == 6 and number.isdigit()
    kept = number_hash("salt", number)
    assert kept == number_hash("salt", f" {number[:3]}-{number[3:]}") and number not in kept
    assert kept not in (number_hash("other", number), number_hash("salt", f"{number}0"))
