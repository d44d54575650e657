"""Loading the page again in the browser."""

from pages.widgets.components._assets import define_component

_reload = define_component("reload", "js")


def reload_page() -> None:
    """Let the browser load the page again, as if its address had been entered anew."""
    _reload(key="reload")
