"""The images that a HEIF (HEIC) is put together from, counted before they are decoded: one may be named often.

The limits of libheif 1.23 are for memory: nesting of boxes, 1,000 items, 32 extents an item, 2,000 decoded images of
1,000 megapixels each, none larger than its size property says. What is here bounds their product. Boxes are those of
ISO/IEC 14496-12 and 23008-12.
"""

import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.pictures.errors import PictureError

MAX_CODED_PIXELS = 105_000_000  # of all images that are decoded: 50 megapixels and their alpha in tiles of 512²
MAX_MOVED_PIXELS = 250_000_000  # of the pictures put together, turned and cropped from them
MAX_DECODED_BYTES = 20 * 1024**2  # as many as the largest file has: sound ones decode each byte once
MAX_ITEM_BYTES = 2 * MAX_DECODED_BYTES  # that are copied when the file is opened
MAX_RECORDS = 20_000  # boxes, items, extents, references and properties; 48 megapixels in tiles of 512² have 3,000
_UNIT_PX = 64  # the sides of a coded image are counted in whole coding units of HEVC
_MAX_NESTING = 8  # images derived from derived images

_DERIVED = (b"grid", b"iovl", b"iden")
_MOVES = (b"irot", b"imir", b"clap")
_PARTS = (b"pitm", b"iinf", b"iloc", b"iref", b"iprp", b"idat", b"ipco")  # those that a file may have once


@dataclass(frozen=True)
class _Span:
    """A part of the file from `start` to before `stop`."""

    start: int
    stop: int


@dataclass
class _Item:
    """One item, as the boxes describe it."""

    kind: bytes = b""
    is_hidden: bool = False
    extents: list[_Span] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)  # numbers, from 1, of `_Items.properties`
    sources: list[int] = field(default_factory=list)  # the images that a derived image is made from
    alphas: list[int] = field(default_factory=list)  # auxiliary images of this one
    described: int = 0  # how many images it is the metadata of


class _Items:
    """The items of a file, read box by box; raises struct.error where a box ends before its content."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name = data, name
        self.items: defaultdict[int, _Item] = defaultdict(_Item)
        self.properties: list[tuple[bytes, _Span]] = []
        self.primary = 0
        self._records = 0
        self._parts: dict[bytes, _Span] = {}
        self._work: dict[int, tuple[int, int, int]] = {}
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

    def bytes_read(self) -> int:
        """Return how many bytes are copied when the file is opened: each item, its profiles, its metadata again."""
        total = 0
        for item in self.items.values():
            size = sum(extent.stop - extent.start for extent in item.extents)
            profiles = (self._property(number) for number in item.properties)
            total += size * (1 + item.described)
            if not item.is_hidden:
                total += sum(span.stop - span.start for kind, span in profiles if kind == b"colr")
        return total

    def work(self, number: int, depth: int = 0) -> tuple[int, int, int]:
        """Return the coded pixels, the moved pixels and the bytes of decoding an image, its sources again each time."""
        if number in self._work:
            return self._work[number]
        if depth > _MAX_NESTING:
            raise PictureError(
                f"{self.name} is a HEIC of images nested deeper than {_MAX_NESTING}, the most that is read. Save it as "
                "JPEG or PNG."
            )
        item = self.items[number]
        kinds = [self._property(one)[0] for one in item.properties]
        pixels, is_derived = self._pixels(item), item.kind in _DERIVED
        coded, moved = (0, pixels) if is_derived else (pixels, 0)
        moved += pixels * sum(kinds.count(kind) for kind in _MOVES)
        read = sum(extent.stop - extent.start for extent in item.extents)
        read += sum(span.stop - span.start for kind, span in map(self._property, item.properties) if kind == b"hvcC")
        for part in (*(item.sources if is_derived else ()), *filter(self._is_alpha, item.alphas)):
            more = self.work(part, depth + 1)
            coded, moved, read = coded + more[0], moved + more[1], read + more[2]
        self._work[number] = coded, moved, read
        return self._work[number]

    def _pixels(self, item: _Item) -> int:
        """Return the number of an image's pixels, the largest that any of its sizes says."""
        unit = 1 if item.kind in _DERIVED else _UNIT_PX
        spans = [span for kind, span in map(self._property, item.properties) if kind == b"ispe"]
        sizes = [self._numbers(">4xII", span)[:2] for span in spans]
        if item.kind in (b"grid", b"iovl"):
            spec = b"".join(self.data[extent.start : min(extent.stop, extent.start + 18)] for extent in item.extents)
            place = 4 if item.kind == b"grid" else 10
            sizes.append(struct.unpack_from(">II" if spec[1:2] and spec[1] & 1 else ">HH", spec, place))
        return max((-(-width // unit) * -(-height // unit) * unit**2 for width, height in sizes), default=0)

    def _is_alpha(self, number: int) -> bool:
        kinds = (self._property(one) for one in self.items[number].properties)
        texts = [self.data[span.start : min(span.stop, span.start + 100)] for kind, span in kinds if kind == b"auxC"]
        return any(b"auxid:1\0" in text + b"\0" or b"alpha" in text for text in texts)

    def _property(self, number: int) -> tuple[bytes, _Span]:
        return self.properties[number - 1] if 0 < number <= len(self.properties) else (b"", _Span(0, 0))

    def _count(self, records: int = 1) -> None:
        self._records += records
        if self._records > MAX_RECORDS:
            raise PictureError(
                f"{self.name} is a HEIC of more than {MAX_RECORDS:,} boxes, items and references, the most that are "
                "read. Save it as JPEG or PNG."
            )

    def _numbers(self, code: str, span: _Span) -> tuple[int, ...]:
        """Return the numbers at the start of a part, and behind them the place where they end."""
        form = struct.Struct(code)
        if span.start + form.size > span.stop:
            raise struct.error("cut off")
        return *form.unpack_from(self.data, span.start), span.start + form.size

    def _boxes(self, span: _Span) -> Iterator[tuple[bytes, _Span]]:
        """Yield the kind and the content of each box in a part of the file."""
        place = span.start
        while place + 8 <= span.stop:
            self._count()
            size, kind = struct.unpack_from(">I4s", self.data, place)
            head = 8
            if size == 1:
                (size, _), head = self._numbers(">8xQ", _Span(place, span.stop)), 16
            stop = min(place + max(size, head), span.stop) if size else span.stop
            yield kind, _Span(place + head, stop)
            place = stop

    def _find_parts(self) -> list[_Span]:
        """Find the boxes of `_PARTS` and return those that associate properties, of which there may be several."""
        metas: list[_Span] = []
        for kind, span in self._boxes(_Span(0, len(self.data))):
            if kind == b"moov":  # its frames are counted one by one, millions in some bytes, and never shown
                raise PictureError(f"{self.name} is a film, or a HEIC with one; save a picture of it as JPEG or PNG.")
            if kind == b"mini":
                raise PictureError(
                    f"{self.name} is a HEIC in the short form, which is not read; save it as JPEG or PNG."
                )
            if kind == b"meta":
                metas.append(_Span(span.start + 4, span.stop))
        found = [part for meta in metas for part in self._boxes(meta)]
        inner = [part for kind, span in found if kind == b"iprp" for part in self._boxes(span)]
        for kind, span in found + inner:
            if kind in _PARTS:
                if kind in self._parts:
                    raise struct.error("twice")
                self._parts[kind] = span
        return [span for kind, span in inner if kind == b"ipma"]

    def _read_primary(self, span: _Span) -> None:
        version, place = self._numbers(">B3x", span)
        self.primary, _ = self._numbers(">I" if version else ">H", _Span(place, span.stop))

    def _read_kinds(self, span: _Span) -> None:
        version, place = self._numbers(">B3x", span)
        for box, entry in self._boxes(_Span(place + (4 if version else 2), span.stop)):
            if box != b"infe":
                continue
            version, flags, place = self._numbers(">B2xB", entry)
            code = {2: ">H2x4s", 3: ">I2x4s"}.get(version)
            if code:
                form = struct.Struct(code)
                if place + form.size > entry.stop:
                    raise struct.error("cut off")
                number, kind = form.unpack_from(self.data, place)
                if self.items[number].kind:
                    raise struct.error("twice")
                self.items[number].kind, self.items[number].is_hidden = kind, bool(flags & 1)

    def _read_places(self, span: _Span) -> None:
        version, sizes, place = self._numbers(">B3xH", span)
        offset, length, base = (_FIELDS[sizes >> shift & 15] for shift in (12, 8, 4))
        index = _FIELDS[sizes & 15] if version else ""
        whole = ">I" if version == 2 else ">H"
        count, place = self._numbers(whole, _Span(place, span.stop))
        for _ in range(count):
            self._count()
            number, place = self._numbers(whole, _Span(place, span.stop))
            method, place = self._numbers(">H", _Span(place, span.stop)) if version else (0, place)
            *bases, place = self._numbers(f">2x{base}", _Span(place, span.stop))
            extents, place = self._numbers(">H", _Span(place, span.stop))
            self._count(extents)
            start = sum(bases) + (self._parts[b"idat"].start if method & 15 == 1 and b"idat" in self._parts else 0)
            for _ in range(extents):
                *_, place = self._numbers(f">{index}", _Span(place, span.stop))
                *offsets, place = self._numbers(f">{offset}", _Span(place, span.stop))
                *lengths, place = self._numbers(f">{length}", _Span(place, span.stop))
                first = min(start + sum(offsets), len(self.data))
                self.items[number].extents.append(_Span(first, min(first + sum(lengths), len(self.data))))

    def _read_references(self, span: _Span) -> None:
        version, place = self._numbers(">B3x", span)
        code = "I" if version else "H"
        for kind, entry in self._boxes(_Span(place, span.stop)):
            source, count, place = self._numbers(f">{code}H", entry)
            self._count(count)
            *targets, _ = self._numbers(f">{count}{code}", _Span(place, entry.stop))
            if kind == b"dimg":
                self.items[source].sources += targets
            elif kind == b"cdsc":
                self.items[source].described += count
            elif kind == b"auxl":
                for target in targets:
                    self.items[target].alphas.append(source)

    def _read_properties(self, span: _Span) -> None:
        self.properties = list(self._boxes(span))

    def _read_associations(self, span: _Span) -> None:
        version_and_flags, count, place = self._numbers(">II", span)
        is_wide = version_and_flags & 1
        for _ in range(count):
            number, size, place = self._numbers(">IB" if version_and_flags >> 24 else ">HB", _Span(place, span.stop))
            self._count(1 + size)
            *numbers, place = self._numbers(f">{size}{'H' if is_wide else 'B'}", _Span(place, span.stop))
            self.items[number].properties += [one & (0x7FFF if is_wide else 0x7F) for one in numbers]


_FIELDS = defaultdict(lambda: "Z", {0: "", 4: "I", 8: "Q"})  # of a place, by its size; others are no form: struct.error


def check_items(data: bytes, name: str) -> None:
    """Raise PictureError where decoding a HEIF would take more than a picture of the largest size does.

    data: the bytes of a file that begins with an ftyp box.
    """
    try:
        items = _Items(data, name)
        coded, moved, decoded_bytes = items.work(items.primary)
    except struct.error:
        raise PictureError(f"{name} is cut off or damaged; save or send it again.") from None
    for pixels, limit, what in ((coded, MAX_CODED_PIXELS, "decoded"), (moved, MAX_MOVED_PIXELS, "put together")):
        if pixels > limit:
            raise PictureError(
                f"{name} is a HEIC of which {pixels / 1e6:,.0f} megapixels would be {what}; at most {limit / 1e6:.0f} "
                "are. Save it as JPEG or PNG."
            )
    if decoded_bytes > MAX_DECODED_BYTES or items.bytes_read() > MAX_ITEM_BYTES:
        raise PictureError(f"{name} is a HEIC whose items are more than the file holds; save or send it again.")
