"""Run folders: what state a run is in, and that a damaged one harms no other."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, replace

import numpy as np
import psutil
import pytest

from core.config.train_config import TrainConfig
from core.evaluation.report import make_report
from core.runs import run_folder
from core.runs.damage import find_damage
from core.runs.metrics_schema import MetricRow, Metrics
from core.runs.run import Run
from core.runs.schema import Mark, MarkKind, Notes, RunError, RunState, Status
from core.runs.store import RunStore
from core.storage.atomic import append_line
from tests.support.runs import finished_status

ROW = MetricRow(epoch=0.5, step=1, loss=0.5, accuracy=0.9, images_per_s=9e4, elapsed_s=0.1)
LINE = ROW.to_json()
REPORT = make_report(np.eye(10), np.arange(10))
REPORT_JSON = REPORT.to_json()
LIVE_STATES = [state for state in RunState if state.is_live]
FINAL_STATES = [state for state in RunState if state.is_final]


@pytest.fixture
def run(store):
    return store.create(TrainConfig())


@pytest.fixture
def child():
    """A process that waits until its input is closed."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def status_of(process, state="running", **values):
    return Status(state, process.pid, psutil.Process(process.pid).create_time(), started=time.time(), **values)


# States


def shown_state(run):
    return "damaged" if find_damage(run) else run.status().state


def test_a_new_run_is_queued(run):
    assert run.status() == Status("queued") and shown_state(run) == "queued"
    assert run.is_waiting()


def test_a_run_stopped_in_the_queue_is_stopped(run):
    run.send("stop")
    assert run.status().state == "stopped" and not run.is_waiting()


@pytest.mark.parametrize("state", LIVE_STATES)
def test_a_live_process_keeps_its_state(run, child, state):
    run.write_status(status_of(child, state))
    assert run.status().state == state and run.status().is_live
    assert not run.is_waiting()


def test_a_running_run_that_was_sent_a_stop_is_stopping(run, child):
    run.write_status(status_of(child))
    run.send("stop")
    assert run.status().state == "stopping"


@pytest.mark.parametrize("state", LIVE_STATES)
def test_a_run_whose_process_is_gone_has_failed(run, child, state):
    run.write_status(status_of(child, state))
    child.kill()
    child.wait()
    status = run.status()
    assert status.state == "failed" and status.is_final
    assert status.error.startswith("The training process ended without saying why: it was killed")
    assert status.ended == status.heartbeat > 0


def test_a_worker_that_ends_between_two_looks_has_not_crashed(run, child, monkeypatch):
    """It writes its last status and ends after its file was read and before its process is asked for."""
    run.write_status(status_of(child))

    def ends(status):
        run.write_status(finished_status())
        return False

    monkeypatch.setattr(run_folder, "is_process_alive", ends)
    assert run.status().state == "finished"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no zombies")
def test_a_run_whose_process_is_a_zombie_has_failed(run, child):
    run.write_status(status_of(child))
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE
    assert run.status().state == "failed"


@pytest.mark.parametrize("apart_s", [-3600.0, 3600.0])
def test_another_process_with_the_same_pid_is_not_the_worker(run, child, apart_s):
    status = status_of(child)
    stale = replace(status, process_started=status.process_started + apart_s, heartbeat=time.time() - 60)
    (run.folder / "status.json").write_text(json.dumps(asdict(stale)))
    assert run.status().state == "failed"


def test_a_worker_with_a_fresh_heartbeat_outlives_a_change_of_the_clock(run, child):
    status = status_of(child)
    run.write_status(replace(status, process_started=status.process_started + 3600))
    assert run.status().state == "running"


@pytest.mark.parametrize("pid", [0, 2**22 + 1, 10**30])
def test_a_pid_that_cannot_be_has_failed(run, pid):
    run.write_status(Status("running", pid, 1.0))
    assert run.status().state == "failed"


@pytest.mark.parametrize("state", FINAL_STATES)
def test_a_final_state_needs_no_process(run, state):
    run.write_status(Status(state, 1, 1.0, error="A sentence."))
    assert run.status().state == state and run.status().error == "A sentence."


def test_a_stop_after_the_end_changes_nothing(run):
    run.write_status(finished_status())
    run.send("stop")
    assert run.status().state == "finished"


def test_the_heartbeat_is_when_the_status_was_written(run):
    before = time.time()
    run.write_status(Status.of_this_process(7))
    status = run.status()
    assert before <= status.heartbeat <= time.time()
    assert (status.state, status.pid, status.parameters) == ("running", os.getpid(), 7)


# Metrics


def test_metrics_are_read_on_from_where_they_were(run):
    assert run.metrics() == Metrics()
    run.append_metrics(ROW)
    first = run.metrics()
    assert first.rows == (ROW,)
    assert run.metrics(first) is first, "nothing new, nothing made"
    run.append_metrics(replace(ROW, step=2))
    assert [row.step for row in run.metrics(first).rows] == [1, 2]


def test_a_half_written_last_line_waits(run):
    run.append_metrics(ROW)
    path = run.folder / "metrics.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])
    metrics = run.metrics()
    assert metrics.rows == (ROW,) and metrics.offset == len(whole)
    path.write_bytes(whole + whole)
    assert run.metrics(metrics).rows == (ROW, ROW)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "garbage",
        "[1]",
        "null",
        '{"epoch": 1}',
        json.dumps(LINE | {"loss": "low"}),
        json.dumps(LINE | {"step": None}),
        json.dumps(LINE | {"loss": float("nan")}),
        json.dumps(LINE | {"step": 10**400}),
        json.dumps(LINE | {"epoch": 0}),
        json.dumps(LINE | {"val_loss": "low"}),
    ]
    + [json.dumps({key: value for key, value in LINE.items() if key != name}) for name in LINE],
)
def test_a_damaged_line_of_metrics_is_passed_over(run, line):
    run.append_metrics(ROW)
    with open(run.folder / "metrics.jsonl", "a") as file:
        file.write(line + "\n")
    run.append_metrics(ROW)
    assert run.metrics().rows == (ROW, ROW)


def test_rows_that_are_trained_again_count_once(run):
    for step in (1, 2, 3):
        run.append_metrics(replace(ROW, step=step))
    known = run.metrics()
    run.retract_metrics(1)
    run.append_metrics(replace(ROW, step=2, loss=0.25))
    assert [(row.step, row.loss) for row in run.metrics(known).rows] == [(1, 0.5), (2, 0.25)]
    assert run.metrics(known) == run.metrics()


# Marks

MARK = Mark(MarkKind.RATE, step=5, epoch=0.5, elapsed_s=1.0, acknowledged=1, value=0.01)


def test_marks_are_read_as_they_were_written(run):
    assert run.marks() == [] and run.acknowledged() == 0
    run.append_mark(MARK)
    assert run.marks() == [MARK] and run.acknowledged() == 1


def test_a_resumed_run_keeps_the_changes_that_it_makes_again(run):
    later = [
        replace(MARK, kind=MarkKind(kind), step=9, acknowledged=acknowledged)
        for acknowledged, kind in enumerate(("pause", "rate", "stop"), 1)
    ]
    resumed = replace(MARK, kind=MarkKind.RESUME, step=5, acknowledged=4)
    for mark in (MARK, *later, resumed):
        run.append_mark(mark)
    assert run.marks() == [MARK, later[1], resumed]


@pytest.mark.parametrize(
    "damage",
    [{"kind": 3}, {"step": 1.5}, {"acknowledged": None}, {"epoch": "x"}, {"value": None}, {"elapsed_s": -1}],
)
def test_a_damaged_mark_is_passed_over(run, damage):
    for line in (MARK.to_json() | damage, {"kind": "rate", "step": 1}):
        append_line(run.folder / "marks.jsonl", line)
    assert run.marks() == []


def test_marks_and_statuses_of_early_versions_are_read(run):
    line = {key: value for key, value in MARK.to_json().items() if key != "acknowledged"}
    append_line(run.folder / "marks.jsonl", line | {"heard": 1})
    assert run.marks() == [MARK] and run.acknowledged() == 1
    early = {key: value for key, value in asdict(finished_status()).items() if key != "acknowledged"}
    (run.folder / "status.json").write_text(json.dumps(early | {"told": 3}))
    assert run.status().acknowledged == 3


def test_a_command_outlives_a_power_cut_as_what_counts_it_does(run, monkeypatch):
    synced = []
    monkeypatch.setattr("os.fsync", synced.append)
    run.send("resume")
    assert len(synced) == 1


# The queue


def test_what_is_put_first_is_next(store):
    runs = [store.create(TrainConfig()) for _ in range(4)]
    runs[2].send("first")
    runs[3].send("first")
    assert [run.id for run in store.queue()] == [runs[place].id for place in (3, 2, 0, 1)]


def test_a_resumed_run_waits_behind_those_that_wait(store, run):
    run.write_status(replace(finished_status(), state="stopped"))
    waiting = store.create(TrainConfig())
    run.send("resume")
    assert [each.id for each in store.queue()] == [waiting.id, run.id]


def test_a_first_place_is_used_up_when_the_run_is_resumed(store, run):
    run.send("first")
    run.write_status(replace(finished_status(), state="stopped"))
    waiting = store.create(TrainConfig())
    run.send("resume")
    assert [each.id for each in store.queue()] == [waiting.id, run.id]
    run.send("first")
    assert [each.id for each in store.queue()] == [run.id, waiting.id]


def test_what_is_put_first_is_next_though_the_clock_was_set_back(store, monkeypatch):
    runs, now = [store.create(TrainConfig()) for _ in range(3)], time.time()
    for run, moment in zip(runs, (now, now - 3600, now - 7200), strict=True):
        monkeypatch.setattr(time, "time", lambda moment=moment: moment)
        run.send("first")
    assert [run.id for run in store.queue()] == [runs[place].id for place in (2, 1, 0)]


# Damage


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", ""),
        ("config.json", '{"epochs": 5'),
        ("config.json", "[]"),
        ("config.json", '{"epochs": 0}'),
        ("config.json", '{"layers": 5}'),
        ("config.json", b"\xff\xfe"),
        ("config.json", "[" * 100_000),
        ("status.json", ""),
        ("status.json", '{"state": "runn'),
        ("status.json", "[]"),
        ("status.json", "{}"),
        ("status.json", '{"state": "flying"}'),
        ("status.json", '{"state": "running", "pid": "12"}'),
        ("status.json", '{"state": "running", "pid": -1}'),
        ("status.json", '{"state": "running", "heartbeat": NaN}'),
        ("status.json", '{"state": "running", "started": 1' + "0" * 400 + "}"),
        ("status.json", '{"state": "finished", "train_s": null}'),
        ("status.json", b"\xff\xfe"),
        ("status.json", "[" * 100_000),
        ("report.json", "not json"),
        ("report.json", "{}"),
        ("report.json", '{"accuracy": 0.5, "confusion_matrix": [[1, 2], [3, 4]]}'),
        ("report.json", '{"accuracy": 0.5, "confusion_matrix": [[1], [2, 3]]}'),
        ("report.json", json.dumps(REPORT_JSON | {"accuracy": "high"})),
        ("report.json", json.dumps(REPORT_JSON | {"confusion_matrix": [[1]] * 10})),
        ("report.json", json.dumps(REPORT_JSON | {"digits": []})),
        ("report.json", json.dumps(REPORT_JSON | {"digits": [{"digit": 0}] * 10})),
        ("report.json", json.dumps(REPORT_JSON | {"loss": float("nan")})),
        ("report.json", json.dumps(REPORT_JSON | {"reliability": [1]})),
        ("report.json", json.dumps(REPORT_JSON | {"reliability": [{"low": 0}]})),
        ("report.json", json.dumps(REPORT_JSON | {"calibration_error": "small"})),
        ("report.json", json.dumps({key: value for key, value in REPORT_JSON.items() if key != "interval"})),
        ("notes.json", "{"),
        ("notes.json", '"a name"'),
    ],
)
def test_a_damaged_file_is_named_and_harms_no_other_run(store, finished_run, name, content):
    (finished_run.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    sound = store.create(TrainConfig())
    damage = find_damage(finished_run)
    assert damage.startswith(name) and damage.endswith("."), damage
    assert shown_state(finished_run) == "damaged"
    assert [(run.id, shown_state(run)) for run in store.all()] == [(sound.id, "queued"), (finished_run.id, "damaged")]
    assert [run.id for run in store.queue()] == [sound.id]


@pytest.mark.parametrize("name", ["config.json", "status.json", "report.json", "notes.json", "commands.jsonl"])
def test_a_folder_in_a_files_place_is_damage(store, run, name):
    (run.folder / name).unlink(missing_ok=True)
    (run.folder / name).mkdir()
    sound = store.create(TrainConfig())
    assert find_damage(run).startswith(name) and find_damage(run).endswith(".")
    assert sound.id in [each.id for each in store.queue()]


def test_metrics_that_cannot_be_read_are_an_error_in_words(run):
    (run.folder / "metrics.jsonl").mkdir()
    with pytest.raises(RunError, match="metrics.jsonl cannot be read: .*[.]$"):
        run.metrics()


def test_a_finished_run_without_its_report_is_damage(run):
    run.write_status(finished_status())
    assert find_damage(run) == "The run is finished, but its test report is missing."


def test_a_run_whose_folder_is_gone_is_an_error_in_words(run):
    shutil.rmtree(run.folder)
    with pytest.raises(RunError, match=f"The folder of run {run.id} is gone."):
        run.status()


def test_a_missing_config_is_damage_and_never_trained(store, run):
    (run.folder / "config.json").unlink()
    assert find_damage(run).startswith("config.json cannot be used: ") and find_damage(run).endswith(
        " does not exist. Check the path."
    )
    assert store.queue() == []


def test_foreign_folders_and_files_in_the_root_do_no_harm(store, run):
    (store.root / "holiday pictures").mkdir()
    (store.root / "letter.txt").write_text("Dear all")
    (store.root / ".20990101-000000-000-mlp-0000.new").mkdir()
    assert {each.id: shown_state(each) for each in store.all()} == {run.id: "queued", "holiday pictures": "damaged"}
    assert [each.id for each in store.queue()] == [run.id]
    assert store.get("holiday pictures").created == 0.0


def test_unknown_keys_of_a_status_are_passed_over(run):
    values = {"state": "finished", "colour": "green", "train_s": 2}
    (run.folder / "status.json").write_text(json.dumps(values))
    assert run.status() == Status("finished", train_s=2)


def test_a_sound_run_has_no_damage(finished_run):
    assert find_damage(finished_run) == "" and shown_state(finished_run) == "finished"


# The store


def test_the_root_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGIT_STUDIO_HOME", str(tmp_path / "mine"))
    assert RunStore().root == tmp_path / "mine"
    assert RunStore(tmp_path / "given").root == tmp_path / "given"
    monkeypatch.delenv("DIGIT_STUDIO_HOME")
    monkeypatch.chdir(tmp_path)
    assert RunStore().root == tmp_path / "runs"


def test_an_empty_or_missing_root_has_no_runs(tmp_path):
    store = RunStore(tmp_path / "missing")
    assert store.all() == [] and store.queue() == []
    assert not store.root.exists(), "looking makes no folder"


def test_a_filed_run_keeps_its_config(store):
    config = TrainConfig(architecture="convnet", epochs=3, seed=9)
    run = store.create(config)
    assert store.get(run.id).config() == config
    assert abs(run.created - time.time()) < 60
    assert run.id.split("-")[3] == "convnet"
    assert [path.name for path in run.folder.iterdir()] == ["config.json"]


def test_newest_first_and_the_queue_oldest_first(store):
    runs = [store.create(TrainConfig()) for _ in range(4)]
    ids = [run.id for run in runs]
    assert [run.id for run in store.all()] == ids[::-1]
    assert [run.id for run in store.queue()] == ids
    runs[0].write_status(finished_status())
    runs[2].send("stop")
    assert [run.id for run in store.queue()] == [ids[1], ids[3]]


def test_runs_filed_at_once_have_ids_in_the_order_of_filing(store):
    ids = [store.create(TrainConfig()).id for _ in range(50)]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    "run_id", ["", ".", "..", "../runs", "../../etc", "/etc", "a/b", "nothing", "letter.txt", "a\0b", "a" * 300]
)
def test_what_is_no_run_is_refused_in_words(store, run, run_id):
    (store.root / "letter.txt").write_text("Dear all")
    with pytest.raises(RunError) as caught:
        store.get(run_id)
    assert str(caught.value) == f"There is no run {run_id!r} in {store.root}."


def test_a_path_out_of_the_root_is_refused_even_to_a_run(store, run):
    for way in (f"../{store.root.name}/{run.id}", f"./{run.id}", f"{run.id}/", str(run.folder)):
        with pytest.raises(RunError):
            store.get(way)


def test_two_hundred_runs_are_listed(store):
    config = TrainConfig().to_json()
    for number in range(200):
        folder = store.root / f"20260101-000000-{number:03}-mlp-0000"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(config)
        if number % 2:
            Run(folder).write_report(REPORT)
            Run(folder).write_status(finished_status())
    states = [shown_state(run) for run in store.all()]
    assert len(states) == 200 and states.count("finished") == states.count("queued") == 100
    assert [run.id[16:19] for run in store.queue()] == [f"{number:03}" for number in range(0, 200, 2)]


# Notes, reports, models, checkpoints


def test_notes_are_kept_and_name_the_run(run):
    assert run.notes() == Notes() and run.title().startswith("Seed recipe · ")
    run.write_notes(name="First try", star=True)
    run.write_notes(remark="too short", star=False)
    assert run.notes() == Notes(name="First try", star=False, remark="too short")
    assert run.title() == "First try"


def test_a_report_is_read_as_it_was_written(run):
    assert run.report() is None
    run.write_report(REPORT)
    assert run.report() == REPORT


def test_a_checkpoint_comes_back_whole(run):
    assert run.checkpoint() is None
    arrays = {"model.0": np.arange(6, dtype=np.float32).reshape(2, 3), "epoch": np.int64(4)}
    run.save_checkpoint(arrays)
    back = run.checkpoint()
    assert back.keys() == arrays.keys()
    assert all(np.array_equal(back[name], arrays[name]) and back[name].dtype == arrays[name].dtype for name in arrays)


def test_the_metrics_are_on_the_disk_before_the_checkpoint_that_goes_on_from_them(run, monkeypatch):
    synced, real = [], os.fsync
    monkeypatch.setattr("os.fsync", lambda file: (synced.append(os.fstat(file).st_ino), real(file)))
    run.save_checkpoint({"epoch": np.int64(0)})
    run.append_metrics(ROW)
    run.save_checkpoint({"epoch": np.int64(1)})
    metrics, checkpoint = ((run.folder / name).stat().st_ino for name in ("metrics.jsonl", "checkpoint.npz"))
    assert synced[1:] == [metrics, checkpoint]


def test_a_run_is_filled_before_anybody_sees_it(store):
    def fill(run):
        run.append_metrics(ROW)
        assert store.all() == []

    run = store.create(TrainConfig(), fill)
    assert run.metrics().rows == (ROW,)


def test_a_run_that_cannot_be_filled_is_not_filed(store):
    def fill(run):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        store.create(TrainConfig(), fill)
    assert list(store.root.iterdir()) == []


def test_the_newest_rows_of_a_long_run_are_whole(run):
    assert run.newest_rows() == ()
    for step in range(1, 400):
        run.append_metrics(replace(ROW, step=step))
    rows = run.newest_rows()
    assert [row.step for row in rows] == list(range(rows[0].step, 400))
    assert 1 < rows[0].step < 390


@pytest.mark.parametrize("damage", ["cut off", "foreign", "empty", "one array", "wrong bytes"])
def test_a_damaged_checkpoint_is_an_error_in_words(run, damage):
    run.save_checkpoint({"model.0": np.arange(100.0)})
    path = run.folder / "checkpoint.npz"
    whole = path.read_bytes()
    if damage == "one array":
        np.save(run.folder / "array.npy", np.zeros(3))
        whole = (run.folder / "array.npy").read_bytes()
    path.write_bytes(
        {
            "cut off": whole[:-30],
            "foreign": b"hello",
            "empty": b"",
            "one array": whole,
            "wrong bytes": whole[:200] + b"\xff" * 8 + whole[208:],
        }[damage]
    )
    with pytest.raises(RunError, match="^checkpoint.npz is damaged: "):
        run.checkpoint()


def test_a_saved_model_leaves_nothing_beside_it(finished_run):
    assert finished_run.has_model
    assert not [path.name for path in finished_run.folder.iterdir() if path.name.startswith(".")]


def test_a_model_that_cannot_be_saved_leaves_the_old_one(finished_run):
    class Unsaveable:
        def save(self, path):
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")

    before = finished_run.model_path.read_bytes()
    with pytest.raises(OSError, match="No space left"):
        finished_run.save_model(Unsaveable())
    assert finished_run.model_path.read_bytes() == before
    assert not [path.name for path in finished_run.folder.iterdir() if path.name.startswith(".")]


def test_the_folder_of_a_run_whose_filing_was_killed_is_removed_at_the_next_filing_or_start(store):
    store.root.mkdir(parents=True)
    killed, being_filed = (store.root / f".2026010{day}-000000-000-mlp-0000.new" for day in (1, 2))
    for each in (killed, being_filed):
        each.mkdir()
        (each / "config.json").write_text("{}")
    os.utime(killed, (0, 0))
    run = store.create(TrainConfig())
    assert not killed.exists() and being_filed.exists()
    os.utime(being_filed, (0, 0))
    store.remove_leftovers()
    assert not being_filed.exists() and [each.id for each in store.all()] == [run.id]


def test_a_command_that_changes_nothing_is_not_sent(store):
    """Streamlit may handle one press twice, the second time with the button that was drawn in between."""
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    given = ["resume", "pause", "pause", "resume", "resume", "rate", "rate", "stop_after_epoch", "stop", "stop"]
    sent = [name for name in given if run.send(name, 0.01 if name == "rate" else None)]
    assert sent == [str(each.command) for each in run.commands()]
    assert sent == ["pause", "resume", "rate", "rate", "stop_after_epoch", "stop"]
    run.send("resume")
    assert run.halt() is None and len(run.commands()) == 7, "a stop is taken back while the run still stops"


def test_a_run_that_has_ended_is_resumed_however_often_that_was_asked_for_before(store):
    run = store.create(TrainConfig())
    run.send("resume")
    run.write_status(Status(state=RunState.FAILED))
    run.send("resume")
    assert len(run.commands()) == 2
