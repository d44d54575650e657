"""A scheduler with its queues, workers and a clock, all in this process: a cluster that is never waited for."""

import contextlib
import json
from dataclasses import asdict, replace

from core.cluster import channel
from core.cluster.channel import Announcements, Inbox, Outbox
from core.cluster.connection import UnreachableError
from core.cluster.source_version import VERSION
from core.jobs import cluster_execution, cluster_patience, cluster_task, run_follower
from core.runs.schema import RunState, Status

_MODULES = (cluster_execution, cluster_patience, cluster_task, run_follower)


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

    def stand_in(self, monkeypatch):
        """Be the clock of all that works with a cluster."""
        for module in _MODULES:
            monkeypatch.setattr(module, "time", self)


class Queues:
    """The queues that a scheduler holds, each with how many opened it, as Dask counts them."""

    def __init__(self):
        self.items, self.opened = {}, {}

    def stand_in(self, monkeypatch):
        """Be the queues that all channels open."""
        monkeypatch.setattr(channel, "_open_queue", lambda client, name: self.open(name))

    def open(self, name):
        """Open a queue, which is made where there is none."""
        self.items.setdefault(name, [])
        self.opened[name] = self.opened.get(name, 0) + 1
        return _Queue(self, name)

    def release(self, name):
        """Count off one that had it open; the last one takes the queue with it."""
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


class Future:
    """A task as its submitter sees it: pending until its worker says otherwise."""

    def __init__(self):
        self.status, self.error = "pending", None

    def exception(self, timeout):
        return self.error

    def cancel(self):
        self.status = "cancelled"


class Worker:
    """The worker's end of one execution of a task."""

    def __init__(self, client, task, number, future):
        self.client, self.task, self.future = client, task, future
        self.host, self._name, self.got = f"host-{number}", f"{task}-{number}", []

    def announce(self, version=VERSION):
        """Say that the task is begun, and open the channels."""
        Announcements(None, self.task).announce([self._name, self.host, version])
        self.inbox, self.outbox = Inbox(None, f"{self._name}-in"), Outbox(None, f"{self._name}-out")

    def receive(self):
        """Keep what the follower has sent; return whether the training is to begin, or has."""
        self.got += self.inbox.receive()
        return ("start", None) in self.got

    def send(self, name, data=b""):
        """Send a file of the run."""
        self.outbox.send("piece", [name, 0, data, True])

    def send_status(self, state, **more):
        """Send the status of the training."""
        status = replace(Status.of_this_process(6370), state=state, **more)
        self.send("status.json", json.dumps(asdict(status)).encode())

    def fail(self, error):
        """End the task with an error."""
        self.future.status, self.future.error = "error", error


def works(worker):
    """Train to the end."""
    worker.announce()
    while not worker.receive():
        yield
    worker.send_status(RunState.FINISHED, train_s=2.0)
    yield


class Client:
    """A connection to a scheduler. Each task is carried out by the next of the workers, the last one again and again.

    A worker is a generator function of a `Worker`, which goes on each time that time passes.
    """

    def __init__(self, clock, *workers):
        self.status, self.slots, self.is_there, self.workers = "running", 1, True, []
        self._next, self._going_on = list(workers), []
        clock.meanwhile = self._work

    def stand_in(self, monkeypatch):
        """Be what answers at every address."""
        monkeypatch.setattr(run_follower, "open_client", self._open)
        monkeypatch.setattr(run_follower, "count_slots", lambda client: client.slots)

    @contextlib.contextmanager
    def _open(self, address):
        if not self.is_there:
            raise UnreachableError("Nothing answers.")
        self.status = "running"
        yield self

    def submit(self, function, task, run_id, key, pure):
        """Have a task be carried out."""
        future = Future()
        self.begin(task, future)
        return future

    def begin(self, task, future):
        """Have a worker, if there is one, begin a task, also one that another worker had begun."""
        if not self.slots:
            return
        self.workers.append(Worker(self, task, len(self.workers), future))
        work = self._next.pop(0) if len(self._next) > 1 else self._next[0]
        self._going_on.append(work(self.workers[-1]))

    def _work(self):
        for each in list(self._going_on):
            if next(each, self) is self:
                self._going_on.remove(each)
