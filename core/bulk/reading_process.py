"""The process that reads shards: their lines come through its standard input, their parts go to its standard output.

`python -m core.bulk.reading_process TASK` ends when its standard input is closed. TASK is JSON, see `ShardTask`.
"""

import contextlib
import json
import os
import sys

from core.bulk.part_files import Part
from core.bulk.pipes import read_message, write_message
from core.bulk.shards import ShardTask, load_reader, read_shard
from core.storage.os_errors import error_text

READY = b"ready"


def main(task_text: str) -> int:
    """Read shards until there are no more, or nobody wants them; return the exit code of the process."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part
    task = ShardTask.from_json(task_text)
    with contextlib.suppress(BrokenPipeError):
        try:
            reader = load_reader(task.model)
            write_message(output, READY)
            while (message := read_message(sys.stdin.buffer)) is not None:
                write_message(output, encode(read_shard(reader, message.splitlines(keepends=True), task)))
        except (OSError, RuntimeError, ValueError) as error:
            write_message(output, json.dumps({"error": error_text(error)}).encode() + b"\n")
    return 0


def encode(part: Part) -> bytes:
    """Return a part as a message."""
    return json.dumps({"rows": part.rows, "failed": part.failed}).encode() + b"\n" + part.data


def decode(message: bytes) -> Part:
    """Return the part of a message; raises `RuntimeError` with the sentence of a process that could not read."""
    head, _, data = message.partition(b"\n")
    values = json.loads(head)
    if "error" in values:
        raise RuntimeError(values["error"])
    return Part(values["rows"], values["failed"], data)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
