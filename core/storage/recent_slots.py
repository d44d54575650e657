"""Values of the keys that were asked for last, each under a lock of its own."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Slot(Generic[_Value]):
    """The newest value of one key, None at first, and the lock under which it is made: no other key waits for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: _Value | None = None


class RecentSlots(Generic[_Key, _Value]):
    """The slots of at most `max_slots` keys. Any number of threads may ask."""

    def __init__(self, max_slots: int) -> None:
        self._max_slots = max_slots
        self._slots: OrderedDict[_Key, Slot[_Value]] = OrderedDict()
        self._lock = threading.Lock()

    def slot(self, key: _Key) -> Slot[_Value]:
        """Return the slot of a key; where there are too many, the one that was asked for longest ago goes."""
        with self._lock:
            slot = self._slots.setdefault(key, Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._max_slots:
                self._slots.popitem(last=False)
            return slot
