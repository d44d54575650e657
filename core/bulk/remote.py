"""Pictures at addresses that fsspec opens: s3://, gs://, https://, memory:// and others, as far as it is installed."""

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from core.bulk.errors import BulkError
from core.pictures.decoding import MAX_BYTES, SUFFIXES
from core.pictures.errors import PictureError
from core.pictures.file_names import natural_sort_key

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_CHANGED = ("ETag", "etag", "mtime", "LastModified", "updated", "created")  # the first that a place has
_MAX_WORDS = 300
_MAX_DEPTH = 100  # of folders within each other: a web server may answer at addresses without an end


def is_address(source: str) -> bool:
    """Return whether a source is an address; else it is a path or a glob on this machine."""
    return "://" in source


def find_files(address: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the address and what is known of each file at an address: a file, a folder with all below it, or a glob.

    Raises `BulkError` where fsspec or what it needs for the address is not installed, or nothing is there.
    """
    with _as_bulk_error(address):
        system, path = _system(address)
        if glob.has_magic(path):
            found: Any = system.glob(path, detail=True)
            system.invalidate_cache()
            if not found:
                raise FileNotFoundError(address)
        else:
            found = {path: system.info(path)}
    for name, info in sorted(found.items(), key=lambda each: natural_sort_key(each[0])):
        if info["type"] != "directory":
            yield system.unstrip_protocol(name), info
        elif "**" not in path:
            yield from _below(system, name, address)


def _below(system: "AbstractFileSystem", folder: str, address: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the files of a folder, then those of each folder in it; what one folder holds is in memory at a time."""
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise BulkError(f"{address} has folders within each other, more than {_MAX_DEPTH} deep. Name one of them.")
        found = _content(system, place, address)
        folders = [name for name, info in found if info["type"] == "directory"]
        waiting += [(name, depth + 1) for name in reversed(folders)]
        for name, info in found:
            if info["type"] != "directory" and Path(name).suffix.lower() in (*SUFFIXES, ".zip"):
                yield system.unstrip_protocol(name), info


def _content(system: "AbstractFileSystem", folder: str, address: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what is in a folder, in natural order, without hidden things; a place keeps no copy of it."""
    with _as_bulk_error(address):
        listed: Any = system.ls(folder, detail=True)
        system.invalidate_cache(folder)
        named = [(each["name"].rstrip("/"), each) for each in listed]
    found = [(name, info) for name, info in named if name != folder.rstrip("/") and not _base(name).startswith(".")]
    return sorted(found, key=lambda each: natural_sort_key(_base(each[0])))


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def changed(info: dict[str, Any]) -> str:
    """Return by what a change of a file is noticed, beside its size; '' where its place says nothing."""
    return next((str(info[name]) for name in _CHANGED if info.get(name)), "")


def read_state(address: str) -> str:
    """Return what is known now of a file by which a change is noticed, its size among it; raises `OSError` with words.

    The same question is asked whenever it is compared: what a folder's listing says of its files may be less.
    """
    try:
        system, path = _system(address)
        info = system.info(path)
    except Exception as error:  # as in read
        raise OSError(_words(error)) from error
    return f"{changed(info)}:{info.get('size')}"


def read(address: str) -> bytes:
    """Return the bytes of a file, at most one more than are read; raises `PictureError`."""
    try:
        with open_file(address) as file:
            return file.read(MAX_BYTES + 1)
    except Exception as error:  # a place may raise anything: errors of its service, of the network, of its library
        raise PictureError(f"cannot be opened: {_words(error)}.") from error


def open_file(address: str) -> BinaryIO:
    """Return an open file, in which one can seek; raises `OSError` with words."""
    try:
        system, path = _system(address)
        return cast(BinaryIO, system.open(path, "rb"))
    except Exception as error:  # as in read
        raise OSError(_words(error)) from error


def _system(address: str) -> "tuple[AbstractFileSystem, str]":
    from fsspec.core import url_to_fs

    return url_to_fs(address)


@contextmanager
def _as_bulk_error(address: str) -> Iterator[None]:
    """Raise whatever an address raises as a `BulkError`."""
    try:
        yield
    except (BulkError, GeneratorExit):
        raise
    except FileNotFoundError:
        raise BulkError(f"There is nothing at {address}. Check the address.") from None
    except ImportError as error:
        advice = "Install what is missing with pip, and try again."
        raise BulkError(f"{address} cannot be opened: {_words(error)}. {advice}") from None
    except Exception as error:  # as in read
        raise BulkError(f"{address} cannot be opened: {_words(error)}.") from error


def _words(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words[:_MAX_WORDS].rstrip(".")
