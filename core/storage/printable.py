"""Names of files as text that is safe to show."""


def to_printable(name: str) -> str:
    """Return a name as one line that is safe to show: terminal controls and direction marks are replaced."""
    return "".join(letter if letter.isprintable() or letter == "\u200d" else "\ufffd" for letter in name)
