"""A shard: the lines of a listing that become one part, and how they are read in a process that has a reader."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from core.bulk.asked import FileFormat, fingerprint, model_files
from core.bulk.items import parse_items
from core.bulk.opening import Packed, open_items, open_packed
from core.bulk.part_files import Part, make_part
from core.bulk.rows import error_row, read_rows
from core.networks.safe_loading import ModelError
from core.storage.os_errors import error_text

if TYPE_CHECKING:
    from core.recognition.recognizer import Recognizer

CRASHED = "The process that read it was ended twice, by the picture or for want of memory; it was passed over."


@dataclass(frozen=True)
class Shard:
    """Some lines of a listing, which become the part of that number."""

    number: int
    lines: tuple[bytes, ...]

    def halves(self) -> "tuple[Shard, Shard]":
        """Return its first and second half; a shard of one line has none."""
        middle = len(self.lines) // 2
        return Shard(self.number, self.lines[:middle]), Shard(self.number, self.lines[middle:])


class Unread(NamedTuple):
    """The result of a shard that cannot be read: at least one of its pictures is the cause, or it is too large."""

    reason: str  # a sentence, for the row of a picture that stands alone


@dataclass(frozen=True)
class ShardTask:
    """The way in which shards are read: by which model, in which mode, into which format."""

    model: str | None  # what `Recognizer.load` takes
    single: bool
    format: FileFormat
    fingerprint: str  # of the model's files when the reading began

    def to_json(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "ShardTask":
        """Return the task of `to_json`."""
        values = json.loads(text)
        return cls(values["model"], values["single"], FileFormat(values["format"]), values["fingerprint"])


def load_task_reader(task: ShardTask) -> "Recognizer":
    """Return the recognizer of a task; raises `ModelError` where it cannot be loaded, or has changed meanwhile."""
    reader = load_reader(task.model)
    if fingerprint(model_files(task.model)) != task.fingerprint:  # asked after it is loaded: it may change meanwhile
        raise ModelError(
            "The model has changed while pictures were read by it. What was read is kept: bring the model back to what "
            "it was and repeat the command, or choose another folder"
        )
    return reader


def load_reader(model: Path | str | None) -> "Recognizer":
    """Return the recognizer of a model in a process that reads with one thread; raises `ModelError`."""
    limit_threads()
    from core.recognition.recognizer import Recognizer

    return Recognizer.load(model)


def limit_threads() -> None:
    """Let OpenCV and TensorFlow use one thread each, where TensorFlow has not begun with more."""
    import cv2

    from core.networks.builder import import_keras

    cv2.setNumThreads(1)
    import_keras()
    import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:  # it has computed something already
        return


def read_shard(reader: "Recognizer", lines: Sequence[bytes], task: ShardTask) -> Part:
    """Return the part of a shard whose files this process opens."""
    return make_part(read_rows(reader, open_items(parse_items(lines)), task.single), task.format)


def read_packed(reader: "Recognizer", packed: Sequence[Packed], task: ShardTask) -> Part:
    """Return the part of a shard whose files were sent."""
    return make_part(read_rows(reader, open_packed(packed), task.single), task.format)


def read_or_say_why(read: Callable[[], Part]) -> Part | Unread:
    """Return what `read` does, or the sentence on the error that it raises: of OpenCV, for want of memory, any."""
    try:
        return read()
    except Exception as error:
        return Unread(f"Reading it failed: {error_words(error)}. It was passed over.")


def error_words(error: Exception) -> str:
    """Return what an error says, without a full stop; one that says nothing is named."""
    return " ".join(error_text(error).split()).rstrip(".") or type(error).__name__


def error_part(shard: Shard, task: ShardTask, error: str) -> Part:
    """Return the part of items that cannot be read, with a sentence on why."""
    return make_part([error_row(item.source, None, error) for item in parse_items(shard.lines)], task.format)
