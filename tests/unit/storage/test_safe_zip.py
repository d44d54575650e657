"""Limits of ZIP archives: seen in the bytes and in the directory, before anything is unpacked."""

import io
import struct
import zipfile

import pytest

from core.storage.safe_zip import MAX_ENTRIES, has_too_many_entries, is_allowed, is_encrypted, starts_like_zip


def zipped(count=1, method=zipfile.ZIP_DEFLATED, comment=b""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for number in range(count):
            archive.writestr(f"{number}.png", b"x")
        archive.comment = comment
    return file.getvalue()


def only_member(data):
    (info,) = zipfile.ZipFile(io.BytesIO(data)).infolist()
    return info


def with_end_record_of_64_bits(data, size_in_old_record):
    """The archive with a ZIP64 end record, whose directory size is right, before the old one, whose size is given."""
    body, end = data[:-22], bytearray(data[-22:])
    size = int.from_bytes(end[12:16], "little")
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, len(body) - size)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(body), 1)
    end[12:16] = struct.pack("<I", size_in_old_record)
    return body + record + locator + bytes(end)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_zip_is_known_by_its_first_four_bytes(count):
    assert starts_like_zip(zipped(count)[:4])


@pytest.mark.parametrize("start", [b"", b"PK", b"PK\x03", b"PK\x01\x02", b"\x89PNG", b" PK\x03\x04"])
def test_other_starts_are_no_zip(start):
    assert not starts_like_zip(start)


@pytest.mark.parametrize("comment", [b"", b"a comment"])
def test_the_limit_itself_is_allowed_and_one_more_is_not(comment):
    assert not has_too_many_entries(zipped(MAX_ENTRIES, comment=comment))
    assert has_too_many_entries(zipped(MAX_ENTRIES + 1, comment=comment))


@pytest.mark.parametrize("size_in_old_record", [0, 46, 0xFFFFFFFF])
def test_entries_are_counted_whatever_the_first_of_two_end_records_says(size_in_old_record):
    many = with_end_record_of_64_bits(zipped(MAX_ENTRIES + 1), size_in_old_record)
    assert has_too_many_entries(many)
    assert not has_too_many_entries(with_end_record_of_64_bits(zipped(5), size_in_old_record))


def test_the_directory_of_a_zip_inside_is_not_counted():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("inner.zip", zipped(MAX_ENTRIES + 1))
    assert not has_too_many_entries(file.getvalue())


@pytest.mark.parametrize("data", [b"", b"PK", b"no archive at all", b"PK\x05\x06" + bytes(18)])
def test_bytes_that_are_no_archive_have_no_entries(data):
    assert not has_too_many_entries(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_stored_and_deflated_members_are_allowed(method):
    info = only_member(zipped(method=method))
    assert is_allowed(info) and not is_encrypted(info)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_whose_unpacking_has_no_bound_are_not_allowed(method):
    info = only_member(zipped(method=method))
    assert not is_allowed(info) and not is_encrypted(info)


def test_an_encrypted_member_is_not_allowed():
    info = only_member(zipped())
    info.flag_bits |= 1
    assert is_encrypted(info) and not is_allowed(info)
