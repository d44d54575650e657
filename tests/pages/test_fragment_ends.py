"""What a part of a page no longer shows goes away, also where another part of it is drawn at once after it."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from pages.widgets.shared import app_shell

FINISHED = ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
INTERRUPTED = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN


def end_of(fragment: str | None, status=FINISHED) -> ForwardMsg:
    """Return the message that the drawing of a fragment, or of the whole page, has ended."""
    message = ForwardMsg()
    message.script_finished = status
    message.metadata.run.script_run_id = "run"
    message.metadata.run.fragment_ids.extend([fragment] if fragment else [])
    return message


@pytest.fixture
def queue():
    """Return the queue of messages to a browser, as the app's server has it."""
    app_shell.prepare_server()
    return ForwardMsgQueue()


def statuses(queue: ForwardMsgQueue) -> list[int]:
    """Return how the drawings ended whose messages wait in the queue."""
    return [message.script_finished for message in queue.flush() if message.HasField("script_finished")]


def test_a_fragment_has_ended_also_where_another_one_is_drawn_before_the_browser_knows(queue):
    queue.enqueue(end_of("form"))
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["live"])
    assert statuses(queue) == [FINISHED]


@pytest.mark.parametrize("drawn", [["form"], ["live", "form"], None])
def test_a_fragment_that_is_drawn_again_was_interrupted(queue, drawn):
    queue.enqueue(end_of("form"))
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=drawn)
    assert statuses(queue) == [INTERRUPTED]


def test_a_fragment_that_was_interrupted_stays_so(queue):
    queue.enqueue(end_of("form", INTERRUPTED))
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["live"])
    assert statuses(queue) == [INTERRUPTED]


def test_the_server_may_be_prepared_twice(queue):
    app_shell.prepare_server()
    queue.enqueue(end_of("form"))
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["live"])
    assert statuses(queue) == [FINISHED]
    queue.clear()
    assert queue.is_empty()
