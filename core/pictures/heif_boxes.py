"""The boxes of a HEIF (HEIC) that say what its items are, read without decoding any; ISO/IEC 14496-12 and 23008-12."""

import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.pictures.errors import PictureError

MAX_RECORDS = 20_000  # boxes, items, extents, references and properties; 48 megapixels in tiles of 512² have 3,000

_PARTS = (b"pitm", b"iinf", b"iloc", b"iref", b"iprp", b"idat", b"ipco")  # those that a file may have once
_FIELDS = defaultdict(lambda: "Z", {0: "", 4: "I", 8: "Q"})  # of a place, by its size; others are no form: struct.error


@dataclass(frozen=True)
class Span:
    """A part of the file from `start` to before `stop`."""

    start: int
    stop: int


@dataclass
class Item:
    """One item, as the boxes describe it."""

    kind: bytes = b""
    is_hidden: bool = False
    extents: list[Span] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)  # numbers, from 1, of `HeifBoxes.properties`
    sources: list[int] = field(default_factory=list)  # the images that a derived image is made from
    alphas: list[int] = field(default_factory=list)  # auxiliary images of this one
    described: int = 0  # how many images it is the metadata of


class HeifBoxes:
    """The items of a file, read box by box; raises struct.error where a box ends before its content."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name = data, name
        self.items: defaultdict[int, Item] = defaultdict(Item)
        self.properties: list[tuple[bytes, Span]] = []
        self.primary = 0
        self._records = 0
        self._parts: dict[bytes, Span] = {}
        associations = self._find_parts()
        for kind, read in (
            (b"pitm", self._read_primary),
            (b"iinf", self._read_kinds),
            (b"iloc", self._read_places),
            (b"iref", self._read_references),
            (b"ipco", self._read_properties),
        ):
            if kind in self._parts:
                read(self._parts[kind])
        for span in associations:
            self._read_associations(span)

    def properties_of(self, item: Item) -> list[tuple[bytes, Span]]:
        """Return the kind and the content of each property of an item; of one that is not there, nothing."""
        count = len(self.properties)
        return [self.properties[one - 1] if 0 < one <= count else (b"", Span(0, 0)) for one in item.properties]

    def numbers(self, code: str, span: Span) -> tuple[int, ...]:
        """Return the numbers at the start of a part, and behind them the place where they end."""
        form = struct.Struct(code)
        if span.start + form.size > span.stop:
            raise struct.error("cut off")
        return *form.unpack_from(self.data, span.start), span.start + form.size

    def _count(self, records: int = 1) -> None:
        self._records += records
        if self._records > MAX_RECORDS:
            raise PictureError(
                f"{self.name} is a HEIC of more than {MAX_RECORDS:,} boxes, items and references, the most that are "
                "read. Save it as JPEG or PNG."
            )

    def _boxes(self, span: Span) -> Iterator[tuple[bytes, Span]]:
        """Yield the kind and the content of each box in a part of the file."""
        place = span.start
        while place + 8 <= span.stop:
            self._count()
            size, kind = struct.unpack_from(">I4s", self.data, place)
            head = 8
            if size == 1:
                (size, _), head = self.numbers(">8xQ", Span(place, span.stop)), 16
            stop = min(place + max(size, head), span.stop) if size else span.stop
            yield kind, Span(place + head, stop)
            place = stop

    def _find_parts(self) -> list[Span]:
        """Find the boxes of `_PARTS` and return those that associate properties, of which there may be several."""
        metas: list[Span] = []
        for kind, span in self._boxes(Span(0, len(self.data))):
            if kind == b"moov":  # its frames are counted one by one, millions in some bytes, and never shown
                raise PictureError(f"{self.name} is a film, or a HEIC with one; save a picture of it as JPEG or PNG.")
            if kind == b"mini":
                raise PictureError(
                    f"{self.name} is a HEIC in the short form, which is not read; save it as JPEG or PNG."
                )
            if kind == b"meta":
                metas.append(Span(span.start + 4, span.stop))
        found = [part for meta in metas for part in self._boxes(meta)]
        inner = [part for kind, span in found if kind == b"iprp" for part in self._boxes(span)]
        for kind, span in found + inner:
            if kind in _PARTS:
                if kind in self._parts:
                    raise struct.error("twice")
                self._parts[kind] = span
        return [span for kind, span in inner if kind == b"ipma"]

    def _read_primary(self, span: Span) -> None:
        version, place = self.numbers(">B3x", span)
        self.primary, _ = self.numbers(">I" if version else ">H", Span(place, span.stop))

    def _read_kinds(self, span: Span) -> None:
        version, place = self.numbers(">B3x", span)
        for box, entry in self._boxes(Span(place + (4 if version else 2), span.stop)):
            if box != b"infe":
                continue
            version, flags, place = self.numbers(">B2xB", entry)
            code = {2: ">H2x4s", 3: ">I2x4s"}.get(version)
            if code:
                form = struct.Struct(code)
                if place + form.size > entry.stop:
                    raise struct.error("cut off")
                number, kind = form.unpack_from(self.data, place)
                if self.items[number].kind:
                    raise struct.error("twice")
                self.items[number].kind, self.items[number].is_hidden = kind, bool(flags & 1)

    def _read_places(self, span: Span) -> None:
        version, sizes, place = self.numbers(">B3xH", span)
        offset, length, base = (_FIELDS[sizes >> shift & 15] for shift in (12, 8, 4))
        index = _FIELDS[sizes & 15] if version else ""
        whole = ">I" if version == 2 else ">H"
        count, place = self.numbers(whole, Span(place, span.stop))
        for _ in range(count):
            self._count()
            number, place = self.numbers(whole, Span(place, span.stop))
            method, place = self.numbers(">H", Span(place, span.stop)) if version else (0, place)
            *bases, place = self.numbers(f">2x{base}", Span(place, span.stop))
            extents, place = self.numbers(">H", Span(place, span.stop))
            self._count(extents)
            start = sum(bases) + (self._parts[b"idat"].start if method & 15 == 1 and b"idat" in self._parts else 0)
            for _ in range(extents):
                *_, place = self.numbers(f">{index}", Span(place, span.stop))
                *offsets, place = self.numbers(f">{offset}", Span(place, span.stop))
                *lengths, place = self.numbers(f">{length}", Span(place, span.stop))
                first = min(start + sum(offsets), len(self.data))
                self.items[number].extents.append(Span(first, min(first + sum(lengths), len(self.data))))

    def _read_references(self, span: Span) -> None:
        version, place = self.numbers(">B3x", span)
        code = "I" if version else "H"
        for kind, entry in self._boxes(Span(place, span.stop)):
            source, count, place = self.numbers(f">{code}H", entry)
            self._count(count)
            *targets, _ = self.numbers(f">{count}{code}", Span(place, entry.stop))
            if kind == b"dimg":
                self.items[source].sources += targets
            elif kind == b"cdsc":
                self.items[source].described += count
            elif kind == b"auxl":
                for target in targets:
                    self.items[target].alphas.append(source)

    def _read_properties(self, span: Span) -> None:
        self.properties = list(self._boxes(span))

    def _read_associations(self, span: Span) -> None:
        version_and_flags, count, place = self.numbers(">II", span)
        is_wide = version_and_flags & 1
        for _ in range(count):
            number, size, place = self.numbers(">IB" if version_and_flags >> 24 else ">HB", Span(place, span.stop))
            self._count(1 + size)
            *numbers, place = self.numbers(f">{size}{'H' if is_wide else 'B'}", Span(place, span.stop))
            self.items[number].properties += [one & (0x7FFF if is_wide else 0x7F) for one in numbers]
