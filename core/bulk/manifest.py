"""The manifest of a folder of parts: what was asked for, and once it is known, which pictures and shards there are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.bulk.errors import BulkError
from core.storage.atomic import replace_file
from core.storage.json_files import TooLongError, read_limited
from core.storage.printable import to_printable

MANIFEST = "_manifest.json"
_KIND, _VERSION = "digit-studio-bulk-reading", 1
_MAX_BYTES = 64 * 1024**2  # of a million shards


@dataclass(frozen=True)
class Listing:
    """The pictures of the sources as they were listed, and where in the listing each shard begins."""

    items: int
    digest: str  # of all items, in whatever order
    offsets: tuple[int, ...]  # bytes into the listing, of each shard and of the end

    @property
    def shards(self) -> int:
        """Return how many shards there are."""
        return len(self.offsets) - 1

    def to_values(self) -> dict[str, Any]:
        """Return it as values for JSON."""
        return {"pictures": self.items, "digest": self.digest, "shards": self.shards, "offsets": self.offsets}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Listing":
        """Return the listing of `to_values`; raises `ValueError`, `KeyError` or `TypeError`."""
        found = cls(int(values["pictures"]), str(values["digest"]), tuple(map(int, values["offsets"])))
        if not found.offsets or found.offsets[0] or not _rises(found.offsets):
            raise ValueError("shards that do not follow each other")
        return found


def _rises(numbers: Sequence[int]) -> bool:
    return all(before < after for before, after in zip(numbers, numbers[1:], strict=False))


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the values of a folder's manifest; None where it has none.

    Raises `BulkError` where it is not one, `OSError`.
    """
    path = folder / MANIFEST
    try:
        values = json.loads(read_limited(path, _MAX_BYTES))
        if values["kind"] == _KIND and values["version"] == _VERSION:
            return values
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, RecursionError, TooLongError):
        pass
    raise BulkError(
        f"{to_printable(str(path))} is not the manifest of a reading by this version. Choose an empty or a new folder."
    )


def write_manifest(folder: Path, asked: Mapping[str, Any], listing: Listing | None) -> None:
    """Write what is asked for and, once they are known, the shards; raises `OSError`."""
    values = {"kind": _KIND, "version": _VERSION, "asked": asked, "listing": listing and listing.to_values()}
    replace_file(folder / MANIFEST, lambda file: file.write(json.dumps(values).encode()))
