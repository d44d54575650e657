"""The Recognize page without a browser: empty, with a drawing, with models that are there or not."""

import csv
import io
import json
import os
import re
import shutil
import zipfile

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from core.datasets.mnist import load_mnist
from core.recognition import Recognizer
from core.runs.run import Run
from pages.widgets.recognize import camera
from pages.widgets.shared import models
from pages.widgets.shared.text import escape_markdown
from tests.support.app import DENIED, FULL_DISK, failing, plain, probabilities, words
from tests.support.pdfs import pdf_of_pictures

STROKE = {"objects": [{"path": [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]]}]}


NUMBER = {
    "objects": [
        {"path": [["M", 40, 40], ["L", 110, 40], ["L", 70, 160]]},
        {"path": [["M", 200, 40], ["L", 200, 160]]},
    ]
}
RING = [[190 + 45 * np.cos(turn), 140 + 80 * np.sin(turn)] for turn in np.linspace(0, 2 * np.pi, 40)]
TEN = {
    "objects": [
        {"path": [["M", 80, 60], ["L", 80, 220]]},
        {"path": [["ML"[place > 0], *point] for place, point in enumerate(RING)]},
    ]
}
SCRAWL = {
    "path": [
        ["ML"[place > 0], *point]
        for place, point in enumerate(np.random.default_rng(0).uniform(30, 170, (12, 2)).tolist())
    ]
}
NUMBER_CANVAS = {"drawing": NUMBER}


def encoded(pixels, kind="PNG"):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def one_digit(index, kind="PNG"):
    return encoded(255 - load_mnist().test.images[index].repeat(6, 0).repeat(6, 1), kind)


def a_number(*indices):
    """MNIST's test digits side by side: dark on light."""
    return encoded(255 - np.hstack([load_mnist().test.images[index] for index in indices]).repeat(3, 0).repeat(3, 1))


def uploaded(app, single, *files):
    """The page after an upload of (name, bytes) each."""
    at = app("recognize", single=single, way="upload")
    return at.file_uploader(key="pictures").set_value([(name, data, "image/png") for name, data in files]).run()


@pytest.fixture
def taken(monkeypatch):
    """What can be downloaded, by file name."""
    offered, real = {}, st.download_button

    def keep(label, data, file_name, *more, **settings):
        offered[file_name] = data() if callable(data) else data
        return real(label, data, file_name, *more, **settings)

    monkeypatch.setattr(st, "download_button", keep)
    return offered


def large_answer(at):
    """The headline of the answer, the sentence below it, and what stands below that in small letters."""
    protos = [each.proto for each in at.get("bidi_component")]
    shown = next(json.loads(each.json) for each in protos if each.component_name == "studio_answer")
    return shown["label"], shown["confidence"], shown["hint"]


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def draws(strokes):
    """A session in which this was drawn before, and reported by the canvas."""
    return {"canvas": {"drawing": strokes}}


def test_an_empty_canvas_gets_no_answer_and_loads_no_network(app, monkeypatch):
    monkeypatch.setattr(Recognizer, "load", lambda *_: pytest.fail("nothing is drawn, so nothing has to be loaded"))
    at = app("recognize")
    assert not at.exception
    assert not any(probabilities(at))


def test_a_drawing_is_read(app):
    at = app("recognize", **draws(STROKE))
    assert not at.exception
    assert np.argmax(probabilities(at)) == 7


def test_upload_asks_for_pictures_first(app):
    at = app("recognize")
    at.radio(key="way").set_value("upload").run()
    assert not at.exception
    assert "choose one picture or several" in words(at)


def test_the_picker_lists_the_shipped_model_and_finished_runs_newest_first(app, finished_run, store):
    store.create(finished_run.config())
    at = app("recognize")
    options = at.selectbox(key="model").options
    assert options[0].startswith("Shipped with the app · 9")
    assert len(options) == 2
    assert "95.00 %" in options[1]


def test_the_picker_does_not_read_a_run_again_that_has_not_changed(app, finished_run, monkeypatch):
    read, report = [], Run.report
    monkeypatch.setattr(Run, "report", lambda self: read.append(self.id) or report(self))
    at = app("recognize")
    assert set(read) == {finished_run.id}
    read.clear()
    at.run()
    assert read == [] and len(at.selectbox(key="model").options) == 2
    finished_run.write_notes(name="Renamed")
    at.run()
    assert set(read) == {finished_run.id} and at.selectbox(key="model").options[1].startswith("Renamed")


def test_a_finished_run_reads(app, finished_run):
    at = app("recognize", **draws(STROKE), chosen_model=finished_run.id)
    assert not at.exception
    assert not at.warning
    assert at.selectbox(key="model").value == finished_run.id


def test_a_run_that_was_trained_further_reads_the_pictures_again(app, finished_run):
    at = uploaded(app, True, ("seven.png", one_digit(0)))
    at.selectbox(key="model").set_value(finished_run.id).run()
    before = [at.session_state["answers"]["pictures"][0]]
    changed = finished_run.model_path.stat().st_mtime_ns + 10**9
    os.utime(finished_run.model_path, ns=(changed, changed))
    at.run()
    assert not at.exception and before[0].startswith(finished_run.id)
    assert at.session_state["answers"]["pictures"][0] not in (*before, finished_run.id)


def test_of_two_runs_of_one_name_each_can_be_chosen(app, finished_run, store):
    other = store.create(finished_run.config())
    shutil.copytree(finished_run.folder, other.folder, dirs_exist_ok=True)
    for run in (finished_run, other):
        run.write_notes(name="Twin")
    at = app("recognize")
    for run in (finished_run, other):
        at.selectbox(key="model").set_value(run.id).run()
        assert at.session_state["chosen_model"] == run.id
    assert len(set(at.selectbox(key="model").options)) == 3


def test_a_damaged_model_gets_a_sentence_and_the_shipped_one_reads(app, finished_run):
    finished_run.model_path.write_bytes(b"this is no model")
    at = app("recognize", **draws(STROKE), chosen_model=finished_run.id)
    assert not at.exception
    assert "cannot be used" in at.warning[0].value
    assert at.selectbox(key="model").value == "shipped"
    assert np.argmax(probabilities(at)) == 7


def test_an_unknown_model_gets_a_sentence(app):
    at = app("recognize", chosen_model="20200101-000000-000-mlp-0000")
    sentence = "There is no model '20200101-000000-000-mlp-0000' here. The shipped model reads in its place."
    assert plain(at.warning[0].value) == sentence
    assert at.selectbox(key="model").value == "shipped"


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_a_model_that_cannot_be_opened_gets_a_sentence(app, finished_run, monkeypatch, sentence, error):
    opened = models.open_model
    monkeypatch.setattr(models, "open_model", lambda name: opened(name) if name == "shipped" else failing(error)())
    at = app("recognize", **draws(STROKE), chosen_model=finished_run.id)
    assert not at.exception
    said = f"The model of run {finished_run.id} cannot be used: {sentence} The shipped model reads in its place."
    assert plain(at.warning[0].value) == said


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_a_shipped_model_that_cannot_be_opened_gets_a_sentence(app, monkeypatch, sentence, error):
    monkeypatch.setattr(models, "open_model", failing(error))
    monkeypatch.setattr(models, "reader_of_drawn_digits", failing(error))
    at = app("recognize", **draws(STROKE))
    assert not at.exception
    assert [plain(each.value) for each in at.error] == [f"The shipped model cannot be used: {sentence}"]


def text(at):
    return at.code[0].value


def truth(at):
    """The choice of what the picked digit is."""
    [found] = [each for each in at.radio if each.label == "It is"]
    return found


def test_one_picture_is_shown_in_full_without_a_table(app):
    at = uploaded(app, True, ("seven.png", one_digit(0)))
    assert not at.exception
    assert np.argmax(probabilities(at)) == 7
    assert len(probabilities(at)) == 10 and not at.dataframe, "the ten probabilities, and no table of files"


def test_several_digits_that_were_sent_as_one_name_the_other_way(app):
    at = uploaded(app, True, ("number.png", a_number(0, 1, 2, 3, 4)))
    assert not at.exception
    assert large_answer(at) == ("?", "Are these several digits?", "Then choose A number or a page above.")
    at = uploaded(app, True, ("seven.png", one_digit(0)))
    assert large_answer(at)[0] == "7" and large_answer(at)[1].endswith(" sure")


def test_a_ten_drawn_as_one_digit_is_asked_about_first(app):
    at = app("recognize", **draws(TEN))
    assert not at.exception
    assert large_answer(at) == ("?", "Are these several digits?", "Then choose A number or a page above.")


@pytest.mark.parametrize("size", [0, -1, 1e9, 10**9, 280.5, "280", True, [280], None])
def test_a_size_of_the_canvas_that_none_can_have_is_ignored(app, size):
    at = app("recognize", **draws(STROKE | {"width": size, "height": size}))
    assert not at.exception
    assert np.argmax(probabilities(at)) == 7


def test_the_steps_say_of_a_refused_mark_what_the_headline_says(app):
    at = app("recognize", **draws({"objects": [SCRAWL]}), steps=True, plain_way=True)
    assert not at.exception
    assert re.search(r"Reads \*\*\?\*\*\. Not a digit\. The nearest is \d, \d\d\.\d %\.", words(at))


def test_a_scrawl_is_no_digit_its_nearest_guess_small(app):
    at = app("recognize", **draws({"objects": [SCRAWL]}))
    assert not at.exception
    label, confidence, hint = large_answer(at)
    assert (label, confidence) == ("?", "Not a digit")
    assert re.fullmatch(r"The nearest is \d, \d\d\.\d %\.", hint)


def test_the_table_has_the_doubtful_first_and_bad_files_say_why(app):
    files = [
        ("seven.png", one_digit(0)),
        ("broken.png", b"no"),
        ("blank.png", encoded(np.full((60, 60), 255, np.uint8))),
    ]
    at = uploaded(app, True, *files)
    assert not at.exception
    rows = at.dataframe[0].value
    assert list(rows["file"]) == ["broken.png", "blank.png", "seven.png"]
    assert list(rows["digit"]) == ["", "", "7"]
    assert "not a picture" in rows["note"][0]
    assert "no ink" in rows["note"][1]
    assert "seven\\.png" in words(at), "what could be read is shown"


@pytest.mark.parametrize("single", [True, False])
def test_a_picture_that_was_sent_twice_has_two_rows_and_is_read_once(app, monkeypatch, single):
    read_many, read = Recognizer.read_many, []
    monkeypatch.setattr(
        Recognizer,
        "read_many",
        lambda self, pictures, single: read.extend(pictures) or read_many(self, pictures, single),
    )
    at = uploaded(app, single, *[("seven.png", one_digit(0))] * 2, ("two.png", one_digit(1)))
    assert not at.exception
    assert sorted(at.dataframe[0].value["file"]) == ["seven.png", "seven.png", "two.png"]
    assert len(read) == 2


def test_the_pictures_of_a_zip_are_read_under_their_own_names(app):
    inside = ['a "b" %22c%22 50%.png', "it's/%2e%2e%2f<b>x</b>.png", "👩‍🔬 $x^2$ :smile: [a](b).png"]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for index, name in enumerate(inside):
            archive.writestr(name, one_digit(index))
        archive.writestr("readme.txt", "none")
    at = uploaded(app, True, ("scans.zip", file.getvalue()), ("sent as %22d%22.png", one_digit(3)))
    assert not at.exception
    rows = at.dataframe[0].value.set_index("file")["digit"].to_dict()
    assert rows == dict(zip([*inside, 'sent as "d".png'], "7210", strict=True))
    unescaped = lambda: words(at).replace("\\", "")  # noqa: E731
    assert "Passed over in scans.zip: other files (1)." in unescaped()
    for row, name in enumerate(at.dataframe[0].value["file"]):
        picture_choice(at).set_value(row).run()
        assert not at.exception
        assert f"**{name}**" in unescaped()


def picture_choice(at):
    [found] = [each for each in at.selectbox if each.label == "Picture"]
    return found


def table_row(at):
    """The row that is picked in the table of files."""
    return at.session_state[at.dataframe[0].key]["selection"]["rows"]


def test_the_rows_of_the_table_are_picked_without_a_mouse_too(app):
    at = uploaded(app, True, *((f"{index}.png", one_digit(index)) for index in range(3)))
    names = list(at.dataframe[0].value["file"])
    assert picture_choice(at).options == [f"{row + 1} of 3: {name}" for row, name in enumerate(names)]
    assert (picture_choice(at).value, table_row(at)) == (0, [0])
    assert at.button(key="go_Previous picture").disabled
    at.button(key="go_Next picture").click().run()
    assert (picture_choice(at).value, table_row(at)) == (1, [1])
    picture_choice(at).set_value(2).run()
    assert (picture_choice(at).value, table_row(at)) == (2, [2])
    assert at.button(key="go_Next picture").disabled
    assert f"**{names[2].replace('.', chr(92) + '.')}**" in words(at)
    at.session_state[at.dataframe[0].key] = {"selection": {"rows": [1]}}
    at.run()
    assert picture_choice(at).value == 1
    assert not at.exception


def test_two_hundred_pictures_are_read_and_one_more_gets_a_sentence(app):
    picture = one_digit(0)
    at = uploaded(app, True, *((f"{index}.png", picture) for index in range(201)))
    assert not at.exception
    rows = at.dataframe[0].value
    assert list(rows["digit"]).count("7") == 200
    assert "The first 200 of 201 pictures are read" in rows["note"][0]


def test_a_number_is_read_and_corrected(app):
    at = uploaded(app, False, ("number.png", a_number(0, 1, 2)))
    assert not at.exception
    assert text(at) == "721"
    at.button(key="go_Next").click().run()
    assert truth(at).value == 2
    truth(at).set_value(5).run()
    assert text(at) == "751"
    truth(at).set_value("no digit").run()
    assert text(at) == "71"
    at.button(key="as_read").click().run()
    assert text(at) == "721"


def test_a_corrected_number_is_taken_away_as_text_csv_and_json(app, taken):
    at = uploaded(app, False, ("sheets/number 1.png", a_number(0, 1, 2)))
    at.button(key="go_Next").click().run()
    truth(at).set_value(5).run()
    assert taken["number 1.txt"] == "751"
    assert [(row["position"], row["digit"], row["read"]) for row in rows(taken["number 1.csv"])] == [
        ("1", "7", "7"),
        ("2", "5", "2"),
        ("3", "1", "1"),
    ]
    found = json.loads(taken["number 1.json"])
    assert (found["file"], found["text"]) == ("sheets/number 1.png", "751")
    assert [digit["mark"] for digit in found["digits"]] == ["sure", "by hand", "sure"]


def test_all_answers_are_taken_away_as_one_csv_in_the_order_they_were_sent(app, taken):
    at = uploaded(app, False, ("b.png", a_number(0, 1)), ("a.png", a_number(2)), ("broken.png", b"no"))
    truth(at).set_value(9).run()
    found = rows(taken["digits.csv"])
    assert [row["file"] for row in found] == ["b.png", "a.png", "broken.png"]
    assert {row["text"] for row in found} & {"92", "9"}
    assert sum(int(row["by hand"]) for row in found) == 1
    assert "not a picture" in found[2]["note"]


def test_a_choice_that_arrives_late_does_not_reach_the_next_digit(app):
    at = uploaded(app, False, ("number.png", a_number(0, 1, 2)))
    late = truth(at)
    at.button(key="go_Next").click().run()
    late.set_value(5)
    states = at._tree.get_widget_states()
    states.widgets.append(late._widget_state)
    at._run(states)
    assert not at.exception
    assert text(at) in ("721", "521")


def test_a_number_of_which_all_is_taken_out_gets_a_sentence(app):
    at = uploaded(app, False, ("number.png", a_number(0)))
    truth(at).set_value("no digit").run()
    assert not at.exception
    assert not at.code
    assert "Nothing here looks like a digit" in words(at)


def test_corrections_and_pictures_outlive_another_page(app):
    at = uploaded(app, False, ("number.png", a_number(0, 1, 2)))
    truth(at).set_value(3).run()
    at.switch_page("pages/train.py").run()
    at.switch_page("pages/recognize.py").run()
    assert not at.exception
    assert text(at) == "321"
    at.button(key="forget_pictures").click().run()
    assert "choose one picture or several" in words(at)


def test_remove_all_takes_every_picture_away_and_one_undo_brings_them_back_with_their_corrections(app):
    at = uploaded(app, False, ("a.png", a_number(0, 1)), ("b.png", a_number(2, 3)))
    truth(at).set_value(9).run()
    texts = list(at.dataframe[0].value["text"])
    assert any("9" in each for each in texts)
    at.button(key="forget_pictures").click().run()
    assert not at.exception and not at.dataframe
    assert "choose one picture or several" in words(at)
    at.button(key="undo_pictures").click().run()
    assert not at.exception
    assert list(at.dataframe[0].value["text"]) == texts


def test_a_file_that_is_taken_out_of_the_uploader_is_brought_back_by_undo(app):
    at = uploaded(app, True, ("seven.png", one_digit(0)), ("two.png", one_digit(1)))
    at.file_uploader(key="pictures").set_value([("two.png", one_digit(1), "image/png")]).run()
    assert "**two\\.png**" in words(at) and "seven" not in words(at)
    at.button(key="undo_pictures").click().run()
    assert sorted(at.dataframe[0].value["file"]) == ["seven.png", "two.png"]


def test_one_undo_brings_back_what_remove_all_took_also_after_more_was_sent(app):
    at = uploaded(app, True, ("seven.png", one_digit(0)), ("two.png", one_digit(1)))
    at.button(key="forget_pictures").click().run()
    at.file_uploader(key="pictures-1").set_value([("one.png", one_digit(2), "image/png")]).run()
    assert "**one\\.png**" in words(at)
    at.button(key="undo_pictures").click().run()
    assert sorted(at.dataframe[0].value["file"]) == ["seven.png", "two.png"]
    at.button(key="undo_pictures").click().run()
    assert "**one\\.png**" in words(at)


def test_the_page_says_how_large_a_picture_may_be_and_what_is_wrong_with_a_pdf(app):
    at = uploaded(app, True)
    assert "of at most 20 MB each, or ZIPs of them of at most 40 MB" in words(at)
    at.file_uploader(key="pictures").set_value([("a.pdf", b"%PDF-1.7", "application/pdf")]).run()
    assert not at.exception
    assert "a.pdf is damaged; save or send the PDF again." in plain(words(at))
    files = [(f"{number}.pdf", b"%PDF-1.7", "application/pdf") for number in range(5)]
    at.file_uploader(key="pictures").set_value([("seven.png", one_digit(0), "image/png"), *files]).run()
    assert not at.exception
    (said,) = [plain(each.value) for each in at.warning]
    assert said.count("is damaged; save or send the PDF again.") == 3 and said.endswith(
        "2 more could not be opened; see the table."
    )


def test_each_page_of_a_pdf_is_read_by_itself(app):
    pages = [Image.open(io.BytesIO(one_digit(number))) for number in (0, 2)]
    pdf = pdf_of_pictures([Image.new("L", pages[0].size, 255), *pages])
    at = uploaded(app, True)
    at.file_uploader(key="pictures").set_value([("scan.pdf", pdf, "application/pdf")]).run()
    assert not at.exception
    rows = at.dataframe[0].value.set_index("file")
    assert list(rows.index) == ["scan.pdf, page 1", "scan.pdf, page 3", "scan.pdf, page 2"]
    assert rows["note"].iloc[0].startswith("Nothing to read")
    assert list(rows["digit"]) == ["", "1", "7"], "the least sure first"


def test_many_numbers_are_a_table_of_texts(app):
    at = uploaded(app, False, ("a.png", a_number(0, 1)), ("b.png", a_number(2, 3, 4)), ("broken.png", b"no"))
    assert not at.exception
    rows = at.dataframe[0].value.set_index("file")
    assert rows["text"].to_dict() == {"a.png": "72", "b.png": "104", "broken.png": ""}
    assert list(at.dataframe[0].value["file"])[0] == "broken.png"
    truth(at).set_value(9).run()
    assert any("9" in each for each in at.dataframe[0].value["text"])


def test_a_number_is_drawn(app):
    at = app("recognize", single=False, wide=NUMBER_CANVAS, canvas_width_px=640)
    assert not at.exception
    assert text(at) == "71"


def test_a_scrawl_on_the_wide_canvas_is_refused_with_its_bars(app):
    at = app("recognize", single=False, wide={"drawing": {"objects": [SCRAWL]}}, canvas_width_px=640)
    assert not at.exception
    assert not at.code
    assert "Nothing here looks like a digit" in words(at)
    assert "Digit 1 of 1" in words(at)
    truth(at).set_value(8).run()
    assert text(at) == "8"


def test_an_empty_wide_canvas_gets_no_answer(app):
    at = app("recognize", single=False, canvas_width_px=640)
    assert not at.exception
    assert "draw a number" in words(at)
    assert not at.code


def test_the_steps_are_shown_on_demand_and_the_plain_way_beside_the_prepared(app):
    at = app("recognize", **draws(STROKE))
    assert "1. Pen path" not in words(at)
    at = app("recognize", **draws(STROKE), steps=True)
    assert not at.exception
    assert "1. Pen path" in words(at)
    assert "3. What the network saw" in words(at)
    at.toggle(key="plain_way").set_value(True).run()
    assert not at.exception
    assert "Plain: grey and shrunk" in words(at)
    assert "Reads **7**" in words(at)
    assert words(at).count("Reads **") == 2


def test_an_uploaded_digit_has_both_ways_too_and_a_number_only_the_steps(app):
    at = uploaded(app, True, ("seven.png", one_digit(0)))
    at.session_state.steps = True
    at.run()
    at.toggle(key="plain_way").set_value(True).run()
    assert not at.exception
    assert words(at).count("Reads **") == 2
    at.radio(key="single").set_value(False).run()
    assert not at.exception
    assert "What the network saw" in words(at)
    assert not at.toggle


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("http://localhost:8501/", True),
        ("http://127.0.0.1:8501/", True),
        ("https://192.168.1.5:8501/", True),
        ("http://192.168.1.5:8501/", False),
        ("http://studio.example/", False),
        (None, True),
        ("https://[x/", False),
    ],
)
def test_where_a_browser_gives_its_camera(url, given):
    assert camera.is_given(url) is given


def test_a_photo_is_read_and_stays_until_it_is_removed(app):
    at = app("recognize", way="photograph")
    assert not at.exception
    assert "take a photo" in words(at)
    at.camera_input(key="photo").set_value(("photo.jpg", one_digit(0, "JPEG"), "image/jpeg")).run()
    assert not at.exception
    assert np.argmax(probabilities(at)) == 7
    at.switch_page("pages/train.py").run()
    at.switch_page("pages/recognize.py").run()
    assert np.argmax(probabilities(at)) == 7
    assert not at.get("camera_input"), "the photo stands once, below"
    at.button(key="forget_photo").click().run()
    assert at.get("camera_input")
    assert "take a photo" in words(at)


def test_where_there_is_no_camera_stands_the_uploader(app, monkeypatch):
    monkeypatch.setattr(camera, "is_given", lambda url: False)
    at = app("recognize", way="photograph")
    assert not at.exception
    assert not at.get("camera_input")
    assert "a phone's file chooser offers its camera" in at.warning[0].value
    at.file_uploader(key="pictures").set_value([("seven.png", one_digit(0), "image/png")]).run()
    assert not at.exception
    assert np.argmax(probabilities(at)) == 7


def test_other_models_read_the_same_digit_beside_the_first(app, finished_run):
    at = app("recognize", models_beside=[finished_run.id, "gone"], **draws(STROKE))
    assert not at.exception and not at.error
    assert any(each.value == f"**{escape_markdown(at.selectbox(key='model').options[1])}**" for each in at.markdown)
    at.selectbox(key="model").set_value(finished_run.id).run()
    assert not at.exception, "a model does not read beside itself"


def test_other_models_are_offered_beside_a_drawn_digit_alone(app, finished_run):
    at = app("recognize")
    assert len(at.multiselect) == 1
    at.radio(key="way").set_value("upload").run()
    assert not at.multiselect and not at.exception
    at.radio(key="way").set_value("draw").run()
    at.radio(key="single").set_value(False).run()
    assert not at.multiselect and not at.exception


def test_a_model_beside_that_cannot_be_opened_gets_a_sentence(app, finished_run):
    finished_run.model_path.write_bytes(b"damaged")
    at = app("recognize", models_beside=[finished_run.id], **draws(STROKE))
    assert not at.exception and len(at.error) == 1
    assert np.argmax(probabilities(at)) == 7, "the first one reads all the same"
