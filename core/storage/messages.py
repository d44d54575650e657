"""Messages in a pipe between processes: a length of 8 bytes, then so many bytes."""

import struct
from typing import IO

_LENGTH = struct.Struct("<Q")


def write_message(stream: IO[bytes], data: bytes | memoryview) -> None:
    """Write a message; raises `OSError` where nobody reads it."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_message(stream: IO[bytes]) -> bytes | None:
    """Return the next message; None where the other side has ended, be it within one."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None
