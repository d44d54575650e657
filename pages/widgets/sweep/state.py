"""The Sweep page's values in a visitor's session."""

from pages.widgets.shared.session import SessionKey

NEW = "new"
"""What stands in place of a sweep's id where the form of a new one is shown."""

CHOSEN = SessionKey[str]("sweep-chosen", "")
"""The id of the sweep that is shown, or `NEW`; the key of the list."""

OPENED = SessionKey[str]("sweep-opened", "")
"""The id of a sweep that the next drawing shows."""

PROBLEM = SessionKey[str]("sweep-problem", "")
"""Why something could not be done, until it was shown."""

JUST_DELETED = SessionKey[str]("sweep-deleted", "")
"""The id of the sweep that this session deleted last."""

FIELDS = SessionKey[list[str]]("sweep-fields", ["learning_rate", "hidden_units", "dropout", "batch_size"])
"""The fields that the new sweep varies; the key of their list."""


def widget_key(name: str, part: str = "") -> str:
    """Return the key of the widget of a setting, or of a part of what a field is varied over."""
    return f"sweep-{name}-{part}" if part else f"sweep-{name}"
