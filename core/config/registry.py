"""The entries of one kind that a recipe can name (layers, optimizers, …), each by its name."""

from typing import Protocol, TypeVar


class Entry(Protocol):
    """An entry of a registry: its name, and a sentence or a few words that explain it."""

    @property
    def name(self) -> str:
        """Return the name by which a config holds it."""
        ...

    @property
    def why(self) -> str:
        """Return what it does, as the form and the command line explain it."""
        ...


EntryT = TypeVar("EntryT", bound=Entry)


class Registry(dict[str, EntryT]):
    """Entries by name, in the order in which they are offered; an entry is added once, by `register`."""

    def register(self, entry: EntryT) -> EntryT:
        """Add the entry and return it; raises `ValueError` where the name is taken."""
        if entry.name in self:
            raise ValueError(f"{entry.name!r} is registered already; choose another name.")
        self[entry.name] = entry
        return entry
