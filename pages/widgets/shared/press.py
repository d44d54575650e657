"""Presses that count once: Streamlit may run the callback of one press twice.

It does where a part of the page that is drawn by itself, several times a second, is due at the moment of the press: the
press is then handled with that drawing, and again with the one it was for.
"""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from pages.widgets.shared.session import SessionKey

_MAX_KEPT = 100
_DONE = SessionKey[tuple[str, ...]]("done_presses", ())
"""The drawings of widgets whose press was handled, the newest ones."""


def once(act: Callable[..., None], *values: Any) -> Callable[..., None]:
    """Return a callback that calls `act` with these values, and what it is given itself, at most once a drawing.

    Made anew at each drawing of the widget that is pressed, so the next press counts once it has been drawn again.
    """
    return partial(_act_once, uuid.uuid4().hex, act, *values)


def _act_once(drawing: str, act: Callable[..., None], *values: Any) -> None:
    if drawing not in _DONE.get():
        _DONE.set((*_DONE.get(), drawing)[-_MAX_KEPT:])
        act(*values)
