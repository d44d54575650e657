"""The directories of a TIFF, one for each of its pages: where the values of their tags stand."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

MAX_DIRECTORIES = 1000  # that are looked for in one file
MAX_ENTRIES = 4096  # of one directory

_SUBFILE_TYPE, _OLD_SUBFILE_TYPE = 254, 255
_REDUCED, _MASK = 1, 4  # bits of the type: a smaller copy of another page, and the transparency of one
_OLD_REDUCED = 2
_FORMATS = {1: "B", 3: "H", 4: "I", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q"}  # of the types of numbers and places


@dataclass(frozen=True, eq=False)
class Directory:
    """A directory of a TIFF: where the values of each tag stand."""

    data: bytes
    order: str  # < or >
    entries: dict[int, tuple[str, int, int]]  # tag → format of one value, number of values, place in the data
    next_place: int  # of the directory behind it; 0 where it is the last

    def count(self, tag: int) -> int:
        """Return how many values a tag claims to have; 0 where it is not there."""
        return self.entries[tag][1] if tag in self.entries else 0

    def values(self, tag: int) -> Sequence[int]:
        """Return the values of a tag; () where they are not there or the file ends before them."""
        if tag not in self.entries:
            return ()
        code, count, place = self.entries[tag]
        form = struct.Struct(f"{self.order}{count}{code}")
        return form.unpack_from(self.data, place) if place + form.size <= len(self.data) else ()

    def value(self, tag: int, default: int) -> int:
        """Return the first value of a tag."""
        return next(iter(self.values(tag) if self.count(tag) == 1 else ()), default)

    @property
    def is_page(self) -> bool:
        """Return whether it is a page, and neither a smaller copy of one nor its transparency."""
        is_copy = self.value(_OLD_SUBFILE_TYPE, 0) == _OLD_REDUCED
        return not (self.value(_SUBFILE_TYPE, 0) & (_REDUCED | _MASK) or is_copy)


def find_pages(data: bytes) -> list[int]:
    """Return the places of the directories of a TIFF that are pages, at least that of the first one.

    A chain of directories that leads back to itself or cannot be read ends there.
    """
    first = place = first_directory_place(data)
    places, seen = [], set()
    while place and place not in seen and len(seen) < MAX_DIRECTORIES:
        seen.add(place)
        try:
            directory = read_directory(data, place)
        except struct.error:
            break
        if directory.is_page:
            places.append(place)
        place = directory.next_place
    return places or [first]


def select_page(data: bytes, place: int) -> bytes:
    """Return a copy of a TIFF whose first directory is the one at `place`."""
    order, is_big = _byte_order(data)
    form, at = (f"{order}Q", 8) if is_big else (f"{order}I", 4)
    selected = bytearray(data)
    struct.pack_into(form, selected, at, place)
    return bytes(selected)


def first_directory_place(data: bytes) -> int:
    """Return the place of the first directory; raises struct.error where the file ends before it is named."""
    order, is_big = _byte_order(data)
    return struct.unpack_from(f"{order}{'Q' if is_big else 'I'}", data, 8 if is_big else 4)[0]


def read_directory(data: bytes, place: int) -> Directory:
    """Return the directory at `place`; raises struct.error where the file ends before it."""
    order, is_big = _byte_order(data)
    head, entry, tail = (
        (f"{order}Q", f"{order}HHQQ", f"{order}Q") if is_big else (f"{order}H", f"{order}HHII", f"{order}I")
    )
    (count,) = struct.unpack_from(head, data, min(place, len(data)))
    if count > MAX_ENTRIES:
        raise struct.error(f"{count} entries in one directory")
    place, entries = place + struct.calcsize(head), {}
    end = place + count * struct.calcsize(entry)
    for number in range(min(count, (len(data) - place) // struct.calcsize(entry))):
        at = place + number * struct.calcsize(entry)
        tag, kind, length, where = struct.unpack_from(entry, data, at)
        if kind in _FORMATS and tag not in entries:
            fits = struct.calcsize(_FORMATS[kind]) * length <= (8 if is_big else 4)
            entries[tag] = _FORMATS[kind], length, at + (12 if is_big else 8) if fits else where
    following = struct.unpack_from(tail, data, end)[0] if end + struct.calcsize(tail) <= len(data) else 0
    return Directory(data, order, entries, following)


def _byte_order(data: bytes) -> tuple[str, bool]:
    """Return "<" or ">", and whether the places in the file have 64 bits."""
    order = "<" if data[:2] == b"II" else ">"
    return order, struct.unpack_from(f"{order}H", data, 2)[0] == 43
