"""Texts in a CSV that a spreadsheet would take for formulas: they get an apostrophe before them, and lose it again."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_literal(text: str) -> str:
    """Return a text as a CSV holds it: with an apostrophe before it where a spreadsheet would calculate it."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def from_literal(text: str) -> str:
    """Return the text of which `to_literal` made this one; any other one as it is."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA_STARTS) else text
