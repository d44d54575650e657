"""Text for Streamlit pages: Markdown escaping of what people typed, and names made unique."""

from collections import Counter

_MARKDOWN = "\\`*_{}[]()#+-.!|<>$~:^"


def escape_markdown(text: str) -> str:
    """Return a text in which every character with a meaning in Streamlit's Markdown is escaped."""
    return "".join(f"\\{character}" if character in _MARKDOWN else character for character in text)


def disambiguate(names: dict[str, str]) -> dict[str, str]:
    """Return names by id, with the end of the id added to those that occur twice.

    A Streamlit widget cannot distinguish two options of the same name.
    """
    counts = Counter(names.values())
    return {key: f"{name} · {key[-4:]}" if counts[name] > 1 else name for key, name in names.items()}
