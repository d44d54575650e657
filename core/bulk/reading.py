"""A bulk reading from its folder to its end: what is missing is read, locally or on a cluster, and written."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from core.bulk.part_files import Part
from core.bulk.parts_folder import Done, PartsFolder
from core.bulk.shards import Shard

ReadShards = Callable[[Iterator[Shard]], Generator[tuple[Shard, Part], None, None]]
"""Takes shards and returns an iterator of each with its part, as they are finished."""


@dataclass(frozen=True)
class Summary:
    """The result of a bulk reading."""

    parts: int
    pictures: int  # files that were listed, members of ZIPs among them
    rows: int  # a document has one for each page
    failed: int  # rows of what could not be read
    read_now: int  # pictures of this command, without those of parts that were there
    seconds: float  # of this command

    def to_values(self) -> dict[str, Any]:
        """Return it as values for JSON, with the pictures a second of this command."""
        rate = self.read_now / self.seconds if self.seconds else 0.0
        return asdict(self) | {"seconds": round(self.seconds, 3), "pictures_per_s": round(rate, 1)}


def fill(folder: PartsFolder, read: ReadShards, on_done: Callable[[Done], object]) -> Summary:
    """Read and write the parts that an opened folder lacks; call `on_done` after each. Raises what `read` does."""
    began, read_now = time.monotonic(), 0
    if len(folder.done) < folder.listing.shards:
        with closing(read(folder.missing())) as parts:
            for shard, part in parts:
                done = folder.write(shard, part)
                read_now += done.pictures
                on_done(done)
    all_done = folder.done.values()
    return Summary(
        parts=len(all_done),
        pictures=sum(each.pictures for each in all_done),
        rows=sum(each.rows for each in all_done),
        failed=sum(each.failed for each in all_done),
        read_now=read_now,
        seconds=time.monotonic() - began,
    )
