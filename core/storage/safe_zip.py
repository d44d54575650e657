"""ZIP archives from anyone: their limits are checked before a directory is read or a member unpacked."""

import zipfile

MAX_ENTRIES = 1000
"""How many entries an archive may have."""

ALLOWED_METHODS = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
"""The methods whose unpacking zipfile can bound: a bzip2 entry of a few bytes can take gigabytes in one read."""

_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_END_BYTES, _END_64_BYTES = 22, 20
_ARCHIVE_STARTS = b"PK\x03\x04", _END
_DIRECTORY_ENTRY = b"PK\x01\x02"


def starts_like_zip(start: bytes) -> bool:
    """Return whether these are the first bytes of a ZIP archive (four are enough)."""
    return start.startswith(_ARCHIVE_STARTS)


def has_too_many_entries(data: bytes, limit: int = MAX_ENTRIES) -> bool:
    """Return whether an archive may hold more than `limit`, without reading its directory, which takes memory."""
    return data.count(_DIRECTORY_ENTRY, *_directory_range(data)) > limit


def is_encrypted(info: zipfile.ZipInfo) -> bool:
    """Return whether a member is protected by a password."""
    return bool(info.flag_bits & 1)


def is_allowed(info: zipfile.ZipInfo) -> bool:
    """Return whether a member is unencrypted and compressed by one of the `ALLOWED_METHODS`."""
    return not is_encrypted(info) and info.compress_type in ALLOWED_METHODS


def _directory_range(data: bytes) -> tuple[int, int]:
    """Return the first byte and the end of the directory that zipfile would read.

    It lies right before the end record and is as long as that record says. Where there is a comment or a second end
    record (ZIP64), whose sizes may contradict each other, the range is all of the archive.
    """
    end = len(data) - _END_BYTES
    has_plain_end = data.startswith(_END, max(end, 0)) and data.endswith(b"\0\0")
    if not has_plain_end or data.startswith(_END_64, max(end - _END_64_BYTES, 0)):
        return 0, len(data)
    return max(end - int.from_bytes(data[end + 12 : end + 16], "little"), 0), end
