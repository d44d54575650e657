"""The process that reads shards: their lines come through its standard input, their parts go to its standard output.

`python -m core.bulk.reading_process TASK` ends when its standard input is closed. TASK is JSON, see `ShardTask`.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import BinaryIO, TypeVar

from core.bulk.part_files import Part
from core.bulk.shards import ShardTask, Unread, error_words, load_task_reader, read_or_say_why, read_shard
from core.storage.messages import read_message, write_message

READY = b"ready"
_Reader = TypeVar("_Reader")


def main(task_text: str) -> int:
    """Read shards until there are no more, or nobody wants them; return the exit code of the process."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part
    task = ShardTask.from_json(task_text)
    answer(
        sys.stdin.buffer,
        output,
        lambda: load_task_reader(task),
        lambda reader, lines: read_shard(reader, lines, task),
    )
    return 0


def answer(
    requests: BinaryIO,
    output: BinaryIO,
    load: Callable[[], _Reader],
    read: Callable[[_Reader, Sequence[bytes]], Part],
) -> None:
    """Load a reader, then answer each shard with its part or the reason why it has none, until there are no more."""
    with contextlib.suppress(BrokenPipeError):
        try:
            reader = load()
        except Exception as error:
            write_message(output, json.dumps({"error": f"{error_words(error)}."}).encode())
            return
        write_message(output, READY)
        while (message := read_message(requests)) is not None:
            lines = message.splitlines(keepends=True)
            write_message(output, encode(read_or_say_why(lambda lines=lines: read(reader, lines))))


def encode(found: Part | Unread) -> bytes:
    """Return the result of a shard as a message."""
    if isinstance(found, Unread):
        return json.dumps({"unread": found.reason}).encode()
    return json.dumps({"rows": found.rows, "failed": found.failed}).encode() + b"\n" + found.data


def decode(message: bytes) -> Part | Unread:
    """Return the result of a message; raises `RuntimeError` with the sentence of a process that cannot read at all."""
    head, _, data = message.partition(b"\n")
    values = json.loads(head)
    if "error" in values:
        raise RuntimeError(values["error"])
    if "unread" in values:
        return Unread(values["unread"])
    return Part(values["rows"], values["failed"], data)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
