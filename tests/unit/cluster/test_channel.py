"""Messages arrive once and in order; one that is lost is noticed, and nothing is left in the scheduler."""

import pytest

from core.cluster import channel
from core.cluster.channel import Announcements, ClosedError, ConnectionLostError, Inbox, Outbox
from tests.support.fake_cluster import Queues


class Queue:
    """A queue as Dask's, which may lose or double what is put into it."""

    def __init__(self):
        self.items = []

    def put(self, item, timeout, callback_timeout):
        self.items.append(item)

    def get(self, batch, callback_timeout):
        items, self.items = self.items, []
        return items


@pytest.fixture
def queue(monkeypatch):
    made = Queue()
    monkeypatch.setattr(channel, "_open_queue", lambda client, name: made)
    return made


def test_messages_arrive_once_and_in_order(queue):
    outbox, inbox = Outbox(None, "x"), Inbox(None, "x")
    outbox.send("piece", [1])
    outbox.send("beat")
    queue.items.insert(1, queue.items[0])
    assert inbox.receive() == [("piece", [1]), ("beat", None)]
    outbox.send("end")
    queue.items *= 2
    assert inbox.receive() == [("end", None)] and inbox.receive() == []


def test_a_lost_message_is_noticed(queue):
    outbox, inbox = Outbox(None, "x"), Inbox(None, "x")
    outbox.send("piece", [1])
    queue.items.clear()
    outbox.send("piece", [2])
    with pytest.raises(ConnectionLostError, match="Message 1 was lost"):
        inbox.receive()


@pytest.mark.parametrize("error", [OSError("closed"), TimeoutError(), KeyError("x"), RuntimeError("not running")])
def test_whatever_a_broken_connection_raises_is_one_error(queue, error):
    def fail(*_, **__):
        raise error

    queue.put = queue.get = fail
    for use in (lambda: Outbox(None, "x").send("beat"), Inbox(None, "x").receive):
        with pytest.raises(ConnectionLostError, match="[Tt]he scheduler"):
            use()


def test_an_end_that_leaves_removes_the_channel_for_the_other_one_too(monkeypatch):
    queues = Queues()
    queues.stand_in(monkeypatch)
    outbox, inbox = Outbox(None, "x"), Inbox(None, "x")
    outbox.send("piece", b"1")
    inbox.close()
    assert queues.items == {}
    with pytest.raises(ClosedError, match="The other end has left"):
        outbox.send("piece", b"2")
    outbox.close()
    Inbox(None, "x").close()
    assert queues.items == {} and queues.opened == {}, "closed late, or by one that came late"


def test_of_announcements_nothing_is_left(monkeypatch):
    queues = Queues()
    queues.stand_in(monkeypatch)
    listener = Announcements(None, "x")
    for name in ("first", "second"):
        Announcements(None, "x").announce(name)
    assert listener.receive() == ["first", "second"]
    listener.close()
    Announcements(None, "x").announce("late")
    assert queues.items == {}
