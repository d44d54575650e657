"""Deleted sweeps: they and their runs are in the trash, come back, and are never moved while they run."""

import os
import time

import pytest
from filelock import FileLock

from core.runs import trash
from core.runs.commands import CommandName
from core.runs.schema import Status
from core.sweeps import sweep_trash
from core.sweeps.sweep import SweepError, SweepStore
from core.sweeps.sweep_runs import runs_of_sweep
from core.sweeps.view import SweepView
from tests.support.sweeps import owned_sweep, sweep_config


def test_a_sweep_and_its_runs_are_deleted_and_come_back(store, monkeypatch):
    other = store.create(sweep_config().base)
    view = owned_sweep(store, monkeypatch, sweep_config(trials=8))
    assert sweep_trash.delete(view.sweep) == 8 + 6
    assert SweepStore(store).all() == [] and [each.id for each in store.all()] == [other.id]
    assert sweep_trash.deleted(store) == [view.sweep.id]
    back = sweep_trash.restore(store, view.sweep.id)
    found = SweepView.read(back)
    assert found.trials == view.trials and found.confirmation == view.confirmation
    assert len(runs_of_sweep(store, back.id)) == 8 + 6 and sweep_trash.deleted(store) == []


def test_the_runs_are_kept_where_that_is_wanted(store, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(trials=2))
    before = {each.id for each in store.all()}
    assert sweep_trash.delete(view.sweep, keep_runs=True) == 0
    assert {each.id for each in store.all()} == before and trash.deleted_runs(store) == []


def test_a_sweep_that_runs_is_not_deleted(store):
    sweep = SweepStore(store).create(sweep_config())
    with FileLock(sweep.lock_path), pytest.raises(SweepError, match="is running. Stop it first"):
        sweep_trash.delete(sweep)  # its process has not written its status yet
    sweep.begin()
    with pytest.raises(SweepError, match="is running. Stop it first"):
        sweep_trash.delete(sweep)
    assert SweepStore(store).all()[0].id == sweep.id


def test_a_run_that_is_trained_further_stays(store, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(trials=2))
    going = store.get(view.trials[0].run_ids[0])
    going.send(CommandName.EXTEND, 1)
    going.write_status(Status.of_this_process())
    sweep_trash.delete(view.sweep)
    assert [each.id for each in store.all()] == [going.id]


def test_a_damaged_sweep_can_be_deleted(store):
    sweep = SweepStore(store).create(sweep_config())
    (sweep.folder / "owner.json").write_text("[3]")
    (sweep.folder / "sweep.json").write_text("{")
    sweep_trash.delete(sweep)
    assert SweepStore(store).all() == []


def test_what_was_deleted_long_ago_is_removed_for_good(store):
    old, new = (SweepStore(store).create(sweep_config()) for _ in range(2))
    sweep_trash.delete(old)
    long_ago = time.time() - 31 * 24 * 3600
    os.utime(SweepStore(store).root / ".trash" / old.id, (long_ago, long_ago))
    sweep_trash.delete(new)
    assert sweep_trash.deleted(store) == [new.id]
    with pytest.raises(SweepError, match="is not in the trash"):
        sweep_trash.restore(store, old.id)


@pytest.mark.parametrize("name", [".trash", "..", "", "a/b", "none"])
def test_a_hostile_name_is_no_sweep(store, name):
    sweep_trash.delete(SweepStore(store).create(sweep_config()))
    with pytest.raises(SweepError):
        SweepStore(store).get(name)
    with pytest.raises(SweepError):
        sweep_trash.restore(store, name)


def test_what_a_killed_filing_left_is_removed(store):
    sweeps = SweepStore(store)
    sweeps.create(sweep_config())
    left = sweeps.root / ".20260101-000000-000-abcd.new"
    left.mkdir()
    os.utime(left, (0, 0))
    sweeps.create(sweep_config())
    assert not left.exists() and len(sweeps.all()) == 2
