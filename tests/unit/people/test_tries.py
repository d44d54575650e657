"""The limit on wrong codes, for an address and for all."""

from concurrent.futures import ThreadPoolExecutor

from core.people.tries import WINDOW_S, TryLimit


def test_an_address_waits_after_so_many_wrong_codes_and_others_do_not():
    limit = TryLimit()
    assert [limit.begin("a", float(now), 3, 100) for now in range(3)] == [0, 0, 0]
    assert limit.begin("a", 3.0, 3, 100) == WINDOW_S - 3
    assert limit.begin("b", 3.0, 3, 100) == 0
    assert limit.begin("a", WINDOW_S, 3, 100) == 0, "the first one is ten minutes old"
    assert limit.begin("a", WINDOW_S, 3, 100) == 1


def test_all_addresses_together_wait_too():
    limit = TryLimit()
    assert all(limit.begin(str(now), float(now), 3, 5) == 0 for now in range(5))
    assert limit.begin("another", 5.0, 3, 5) > 0


def test_a_right_code_does_not_count():
    limit = TryLimit()
    for now in range(100):
        assert limit.begin("a", float(now), 3, 5) == 0
        limit.forgive("a", float(now))


def test_of_many_at_once_no_more_are_taken():
    limit = TryLimit()
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: limit.begin("a", 1.0, 10, 100) == 0, range(200)))
    assert sum(taken) == 10
