"""JSON that anybody may have written: read up to a limit, its texts cleaned of what cannot be shown."""

import json
import re
from pathlib import Path
from typing import Any

MAX_FILE_BYTES = 4 * 1024**2

_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class TooLongError(ValueError):
    """A file that is longer than what is read; the text gives both sizes."""


def clean_text(text: str) -> str:
    """Return a text with lone surrogates, controls but tab and line break, and marks of direction replaced."""
    return _UNSHOWABLE.sub("\ufffd", text)


def clean_value(value: Any) -> Any:
    """Return a value of JSON with all its texts cleaned, names of fields too."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean_value(each) for each in value]
    if isinstance(value, dict):
        return {clean_text(name): clean_value(each) for name, each in value.items()}
    return value


def parse_json(data: bytes) -> Any:
    """Return the cleaned value of a JSON text in UTF-8; raises `ValueError` or `RecursionError`."""
    value = json.loads(data)
    # Only an escape or a byte beyond ASCII can stand for what has to be cleaned, and deletion (DEL).
    return clean_value(value) if b"\\" in data or b"\x7f" in data or not data.isascii() else value


def read_limited(path: Path, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return a file's content; raises `OSError`, and `TooLongError` where it has more than `max_bytes`."""
    with open(path, "rb") as file:
        data = file.read(max_bytes + 1)
        if len(data) > max_bytes:
            found = max(path.stat().st_size, max_bytes + 1) / 1024**2
            raise TooLongError(f"it has {found:,.1f} MB, and at most {max_bytes / 1024**2:,.0f} MB are read.")
    return data
