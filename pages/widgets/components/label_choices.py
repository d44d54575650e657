"""The classes between which a person chooses when they label, and the keys that stand for them."""

from collections.abc import Sequence

from core.config.dataset_spec import DIGITS

MAX_KEYS = 10
"""Classes that have a key each; more of them are chosen from a list."""


def label_choices(classes: Sequence[str]) -> list[dict[str, str]]:
    """Return the name, the key and the spoken name of each class; '' for a key where there are more than ten.

    A digit's key is the digit. Of other classes the first has 1, and the tenth 0: a letter's own key may be a command
    of the browser or the app.
    """
    if tuple(classes) == DIGITS:
        return [{"label": each, "key": each, "spoken": f"It is a {each}"} for each in classes]
    has_keys = len(classes) <= MAX_KEYS
    return [
        {"label": each, "key": str((place + 1) % 10) if has_keys else "", "spoken": f"It is {each}"}
        for place, each in enumerate(classes)
    ]
