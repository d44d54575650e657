"""Messages in a pipe: each as it was written, and None where the other side has ended, be it within one."""

import io

import pytest

from core.storage.messages import read_message, write_message


def written(*messages):
    stream = io.BytesIO()
    for message in messages:
        write_message(stream, message)
    return stream.getvalue()


def test_messages_come_as_they_were_written_and_then_none():
    stream = io.BytesIO(written(b"one", b"", memoryview(b"three\n")))
    assert [read_message(stream) for _ in range(4)] == [b"one", b"", b"three\n", None]


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 10])
def test_a_message_that_is_cut_off_is_none(kept):
    assert read_message(io.BytesIO(written(b"one")[:kept])) is None
