"""Session state behind typed keys: each page lists its own in its `state.py`."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class SessionKey(Generic[_Value]):
    """One value of a visitor's session. `default` is never changed in place: make a new value and `set` it."""

    name: str
    default: _Value

    def get(self) -> _Value:
        """Return the value, the default before any was set."""
        return st.session_state.get(self.name, self.default)

    def set(self, value: _Value) -> None:
        """Keep a value for the session."""
        st.session_state[self.name] = value

    def pop(self) -> _Value:
        """Return the value and forget it."""
        return st.session_state.pop(self.name, self.default)
