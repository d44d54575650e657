"""An item of a listing: a file, an address or a member of a ZIP, as one line of JSON."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from core.bulk.errors import BulkError
from core.pictures.decoding import MAX_BYTES

_DEFAULTS = {"size": 0, "changed": "", "member": None, "note": ""}
_PDF_WEIGHT = 20


@dataclass(frozen=True)
class Item:
    """A file that may hold a picture or a document; with a `note`, one that cannot be opened, and why."""

    source: str  # an absolute path, or an address with ://
    size: int = 0  # bytes, of the file or the unpacked member
    changed: str = ""  # when the file, or the ZIP, was changed last, in whatever form its place gives it
    member: int | None = None  # which entry of the ZIP at `source`
    note: str = ""

    @property
    def is_fetched(self) -> bool:
        """Return whether it is a file at an address, whose bytes whoever reads it fetches."""
        return "://" in self.source and self.member is None and not self.note

    @property
    def weight(self) -> int:
        """Return as how many pictures it counts in a shard: a PDF may have many pages."""
        return _PDF_WEIGHT if self.source.lower().endswith(".pdf") else 1

    @property
    def read_bytes(self) -> int:
        """Return how many bytes of it are read at most."""
        return min(self.size, MAX_BYTES + 1)

    def to_line(self) -> bytes:
        """Return it as JSON and a line break; what is empty is left out."""
        values = {name: value for name, value in vars(self).items() if value != _DEFAULTS.get(name)}
        return json.dumps(values, separators=(",", ":")).encode() + b"\n"


def parse_items(lines: Iterable[bytes]) -> list[Item]:
    """Return the items of lines; raises `BulkError` for one that `to_line` did not make."""
    try:
        return [Item(**json.loads(line)) for line in lines]
    except (ValueError, TypeError, RecursionError):
        raise BulkError(
            "The listing of a bulk reading is damaged. Read into another folder, which lists the pictures anew."
        ) from None
