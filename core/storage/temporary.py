"""Temporary folders that are removed when their process ends, or, where it was killed, by the next one."""

import atexit
import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

import psutil

_PREFIX = "digit-studio-"
_NAME = re.compile(rf"{_PREFIX}(\d+)-(\d+)-.*")


def make_folder() -> Path:
    """Return a new temporary folder, which is removed when this process ends; raises `OSError`.

    Its name has the id and the start of the process, by which `remove_leftovers` knows whether that still runs.
    """
    process = psutil.Process()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{process.pid}-{_started(process)}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def remove_leftovers() -> None:
    """Remove this user's temporary folders of earlier processes that were killed; skip what cannot be removed."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for each in list(entries):
            found = _NAME.fullmatch(each.name)
            if found and _is_ours(each) and not _is_running(int(found[1]), int(found[2])):
                shutil.rmtree(each.path, ignore_errors=True)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        is_folder = entry.is_dir(follow_symlinks=False)
        return is_folder and (os.name == "nt" or entry.stat(follow_symlinks=False).st_uid == os.getuid())
    return False


def _is_running(pid: int, started: int) -> bool:
    try:
        return abs(_started(psutil.Process(pid)) - started) <= 2  # a process's start moves when the clock is set
    except psutil.NoSuchProcess:
        return False
    except (psutil.Error, OverflowError, ValueError):
        return True


def _started(process: psutil.Process) -> int:
    """Return when a process was started, in seconds since 1970."""
    return int(process.create_time())
