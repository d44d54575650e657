"""How many runs of a sweep can be trained at a time, asked without keeping the sweep waiting."""

import contextlib
import threading

import pytest

from core.cluster.connection import UnreachableError
from core.sweeps import works
from core.sweeps.works import Slots

PATIENCE_S = 60


@pytest.fixture
def answers(monkeypatch):
    """The counts that a cluster answers with, the last one again and again; an error is raised, and ends a client."""
    answers, opened = [], []

    @contextlib.contextmanager
    def open_client(address):
        opened.append(address)
        yield

    def count_slots(client):
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(works, "open_client", open_client)
    monkeypatch.setattr(works, "count_slots", count_slots)
    monkeypatch.setattr(works, "_COUNT_INTERVAL_S", 0.001)

    def answer_with(*values):
        answers.extend(values)
        return opened

    return answer_with


def counts_to(slots, wanted):
    ended = threading.Event()
    for _ in range(PATIENCE_S * 1000):
        if slots.count() == wanted:
            return True
        ended.wait(0.001)
    return False


def test_here_it_is_one():
    assert Slots("").count() == 1


def test_the_slots_of_a_cluster_are_counted_by_one_connection(answers):
    opened = answers(2, 2, 3, 0, 7)
    slots = Slots("tcp://host:8786")
    assert counts_to(slots, 7), "workers have joined"
    assert opened == ["tcp://host:8786"]
    slots.close()


def test_a_cluster_that_was_lost_is_asked_again(answers):
    opened = answers(4, OSError("closed"), UnreachableError("nothing"), 5)
    slots = Slots("tcp://host:8786")
    assert counts_to(slots, 5) and len(opened) == 3
    slots.close()


def test_nobody_waits_for_a_cluster_that_does_not_answer(monkeypatch):
    answered = threading.Event()

    @contextlib.contextmanager
    def open_client(address):
        answered.wait()
        raise UnreachableError("nothing")
        yield

    monkeypatch.setattr(works, "open_client", open_client)
    slots = Slots("tcp://host:8786")
    assert slots.count() == slots.count() == 1
    answered.set()
    slots.close()
