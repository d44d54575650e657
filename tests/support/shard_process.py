"""A process that answers shards without a network: a source that holds "crash" ends it."""

import os
import sys

from core.bulk.items import parse_items
from core.bulk.part_files import make_part
from core.bulk.pipes import read_message, write_message
from core.bulk.reading_process import READY, encode
from core.bulk.rows import error_row
from core.bulk.shards import ShardTask


def part_of(lines, task):
    """Return a part whose rows name the items, in order."""
    return make_part([error_row(item.source, None, "as a test") for item in parse_items(lines)], task.format)


def main(task_text):
    """Answer shards until the standard input is closed."""
    task, output = ShardTask.from_json(task_text), os.fdopen(os.dup(1), "wb")
    if task.model == "refuse":
        os._exit(1)
    if task.model == "damaged":
        write_message(output, b'{"error": "The model is damaged."}\n')
        return
    write_message(output, READY)
    while (message := read_message(sys.stdin.buffer)) is not None:
        if b"crash" in message:
            os._exit(1)
        write_message(output, encode(part_of(message.splitlines(keepends=True), task)))


if __name__ == "__main__":
    main(*sys.argv[1:])
