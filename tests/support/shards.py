"""Shards of items that are not there, what is read of them, and its rows."""

from core.bulk.asked import FileFormat
from core.bulk.items import Item
from core.bulk.part_files import parse_part
from core.bulk.shards import Shard, ShardTask
from tests.support.shard_process import part_of

UNREAD = "Reading it failed: as OpenCV says. It was passed over."
TASK = ShardTask(None, True, FileFormat.CSV, "fingerprint")


def shards(names=("a", "b", "c", "d"), count=3):
    return [Shard(number, tuple(Item(f"/{number}/{name}").to_line() for name in names)) for number in range(count)]


def rows(found):
    """The sources and errors of each shard, by its number."""
    return {
        shard.number: [(row["source"], row["error"]) for row in parse_part(part.data, FileFormat.CSV)]
        for shard, part in found
    }


def expected(given):
    return rows((shard, part_of(shard.lines, TASK)) for shard in given)
