"""Messages arrive once and in order; one that is lost is noticed."""

import pytest

from core.cluster import channel
from core.cluster.channel import ConnectionLostError, Inbox, Outbox


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
        with pytest.raises(ConnectionLostError, match="does not answer any more"):
            use()
