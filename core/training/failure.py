"""The sentence with which a training that failed says why."""

import errno

from core.storage.os_errors import error_text


def failure_text(error: Exception) -> str:
    """Return what ended a training, in words, and what to do about it."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "No space is left on the disk. Free some, then press Resume: the run goes on."
    if isinstance(error, MemoryError):
        return "The machine's memory did not suffice. Use a smaller network or smaller batches."
    return error_text(error) or type(error).__name__
