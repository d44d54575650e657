"""The cookie of a person: what is forged, expired or signed with another key says nobody."""

import pytest

from core.people.cookies import make_cookie, read_cookie

KEY, NOW, AGE = b"k" * 32, 1_800_000_000.0, 86_400.0


def test_a_cookie_says_whose_browser_it_is():
    cookie = make_cookie(KEY, "1f0", NOW)
    ticket = read_cookie(KEY, cookie, NOW + AGE, AGE)
    assert ticket and ticket.person_id == "1f0" and ticket.signed_in == NOW
    assert make_cookie(KEY, "1f0", NOW) != cookie, "each sign-in is one of its own"


def test_another_key_an_old_cookie_and_one_from_the_future_say_nobody():
    cookie = make_cookie(KEY, "1f0", NOW)
    assert read_cookie(b"o" * 32, cookie, NOW, AGE) is None
    assert read_cookie(KEY, cookie, NOW + AGE + 1, AGE) is None
    assert read_cookie(KEY, cookie, NOW - 2 * 3600, AGE) is None


def test_a_forged_cookie_says_nobody():
    person, signed_in, sign_in_id, signature = make_cookie(KEY, "1f0", NOW).split(".")
    forged = [
        f"teacher.{signed_in}.{sign_in_id}.{signature}",
        f"{person}.{int(signed_in) + 1}.{sign_in_id}.{signature}",
        f"{person}.{signed_in}.{'0' * 32}.{signature}",
        f"{person}.{signed_in}.{sign_in_id}.{'0' * 64}",
        f"{person}.{signed_in}.{sign_in_id}",
        f"{person}.{signed_in}.{sign_in_id}.{signature}\n",
    ]
    assert [read_cookie(KEY, each, NOW, AGE) for each in forged] == [None] * len(forged)


@pytest.mark.parametrize("value", [None, "", ".", "...", "a.1.b.c", "é" * 10_000, "\ud800"])
def test_nonsense_says_nobody(value):
    assert read_cookie(KEY, value, NOW, AGE) is None
