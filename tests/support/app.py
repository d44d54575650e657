"""What a page under AppTest says, and errors that it has to put into sentences."""

import errno
import os
import re

DENIED = (
    "/elsewhere/x cannot be opened: permission is denied. Change its permissions, or choose another path.",
    OSError(errno.EACCES, os.strerror(errno.EACCES), "/elsewhere/x"),
)
FULL_DISK = (
    "No space is left on the disk. Free some, then try again.",
    OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
)


def failing(error):
    """A function that takes anything and raises this error."""

    def fail(*_, **__):
        raise error

    return fail


def plain(text):
    """Markdown as it is read: without the backslashes that escape it."""
    return text.replace("\\", "")


def words(at):
    """All that the page says in sentences, in one string; terms that are links are as they are read."""
    kinds = (at.markdown, at.warning, at.error, at.info, at.caption)
    text = "\n".join(each.value for kind in kinds for each in kind).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\[([^\]]*)\]\(#term-[a-z-]+\)", r"\1", text)


def texts(at):
    return words(at) + "\n".join(each.proto.text for each in at.get("progress"))


def probabilities(at):
    """The numbers of the table of all digits, in percent."""
    table = next(each.value for each in at.markdown if "| probability |" in each.value)
    return [float(line.split("|")[2].removesuffix(" % ")) for line in table.splitlines()[2:]]
