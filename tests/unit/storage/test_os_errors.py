"""Errors of the operating system: a sentence with the path and what to do."""

import errno
import os

import pytest

from core.storage.os_errors import describe_os_error, error_text, os_reason


def os_error(number, path=None):
    return OSError(number, os.strerror(number), path)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EEXIST, "x.zip exists already. Choose another path, or remove it."),
        (errno.EISDIR, "x.zip is a folder. Choose a file."),
        (errno.ENOTDIR, "x.zip cannot be opened: a part of its path is a file, not a folder. Check the path."),
        (
            errno.EACCES,
            "x.zip cannot be opened: permission is denied. Change its permissions, or choose another path.",
        ),
        (errno.EPERM, "x.zip cannot be opened: permission is denied. Change its permissions, or choose another path."),
        (errno.EROFS, "x.zip cannot be written: its disk is read-only. Choose another path."),
        (errno.ENAMETOOLONG, "x.zip cannot be opened: its name is too long. Choose a shorter one."),
        (errno.ENOENT, "x.zip does not exist. Check the path."),
        (errno.ENOSPC, "No space is left on the disk for x.zip. Free some, then try again."),
        (errno.EDQUOT, "No space is left on the disk for x.zip. Free some, then try again."),
        (errno.EIO, "x.zip cannot be used: Input/output error."),
    ],
)
def test_an_error_of_a_file_names_it(number, sentence):
    assert describe_os_error(os_error(number, "x.zip")) == sentence


def test_an_error_without_a_file_is_a_sentence():
    assert describe_os_error(os_error(errno.ENOSPC)) == "No space is left on the disk. Free some, then try again."
    assert describe_os_error(os_error(errno.EPIPE)) == "Broken pipe."
    assert describe_os_error(OSError("the file is locked.")) == "the file is locked."
    assert describe_os_error(TimeoutError()) == "TimeoutError."


def test_a_name_that_no_terminal_shows_is_made_printable():
    assert (
        describe_os_error(os_error(errno.EISDIR, "a\n\x1b[31m.zip"))
        == "a\ufffd\ufffd[31m.zip is a folder. Choose a file."
    )


def test_other_errors_keep_their_words():
    assert error_text(os_error(errno.ENOENT, "x.zip")) == "x.zip does not exist. Check the path."
    assert error_text(ValueError("epochs is 0.")) == "epochs is 0."


def test_a_number_in_the_text_of_a_librarys_error_is_said_in_words():
    hdf5 = OSError("Can't write data (file write failed: errno = 28, error message = 'No space left on device')")
    assert describe_os_error(hdf5) == "No space is left on the disk. Free some, then try again."
    wrapped = RuntimeError("Could not save the model: [Errno 30] Read-only file system")
    assert error_text(wrapped) == "A file or folder cannot be written: its disk is read-only. Choose another path."


def test_a_short_reason_ends_a_sentence_that_names_the_file_itself():
    for number in (errno.ENOSPC, errno.EEXIST, errno.EROFS, errno.ENOENT, errno.EIO):
        reason = os_reason(os_error(number, "x"))
        assert reason[0].islower() and not reason.endswith(".") and "Errno" not in reason
    assert os_reason(os_error(errno.EIO)) == "input/output error"
