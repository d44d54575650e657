"""The task of a bulk reading on a cluster: a worker reads a shard by a reader that it loads once."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.bulk.asked import SENT_MODEL, fingerprint, model_files
from core.bulk.opening import Packed
from core.bulk.part_files import Part
from core.bulk.shards import ShardTask, Unread, load_reader, read_or_say_why, read_packed, read_shard
from core.storage.temporary import make_folder

if TYPE_CHECKING:
    from core.recognition.recognizer import Recognizer

_one_at_a_time = threading.Lock()  # a worker may have several threads
_readers: "dict[str, Recognizer]" = {}


def read_task(
    shard: Sequence[bytes] | Sequence[Packed], task: ShardTask, model: str, files: Mapping[str, bytes] | None
) -> Part | Unread | None:
    """Return the result of a shard, whose files were sent or lie where this machine can open them.

    model: the fingerprint of the model. files: its files; without them, None is returned where this worker has not got
    it. Raises `ModelError`, `OSError`.
    """
    with _one_at_a_time:
        reader = _find_reader(model, files)
        if reader is None:
            return None
        packed = [each for each in shard if isinstance(each, Packed)]
        if packed:
            return read_or_say_why(lambda: read_packed(reader, packed, task))
        lines = [each for each in shard if isinstance(each, bytes)]
        return read_or_say_why(lambda: read_shard(reader, lines, task))


def _find_reader(model: str, files: Mapping[str, bytes] | None) -> "Recognizer | None":
    if model not in _readers:
        path = _write(files) if files else None
        if path is None and model != _shipped():
            return None
        _readers.clear()  # of an earlier command
        _readers[model] = load_reader(path)
    return _readers[model]


def _write(files: Mapping[str, bytes]) -> Path:
    """Write a model into a folder of this process, and return its path."""
    folder = make_folder()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder / SENT_MODEL


@lru_cache
def _shipped() -> str:
    """Return the fingerprint of the model that comes with the project."""
    return fingerprint(model_files(None))


def without_path(task: ShardTask) -> ShardTask:
    """Return the task for a worker, which knows the model by its fingerprint alone."""
    return replace(task, model=None)
