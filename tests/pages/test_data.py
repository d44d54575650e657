"""The Data page lists all sets, adds one from files after it was shown, and loses no drawing."""

import numpy as np
import pytest
import streamlit as st

from core.config.dataset_spec import ImageForm
from core.datasets import dataset_trash
from core.datasets.board_file import BoardFile
from core.datasets.importing.picture_reading import read_photo
from core.datasets.store import DatasetStore
from core.storage import atomic
from pages.widgets.data import uploads
from pages.widgets.data.state import CHOSEN, DRAWN_CLASS, READ_FILES, VIEW, View
from pages.widgets.shared import visitor
from tests.support.app import FULL_DISK, failing, plain, words
from tests.support.dataset_files import idx_files, large_picture, letter_images, png_bytes, zip_bytes

IMAGES, LABELS = letter_images(30)
STROKE = {"objects": [{"path": [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]]}]}


@pytest.fixture
def sets(store):
    return DatasetStore(store.root)


@pytest.fixture
def letters(sets):
    arrays = {"x_train": IMAGES[:24], "y_train": LABELS[:24], "x_test": IMAGES[24:], "y_test": LABELS[24:]}
    return sets.add("Letters *and* more", ["A", "B", "C"], arrays, source="drawn by hand")


@pytest.fixture
def file(sets, monkeypatch):
    """The drawing board of the visitor."""
    monkeypatch.setattr(visitor, "visitor_id", lambda: "me")
    return BoardFile(sets, "me")


def press(at, label):
    (button,) = [each for each in at.button if each.label == label]
    return button.click().run()


def test_mnist_is_there_and_can_be_trained_on_but_not_changed(app):
    at = app("data")
    assert not at.exception
    assert [each.partition("  \n")[0] for each in at.radio(key=CHOSEN.name).options] == ["MNIST"]
    assert "10 classes · 60,000 images to learn from · 10,000 for the test" in words(at)
    assert [each.label for each in at.button] == ["Train on it", "Look for doubtful labels"]


def test_the_page_needs_no_arrays(app, letters, monkeypatch):
    monkeypatch.setattr("core.datasets.store.read_arrays", failing(AssertionError("the arrays were read")))
    at = app("data")
    at.radio(key=CHOSEN.name).set_value(letters.reference).run()
    assert not at.exception
    assert "24 images to learn from" in words(at) and "drawn by hand" in plain(words(at))


def test_train_on_it_opens_the_train_page_with_the_set(app, letters, monkeypatch):
    opened = []
    monkeypatch.setattr(st, "switch_page", lambda page, query_params: opened.append((page, query_params)))
    press(app("data", **{CHOSEN.name: letters.reference}), "Train on it")
    assert opened == [("pages/train.py", {"dataset": "letters-and-more@1"})]


def test_a_set_that_an_address_names_is_shown(app, letters):
    at = app("recognize").switch_page("pages/data.py")
    at.query_params["dataset"] = letters.reference
    assert at.run().radio(key=CHOSEN.name).value == letters.reference


def test_a_deletion_is_undone(app, sets, letters):
    at = app("data", **{CHOSEN.name: letters.reference})
    at.button(key="delete-set").click().run()
    assert [each.partition("  \n")[0] for each in at.radio(key=CHOSEN.name).options] == ["MNIST"]
    at.button(key="undo-delete").click().run()
    assert not at.exception
    assert at.radio(key=CHOSEN.name).value == letters.reference
    assert sets.spec("letters-and-more") == letters


def test_what_another_session_deleted_comes_back_or_is_removed_for_good(app, sets, letters, monkeypatch):
    second = sets.add("Second", letters.class_names, sets.load(letters))
    for each in (letters, second):
        dataset_trash.delete(sets, each.id)
    monkeypatch.setattr(visitor, "is_at_this_machine", lambda: False)
    at = app("data")
    assert [each.key for each in at.button if each.key == "remove-sets"] == []
    at.selectbox(key="data-trash").set_value(letters.id).run()
    at.button(key="restore-set").click().run()
    assert not at.exception and sets.specs()[1:] == [letters]
    assert at.radio(key=CHOSEN.name).value == letters.reference
    monkeypatch.setattr(visitor, "is_at_this_machine", lambda: True)
    at.run()
    at.button(key="remove-sets").click().run()
    assert not at.exception
    assert dataset_trash.deleted(sets) == [] and sets.specs()[1:] == [letters]
    assert [each.key for each in at.button if each.key == "restore-set"] == []


def test_other_names_are_a_new_version_with_the_same_images(app, sets, letters):
    at = app("data", **{CHOSEN.name: letters.reference})
    at.text_input(key=f"name-{letters.reference}").set_value("Griechisch")
    at.text_area(key=f"classes-{letters.reference}").set_value("α\nβ\nγ").run()
    press(at, "Save the names")
    assert not at.exception
    renamed = sets.spec("letters-and-more@2")
    assert (renamed.name, renamed.class_names, renamed.sha256) == ("Griechisch", ("α", "β", "γ"), letters.sha256)
    np.testing.assert_array_equal(sets.load(renamed)["x_train"], IMAGES[:24])
    assert sets.spec("letters-and-more@1") == letters
    assert at.radio(key=CHOSEN.name).value == renamed.reference


def test_names_given_in_a_tab_that_is_behind_hide_no_newer_images(app, sets, letters):
    at = app("data", **{CHOSEN.name: letters.reference})
    at.text_input(key=f"name-{letters.reference}").set_value("Griechisch")
    newer = sets.add("Letters", letters.class_names, sets.load(letters), set_id=letters.id)  # in another tab
    press(at, "Save the names")
    assert f"{newer.reference} is the newest version" in plain(words(at))
    assert sets.spec(letters.id) == newer
    assert at.radio(key=CHOSEN.name).value == newer.reference, "the newest version is shown"


def test_names_that_do_not_fit_are_a_sentence(app, sets, letters):
    at = app("data", **{CHOSEN.name: letters.reference})
    at.text_area(key=f"classes-{letters.reference}").set_value("α\nβ").run()
    press(at, "Save the names")
    assert "has 3 classes; 2 names are given" in plain(words(at))
    assert sets.specs()[1] == letters


def test_a_damaged_set_is_said_and_can_be_deleted(app, sets, letters):
    (sets.folder / letters.id / "1" / "card.json").write_text("{")
    at = app("data")
    assert "is damaged" in words(at)
    at.button(key=f"delete-{letters.id}").click().run()
    assert not at.exception and "is damaged" not in words(at)
    assert sets.folders() == []


def test_doubtful_labels_are_looked_for_when_asked(app, sets):
    images, labels = letter_images(90)
    labels[3] = 1
    arrays = {"x_train": images, "y_train": labels, "x_test": images[:0], "y_test": labels[:0]}
    spec = sets.add("Some", ["A", "B", "C"], arrays)
    at = app("data", **{CHOSEN.name: spec.reference})
    assert "looked at" not in words(at)
    press(at, "Look for doubtful labels")
    assert not at.exception
    assert "of 90 training images that were looked at" in words(at)


def uploaded(app, *files):
    at = app("data", **{VIEW.name: View.UPLOAD})
    return (
        at.get("file_uploader")[0].set_value([(name, data, "application/octet-stream") for name, data in files]).run()
    )


def test_files_are_shown_before_they_are_a_data_set(app, sets):
    at = uploaded(app, *idx_files(IMAGES, LABELS, tests=9))
    assert not at.exception
    assert "IDX files" in words(at) and "21 images to learn from · 9 for the test" in words(at)
    assert len(sets.specs()) == 1
    at.text_input[0].set_value("Three letters").run()
    press(at, "Add this data set")
    assert not at.exception
    spec = sets.spec("three-letters")
    assert (spec.train_images, spec.test_images, spec.form) == (21, 9, ImageForm.MNIST)
    assert at.radio(key=VIEW.name).value == View.SETS and at.radio(key=CHOSEN.name).value == spec.reference


@pytest.mark.parametrize("moment", ["_show", "open_set"])
def test_a_press_while_a_set_is_added_neither_cancels_nor_doubles_it(app, sets, monkeypatch, moment):
    at = uploaded(app, *idx_files(IMAGES, LABELS, tests=9))
    real, calls = getattr(uploads, moment), []

    def pressed(*values):
        calls.append(values)
        if len(calls) == 1:
            st.rerun()  # as Streamlit cuts a drawing short for the next one
        return real(*values)

    monkeypatch.setattr(uploads, moment, pressed)
    press(at, "Add this data set")
    assert not at.exception and len(calls) > 1
    assert [spec.name for spec in sets.specs()] == ["MNIST", "My data set"]
    assert at.radio(key=VIEW.name).value == View.SETS and at.radio(key=CHOSEN.name).value == "my-data-set@1"
    at.radio(key=VIEW.name).set_value(View.UPLOAD).run()
    assert not at.exception and len(sets.specs()) == 2 and "What is read here" in words(at)


def test_what_was_left_out_and_duplicates_are_said_and_the_form_can_be_chosen(app, sets):
    pictures = {
        f"{letter}/{number}.png": png_bytes(large_picture(letter, number)) for letter in "AB" for number in range(6)
    }
    pictures |= {"A/broken.png": b"no picture", "B/again.png": pictures["A/0.png"]}
    at = uploaded(app, ("set.zip", zip_bytes(pictures)))
    assert "1 picture is in more than one class" in words(at) and "Left out: 1 picture" in plain(words(at))
    (form,) = [each for each in at.radio if each.label == "Form of the images"]
    assert form.value is ImageForm.MNIST
    form.set_value(ImageForm.PLAIN).run()
    press(at, "Add this data set")
    spec = sets.spec("set")
    assert spec.form is ImageForm.PLAIN
    assert sets.load(spec)["x_train"][:, 0].min() == 255  # white paper stays white


def test_what_is_no_data_set_is_a_sentence(app, sets):
    at = uploaded(app, ("notes.txt", b"hello"))
    assert not at.exception
    assert "No data set is found in notes.txt" in plain(words(at))


def test_a_draft_and_the_choices_made_of_it_stay_while_another_view_is_open(app, sets):
    at = uploaded(app, *idx_files(IMAGES, LABELS))
    at.text_input[0].set_value("Three letters").run()
    at.radio(key=VIEW.name).set_value(View.SETS).run()
    at.radio(key=VIEW.name).set_value(View.UPLOAD).run()
    assert not at.exception
    assert "IDX files" in words(at) and at.text_input[0].value == "Three letters"
    press(at, "Add this data set")
    assert sets.spec("three-letters").num_classes == 3


def test_files_are_discarded(app, sets):
    at = uploaded(app, *idx_files(IMAGES, LABELS))
    at.radio(key=VIEW.name).set_value(View.SETS).run()
    at.radio(key=VIEW.name).set_value(View.UPLOAD).run()
    press(at, "Discard these files")
    assert not at.exception and at.session_state[READ_FILES.name] is None
    assert "nothing is added before you have seen it" in words(at)


def test_a_damaged_version_is_said_and_the_one_before_it_is_shown(app, sets, letters):
    sets.rename(letters, "Griechisch", ["α", "β", "γ"])
    (sets.folder / letters.id / "2" / "card.json").write_text("{")
    at = app("data", **{CHOSEN.name: letters.reference})
    assert "letters-and-more@2 is damaged; letters-and-more@1" in plain(words(at))
    assert at.radio(key=CHOSEN.name).value == letters.reference
    assert "Delete it" not in [each.label for each in at.button]


def test_a_class_on_the_board_may_have_a_comma(app, file):
    file.begin(["a, b", "c"])
    at = app("data", **{VIEW.name: View.DRAW})
    (area,) = at.text_area
    area.set_value(f"{area.value}\nd").run()
    press(at, "Save the classes")
    assert not at.exception and file.read().class_names == ("a, b", "c", "d")


def test_drawings_on_a_set_that_somebody_else_has_changed_are_a_set_of_their_own(app, sets, file):
    file.begin(["a", "b"])
    for name in ("a", "a", "b", "b"):
        file.add(name, IMAGES[0])
    spec = file.keep("Mine")
    at = app("data", **{CHOSEN.name: spec.reference})
    press(at, "Draw more")
    other = BoardFile(sets, "somebody else")
    other.continue_set(spec.id)
    other.add("a", IMAGES[3])
    other.keep("Mine")
    press(at, "Keep more of it")
    assert not at.exception
    (message,) = at.session_state["messages"]
    assert "was deleted or changed meanwhile" in message.text
    assert sets.spec("mine").reference == "mine@2" and sets.spec("mine-2").train_images == 4


def test_on_a_full_disk_the_draft_stays(app, sets, monkeypatch):
    at = uploaded(app, *idx_files(IMAGES, LABELS))
    sentence, error = FULL_DISK
    with monkeypatch.context() as full:
        full.setattr(atomic, "replace_file", failing(error))
        press(at, "Add this data set")
    assert f"The data set was not added. {sentence}" in plain(words(at))
    press(at, "Add this data set")
    assert not at.exception and len(sets.specs()) == 2


def draw(at, file, stroke=STROKE):
    """Put a drawing on the page's canvas, and keep it."""
    board = file.read()
    at.session_state[f"sample-{board.token}-{board.changes}"] = {"drawing": stroke}
    at.run()
    return at.button(key="keep-drawing").click().run()


def test_a_set_is_drawn_a_class_at_a_time_and_nothing_is_lost(app, sets, file):
    at = app("data", **{VIEW.name: View.DRAW})
    at.text_input(key="data-new-classes").set_value("hook, bar, ").run()
    press(at, "Begin")
    assert file.read().class_names == ("hook", "bar")
    draw(at, file)
    draw(at, file)
    draw(at, file)
    assert [len(file.read().of(name)) for name in ("hook", "bar")] == [3, 0]  # on the disk at once
    at.button(key="undo-drawing").click().run()
    at.button_group(key=DRAWN_CLASS.name).set_value("bar").run()
    draw(at, file)
    assert "too few drawings, at least 2 of each class: bar" in plain(words(at))
    draw(at, file)
    press(at, "Make it a data set")
    assert not at.exception
    spec = sets.spec("my-drawings")
    assert (spec.class_names, spec.train_images) == (("hook", "bar"), 4)
    assert file.read().class_names == ()


def test_a_name_that_is_typed_just_before_the_press_is_the_one_that_is_kept(app, sets, file):
    file.begin(["a", "b"])
    for name in ("a", "a", "b", "b"):
        file.add(name, IMAGES[0])
    at = app("data", **{VIEW.name: View.DRAW})
    at.text_input[0].set_value("Signs")
    press(at, "Make it a data set")
    assert not at.exception and sets.spec("signs").name == "Signs"


def test_more_can_be_drawn_of_a_set_which_is_then_a_new_version(app, sets, file):
    file.begin(["a", "b"])
    for name in ("a", "a", "b", "b"):
        file.add(name, IMAGES[0])
    spec = file.keep("Mine")
    at = app("data", **{CHOSEN.name: spec.reference})
    press(at, "Draw more")
    draw(at, file)
    press(at, "Keep more of it")
    assert not at.exception
    assert (sets.spec("mine").reference, sets.spec("mine").name) == ("mine@2", "Mine")
    assert sets.spec("mine").train_images + sets.spec("mine").test_images == 5


def test_a_drawing_for_a_set_of_photos_is_kept_as_the_whole_canvas_and_that_is_said(app, sets, file):
    block = np.zeros((28, 28), np.uint8)
    block[4:24, 4:24] = 255
    file.begin(["a", "b"])
    for number in range(12):
        file.add("ab"[number % 2], block, photo=np.full((28, 28), 200 + number, np.uint8))
    spec = file.keep("Things")
    at = app("data", **{CHOSEN.name: spec.reference})
    press(at, "Draw more")
    assert "a drawing is the whole canvas, white on black" in words(at)
    draw(at, file)
    press(at, "Keep more of it")
    assert not at.exception and sets.spec("things").form is ImageForm.PLAIN
    images = sets.load(sets.spec("things"))
    found = [image for part in ("x_train", "x_test") for image in images[part] if image[0, 0] == 0]
    (drawn,) = found
    assert drawn[7, 8:20].min() > 100 and drawn[12:, 21:].max() == 0, "where it was drawn, and as large"


def test_discarded_drawings_come_back(app, file):
    file.begin(["a", "b"])
    file.add("a", IMAGES[0])
    at = app("data", **{VIEW.name: View.DRAW})
    press(at, "Discard all drawings")
    assert file.read().total == 0
    press(at, "Undo discard")
    assert not at.exception and file.read().total == 1


def test_a_drawing_that_cannot_be_saved_stays_on_the_canvas(app, file, monkeypatch):
    file.begin(["a", "b"])
    sentence, error = FULL_DISK
    with monkeypatch.context() as full:
        full.setattr(BoardFile, "add", failing(error))
        at = draw(app("data", **{VIEW.name: View.DRAW}), file)
    assert sentence in plain(words(at))
    at.button(key="keep-drawing").click().run()
    assert file.read().total == 1


def test_a_photo_is_one_of_the_class(app, file):
    file.begin(["a", "b"])
    at = app("data", **{VIEW.name: View.PHOTOGRAPH})
    assert not at.exception
    file.add("a", *read_photo(png_bytes(large_picture("A"))))
    assert not at.run().exception
    (drawn,) = file.read().of("a")
    assert drawn.strokes[0].max() == 0 and drawn.plain[0].min() == 255
