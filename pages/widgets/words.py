"""Words for a page: what a person called something, shown as it is."""

_MARKDOWN = "\\`*_{}[]()#+-.!|<>$~:^"


def plain(words: str) -> str:
    """Return the words with Markdown's signs taken literally."""
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in words)
