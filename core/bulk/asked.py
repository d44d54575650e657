"""The sources and settings of a bulk reading: kept in its manifest, so that no other command mixes into its parts."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.bulk.errors import BulkError
from core.recognition.model_files import find_model

MAX_SHARD_PICTURES = 100_000
SENT_MODEL = "sent.keras"
"""The name of a network among the files of its model."""

_NAMES = {
    "sources": "the sources were {} and are {}",
    "single": "--single was {} and is {}",
    "format": "--format was {} and is {}",
    "shard_pictures": "--shard was {} and is {}",
    "model": "the model has changed: its fingerprint was {} and is {}",
}


class FileFormat(StrEnum):
    """The format of a part."""

    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True)
class Asked:
    """The sources and settings on which the parts depend; how many processes read them is none of these."""

    sources: tuple[str, ...]  # absolute paths, globs and addresses
    model: str  # the fingerprint of its files
    single: bool = False
    format: FileFormat = FileFormat.PARQUET
    shard_pictures: int = 500

    def __post_init__(self) -> None:
        """Raise `BulkError` for a shard of no or too many pictures."""
        if not 1 <= self.shard_pictures <= MAX_SHARD_PICTURES:
            raise BulkError(f"A shard has 1 to {MAX_SHARD_PICTURES:,} pictures, not {self.shard_pictures:,}.")

    def to_values(self) -> dict[str, Any]:
        """Return it as values for JSON."""
        return asdict(self) | {"sources": list(self.sources), "format": str(self.format)}

    def differences(self, values: object) -> list[str]:
        """Return in words what of the values of another one, or of anything, is not as here."""
        before = values if isinstance(values, dict) else {}
        return [
            text.format(_short(before.get(name)), _short(value))
            for name, value in self.to_values().items()
            if before.get(name) != value and (text := _NAMES[name])
        ]


def _short(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def model_files(path: Path | str | None) -> dict[str, bytes]:
    """Return the files by which a model reads, under names of their own: those of them that are there.

    They are the network, its card, its outlier score and the config of its run. path: what `Recognizer.load` takes.
    Raises `OSError`.
    """
    model = find_model(path)
    beside = {f"sent{suffix}": model.with_suffix(suffix) for suffix in (".json", ".npz")}
    beside["config.json"] = model.with_name("config.json")
    others = {name: file.read_bytes() for name, file in beside.items() if file.is_file()}
    return {SENT_MODEL: model.read_bytes()} | others


def fingerprint(files: Mapping[str, bytes]) -> str:
    """Return a hash of a model's files."""
    hashes = [f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in sorted(files.items())]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def absolute(sources: Sequence[str]) -> tuple[str, ...]:
    """Return sources that mean the same from any folder: paths and globs are absolute, file:// is a path."""
    found = (each.removeprefix("file://").removeprefix("local://") for each in sources)
    return tuple(each if "://" in each else str(Path.cwd() / each) for each in found)
