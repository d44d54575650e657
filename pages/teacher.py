"""The class, for its teacher alone."""

from pages.widgets.shared import workspace


def page() -> None:
    """Show the page from top to bottom."""
    workspace.person()


page()
