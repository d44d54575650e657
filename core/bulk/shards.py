"""A shard: the lines of a listing that become one part, and how they are read in a process that has a reader."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.bulk.asked import FileFormat
from core.bulk.items import parse_items
from core.bulk.opening import Packed, open_items, open_packed
from core.bulk.part_files import Part, make_part
from core.bulk.rows import error_row, read_rows

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


@dataclass(frozen=True)
class ShardTask:
    """The way in which shards are read: by which model, in which mode, into which format."""

    model: str | None  # what `Recognizer.load` takes
    single: bool
    format: FileFormat

    def to_json(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "ShardTask":
        """Return the task of `to_json`."""
        values = json.loads(text)
        return cls(values["model"], values["single"], FileFormat(values["format"]))


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


def crashed_part(shard: Shard, task: ShardTask) -> Part:
    """Return the part of items that ended the processes that read them."""
    return make_part([error_row(item.source, None, CRASHED) for item in parse_items(shard.lines)], task.format)
