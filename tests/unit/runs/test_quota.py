"""At most so many runs wait, and some of the disk stays free: what is beyond is refused in words, everywhere."""

from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.cli import main
from core.config.field_spec import ConfigError
from core.config.server_settings import ServerSettings
from core.config.train_config import TrainConfig
from core.evaluation.ablations import CLAIMS, file_missing_runs
from core.export.bundle_import import import_bundle
from core.runs.quota import QuotaError, check_disk, file_run
from core.runs.state_cache import waiting_runs
from core.runs.trash import delete

CONFIG = TrainConfig(hidden_units=8)
Usage = namedtuple("Usage", "total used free")


def test_of_forty_presses_at_once_twenty_are_filed(store):
    def press(_):
        try:
            return bool(file_run(store, CONFIG))
        except QuotaError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(press, range(40))) == 20
    assert len(waiting_runs(store)) == 20
    with pytest.raises(QuotaError, match=r"^20 runs wait in the queue already; at most 20 may \(DIGIT_STUDIO_MAX_WAI"):
        file_run(store, CONFIG)
    delete(store, store.all()[0])
    assert file_run(store, CONFIG)


def test_the_limit_is_a_setting_of_the_command_line_too(store, finished_run, monkeypatch, capsys):
    monkeypatch.setenv("DIGIT_STUDIO_MAX_WAITING_RUNS", "1")
    file_run(store, CONFIG)
    finished_run.write_status(replace(finished_run.status(), state="stopped"))
    for line in (["train"], ["train", "--resume", finished_run.id], ["control", finished_run.id, "resume"]):
        assert main(line) == 1
        assert "1 run waits in the queue already; at most 1 may" in capsys.readouterr().err
    assert len(waiting_runs(store)) == 1


def test_of_a_claim_all_runs_are_filed_or_none(store, monkeypatch):
    monkeypatch.setenv("DIGIT_STUDIO_MAX_WAITING_RUNS", "3")
    with pytest.raises(QuotaError, match=r"and these would be \d+ more"):
        file_missing_runs(next(iter(CLAIMS.values())), store, {})
    assert store.all() == []


def test_where_the_disk_is_nearly_full_nothing_is_filed_or_imported(store, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(10**12, 0, 300 * 1024**2))
    for file in (lambda: file_run(store, CONFIG), lambda: import_bundle(store, b"")):
        with pytest.raises(QuotaError, match=r"Only 300 MB are free on the disk of .*; a run needs at least 500"):
            file()
    assert store.all() == []
    monkeypatch.setenv("DIGIT_STUDIO_MIN_FREE_MB", "200")
    check_disk(store.root)


def test_where_the_disk_is_nearly_full_nothing_is_trained_further(store, finished_run, monkeypatch, capsys):
    finished_run.write_status(replace(finished_run.status(), state="stopped"))
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(10**12, 0, 300 * 1024**2))
    for line in (["train", "--resume", finished_run.id], ["control", finished_run.id, "resume"]):
        assert main(line) == 1
        assert "Only 300 MB are free on the disk" in capsys.readouterr().err
    assert finished_run.status().state == "stopped" and waiting_runs(store) == []


@pytest.mark.parametrize("text", ["", "-1", "many", "1.5", "10000000"])
def test_a_setting_that_is_no_number_is_said_at_the_start(text, monkeypatch, capsys):
    monkeypatch.setenv("DIGIT_STUDIO_MIN_FREE_MB", text)
    with pytest.raises(ConfigError, match=f"DIGIT_STUDIO_MIN_FREE_MB is {text!r}: a whole number from 0"):
        ServerSettings.from_environment()
    for command in ("serve", "share"):
        assert main([command]) == 2
        assert "DIGIT_STUDIO_MIN_FREE_MB" in capsys.readouterr().err
