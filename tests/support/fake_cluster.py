"""The queues of a scheduler and a clock in this process: a cluster without processes, and without waiting."""

from core.cluster import channel
from core.jobs import cluster_execution, cluster_task


class Clock:
    """A clock that only `sleep` moves; it stands in for the module `time`."""

    def __init__(self):
        self.now, self.meanwhile = 1000.0, lambda: None

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        """Let the seconds pass, and have the other end do what it does in them."""
        self.now += seconds
        self.meanwhile()

    def stand_in(self, monkeypatch, *modules):
        """Give this clock to modules of a cluster."""
        for module in (cluster_execution, cluster_task, *modules):
            monkeypatch.setattr(module, "time", self)


class Queues:
    """The queues that a scheduler holds, each with how many opened it, as Dask counts them."""

    def __init__(self):
        self.items, self.opened = {}, {}

    def stand_in(self, monkeypatch):
        """Be the queues that all channels open."""
        monkeypatch.setattr(channel, "_open_queue", lambda client, name: self.open(name))

    def open(self, name):
        self.items.setdefault(name, [])
        self.opened[name] = self.opened.get(name, 0) + 1
        return _Queue(self, name)

    def release(self, name):
        if name in self.opened:
            self.opened[name] -= 1
            if not self.opened[name]:
                del self.opened[name], self.items[name]


class _Queue:
    """One opened queue. A full one is not waited for."""

    def __init__(self, queues, name):
        self._queues, self.name = queues, name

    def put(self, item, timeout, callback_timeout):
        if len(self._queues.items[self.name]) >= channel.MAX_WAITING:
            raise TimeoutError
        self._queues.items[self.name].append(item)

    def get(self, batch, callback_timeout):
        items = self._queues.items[self.name]
        found = list(items)
        items.clear()
        return found

    def close(self):
        self._queues.release(self.name)
