"""The folder of a bulk reading: its manifest, the listing, the parts, and which of these are done."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from core.bulk.asked import Asked
from core.bulk.cutting import counting, digest_of, write_listing
from core.bulk.errors import BulkError
from core.bulk.items import Item
from core.bulk.listing import list_items
from core.bulk.manifest import MANIFEST, Listing, read_manifest, write_manifest
from core.bulk.part_files import Part, count_part
from core.bulk.shards import Shard
from core.storage.atomic import append_line, read_lines, remove_leftovers, replace_file
from core.storage.printable import to_printable

# Programs that take a folder of Parquet files for one table pass over names with a line or a dot before them.
_LISTING, _LOG, _LOCK, _WORKER_LOG = "_pictures.jsonl", "_parts.jsonl", ".lock", "_workers.log"
_LEFTOVERS = ".*.new"


class Done(NamedTuple):
    """A part that is written: how many files of the listing, rows, and rows of pictures that were not read it has."""

    pictures: int
    rows: int
    failed: int
    bytes: int


class PartsFolder:
    """A folder that one command fills with parts, and that the same command goes on with."""

    def __init__(self, folder: Path, asked: Asked) -> None:
        """Take the folder of what is asked for; nothing is read or made before `opened`."""
        self.folder, self._asked = folder, asked
        self.listing = Listing(0, "", (0,))
        self.done: dict[int, Done] = {}

    @property
    def worker_log(self) -> Path:
        """Return the file for what processes that read print."""
        return self.folder / _WORKER_LOG

    @property
    def name(self) -> str:
        """Return the path of the folder as text to show."""
        return to_printable(str(self.folder))

    def may_be_full(self) -> bool:
        """Return whether there are as many parts as shards were listed, so that perhaps nothing is left to read.

        Raises `BulkError` as `opened` does for what is seen without listing the sources, `OSError`.
        """
        self._check_is_free()
        values = read_manifest(self.folder) or {}
        with contextlib.suppress(ValueError, TypeError, KeyError):
            listing = Listing.from_values(values["listing"])
            return sum(1 for _ in self.folder.glob("part-*")) >= listing.shards
        return False

    @contextlib.contextmanager
    def opened(self, on_item: Callable[[], object]) -> Iterator[None]:
        """Make the folder or check that it is one of the same command, list the sources, and find the parts.

        While the context lasts no other command can open it. `on_item` is called for each picture that is listed.
        Raises `BulkError` with a sentence where the folder holds other things, the parts of another command, or the
        sources have changed since; `OSError`.
        """
        self._check_is_free()
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / _LOCK).acquire(timeout=0):
                self._open(on_item)
                yield
        except Timeout:
            raise BulkError(f"Another command reads into {self.name} now. Wait for it, or stop it.") from None

    def _check_is_free(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise BulkError(f"{self.name} is a file. Choose an empty or a new folder for the parts.")
        if not self.folder.exists() or (self.folder / MANIFEST).exists():
            return
        others = (each for each in self.folder.iterdir() if each.name != _LOCK and not each.match(_LEFTOVERS))
        if other := next(others, None):
            raise BulkError(
                f"{self.name} holds other things, such as {to_printable(other.name)}. Choose an empty or a new folder."
            )

    def _open(self, on_item: Callable[[], object]) -> None:
        remove_leftovers(self.folder, _LEFTOVERS)
        values = read_manifest(self.folder) or {}
        was_listed = any(self.folder.glob("part-*"))  # else nothing was read yet
        if was_listed and (differences := self._asked.differences(values.get("asked"))):
            raise BulkError(
                f"{self.name} holds the parts of another command: {'; '.join(differences)}. Choose another folder, or "
                "repeat that command."
            )
        items = counting(self._list_items(), on_item)
        if was_listed:
            self.listing = self._check_listing(values.get("listing"))
            found = digest_of(items)
            if found.text() != self.listing.digest:
                raise BulkError(
                    f"The sources have changed since {self.name} was begun: {self.listing.items:,} files then, "
                    f"{found.items:,} now. Choose another folder, or bring the sources back to what they were."
                )
        else:
            (self.folder / _LOG).unlink(missing_ok=True)
            write_manifest(self.folder, self._asked.to_values(), None)
            self.listing = write_listing(self.folder / _LISTING, items, self._asked.shard_pictures)
            if not self.listing.items:
                raise BulkError(f"There is no picture in {', '.join(map(to_printable, self._asked.sources[:3]))}.")
            write_manifest(self.folder, self._asked.to_values(), self.listing)
        self.done = self._find_done()

    def _list_items(self) -> Iterator[Item]:
        """Yield the items of the sources, without the files of this folder, which a glob may match."""
        inside = f"{self.folder}{os.sep}"
        return (item for item in list_items(self._asked.sources) if not item.source.startswith(inside))

    def _check_listing(self, values: Any) -> Listing:
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, OSError):
            listing = Listing.from_values(values)
            if (self.folder / _LISTING).stat().st_size == listing.offsets[-1]:
                return listing
        raise BulkError(f"The listing in {self.name} is damaged. Choose another folder, which lists the pictures anew.")

    def missing(self) -> Iterator[Shard]:
        """Yield the shards whose parts are not there, each read from the listing when it is asked for."""
        with open(self.folder / _LISTING, "rb") as file:
            for number in range(self.listing.shards):
                if number not in self.done:
                    yield Shard(number, tuple(self._lines(file, number)))

    def _lines(self, file: Any, number: int) -> Sequence[bytes]:
        begin, end = self.listing.offsets[number : number + 2]
        file.seek(begin)
        return file.read(end - begin).splitlines(keepends=True)

    def write(self, shard: Shard, part: Part) -> Done:
        """Write the part of a shard atomically, and note that it is done; raises `OSError`."""
        replace_file(self.folder / self._part_name(shard.number), lambda file: file.write(part.data))
        done = Done(len(shard.lines), part.rows, part.failed, len(part.data))
        self._note(shard.number, done)
        return done

    def _note(self, number: int, done: Done) -> None:
        append_line(self.folder / _LOG, {"shard": number, **done._asdict()})
        self.done[number] = done

    def _part_name(self, number: int) -> str:
        return f"part-{number:06}.{self._asked.format}"

    def _find_done(self) -> dict[int, Done]:
        """Return the parts that are whole; one that was written just before a kill is counted by its content."""
        noted, self.done = {}, {}
        for values in read_lines(self.folder / _LOG)[0]:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                noted[int(values["shard"])] = Done(*(int(values[name]) for name in Done._fields))
        with open(self.folder / _LISTING, "rb") as file:
            for number in range(self.listing.shards):
                path = self.folder / self._part_name(number)
                if not path.is_file():
                    continue
                if number in noted:
                    if path.stat().st_size == noted[number].bytes:
                        self.done[number] = noted[number]
                    continue
                with contextlib.suppress(ValueError):
                    part, pictures = count_part(path.read_bytes(), self._asked.format), len(self._lines(file, number))
                    if part.rows >= pictures:
                        self._note(number, Done(pictures, part.rows, part.failed, len(part.data)))
        return self.done
