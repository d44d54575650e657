"""The pictures of sources, one after the other: of folders, ZIPs, globs and addresses; none is opened but ZIPs."""

import glob
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from core.bulk import remote
from core.bulk.errors import BulkError
from core.bulk.items import Item
from core.bulk.zip_members import zip_items
from core.pictures.decoding import SUFFIXES
from core.pictures.file_names import natural_sort_key
from core.pictures.zip_archives import is_zip
from core.storage.os_errors import os_reason

_SUFFIXES = (*SUFFIXES, ".zip")
_SORTED_ENTRIES = 100_000  # of a folder are sorted at a time, so that one of millions needs little memory


def list_items(sources: Iterable[str]) -> Iterator[Item]:
    """Yield the items of sources as `absolute` returns them, each when it is found.

    A folder is searched with all below it, hidden files and folders and links to folders left out, in natural order of
    the names, of 100,000 at a time. What cannot be opened is an item with a note. Raises `BulkError` where there is
    nothing at a source, or an address cannot be opened.
    """
    for source in sources:
        if remote.is_address(source):
            yield from _remote_items(source)
        elif os.path.lexists(source):
            yield from _path_items(source)
        elif glob.has_magic(source):
            yield from _glob_items(source)
        else:
            raise BulkError(f"There is nothing at {source}. Check the path.")


def _remote_items(address: str) -> Iterator[Item]:
    for name, info in remote.find_files(address):
        if is_zip(name, b""):
            yield from zip_items(name)
        else:
            yield Item(name, info.get("size") or 0, remote.changed(info))


def _glob_items(pattern: str) -> Iterator[Item]:
    """Yield what matches; a folder is searched, but for one of `**`, whose files match by themselves."""
    matches = glob.iglob(pattern, recursive=True)  # noqa: PTH207 - Path.glob matches hidden files too
    block = list(islice(matches, _SORTED_ENTRIES))
    if not block:
        raise BulkError(f"Nothing matches {pattern}. Check the pattern.")
    while block:
        for path in sorted(block, key=natural_sort_key):
            if not Path(path).is_dir():
                yield from _named_file_items(path)
            elif "**" not in pattern:
                yield from _folder_items(path)
        block = list(islice(matches, _SORTED_ENTRIES))


def _path_items(path: str) -> Iterator[Item]:
    return _folder_items(path) if Path(path).is_dir() else _named_file_items(path)


def _folder_items(folder: str) -> Iterator[Item]:
    waiting = [_visible_entries(folder)]
    while waiting:  # a stack, and no recursion: a path may lead through more folders than Python's calls may be deep
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif isinstance(entry, Item):
            yield entry
        elif _is_folder(entry):
            waiting.append(_visible_entries(entry.path))
        elif entry.name[entry.name.rfind(".") :].lower() in _SUFFIXES:
            yield from _file_items(entry.path, entry.stat)


def _visible_entries(folder: str) -> Iterator[os.DirEntry[str] | Item]:
    try:
        with os.scandir(folder) as entries:
            visible = (each for each in entries if not each.name.startswith("."))
            block = list(islice(visible, _SORTED_ENTRIES))
            while len(block) == _SORTED_ENTRIES:
                yield from sorted(block, key=lambda each: natural_sort_key(each.name))
                block = list(islice(visible, _SORTED_ENTRIES))
        # The folder is closed by now: of nested folders not all may be open at a time.
        yield from sorted(block, key=lambda each: natural_sort_key(each.name))
    except OSError as error:
        yield Item(folder, note=f"cannot be opened: {os_reason(error)}.")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _named_file_items(path: str) -> Iterator[Item]:
    """Yield the items of a file that is named itself: one that starts as a ZIP does is one."""
    return _file_items(path, Path(path).stat, check_start=True)


def _file_items(path: str, read_state: Callable[[], os.stat_result], check_start: bool = False) -> Iterator[Item]:
    """Yield the item of a file, or those of the ZIP that it is by its name or, with `check_start`, by its first bytes.

    What is no file, a pipe for instance, is not opened: that would block.
    """
    try:
        state = read_state()
        if not stat.S_ISREG(state.st_mode):
            yield Item(path, note="is not a file.")
            return
        is_archive = is_zip(path, _start(path) if check_start else b"")
    except OSError as error:
        yield Item(path, note=f"cannot be opened: {os_reason(error)}.")
        return
    if is_archive:
        yield from zip_items(path)
    else:
        yield Item(path, state.st_size, f"{state.st_mtime_ns}")


def _start(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(4)
