"""The task of a bulk reading on a cluster: a worker reads a shard by a reader that it keeps."""

import shutil
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from core.bulk.asked import SENT_MODEL, fingerprint, model_files
from core.bulk.opening import Packed
from core.bulk.part_files import Part
from core.bulk.shards import ShardTask, Unread, load_reader, read_or_say_why, read_packed, read_shard
from core.cluster.connection import ClusterError
from core.cluster.source_version import VERSION
from core.storage.recent_slots import RecentSlots
from core.storage.temporary import make_folder

if TYPE_CHECKING:
    from core.recognition.recognizer import Recognizer

MAX_READERS = 3
"""So many models stay loaded in a worker: several readings may go on at a time."""

_one_at_a_time = threading.Lock()  # a worker may have several threads
_readers: "RecentSlots[str, Recognizer]" = RecentSlots(MAX_READERS)


def read_task(
    shard: Sequence[bytes] | Sequence[Packed],
    task: ShardTask,
    files: Mapping[str, bytes] | None,
    version: str,
) -> Part | Unread | None:
    """Return the result of a shard, whose files were sent or lie where this machine can open them.

    files: those of the model; without them, None is returned where this worker has not got it. version: that of the
    code that asks. Raises `ClusterError` where this worker has another one, `ModelError`, `OSError`.
    """
    _check_version(version)
    with _one_at_a_time:
        reader = _find_reader(task.fingerprint, files)
        if reader is None:
            return None
        packed = [each for each in shard if isinstance(each, Packed)]
        if packed:
            return read_or_say_why(lambda: read_packed(reader, packed, task))
        lines = [each for each in shard if isinstance(each, bytes)]
        return read_or_say_why(lambda: read_shard(reader, lines, task))


def _check_version(version: str) -> None:
    """Check what was checked of the workers that were there when the reading began: others join later."""
    if version != VERSION:
        raise ClusterError(
            f"The worker on {socket.gethostname()} has another version of this project ({VERSION}; this program has "
            f"{version}), whose results may differ. Bring both to the same version, and start the worker again."
        )


def _find_reader(model: str, files: Mapping[str, bytes] | None) -> "Recognizer | None":
    slot = _readers.slot(model)
    if slot.value is None and files:
        slot.value = _load_sent(files)
    elif slot.value is None and model == _shipped():
        slot.value = load_reader(None)
    return slot.value


def _load_sent(files: Mapping[str, bytes]) -> "Recognizer":
    """Return the reader of a model, whose files are on the disk only while it is loaded."""
    folder = make_folder()
    try:
        for name, data in files.items():
            (folder / name).write_bytes(data)
        return load_reader(folder / SENT_MODEL)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@lru_cache
def _shipped() -> str:
    """Return the fingerprint of the model that comes with the project."""
    return fingerprint(model_files(None))


def without_path(task: ShardTask) -> ShardTask:
    """Return the task for a worker, which knows the model by its fingerprint alone."""
    return replace(task, model=None)
