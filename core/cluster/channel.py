"""Numbered messages from one process of a cluster to another, through a queue that the scheduler holds."""

import asyncio
import concurrent.futures
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.cluster.connection import ClusterError

if TYPE_CHECKING:
    from distributed import Client

MAX_WAITING = 32
"""How many messages of a channel the scheduler holds at most; a further one waits until one was received."""

SEND_TIMEOUT_S = 30.0
_ANSWER_TIMEOUT_S = 15.0
_CANCELLED = (asyncio.CancelledError, concurrent.futures.CancelledError)

Message = tuple[str, Any]
"""What a message is of, and what it holds: numbers, texts, bytes and lists of these."""


class ConnectionLostError(ClusterError):
    """A connection to the scheduler that does not answer any more, or a message that was lost on the way."""


class ClosedError(ConnectionLostError):
    """A channel that the scheduler does not know any more: the other end has closed it, or the scheduler is new."""


class Announcements:
    """Announcements of any number of processes under one name, without numbers; one process receives them."""

    def __init__(self, client: "Client", name: str) -> None:
        self._queue = _open_queue(client, name)

    def announce(self, content: Any) -> None:
        """Announce something, the only thing that this process does; raises `ConnectionLostError`."""
        try:
            with as_lost():
                self._queue.put(content, timeout=SEND_TIMEOUT_S, callback_timeout=SEND_TIMEOUT_S + _ANSWER_TIMEOUT_S)
        finally:
            _release(self._queue)

    def receive(self) -> list[Any]:
        """Return what was announced since the last call; raises `ConnectionLostError`."""
        with as_lost():
            return self._queue.get(batch=True, callback_timeout=_ANSWER_TIMEOUT_S)

    def close(self) -> None:
        """Remove the announcements as `Outbox.close` removes a channel; whoever receives them does it."""
        _remove(self._queue)


class Outbox:
    """The sending end of a channel; one process has it."""

    def __init__(self, client: "Client", name: str) -> None:
        self._queue, self._sent = _open_queue(client, name), 0

    def send(self, kind: str, content: Any = None) -> None:
        """Send one message; raises `ConnectionLostError`, also where nobody receives for half a minute."""
        self._sent += 1
        with as_lost():
            answer_s = SEND_TIMEOUT_S + _ANSWER_TIMEOUT_S
            self._queue.put([self._sent, kind, content], timeout=SEND_TIMEOUT_S, callback_timeout=answer_s)

    def close(self) -> None:
        """Remove the channel from the scheduler, with what was not received, as far as that can be reached.

        It is removed for both ends: the other one may have been killed, and Dask would keep it for that one for ever.
        Where the other one still uses it, it gets `ClosedError`.
        """
        _remove(self._queue)


class Inbox:
    """The receiving end of a channel; one process has it."""

    def __init__(self, client: "Client", name: str) -> None:
        self._queue, self._received = _open_queue(client, name), 0

    def receive(self) -> list[Message]:
        """Return what was sent since the last call, each message once and in order; does not wait for any.

        Raises `ConnectionLostError` where one of them is missing.
        """
        with as_lost():
            arrived = self._queue.get(batch=True, callback_timeout=_ANSWER_TIMEOUT_S)
        return self.sort_out([(number, kind, content) for number, kind, content in arrived])

    def sort_out(self, arrived: list[tuple[int, str, Any]]) -> list[Message]:
        """Return the messages among these, which begin with their numbers, that did not arrive before."""
        found = list[Message]()
        for number, kind, content in arrived:
            if number <= self._received:
                continue
            if number > self._received + 1:
                raise ConnectionLostError(f"Message {self._received + 1:,} was lost on the way; {number:,} arrived.")
            self._received = number
            found.append((kind, content))
        return found

    def close(self) -> None:
        """Remove the channel as `Outbox.close` does."""
        _remove(self._queue)


def _open_queue(client: "Client", name: str) -> Any:
    from distributed import Queue

    with as_lost():
        return Queue(name, client=client, maxsize=MAX_WAITING)


def _release(queue: Any) -> None:
    with contextlib.suppress(ConnectionLostError), as_lost():
        queue.close()


def _remove(queue: Any) -> None:
    """Release a queue for the two that have opened it: the scheduler forgets one that nobody has open."""
    _release(queue)
    _release(queue)


@contextlib.contextmanager
def as_lost() -> Iterator[None]:
    """Raise as `ConnectionLostError` what a broken connection raises, which differs with the moment."""
    try:
        yield
    except KeyError as error:  # the scheduler looks for the queue by its name
        raise ClosedError("The other end has left, or the scheduler was started anew.") from error
    except (
        OSError,
        RuntimeError,
        ValueError,
        asyncio.CancelledError,
        concurrent.futures.CancelledError,
    ) as error:
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
        raise ConnectionLostError(f"The scheduler does not answer any more ({reason}).") from error
