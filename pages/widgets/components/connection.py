"""A notice on a page whose server does not answer; the page is greyed, for what it shows is from before."""

from pages.widgets.components._assets import define_component

_TITLE = "The server does not answer."
_TEXT = (
    "What you see is from before. Where Digit Studio runs, start it again with make run, or with python -m core serve. "
    "This page then goes on by itself."
)

_connection = define_component("connection", "css", "js", isolate_styles=False)


def watch_connection(asks_again: bool) -> None:
    """Grey the page and say so while its server does not answer; the frame of all pages calls this.

    asks_again: whether the server is asked for the page again where a browser has kept it and goes back to it.
    """
    _connection(key="connection", data={"title": _TITLE, "text": _TEXT, "asksAgain": asks_again}, height="content")
