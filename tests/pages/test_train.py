"""The Train page without a browser: empty, with runs of every kind, with nonsense in the form."""

import pytest

from core import launcher
from core.config import PRESETS, TrainConfig
from core.runs import RunStore
from tests.pages.conftest import words


def texts(at):
    return words(at) + "\n".join(each.proto.text for each in at.get("progress"))


def test_without_a_run_the_page_says_what_to_do(app):
    at = app("train")
    assert not at.exception
    assert "Press Train" in words(at)
    assert "101,770 weights" in words(at)


def test_train_files_the_run_and_shows_it_waiting(app, store, monkeypatch):
    tended = []
    at = app("train")
    monkeypatch.setattr(launcher, "tend", tended.append)
    at.number_input(key="recipe-epochs").set_value(3).run()
    next(each for each in at.button if each.label == "Train").click().run()
    assert not at.exception
    (run,) = store.all()
    assert run.config() == TrainConfig(epochs=3)
    assert len(tended) == 1
    assert "Waiting for its turn" in texts(at)


def test_a_preset_fills_the_form_and_a_change_makes_it_ones_own(app):
    at = app("train")
    at.selectbox(key="preset").set_value("convnet").run()
    convnet = PRESETS["convnet"]
    assert at.selectbox(key="recipe-architecture").value == "convnet"
    assert at.number_input(key="recipe-batch_size").value == convnet.batch_size
    assert "164,362 weights" in words(at)
    at.number_input(key="recipe-epochs").set_value(9).run()
    assert at.selectbox(key="preset").value == "your own"
    at.selectbox(key="preset").set_value("recipe").run()
    assert at.number_input(key="recipe-epochs").value == 5


def test_every_field_has_help(app):
    at = app("train")
    fields = [each for kind in (at.number_input, at.selectbox, at.toggle) for each in kind if each.key]
    assert len([each for each in fields if each.key.startswith("recipe-")]) == len(TrainConfig.__dataclass_fields__) - 1
    assert all(each.help for each in fields if each.key.startswith("recipe-"))


def test_a_value_out_of_range_names_field_value_and_range(app):
    at = app("train", **{"recipe-learning_rate": float("nan")})
    assert "learning_rate is nan; it must be a number from 0.00001 to 1." in [each.value for each in at.error]
    assert next(each for each in at.button if each.label == "Train").disabled


def test_a_finished_run_shows_its_report(app, finished_run):
    at = app("train")
    assert not at.exception
    metrics = {each.label: each.value for each in at.metric}
    assert metrics["Test accuracy"] == "95.00%"
    assert metrics["Misread"] == "50 of 1,000"
    assert "epoch 2.0 of 2" in texts(at)
    assert any(each.label == "Read digits with this model" for each in at.button)


@pytest.mark.parametrize("name", ["config.json", "status.json", "report.json"])
@pytest.mark.parametrize("content", [b"", b'{"state": "runn', b"[]", b"\xff\xfe\x00"])
def test_a_damaged_run_is_listed_and_the_others_work(app, store, finished_run, name, content):
    broken = store.create(TrainConfig())
    (broken.folder / name).write_bytes(content)
    at = app("train")
    assert not at.exception
    table = next(each.value for each in at.dataframe if "state" in each.value)
    assert list(table["state"]) == ["damaged", "finished"]
    assert name in table["note"][0]
    assert {each.label: each.value for each in at.metric}["Test accuracy"] == "95.00%"


def test_a_failed_run_says_why(app, finished_run):
    from dataclasses import replace

    finished_run.write_status(replace(finished_run.status(), state="running", pid=2**22 + 1))
    at = app("train")
    assert "gone without a word" in words(at)


def test_a_deleted_run_does_not_break_the_page(app, store, finished_run):
    import shutil

    at = app("train")
    shutil.rmtree(finished_run.folder)
    at.run()
    assert not at.exception
    assert "Press Train" in words(at)
    assert RunStore().all() == []
