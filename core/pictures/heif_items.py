"""The images that a HEIF (HEIC) is put together from, counted before they are decoded: one may be named often.

The limits of libheif 1.23 are for memory: nesting of boxes, 1,000 items, 32 extents an item, 2,000 decoded images of
1,000 megapixels each, none larger than its size property says. What is here bounds their product.
"""

import struct

from core.pictures.errors import PictureError
from core.pictures.heif_boxes import HeifBoxes, Item

MAX_CODED_PIXELS = 105_000_000  # of all images that are decoded: 50 megapixels and their alpha in tiles of 512²
MAX_MOVED_PIXELS = 250_000_000  # of the pictures put together, turned and cropped from them
MAX_DECODED_BYTES = 20 * 1024**2  # as many as the largest file has: sound ones decode each byte once
MAX_ITEM_BYTES = 2 * MAX_DECODED_BYTES  # that are copied when the file is opened
_UNIT_PX = 64  # the sides of a coded image are counted in whole coding units of HEVC
_MAX_NESTING = 8  # images derived from derived images

_DERIVED = (b"grid", b"iovl", b"iden")
_MOVES = (b"irot", b"imir", b"clap")


class _Work:
    """The work that decoding the items of a file takes."""

    def __init__(self, boxes: HeifBoxes) -> None:
        self._boxes = boxes
        self._known: dict[int, tuple[int, int, int]] = {}

    def bytes_read(self) -> int:
        """Return how many bytes are copied when the file is opened: each item, its profiles, its metadata again."""
        total = 0
        for item in self._boxes.items.values():
            size = sum(extent.stop - extent.start for extent in item.extents)
            total += size * (1 + item.described)
            if not item.is_hidden:
                properties = self._boxes.properties_of(item)
                total += sum(span.stop - span.start for kind, span in properties if kind == b"colr")
        return total

    def of_image(self, number: int, depth: int = 0) -> tuple[int, int, int]:
        """Return the coded pixels, the moved pixels and the bytes of decoding an image, its sources again each time."""
        if number in self._known:
            return self._known[number]
        if depth > _MAX_NESTING:
            raise PictureError(
                f"{self._boxes.name} is a HEIC of images nested deeper than {_MAX_NESTING}, the most that is read. "
                "Save it as JPEG or PNG."
            )
        item = self._boxes.items[number]
        properties = self._boxes.properties_of(item)
        kinds = [kind for kind, _ in properties]
        pixels, is_derived = self._pixels(item), item.kind in _DERIVED
        coded, moved = (0, pixels) if is_derived else (pixels, 0)
        moved += pixels * sum(kinds.count(kind) for kind in _MOVES)
        read = sum(extent.stop - extent.start for extent in item.extents)
        read += sum(span.stop - span.start for kind, span in properties if kind == b"hvcC")
        for part in (*(item.sources if is_derived else ()), *filter(self._is_alpha, item.alphas)):
            more = self.of_image(part, depth + 1)
            coded, moved, read = coded + more[0], moved + more[1], read + more[2]
        self._known[number] = coded, moved, read
        return self._known[number]

    def _pixels(self, item: Item) -> int:
        """Return the number of an image's pixels, the largest that any of its sizes says."""
        unit = 1 if item.kind in _DERIVED else _UNIT_PX
        spans = [span for kind, span in self._boxes.properties_of(item) if kind == b"ispe"]
        sizes = [self._boxes.numbers(">4xII", span)[:2] for span in spans]
        if item.kind in (b"grid", b"iovl"):
            data = self._boxes.data
            spec = b"".join(data[extent.start : min(extent.stop, extent.start + 18)] for extent in item.extents)
            place = 4 if item.kind == b"grid" else 10
            sizes.append(struct.unpack_from(">II" if spec[1:2] and spec[1] & 1 else ">HH", spec, place))
        return max((-(-width // unit) * -(-height // unit) * unit**2 for width, height in sizes), default=0)

    def _is_alpha(self, number: int) -> bool:
        properties, data = self._boxes.properties_of(self._boxes.items[number]), self._boxes.data
        texts = [data[span.start : min(span.stop, span.start + 100)] for kind, span in properties if kind == b"auxC"]
        return any(b"auxid:1\0" in text + b"\0" or b"alpha" in text for text in texts)


def check_items(data: bytes, name: str) -> None:
    """Raise PictureError where decoding a HEIF would take more than a picture of the largest size does.

    data: the bytes of a file that begins with an ftyp box.
    """
    try:
        boxes = HeifBoxes(data, name)
        work = _Work(boxes)
        coded, moved, decoded_bytes = work.of_image(boxes.primary)
    except struct.error:
        raise PictureError(f"{name} is cut off or damaged; save or send it again.") from None
    for pixels, limit, what in ((coded, MAX_CODED_PIXELS, "decoded"), (moved, MAX_MOVED_PIXELS, "put together")):
        if pixels > limit:
            raise PictureError(
                f"{name} is a HEIC of which {pixels / 1e6:,.0f} megapixels would be {what}; at most {limit / 1e6:.0f} "
                "are. Save it as JPEG or PNG."
            )
    if decoded_bytes > MAX_DECODED_BYTES or work.bytes_read() > MAX_ITEM_BYTES:
        raise PictureError(f"{name} is a HEIC whose items are more than the file holds; save or send it again.")
