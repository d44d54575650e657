"""Streamlit's message that a fragment has been drawn, kept as it is where another fragment is drawn next.

A browser removes what a fragment no longer shows when it hears that its drawing has ended. Streamlit 1.67 changes that
message to "interrupted" where the next drawing begins before the browser got it. That is right where the same fragment
is drawn again, or the whole page; where it is another fragment, such as the live part of a page, a button that is gone
would stay on the page.
"""

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_FINISHED = ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
_streamlits_clear = ForwardMsgQueue.clear


def keep_fragment_ends() -> None:
    """Have all queues of messages to browsers keep the ends of fragments that are not drawn again."""
    ForwardMsgQueue.clear = _clear


def _clear(
    self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    drawn_next = set(fragment_ids_this_run or [])
    ended = [message for message in self._queue if drawn_next and _has_ended(message, drawn_next)]
    _streamlits_clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
    for message in ended:  # Streamlit has changed the message itself
        message.script_finished = _FINISHED


def _has_ended(message: ForwardMsg, drawn_next: set[str]) -> bool:
    """Return whether the message says that fragments have ended of which none is drawn next."""
    is_end = message.WhichOneof("type") == "script_finished" and message.script_finished == _FINISHED
    return is_end and drawn_next.isdisjoint(message.metadata.run.fragment_ids)
