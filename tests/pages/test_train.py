"""The Train page without a browser: empty, with runs of every kind, with nonsense in the form."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.config import FIELD_SPECS, PRESETS, ConfigError, TrainConfig
from core.config.layer_specs import default_layer
from core.datasets import probe_digits
from core.evaluation.report import make_report
from core.jobs import scheduler
from core.runs.schema import Status
from core.runs.snapshots import Snapshot
from core.runs.store import RunStore
from pages.widgets.shared import session
from pages.widgets.train import live_run, run_changes, watchers
from tests.support.app import DENIED, FULL_DISK, failing, plain, texts, words


def test_without_a_run_the_page_says_what_to_do(app):
    at = app("train")
    assert not at.exception
    assert "Press Train" in words(at)
    assert "101,770 weights" in words(at)


def test_train_files_the_run_and_shows_it_waiting(app, store, monkeypatch):
    started = []
    at = app("train")
    monkeypatch.setattr(scheduler, "start_next", started.append)
    at.number_input(key="recipe-epochs").set_value(3).run()
    press(at, "Train")
    assert not at.exception
    (run,) = store.all()
    assert run.config() == TrainConfig(epochs=3)
    assert len(started) == 1
    assert "Starting" in texts(at)


def field(at, label):
    """The form's widget of that label."""
    kinds = (at.number_input, at.selectbox, at.toggle)
    return next(each for kind in kinds for each in kind if each.label == label and each.key.startswith("recipe-"))


def layer_field(at, place, label):
    """A setting of the layer at that place, from 0."""
    settings = [each for kind in (at.number_input, at.selectbox) for each in kind if each.key.startswith("layer-")]
    names = list(dict.fromkeys(each.key.rsplit("-", 1)[0] for each in sorted(settings, key=lambda each: each.key)))
    return next(each for each in settings if each.label == label and each.key.startswith(f"{names[place]}-"))


def press(at, label):
    return next(each for each in at.button if each.label == label).click().run()


def press_key(at, key):
    return at.button(key=key).click().run()


def train_button(at):
    return next(each for each in at.button if each.label == "Train")


def errors(at):
    """The errors as they are read: what has a meaning in Markdown is escaped."""
    return [each.value.replace("\\", "") for each in at.error]


def preset(at):
    return next(each for each in at.selectbox if each.label == "Recipe")


def test_a_preset_fills_the_form_and_a_change_makes_it_ones_own(app):
    at = app("train")
    preset(at).set_value("convnet").run()
    convnet = PRESETS["convnet"]
    assert field(at, "Learning rate over time").value == "one_cycle"
    assert field(at, "Batch size").value == convnet.batch_size
    assert "164,362 weights" in words(at)
    field(at, "Epochs").set_value(9).run()
    assert preset(at).value == "your own"
    preset(at).set_value("recipe").run()
    assert field(at, "Epochs").value == 5 and "101,770 weights" in words(at)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_built_on_and_filed_as_it_is(app, store, name):
    at = app("train")
    preset(at).set_value(name).run()
    assert not at.exception and not at.error
    press(at, "Train")
    assert store.all()[0].config() == PRESETS[name]


NOT_IN_FORM = {"architecture", "layers", "hidden_units", "dropout", "fold", "dataset", "trained_layers", "test_unseen"}
ONLY_WITH_ONE = {"momentum", "nesterov", "beta_1", "beta_2", "rho", "weight_decay"}


def fields(at):
    """The form's widgets by field."""
    widgets = [each for kind in (at.number_input, at.selectbox, at.toggle) for each in kind if each.key]
    return {each.key.removeprefix("recipe-"): each for each in widgets if each.key.startswith("recipe-")}


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        ("adam", {"beta_1", "beta_2"}),
        ("sgd", {"momentum", "nesterov"}),
        ("rmsprop", {"rho"}),
        ("adamw", {"beta_1", "beta_2", "weight_decay"}),
    ],
)
def test_every_field_has_help_and_shows_where_it_means_something(app, optimizer, settings):
    at = app("train")
    field(at, "Optimizer").set_value(optimizer).run()
    shown = fields(at)
    assert shown.keys() == FIELD_SPECS.keys() - NOT_IN_FORM - ONLY_WITH_ONE | settings
    assert all(each.help for each in shown.values())
    layers = [each for kind in (at.number_input, at.selectbox) for each in kind if each.key.startswith("layer-")]
    assert layers and all(each.help for each in layers)


def test_a_field_that_is_hidden_again_changes_nothing(app, store):
    at = app("train")
    field(at, "Optimizer").set_value("sgd").run()
    field(at, "Momentum").set_value(0.5).run()
    field(at, "Optimizer").set_value("adam").run()
    assert preset(at).value == "recipe"
    press(at, "Train")
    assert store.all()[0].config() == TrainConfig()


def test_what_does_not_go_together_is_said_before_anything_starts(app):
    at = app("train")
    field(at, "Validation images").set_value(0).run()
    field(at, "Target accuracy").set_value(0.99).run()
    assert errors(at) == ["target_accuracy is 0.99; it needs validation images, and there are none."]
    assert train_button(at).disabled


# the network builder


def test_a_layer_is_set_and_the_weights_follow(app, store):
    at = app("train")
    layer_field(at, 0, "Units").set_value(64).run()
    assert "50,890 weights" in words(at) and "Dense, 64, relu" in words(at)
    assert preset(at).value == "your own"
    press(at, "Train")
    layers = store.all()[0].config().layers
    assert [layer["class_name"] for layer in layers] == ["Flatten", "Dense", "Dropout"] and layers[1]["units"] == 64


def test_an_impossible_stack_is_said_in_words_until_it_fits(app, store):
    at = app("train")
    place = next(each for each in at.selectbox if each.label == "After")
    kinds = next(each for each in at.selectbox if each.label == "Another layer")
    assert "Convolution" not in kinds.options and "Dense" in kinds.options, "behind a flat row no convolution fits"
    place.set_value("").run()
    at.selectbox(key="new-layer").set_value("Conv2D").run()
    press(at, "Add")
    assert not at.error
    press_key(at, "icon-only-down-new-1")
    reason = "Convolution needs a picture, and what comes in is flat: put it before Flatten."
    assert errors(at) == [f"Layer 2: {reason}"]
    assert train_button(at).disabled and f":red[does not fit: {reason}]" in plain(words(at))
    assert "fits or not, once layer 2 does" in words(at)
    press_key(at, "icon-only-up-new-1")
    assert not at.error and "Convolution, 32 filters 3×3, relu" in words(at)
    assert "26×26×32 values · 320 weights" in words(at)
    press(at, "Train")
    assert store.all()[0].config().layers[0] == default_layer("Conv2D")


def test_a_layer_comes_after_the_one_that_is_chosen_and_the_next_after_it(app):
    at = app("train")
    after = lambda: next(each for each in at.selectbox if each.label == "After")  # noqa: E731
    assert after().options == ["The picture", "1. Flatten", "2. Dense", "3. Dropout"] and after().value == "0-2"
    after().set_value("").run()
    at.selectbox(key="new-layer").set_value("Conv2D").run()
    press(at, "Add")
    assert not at.error and after().value == "new-1"
    assert after().options[:3] == ["The picture", "1. Convolution", "2. Flatten"]
    press(at, "Add")
    assert words(at).count("Convolution, 32 filters 3×3, relu") == 2 and "24×24×32" in words(at)
    press_key(at, "icon-only-remove-new-2")
    press(at, "Add")
    assert not at.exception and not at.error
    assert after().options[-1].startswith("5. "), (
        "what it was to come after is gone: it comes at the end, where it fits"
    )


def test_layers_are_moved_down_and_removed_and_keep_their_settings(app):
    at = app("train")
    layer_field(at, 0, "Units").set_value(30).run()
    press_key(at, "icon-only-down-0-1")
    assert words(at).index("Dropout, 20 %") < words(at).index("Dense, 30, relu")
    press_key(at, "icon-only-remove-0-0")
    assert errors(at) == ["Layer 2: Dense needs a flat input: put Flatten before it."]
    press_key(at, "icon-only-remove-0-1")
    press_key(at, "icon-only-remove-0-2")
    assert "put Flatten or Global average pooling at the end" in errors(at)[0], "no layer at all is no architecture"
    assert train_button(at).disabled


# the link


def open_link(app, **query):
    at = app("recognize")
    at.query_params.update(query)
    return at.switch_page("pages/train.py").run()


def test_the_address_carries_what_differs_from_a_preset(app):
    at = app("train")
    assert dict(at.query_params) == {}
    preset(at).set_value("minute").run()
    field(at, "Epochs").set_value(1).run()
    assert dict(at.query_params) == {"recipe": "minute", "epochs": "1"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"recipe": "best"}, "recipe is 'best'"),
        ({"layers": "conv~lambda"}, "The link has a layer 'lambda'"),
        ({"epochs": "9" * 3000}, "epochs is 999"),
    ],
)
def test_a_foreign_link_gives_a_sentence_and_the_plain_recipe(app, query, sentence):
    at = open_link(app, **query)
    assert not at.exception
    (warning,) = [each.value for each in at.warning]
    assert sentence in warning and "The form holds the seed recipe." in warning and len(warning) < 500
    assert "101,770 weights" in words(at) and not train_button(at).disabled
    preset(at).set_value("convnet").run()
    assert not at.warning


def test_an_impossible_stack_is_there_again_after_a_reload_with_what_is_wrong(app):
    at = app("train")
    layer_field(at, 0, "Units").set_value(64).run()
    next(each for each in at.selectbox if each.label == "After").set_value("").run()
    at.selectbox(key="new-layer").set_value("Conv2D").run()
    press(at, "Add")
    press_key(at, "icon-only-down-new-1")
    problem = ["Layer 2: Convolution needs a picture, and what comes in is flat: put it before Flatten."]
    assert errors(at) == problem
    again = open_link(app, **dict(at.query_params))
    assert not again.exception and not again.warning and errors(again) == problem
    assert "Dense, 64, relu" in words(again) and train_button(again).disabled
    layers = dict(again.query_params)["layers"]
    press_key(again, "icon-only-remove-1-1")
    assert not again.error and not train_button(again).disabled and dict(again.query_params)["layers"] != layers


def test_values_that_do_not_go_together_are_there_again_after_a_reload(app, store):
    at = app("train")
    field(at, "Validation images").set_value(0).run()
    field(at, "Target accuracy").set_value(0.99).run()
    again = open_link(app, **dict(at.query_params))
    assert errors(again) == errors(at) and len(errors(at)) == 1
    assert field(again, "Target accuracy").value == 0.99 and field(again, "Validation images").value == 0
    field(again, "Validation images").set_value(5000).run()
    press(again, "Train")
    assert store.all()[0].config() == TrainConfig(target_accuracy=0.99)


def test_a_link_fills_the_form_in(app, store):
    at = open_link(app, recipe="linear", epochs="2", layers="flat~dense-20-tanh")
    assert not at.warning and field(at, "Epochs").value == 2 and "Dense, 20, tanh" in words(at)
    press(at, "Train")
    assert store.all()[0].config() == TrainConfig(
        epochs=2, layers=[{"class_name": "Flatten"}, {"class_name": "Dense", "units": 20, "activation": "tanh"}]
    )


@pytest.mark.parametrize("layers", ["flat~drop-0~dense-20", "flat~dense-20~drop-0"])
def test_a_whole_number_in_a_link_fills_in_a_field_of_fractions(app, layers):
    at = open_link(app, layers=layers)
    assert not at.exception and not at.warning and "Dropout, 0 %" in words(at)


def test_a_finished_run_shows_its_report(app, finished_run):
    at = app("train")
    assert not at.exception
    metrics = {each.label: each.value for each in at.metric}
    assert metrics["Test accuracy"] == "95.00 %"
    assert metrics["Misread"] == "50 of 1,000"
    assert "epoch 2.0 of 2" in texts(at)
    assert any(each.label == "Read digits with this model" for each in at.button)


@pytest.mark.parametrize("name", ["config.json", "status.json", "report.json"])
@pytest.mark.parametrize("content", [b"", b'{"state": "runn', b"[]", b"\xff\xfe\x00"])
def test_a_damaged_run_is_listed_and_the_others_work(app, store, finished_run, name, content):
    broken = store.create(TrainConfig())
    (broken.folder / name).write_bytes(content)
    at = app("train", **{"all-runs": True})
    assert not at.exception
    table = next(each.value for each in at.dataframe if "state" in each.value)
    assert list(table["state"]) == ["damaged", "finished"]
    assert name in table["note"][0]
    assert {each.label: each.value for each in at.metric}["Test accuracy"] == "95.00 %"


def test_a_failed_run_says_why(app, finished_run):
    finished_run.write_status(replace(finished_run.status(), state="running", pid=2**22 + 1))
    at = app("train")
    assert "ended without saying why" in words(at)


def test_a_run_that_came_to_99_percent_says_in_how_many_seconds(app, store, finished_run):
    labels = np.arange(1000) % 10
    finished_run.write_report(make_report(np.eye(10)[labels], labels))
    at = app("train")
    assert "test accuracy 100.00 % · 99 % in 2 s" in texts(at)
    assert "the last time" not in words(at), "the form holds another recipe"
    run = store.create(TrainConfig(seed=3))
    run.write_report(finished_run.report())
    run.write_status(finished_run.status())
    assert "99 % in 2.0 s the last time" in words(at.run())


def test_the_preview_shows_twenty_images_and_others_when_asked(app):
    at = app("train")
    shown = lambda: at.get("image")[0].proto.imgs[0].url  # noqa: E731
    assert "Twenty training images as the network will see them" in words(at)
    first = shown()
    press(at, "Show others")
    assert not at.exception and shown() != first
    field(at, "Augmentation").set_value(True).run()
    assert not at.exception


def test_the_curves_are_taken_away_as_csv(app, finished_run, monkeypatch):
    import csv
    import io

    from pages.widgets.train import curves

    taken = {}
    keep = lambda label, data, name, *more, **kept: taken.update({name: data})  # noqa: E731
    monkeypatch.setattr(curves.st, "download_button", keep)
    app("train", **{f"table-{finished_run.id}": True})
    found = list(csv.DictReader(io.StringIO(taken[f"{finished_run.id}.csv"]())))
    assert [float(row["loss"]) for row in found] == [row.loss for row in finished_run.metrics().rows]
    assert found[9]["val_accuracy"] == "0.94" and found[8]["val_accuracy"] == ""


def test_a_deleted_run_does_not_break_the_page(app, store, finished_run):
    import shutil

    at = app("train")
    shutil.rmtree(finished_run.folder)
    at.run()
    assert not at.exception
    assert "Press Train" in words(at)
    assert RunStore().all() == []


def test_another_run_is_shown_beside_the_chosen_one(app, finished_run, store):
    other = store.create(TrainConfig(epochs=3))
    other.append_metrics(finished_run.metrics().rows[0])
    other.write_status(Status("stopped"))
    at = app("train", view=True)
    at.multiselect(key="curves-beside").set_value([finished_run.id]).run()
    assert not at.exception


def test_a_replay_outlives_another_page(app, store):
    run = store.create(TrainConfig())
    for step in (1, 2, 4):
        digits, matrix = np.zeros((10, 28, 28), np.uint8), np.eye(10)
        weights, confusion = np.zeros((0, 0, 0), np.uint8), matrix.astype(np.int64)
        seen = Snapshot(np.int64(step), np.float64(step / 10), digits, matrix.astype(np.float32), weights, confusion)
        run.snapshots.save(seen)
    run.write_status(Status("stopped"))
    at = app("train")
    at.button(key=f"replay-{run.id}").click().run()
    at.switch_page("pages/learn.py").run()
    at.switch_page("pages/train.py").run()
    assert not at.exception


def test_an_imported_run_cannot_be_trained_further(app, finished_run):
    finished_run.write_notes(imported=1.0)
    at = app("train")
    assert "Train further" not in [each.label for each in at.button]


def test_the_more_sessions_watch_the_less_often_each_is_drawn(monkeypatch):
    monkeypatch.setattr(watchers, "_drawn", {})
    monkeypatch.setattr(session.st, "session_state", {})
    intervals = []
    for sessions in range(1, 9):
        session.st.session_state.clear()
        intervals.append(watchers.live_interval_s(100.0 + sessions / 10))
    assert intervals == pytest.approx([0.3, 0.6, 0.6, 1.2, 1.2, 1.2, 2.4, 2.4])
    assert watchers.live_interval_s(200.0) == pytest.approx(0.3), "a session that is gone does not count"


def test_a_session_that_is_drawn_while_nothing_trains_counts_too(app, monkeypatch):
    """Else all sessions would draw their page again and again when a run begins and each is counted."""
    monkeypatch.setattr(watchers, "_drawn", {})
    app("train")
    assert len(watchers._drawn) == 1
    monkeypatch.setattr(session.st, "session_state", {})
    assert watchers.live_interval_s(next(iter(watchers._drawn.values()))) == pytest.approx(0.6)


def test_a_session_that_only_looks_whether_something_has_changed_counts_too(store, finished_run, monkeypatch):
    monkeypatch.setattr(watchers, "_drawn", {})
    looking = {}
    for now in range(100, 121, 2):
        monkeypatch.setattr(run_changes, "time", SimpleNamespace(monotonic=lambda now=now: float(now)))
        monkeypatch.setattr(session.st, "session_state", looking)
        run_changes.redraw_where_changed(store, finished_run, run_changes.seen_now(store, finished_run))
    monkeypatch.setattr(session.st, "session_state", {})
    assert watchers.live_interval_s(121.0) == pytest.approx(0.6)


def test_many_sessions_that_watch_all_count(monkeypatch):
    """Each of sixty is drawn as often as it may: none counts as gone between two drawings."""
    sessions, next_drawing = [{} for _ in range(60)], [place / 10 for place in range(60)]
    monkeypatch.setattr(watchers, "_drawn", {})
    waits = []
    while min(next_drawing) < 100:
        who = next_drawing.index(min(next_drawing))
        monkeypatch.setattr(session.st, "session_state", sessions[who])
        waits.append(watchers.live_interval_s(next_drawing[who]))
        next_drawing[who] += waits[-1]
    assert set(waits[-120:]) == {waits[-1]}


FOREIGN = "![x](http://elsewhere.example/t.png)"


def test_a_run_s_name_makes_no_browser_fetch_a_picture(app, store, finished_run):
    finished_run.write_notes(name=FOREIGN)
    for _ in range(2):
        store.create(TrainConfig()).write_notes(name=FOREIGN)
    at = app("train", shown_run=finished_run.id)
    assert words(at).count("elsewhere") == 3 and FOREIGN not in words(at)


def test_a_run_s_error_makes_no_browser_fetch_a_picture(app, store):
    run = store.create(TrainConfig())
    run.write_status(Status("failed", error=f"{FOREIGN} cannot be read."))
    shown = words(app("train", shown_run=run.id))
    assert "elsewhere" in shown and FOREIGN not in shown


def test_a_link_makes_no_browser_fetch_a_picture(app):
    (warning,) = [each.value for each in open_link(app, recipe=FOREIGN).warning]
    assert "elsewhere" in warning and FOREIGN not in warning


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_a_run_that_cannot_be_filed_is_an_error_in_words(app, store, monkeypatch, sentence, error):
    at = app("train")
    monkeypatch.setattr(RunStore, "create", failing(error))
    press(at, "Train")
    assert not at.exception
    assert [plain(text) for text in errors(at)] == [f"The run could not be filed in {store.root}: {sentence}"]


def test_layers_that_the_builder_does_not_know_cannot_be_changed(app, monkeypatch):
    unknown = ConfigError("There is no layer 'Attention'.")
    monkeypatch.setattr("pages.widgets.train.network_builder.editable_layers", failing(unknown))
    at = app("train")
    assert not at.exception
    sentence = "This network's layers cannot be changed one by one. Choose another recipe to build on."
    assert sentence in [each.value for each in at.info]


def test_a_run_that_learned_nothing_says_so_here_and_in_its_report(app, store, finished_run):
    labels = np.arange(1000) % 10
    finished_run.write_report(make_report(np.eye(10)[np.full(1000, 1)], labels))
    for at in (app("train"), app("runs")):
        at.query_params["run"] = finished_run.id
        assert "The network has not learned: it reads 10.0 % of the test images right" in plain(words(at.run()))


def test_a_page_on_which_nothing_trains_is_drawn_anew_where_something_has_changed(store, finished_run, monkeypatch):
    drawn = []
    monkeypatch.setattr(run_changes.st, "rerun", lambda scope: drawn.append(scope))
    seen = run_changes.seen_now(store, finished_run)
    run_changes.redraw_where_changed(store, finished_run, seen)
    assert drawn == []
    RunStore(store.root).get(finished_run.id).write_notes(star=True)  # as in another tab
    run_changes.redraw_where_changed(store, finished_run, seen)
    assert drawn == ["app"]
    seen = run_changes.seen_now(store, finished_run)
    RunStore(store.root).create(TrainConfig())  # as on the command line
    run_changes.redraw_where_changed(store, finished_run, seen)
    assert drawn == ["app"] * 2
    seen = run_changes.seen_now(store, finished_run)
    probe_digits.save_digit(store.root, 3, probe_digits.load(store.root).images[3])  # as on Recognize: "Keep as my 3"
    run_changes.redraw_where_changed(store, finished_run, seen)
    assert drawn == ["app"] * 3


def test_what_changes_while_the_run_is_drawn_is_drawn_too(app, store, finished_run, monkeypatch):
    at = app("train")
    drawn = []

    def watch(*values):
        drawn.append(finished_run.notes().star)
        if not drawn[-1]:
            finished_run.write_notes(star=True)

    monkeypatch.setattr(live_run, "_watch", watch)
    at.run()
    assert drawn == [False, True]
