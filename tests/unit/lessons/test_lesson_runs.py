"""A lesson's runs: filed as one group, joined by others, followed, and named where something is wrong."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, BrokenBarrierError

import pytest

from core.lessons import lesson_runs
from core.lessons.catalogue import LESSONS
from core.lessons.lesson_runs import file_lesson_runs, lesson_time, read_lesson_runs
from core.runs import trash
from core.runs.index import run_summaries
from core.runs.quota import QuotaError
from core.runs.schema import RunState, Status
from tests.support.lessons import report_of, train_lesson
from tests.support.runs import finished_status, metric_row

RATES = LESSONS["learning-rate"]


def finish(run):
    run.write_report(report_of(900))
    run.write_status(finished_status())


def read(store, ids):
    return read_lesson_runs(RATES, store, ids, {})


def test_runs_are_filed_as_a_group_with_a_seed_of_its_own_each_time(store):
    first = file_lesson_runs(RATES, store)
    assert [run.id for run in store.queue()] == list(first)
    assert [run.title() for run in store.queue()] == [f"Break the learning rate: {arm}" for arm in RATES.arms]
    assert {each.lesson for each in run_summaries(store)} == {"learning-rate"}
    for run in store.queue():
        finish(run)
    second = file_lesson_runs(RATES, store)
    assert not set(first) & set(second)
    assert [store.get(run_id).config().seed for run_id in (*first, *second)] == [0, 0, 0, 1, 1, 1]


def test_a_class_that_begins_together_watches_the_same_runs(store):
    ids = file_lesson_runs(RATES, store)
    finish(store.get(ids[0]))
    assert file_lesson_runs(RATES, store) == ids
    store.get(ids[1]).write_status(Status(RunState.FAILED, error="No memory."))
    assert not set(file_lesson_runs(RATES, store)) & set(ids), "one that failed brings no outcome"


def test_two_who_begin_in_the_same_moment_watch_the_same_runs(store, monkeypatch):
    both_have_read = Barrier(2)

    def read_and_wait(store):
        found = run_summaries(store)
        with contextlib.suppress(BrokenBarrierError):
            both_have_read.wait(timeout=0.2)  # in vain where one of them comes after the other
        return found

    monkeypatch.setattr(lesson_runs, "run_summaries", read_and_wait)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: file_lesson_runs(RATES, store), range(2))
    assert first == second and len(store.all()) == len(RATES.arms)


def test_beyond_the_queues_limit_none_is_filed(store, monkeypatch):
    monkeypatch.setenv("DIGIT_STUDIO_MAX_WAITING_RUNS", "2")
    with pytest.raises(QuotaError, match="at most 2 may"):
        file_lesson_runs(RATES, store)
    assert store.all() == []


def test_runs_are_followed_to_their_end(store):
    ids = file_lesson_runs(RATES, store)
    assert read(store, ids).is_busy and read(store, ids).progress() == (0.0, "Waiting for its start")
    first, second, _ = store.queue()
    finish(first)
    second.write_status(Status.of_this_process())
    second.append_metrics(metric_row(10))
    share, words = read(store, ids).progress()
    assert words == "Training “rate 0.001”: epoch 1.0 of 2" and share == pytest.approx(0.5)
    whole = read(store, train_lesson(store, "learning-rate", (0.7, 0.95, 0.1), seed=5))
    assert whole.is_whole and list(whole.views) == list(RATES.arms)


def test_what_is_wrong_with_a_run_is_a_sentence(store):
    ids = train_lesson(store, "learning-rate", (0.7, 0.95, 0.1))
    runs = [store.get(run_id) for run_id in ids]
    trash.delete(store, runs[0])
    runs[1].write_status(replace(finished_status(), state=RunState.FAILED, error="The memory was full."))
    runs[2].write_status(replace(finished_status(), state=RunState.STOPPED))
    found = read(store, ids)
    assert list(found.views) == list(RATES.arms)[1:] and not found.is_whole and not found.is_busy
    assert [problem.removesuffix(" Start over to run the lesson again.") for problem in found.problems] == [
        "The run “rate 0.00001” is not there any more: it was deleted, or its files are damaged.",
        "The run “rate 0.001” failed: The memory was full.",
        "The run “rate 0.3” was stopped before its end.",
    ]
    assert read(store, ids[:1]).problems[-1].startswith("A run of this lesson is missing.")


def test_the_time_is_that_of_all_runs(store):
    assert 9 < lesson_time(RATES, store).low_s < lesson_time(RATES, store).high_s
