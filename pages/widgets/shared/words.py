"""Words for a page: what a person called something, shown as it is."""

from collections import Counter

_MARKDOWN = "\\`*_{}[]()#+-.!|<>$~:^"


def escape_markdown(words: str) -> str:
    """Return the words with Markdown's signs taken literally."""
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in words)


def disambiguate(names: dict[str, str]) -> dict[str, str]:
    """Return the names of things by their ids, each once: a widget cannot tell two of the same name apart."""
    times = Counter(names.values())
    return {key: f"{name} · {key[-4:]}" if times[name] > 1 else name for key, name in names.items()}
