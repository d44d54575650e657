"""Which files of a run come back from another machine."""

import pytest

from core.config.train_config import TrainConfig
from core.runs.relayed_files import comes_back, replaced_files
from core.runs.run import Run


@pytest.mark.parametrize("name", ["metrics.jsonl", "train.log", "status.json", "snapshots/000000004.weights.npz"])
def test_what_a_training_writes_comes_back(name):
    assert comes_back(name)


@pytest.mark.parametrize("name", ["config.json", "notes.json", "commands.jsonl", "snapshots/../../x.npz", "other.npz"])
def test_what_others_write_does_not(name):
    assert not comes_back(name)


def test_snapshots_are_sent_before_the_checkpoint_and_the_status_is_last(tmp_path):
    (tmp_path / "snapshots").mkdir()
    for name in ("000000002.npz", ".000000001.npz.5.new", "x.npz"):
        (tmp_path / "snapshots" / name).touch()
    names = list(replaced_files(tmp_path))
    assert names[:2] == ["snapshots/000000002.npz", "checkpoint.npz"] and names[-1] == "status.json"
    assert not [each for each in names if not comes_back(each)] and "snapshots/x.npz" not in names


def test_a_run_keeps_the_address_of_its_cluster(store):
    run = store.create(TrainConfig(), lambda new: new.set_cluster("tcp://host:8786"))
    assert Run(run.folder).cluster == "tcp://host:8786" and run.is_waiting()
    run.set_cluster(None)
    assert run.cluster is None
    (run.folder / "cluster.json").write_text('{"address": 5}')
    assert run.cluster is None
