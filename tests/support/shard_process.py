"""A process that answers shards without a network: a source that holds "crash" ends it, "raise" is an error."""

import os
import sys

from core.bulk.items import parse_items
from core.bulk.part_files import make_part
from core.bulk.reading_process import answer
from core.bulk.rows import error_row
from core.bulk.shards import ShardTask


class UnusualError(Exception):
    """As a library may raise, of no kind that is expected."""


def part_of(lines, task):
    """Return a part whose rows name the items, in order."""
    return make_part([error_row(item.source, None, "as a test") for item in parse_items(lines)], task.format)


def main(task_text):
    """Answer shards until the standard input is closed."""
    task, output = ShardTask.from_json(task_text), os.fdopen(os.dup(1), "wb")

    def load():
        if task.model == "refuse":
            os._exit(1)
        if task.model:
            raise UnusualError("The model is damaged.")

    def read(lines):
        if any(b"crash" in line for line in lines):
            os._exit(1)
        if any(b"raise" in line for line in lines):
            raise UnusualError("as OpenCV says")
        return part_of(lines, task)

    answer(sys.stdin.buffer, output, load, lambda reader, lines: read(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
