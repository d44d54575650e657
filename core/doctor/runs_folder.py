"""Checks of the folder of all runs: whether it can be written to, how much room it has, and the limits on it."""

import shutil
import tempfile
import time
from pathlib import Path

from filelock import FileLock, Timeout

from core.config.field_spec import ConfigError
from core.config.server_settings import ServerSettings, variable
from core.doctor.finding import Finding, bad, ok, warn
from core.storage.os_errors import describe_os_error
from core.storage.printable import to_printable

_ROOMY = 4  # times the free space without which no run is filed
_CLOCK_SLACK_S = 60.0
_CHOOSE_ANOTHER = "Give the app another folder: DIGIT_STUDIO_HOME=/path/to/folder"


def check_settings() -> Finding:
    """Return whether the environment variables of the server's limits are numbers."""
    try:
        ServerSettings.from_environment()
    except ConfigError as error:
        return bad("Settings", str(error), "Correct the variable, or leave it out.")
    return ok("Settings", "the limits of the server are whole numbers.")


def check_runs_folder(root: Path) -> list[Finding]:
    """Return findings of the folder of all runs: writing, locking, its clock, and the free space on its disk.

    Where there is none yet, they are of the folder in which it would be made. A file that is written is removed again.
    """
    shown = to_printable(str(root))
    try:
        there = next((folder for folder in (root, *root.parents) if folder.exists()), root)
        if not there.is_dir():
            return [bad("Runs folder", f"{to_printable(str(there))} is a file.", _CHOOSE_ANOTHER)]
        written = _write(there)
    except OSError as error:
        return [bad("Runs folder", f"{shown} cannot be written to: {describe_os_error(error)}", _CHOOSE_ANOTHER)]
    new = "" if there == root else ", which will be made"
    writing = ok("Runs folder", f"{shown}{new}; it can be written to.")
    return [writing, *filter(None, (_check_lock(there), _check_its_clock(written))), _check_space(there)]


def _write(folder: Path) -> float:
    """Write a file into a folder and remove it; return its time as the file system gives it. Raises `OSError`."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
        file.write(bytes(4096))
        file.flush()
        return Path(file.name).stat().st_mtime


def _check_lock(folder: Path) -> Finding | None:
    """Return what is wrong with locks in a folder, None where nothing is."""
    path = folder / ".doctor.lock"
    try:
        with FileLock(path).acquire(timeout=0):
            pass
    except Timeout:
        return None  # another doctor holds it
    except (OSError, NotImplementedError) as error:
        text = f"its file system cannot lock files ({error}), so two trainings could run at once."
        return bad("Runs folder", text, f"{_CHOOSE_ANOTHER}, on a disk of this machine.")
    finally:
        path.unlink(missing_ok=True)
    return None


def _check_its_clock(written: float) -> Finding | None:
    apart_s = abs(time.time() - written)
    if apart_s <= _CLOCK_SLACK_S:
        return None
    text = f"the clock of its file system is {apart_s:.0f} s apart from this machine's."
    return warn("Runs folder", text, "Set both by a time server (NTP): runs are put in order by their times.")


def _check_space(folder: Path) -> Finding:
    free_mb = shutil.disk_usage(folder).free // 1024**2
    try:
        least = ServerSettings.from_environment().min_free_mb
    except ConfigError:
        least = ServerSettings.min_free_mb
    text = f"{free_mb:,} MB are free"
    if free_mb < least:
        advice = f"Make room; {variable('min_free_mb')} is the limit."
        return bad("Disk", f"{text}; a run is filed only where {least:,} are.", advice)
    if free_mb < _ROOMY * least:
        return warn("Disk", f"{text}; below {least:,} no run is filed.", "Make room soon: a run takes 1 to 20 MB.")
    return ok("Disk", f"{text}.")


def check_temporary_folder() -> Finding:
    """Return whether there is a folder for temporary files, into which models are exported and bundles unpacked."""
    try:
        folder = tempfile.gettempdir()
        _write(Path(folder))
    except OSError as error:
        text = f"no folder for them can be written to: {describe_os_error(error)}"
        return bad("Temporary files", text, "Name one that can be: TMPDIR=/path/to/folder")
    return ok("Temporary files", f"in {to_printable(folder)}.")
