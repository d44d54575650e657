"""A large answer with a sentence below it."""

from pages.widgets.components._assets import define_component

_answer = define_component("answer", "html", "css", "js")


def large_answer(label: str, confidence: str, name: str, small: bool = False, hint: str = "") -> None:
    """Show a label large, and below it how sure the network is, in words; a change is announced to screen readers.

    name: identity of the answer on its page; under one name it is updated in place.
    hint: what stands below that in small letters.
    """
    _answer(key=f"answer-{name}", data={"label": label, "confidence": confidence, "small": small, "hint": hint})
