"""Views whose metrics are shared: one reading for all who look within a moment, and nothing old of a run that ended."""

import threading

import pytest

from core.config.train_config import TrainConfig
from core.runs.schema import RunError, RunState, Status
from core.runs.shared_views import SharedViews
from core.runs.view import RunView
from tests.support.runs import finished_status, metric_row


@pytest.fixture
def live_run(store):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    run.append_metrics(metric_row(1))
    return run


def test_all_who_look_within_a_moment_get_the_same_rows(live_run):
    views = SharedViews()
    first = views.view(live_run, 1.0, now=10.0)
    live_run.append_metrics(metric_row(2))
    assert views.view(live_run, 1.0, now=10.9).rows is first.rows
    newer = views.view(live_run, 1.0, now=11.0)
    assert [row.step for row in newer.rows] == [1, 2]
    assert views.view(live_run, 0.0, now=11.0).rows is newer.rows, "nothing came since"


def test_all_but_the_metrics_is_as_it_is_now(live_run):
    views = SharedViews()
    views.view(live_run, 1.0, now=10.0)
    live_run.write_notes(name="mine")
    assert views.view(live_run, 1.0, now=10.1).title == "mine"
    live_run.append_metrics(metric_row(2))
    live_run.write_status(finished_status())
    ended = views.view(live_run, 1.0, now=10.2)
    assert ended.state is RunState.FINISHED and len(ended.rows) == 2


def test_a_recent_view_is_read_again_only_when_it_is_old(live_run):
    views = SharedViews()
    first = views.recent_view(live_run, 1.0, now=10.0)
    live_run.write_status(finished_status())
    assert views.recent_view(live_run, 1.0, now=10.9) is first
    assert views.recent_view(live_run, 1.0, now=11.0).state is RunState.FINISHED


def test_a_run_that_is_gone_is_an_error_in_words(live_run):
    views = SharedViews()
    views.view(live_run, 1.0, now=10.0)
    live_run.folder.rename(live_run.folder.with_name("elsewhere"))
    with pytest.raises(RunError, match="is gone"):
        views.view(live_run, 1.0, now=10.1)


def test_a_run_on_a_slow_disk_holds_up_nobody_who_looks_at_another(store, live_run, monkeypatch):
    views, slow_run, read = SharedViews(), store.create(TrainConfig()), RunView.read
    started, go_on = threading.Event(), threading.Event()

    def read_slowly(run, known):
        if run is slow_run:
            started.set()
            assert go_on.wait(60)
        return read(run, known)

    monkeypatch.setattr(RunView, "read", read_slowly)
    slow = threading.Thread(target=views.view, args=(slow_run, 1.0, 10.0))
    slow.start()
    assert started.wait(60)
    assert views.view(live_run, 1.0, 10.0).run is live_run
    go_on.set()
    slow.join()
