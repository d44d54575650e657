"""Anything may stand in the files of a run: it is read or refused in words, and its texts can be shown."""

import json
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from core.evaluation.predictions import load_predictions
from core.runs import run as run_module
from core.runs.damage import find_damage
from core.runs.index import run_summaries
from core.runs.plan import row_learning_rates
from core.runs.queue_view import read_queue
from core.runs.schema import Mark, MarkKind, RunError, RunState
from core.runs.state_cache import run_states
from core.runs.store import RunStore
from core.runs.view import RunView
from core.training.time_estimate import machine_pace
from tests.support.hostile_files import LINES, OBJECTS, hostile_line, hostile_object, sound_files

FEW = settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def texts_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in texts_of(each))
    elif isinstance(value, list | tuple):
        yield from (text for each in value for text in texts_of(each))


def read_everything(store, run):
    """All that pages and the command line read of a run; returns the texts that they show."""
    queue = read_queue(store)
    lined_up = [queue.active, *queue.waiting] if queue.active else []
    shown = [find_damage(run), *map(str, run_states(store)), *(entry.title for entry in lined_up)]
    shown += texts_of([asdict(summary) for summary in run_summaries(store)])
    machine_pace(store, "mlp")
    try:
        view = RunView.read(run)
        row_learning_rates(view.config, view.marks, view.rows)
        shown += [view.title, view.status.error, view.status.note, view.notes.remark, str(view.epochs)]
        shown += [f"{view.learning_rate:.5g}", str(view.halt)]
        load_predictions(run)
        for step in view.snapshots.steps():
            view.snapshots.load(step)
    except RunError as error:
        shown.append(str(error))
    return shown


def assert_can_be_shown(shown):
    for text in shown:
        text.encode()
        assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in text)


@pytest.mark.parametrize("name", [*OBJECTS, *LINES])
def test_any_json_in_a_runs_file_is_read_or_refused_in_words(name, finished_run):
    folder, store = finished_run.folder, RunStore()
    sound_files(finished_run)

    @seed(0)
    @FEW
    @given(st.data())
    def read(data):
        if name in OBJECTS:
            text = data.draw(hostile_object(name))
        else:
            text = b"\n".join(data.draw(st.lists(hostile_line(name), max_size=4))) + b"\n"
        (folder / name).write_bytes(text)
        assert_can_be_shown(read_everything(store, finished_run))

    read()


@pytest.mark.parametrize("name", ["predictions.npz", "snapshots/000000001.npz", "checkpoint.npz", "train.log"])
def test_any_bytes_in_a_runs_file_are_read_or_refused_in_words(name, finished_run):
    path, store = finished_run.folder / name, RunStore()
    sound_files(finished_run)
    sound = path.read_bytes()

    @seed(0)
    @FEW
    @given(st.integers(0, len(sound)), st.binary(max_size=200))
    def read(place, noise):
        path.write_bytes(sound[:place] + noise + sound[place + len(noise) :])
        assert_can_be_shown(read_everything(store, finished_run))
        try:
            finished_run.checkpoint()
        except RunError as error:
            assert_can_be_shown([str(error)])

    read()


def test_a_lone_surrogate_in_a_text_is_replaced(finished_run):
    (finished_run.folder / "notes.json").write_text(r'{"name": "a\ud800b", "remark": "\u0007\u202edoow"}')
    status = json.loads((finished_run.folder / "status.json").read_text())
    (finished_run.folder / "status.json").write_text(json.dumps(status | {"error": "\udfff", "note": "\x1b[2J"}))
    view = RunView.read(finished_run)
    assert view.title == "a\ufffdb" and view.notes.remark == "\ufffd\ufffddoow"
    assert view.status.error == "\ufffd" and view.status.note == "\ufffd[2J"


def test_a_folder_whose_name_cannot_be_shown_is_no_run(store, finished_run):
    (store.root / "a\nb").mkdir()
    (store.root / "a\udcffb").mkdir()
    assert [run.id for run in store.all()] == [finished_run.id]


@pytest.mark.parametrize(
    "name", ["notes.json", "status.json", "report.json", "config.json", "commands.jsonl", "marks.jsonl"]
)
def test_a_file_that_is_too_long_is_refused_in_words(name, finished_run):
    with open(finished_run.folder / name, "wb") as file:
        file.truncate(200 * 1024**2)
    with pytest.raises(RunError, match=rf"{name} cannot be (read|used): it has 200.0 MB, and at most 4 MB are read"):
        RunView.read(finished_run)


def test_of_long_metrics_the_newest_are_read_by_blocks(finished_run, monkeypatch):
    path = finished_run.folder / "metrics.jsonl"
    line = path.read_bytes().splitlines()[0] + b"\n"
    path.write_bytes(line * 5 + b"[" * 100_000 + b"\n" + line * 20_000)
    monkeypatch.setattr(run_module, "MAX_METRICS_BYTES", 10_000 * len(line))
    monkeypatch.setattr(run_module, "_BLOCK_BYTES", 100_000)
    asked, real = [], run_module.atomic.read_lines
    monkeypatch.setattr(
        run_module.atomic,
        "read_lines",
        lambda path, offset, size=None: asked.append((path.name, size)) or real(path, offset, size),
    )
    view = RunView.read(finished_run)
    assert len(view.rows) == 10_000 and asked.count((path.name, 100_000)) > 1 and (path.name, None) not in asked
    assert view.metrics.skipped_bytes == path.stat().st_size - 10_000 * len(line)
    assert view.metrics_note.startswith("metrics.jsonl has 2.0 MB") and "its newest" in view.metrics_note
    with open(path, "ab") as file:
        file.write(line)
    assert len(RunView.read(finished_run, view.metrics).rows) == 10_001


def test_a_report_whose_figures_contradict_each_other_is_no_report(finished_run):
    path = finished_run.folder / "report.json"
    sound = json.loads(path.read_text())
    wrong = (
        {"accuracy": 50.97},
        {"accuracy": 0.5097},
        {"correct": 2000},
        {"count": 0},
        {"interval": [0.9, 0.1]},
        {"digits": sound["digits"][::-1]},
        {"calibration_error": 7},
    )
    for change in wrong:
        path.write_text(json.dumps(sound | change))
        assert find_damage(finished_run) == "report.json is not a test report.", change
        assert run_summaries(RunStore())[0].state is RunState.DAMAGED


def test_a_mark_cannot_hold_what_no_command_could(finished_run):
    for value in (1e300, -1.0, None):
        with pytest.raises(ValueError, match="needs a value"):
            Mark(MarkKind.RATE, 1, 0.1, 1.0, 1, value)
