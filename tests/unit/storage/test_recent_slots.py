"""Slots of the keys that were asked for last, each with a lock of its own."""

from core.storage.recent_slots import RecentSlots


def test_a_key_has_one_slot_until_others_were_asked_for_more_recently():
    slots = RecentSlots[str, int](2)
    first, second = slots.slot("a"), slots.slot("b")
    first.value = 1
    assert slots.slot("a") is first and second.value is None
    slots.slot("c")
    assert slots.slot("a") is first, "it was asked for after b"
    assert slots.slot("b") is not second


def test_the_lock_of_a_slot_is_its_own():
    slots = RecentSlots[str, int](2)
    with slots.slot("a").lock:
        assert slots.slot("b").lock.acquire(blocking=False)
