"""Uploads as anyone may make them: ZIPs of pictures are opened, everything else in them gets a sentence."""

import contextlib
import io
import struct
import time
import zipfile

import pytest
from PIL import Image

from core.pictures import zip_archives
from core.pictures.decoding import MAX_BYTES, PictureError
from core.pictures.entries import PictureEntry
from core.pictures.file_names import natural_sort_key
from core.pictures.uploads import MAX_PICTURES, expand_uploads
from core.pictures.zip_archives import ReopenedFile, zip_entries
from core.storage.printable import to_printable
from core.storage.safe_zip import MAX_ENTRIES


def png():
    file = io.BytesIO()
    Image.new("L", (8, 8), 255).save(file, "PNG")
    return file.getvalue()


PNG = png()


def packed(entries, method=zipfile.ZIP_DEFLATED):
    """The bytes of a ZIP of (name, bytes)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return file.getvalue()


def opened(data, name="scans.zip"):
    return expand_uploads([(name, data)])


def only_note(data):
    (entry,) = opened(data)
    assert entry.unpack is None
    with pytest.raises(PictureError) as caught:
        entry.open()
    assert str(caught.value) == entry.note
    return entry.note


def test_single_pictures_and_a_zip_of_them_in_one_upload():
    entries = expand_uploads([("a.png", PNG), ("b.ZIP", packed([("page 10.png", PNG), ("page 2.png", PNG)]))])
    assert [entry.name for entry in entries] == ["a.png", "page 2.png", "page 10.png"]
    assert all(entry.note == "" and entry.read() == PNG and entry.open().size == (8, 8) for entry in entries)


def test_a_zip_is_known_by_its_bytes_too():
    assert [entry.name for entry in opened(packed([("1.png", PNG)]), "download")] == ["1.png"]


def test_what_else_a_zip_holds_is_counted_in_a_note():
    inside = [
        ("scans/", b""),
        ("scans/1.png", PNG),
        ("scans/.DS_Store", b"x"),
        ("__MACOSX/scans/._1.png", b"x"),
        ("readme.txt", b"x"),
        ("noname", b"x"),
        ("more.zip", packed([("2.png", PNG)])),
    ]
    picture, note = opened(packed(inside))
    assert picture.name == "scans/1.png"
    assert note.note == "Passed over in scans.zip: hidden files (2), other files (2), ZIPs inside it (1)."
    assert not note.may_be_picture


@pytest.mark.parametrize("inside", [[], [("folder/", b"")], [("letter.txt", b"Dear")]])
def test_a_zip_without_a_picture_says_so(inside):
    first, *passed_over = opened(packed(inside))
    assert first.note == "There is no picture in scans.zip." and first.may_be_picture
    assert [entry.note for entry in passed_over if entry.may_be_picture] == []


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.png",
        "/root/x.png",
        "C:\\x.png",
        'it\'s "quoted".png',
        "👩‍🔬 🎈.png",
        "ü/é.png",
        "<b>.png",
        "%22a%22 50% %2e%2e%2f%00.png",
    ],
)
def test_a_name_is_text_and_is_never_followed(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (entry,) = opened(packed([(name, PNG)]))
    assert entry.name == name
    assert entry.open().size == (8, 8)
    assert list(tmp_path.iterdir()) == []


def test_a_name_stays_on_one_line():
    assert to_printable("a\nb\x1b[31m\u202egnp.png") == "a\ufffdb\ufffd[31m\ufffdgnp.png"
    (entry,) = opened(PNG, "start" + "x" * 70_000 + "end.png")
    assert len(entry.name) == 201 and entry.name.startswith("start") and entry.name.endswith("end.png")


def test_a_name_of_any_number_of_digits_is_sorted():
    """Python makes no number of more than 4,300 digits (sys.set_int_max_str_digits)."""
    long, longer = "1" * 5000 + ".png", "1" * 5001 + ".png"
    found = opened(packed([(longer, PNG), (long, PNG), ("2.png", PNG)]))
    assert [entry.open().size for entry in found] == [(8, 8)] * 3
    assert sorted([longer, long, "2.png"], key=natural_sort_key) == ["2.png", long, longer]


def test_pictures_beyond_the_limit_are_counted_and_left_out():
    entries = expand_uploads([("a.png", PNG), ("b.zip", packed((f"{n}.png", PNG) for n in range(MAX_PICTURES + 5)))])
    assert len(entries) == MAX_PICTURES + 1
    assert [entry.name for entry in entries[-2:]] == [f"{MAX_PICTURES - 2}.png", "6 more"]
    assert entries[-1].note == "The first 200 of 206 pictures are read; send the others separately."


def test_a_thousand_entries_are_read_and_more_are_not():
    assert len(opened(packed((f"{n}.png", PNG) for n in range(MAX_ENTRIES)))) == MAX_PICTURES + 1
    note = only_note(packed((f"{n}.png", PNG) for n in range(MAX_ENTRIES + 1)))
    assert note == "scans.zip holds more than 1,000 entries; send it in parts."


def test_the_entries_of_a_zip_inside_it_are_not_its_own():
    inner = packed((f"{n}.png", b"") for n in range(MAX_ENTRIES + 1))
    picture, note = opened(packed([("1.png", PNG), ("more.zip", inner)], zipfile.ZIP_STORED))
    assert picture.name == "1.png" and "ZIPs inside it (1)" in note.note


@pytest.mark.parametrize("disguise", ["none", "comment", "no size", "zip64"])
def test_a_zip_of_many_entries_is_refused_before_its_directory_is_read(disguise, monkeypatch):
    """Whatever the end record says, which zipfile trusts."""
    data = packed((f"{n}.png", b"") for n in range(MAX_ENTRIES + 1))
    body, end = data[:-22], bytearray(data[-22:])
    if disguise == "comment":
        end[20:] = struct.pack("<H", 3) + b"abc"
    if disguise == "zip64":
        size = int.from_bytes(end[12:16], "little")
        record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, len(body) - size)
        body += record + struct.pack("<4sIQI", b"PK\x06\x07", 0, len(body), 1)
    if disguise in ("no size", "zip64"):
        end[12:16] = bytes(4)
    read = []
    monkeypatch.setattr(zipfile.ZipInfo, "_decodeExtra", lambda info, *_: read.append(info))
    opened(body + bytes(end))
    assert read == []


def test_a_zip_on_this_machine_may_hold_any_number(tmp_path):
    path = tmp_path / "own.zip"
    path.write_bytes(packed((f"{n}.png", PNG) for n in range(MAX_ENTRIES + 1)))
    entries = zip_entries(ReopenedFile(path), "own.zip")
    assert len(entries) == MAX_ENTRIES + 1 and entries[-1].open().size == (8, 8)


def test_nothing_is_unpacked_before_it_is_read(monkeypatch):
    def unpack(*_):
        raise AssertionError("unpacked too early")

    data = packed([("1.png", PNG)])
    monkeypatch.setattr(zipfile.ZipFile, "open", unpack)
    assert [entry.name for entry in opened(data)] == ["1.png"]


# hostile


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = packed([(f"{n}.png", bytes(MAX_BYTES)) for n in range(3)])
    assert "would unpack to 60 MB, as no pictures do; it is not opened" in only_note(bomb)


def test_a_blank_bitmap_is_no_bomb():
    file = io.BytesIO()
    Image.new("RGB", (2000, 2000), "white").save(file, "BMP")
    (entry,) = opened(packed([("blank.bmp", file.getvalue())]))
    assert entry.open().size == (2000, 2000)


def test_a_zip_beyond_the_total_is_refused(monkeypatch):
    monkeypatch.setattr(zip_archives, "MAX_UNPACKED_BYTES", 2 * 1024**2)
    data = packed([(f"{n}.png", bytes(range(256)) * 4096) for n in range(3)])
    assert only_note(data) == "scans.zip would unpack to 3 MB; at most 2 MB are unpacked. Send it in parts."


def test_a_picture_beyond_the_limit_is_refused_and_the_others_are_read():
    data = packed([("big.bmp", bytes(MAX_BYTES + 1)), ("1.png", PNG)], zipfile.ZIP_STORED)
    picture, note = opened(data)
    assert picture.name == "1.png"
    assert note.note == "big.bmp has 20.0 MB; at most 20 MB are read. Send a smaller copy."


def test_entries_that_overlap_are_refused():
    """One block of bytes that many entries of the directory claim (Fifield, 2019, "A better zip bomb")."""
    data = packed([("1.png", bytes(range(256)) * 400)], zipfile.ZIP_STORED)
    start = data.index(b"PK\x01\x02")
    directory, end = data[start:-22], bytearray(data[-22:])
    end[8:16] = struct.pack("<HHI", 50, 50, 50 * len(directory))
    assert "it is not opened" in only_note(data[:start] + 50 * directory + bytes(end))


def lying(data, size_bytes):
    """The ZIP with another unpacked size in its directory and its local header."""
    data, directory = bytearray(data), data.index(b"PK\x01\x02")
    data[22:26] = data[directory + 24 : directory + 28] = struct.pack("<I", size_bytes)
    return bytes(data)


@pytest.mark.parametrize("size_bytes", [50, 5_000_000])
def test_an_entry_that_lies_about_its_size_is_refused_when_it_is_read(size_bytes):
    (entry,) = opened(lying(packed([("1.png", bytes(1_000_000))]), size_bytes))
    with pytest.raises(PictureError, match=r"^1\.png is (damaged within its ZIP|cut off|not a picture)"):
        entry.open()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_methods_that_can_be_bounded_are_unpacked(method):
    note = "scans.zip holds pictures in a compression that is not read here (1); pack it with Deflate."
    assert only_note(packed([("1.png", PNG)], method)) == note


def test_an_encrypted_picture_gets_a_note():
    data = bytearray(packed([("1.png", PNG), ("2.png", PNG)]))
    directory = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[directory + 8] |= 1
    picture, note = opened(bytes(data))
    assert picture.name == "2.png"
    assert note.note == "scans.zip holds pictures with a password (1); pack them without one."
    assert note.may_be_picture


@pytest.mark.parametrize("data", [b"", b"Rar!\x1a\x07\x00", b"PK\x03\x04", PNG, b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(data):
    assert only_note(data) == "scans.zip is damaged or is not a ZIP; pack it or send it again."


def test_damaged_bytes_give_pictures_or_sentences():
    """Every byte of a small ZIP, wrong in one bit or cut off there."""
    data = packed([("1.png", PNG), ("2.txt", b"x"), ("3/\u00fc.png", PNG)])
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        for entry in [*opened(bytes(flipped)), *opened(data[:place])]:
            assert isinstance(entry, PictureEntry)
            try:
                entry.open()
            except PictureError as error:
                assert str(error)


def bomb():
    return packed([(f"{n}.png", bytes(MAX_BYTES)) for n in range(10)])


def long_names():
    """As many entries as are looked at, whose names, all digits but for the ends, are as long as a ZIP allows."""
    return packed((f"{'9' * 65_000}{n}.png", PNG) for n in range(MAX_ENTRIES))


def many_entries():
    return packed((f"{n}.png", b"") for n in range(60_000))


def padded_pictures():
    """As many as are read, with much more behind each than belongs to it."""
    return packed([(f"{n}.png", PNG + bytes(MAX_BYTES // 16)) for n in range(MAX_PICTURES)])


@pytest.mark.parametrize("hostile", [bomb, long_names, many_entries, padded_pictures])
def test_a_hostile_zip_gets_its_answer_within_5_s(hostile):
    data = hostile()
    start = time.process_time()  # of all threads, whatever else the machine does
    entries = opened(data)
    for entry in entries:
        with contextlib.suppress(PictureError):
            entry.open()
    assert time.process_time() - start < 5
    assert entries
