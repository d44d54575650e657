"""Names of picture files as text to show and to sort; a name is never used as a path."""

import re

_MAX_CHARACTERS = 200


def shorten(name: str) -> str:
    """Return a name of at most 200 characters and an ellipsis: a longer one loses its middle."""
    half = _MAX_CHARACTERS // 2
    return name if len(name) <= _MAX_CHARACTERS else f"{name[:half]}…{name[-half:]}"


def natural_sort_key(name: str) -> list[tuple[int, str, str]]:
    """Return a key that sorts names by the numbers in them: page 2 before page 10, however many digits they have."""
    return [(*_number_key(part), part) for part in re.split(r"(\d+)", name.lower())]


def _number_key(part: str) -> tuple[int, str]:
    """Return a number's count of digits and these, of any script, as 0 to 9: int() takes 4,300 at most."""
    if not part.isdecimal():
        return 0, ""
    digits = (part if part.isascii() else "".join(str(int(digit)) for digit in part)).lstrip("0")
    return len(digits), digits
