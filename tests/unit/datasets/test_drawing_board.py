"""A board's drawings are on the disk one by one; damage to one line costs that line alone."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from core.config.dataset_spec import ImageForm
from core.datasets.board_file import BoardFile
from core.datasets.drawing_board import image_text
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from tests.support.dataset_files import letter_images

IMAGES, _ = letter_images(40)


@pytest.fixture
def sets(tmp_path):
    return DatasetStore(tmp_path)


@pytest.fixture
def board(sets):
    file = BoardFile(sets, "me")
    file.begin(["a", "b"])
    return file


def letter_arrays():
    images, labels = letter_images(30)
    return {"x_train": images, "y_train": labels, "x_test": images[:0], "y_test": labels[:0]}


def fill(file, count, first=0):
    for number in range(count):
        file.add("ab"[number % 2], IMAGES[first + number])


def test_every_change_is_there_for_the_next_process(board, sets):
    fill(board, 3)
    board.undo("a")
    found = BoardFile(sets, "me").read()
    np.testing.assert_array_equal(found.of("a")[0].strokes, IMAGES[0])
    assert (len(found.of("a")), len(found.of("b")), found.changes) == (1, 1, 5)
    assert BoardFile(sets, "somebody else").read().class_names == ()


def test_a_line_that_a_crash_cut_off_costs_no_other(board, sets):
    fill(board, 4)
    (path,) = (sets.folder / ".drawn").iterdir()
    path.write_bytes(path.read_bytes()[:-100])
    board.add("b", IMAGES[9])
    found = board.read()
    assert (len(found.of("a")), len(found.of("b"))) == (2, 2)
    np.testing.assert_array_equal(found.of("b")[1].strokes, IMAGES[9])


def test_lines_whose_values_are_no_texts_are_skipped(board, sets):
    fill(board, 4)
    (path,) = (sets.folder / ".drawn").iterdir()
    damaged = [{"continues": 5}, {"token": []}, {"sha256": {}}, {"of": ["a"]}, {"of": "a", "strokes": 7}]
    with open(path, "a") as file:
        file.writelines(f"{json.dumps(each)}\n" for each in damaged)
    assert board.title(board.read()) == ""
    assert board.keep("Mine").train_images == 4


def test_a_drawing_from_a_tab_that_is_behind_is_refused_and_takes_no_undo_away(board, sets):
    fill(board, 4)
    board.discard()
    with pytest.raises(DatasetError, match="'a' is no class of the board any more"):
        BoardFile(sets, "me").add("a", IMAGES[9])
    assert board.can_bring_back
    board.bring_back()
    assert board.read().total == 4


def test_an_undo_from_a_tab_that_is_behind_replaces_no_drawings(board, sets):
    fill(board, 4)
    board.discard()
    board.begin(["x", "y"])
    board.add("x", IMAGES[5])
    with pytest.raises(DatasetError, match="no data set yet. Keep or discard them first"):
        BoardFile(sets, "me").bring_back()
    assert (board.read().total, board.read().class_names) == (1, ("x", "y"))


def test_a_board_without_drawings_takes_no_place_of_one_that_was_discarded(board):
    fill(board, 4)
    board.discard()
    board.begin(["x", "y"])
    board.discard()
    board.discard()  # pressed again in a tab that is behind
    board.bring_back()
    assert board.read().total == 4


def test_drawings_of_a_class_that_is_renamed_away_are_kept(board):
    fill(board, 4)
    board.begin(["a", "c"])
    assert board.read().total == 2
    board.begin(["a", "b", "c"])
    assert board.read().total == 4


def test_the_test_part_stays_the_test_part_when_more_are_drawn(board, sets):
    fill(board, 20)
    first = board.keep("Mine")
    assert board.read().class_names == ()
    board.continue_set(first.id)
    fill(board, 20, first=20)
    second = board.keep("Mine")
    assert (second.reference, second.train_images, second.test_images) == ("mine@2", 32, 8)
    before, after = (sets.load(each)["x_test"] for each in (first, second))
    tests = {image.tobytes() for image in after}
    assert {image.tobytes() for image in before} <= tests
    assert tests.isdisjoint({image.tobytes() for image in sets.load(second)["x_train"]})


def test_a_set_that_was_renamed_is_drawn_on_with_its_new_names(board, sets):
    fill(board, 4)
    renamed = sets.rename(board.keep("Mine"), "Ours", ["x", "y"])
    board.continue_set(renamed.id)
    assert (board.read().class_names, len(board.read().of("x"))) == (("x", "y"), 2)
    board.add("y", IMAGES[9])
    assert board.keep("Ours").class_names == ("x", "y")


def test_drawings_of_a_class_taken_out_do_not_come_back_under_the_name_of_another(sets):
    file = BoardFile(sets, "me")
    file.begin(["A", "B", "C"])
    for number in range(9):
        file.add("ABC"[number % 3], IMAGES[number])
    file.begin(["A", "C"])
    renamed = sets.rename(file.keep("Mine"), "Mine", ["A", "B"])
    file.continue_set(renamed.id)
    shown = [each.strokes.tobytes() for each in file.read().of("B")]
    assert shown == [IMAGES[place].tobytes() for place in (2, 5, 8)]


def test_a_set_that_is_renamed_while_it_is_drawn_on_keeps_its_new_names(board, sets):
    fill(board, 4)
    spec = board.keep("Mine")
    board.continue_set(spec.id)
    board.begin(["b", "a", "c"])
    board.add("c", IMAGES[7])
    board.add("c", IMAGES[8])
    renamed = sets.rename(spec, "Ours", ["x", "c"])
    assert board.title(board.read()) == "Ours"
    with pytest.raises(DatasetError, match="was renamed meanwhile, and has a class 'c' of its own"):
        board.keep("Ours")
    sets.rename(renamed, "Ours", ["x", "y"])
    kept = board.keep("Ours")
    assert (kept.reference, kept.class_names) == ("mine@4", ("y", "x", "c"))
    board.continue_set(kept.id)
    assert [len(board.read().of(name)) for name in ("y", "x", "c")] == [2, 2, 2]


def test_drawings_of_two_persons_on_one_set_are_both_kept(board, sets):
    fill(board, 4)
    spec = board.keep("Mine")
    other = BoardFile(sets, "somebody else")
    for each in (board, other):
        each.continue_set(spec.id)
    fill(board, 2, first=10)
    fill(other, 4, first=20)
    mine, theirs = board.keep("Mine"), other.keep("Mine")
    assert (mine.reference, theirs.reference) == ("mine@2", "mine-2@1")
    for each, count in ((mine, 6), (theirs, 8)):
        board.continue_set(each.id)
        assert board.read().total == count
        board.discard()


def test_a_set_that_got_a_version_from_files_is_not_drawn_on(board, sets):
    fill(board, 4)
    spec = board.keep("Mine")
    sets.add("Mine", ["a", "b", "c"], letter_arrays(), set_id=spec.id)
    with pytest.raises(DatasetError, match="mine@2 has other images than those drawn here"):
        board.continue_set(spec.id)


def test_nothing_is_written_where_the_disk_is_nearly_full(board, sets, monkeypatch):
    fill(board, 4)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(DatasetError, match="MB are free on the disk of .*; a data set needs at least"):
        board.add("a", IMAGES[9])
    with pytest.raises(DatasetError, match="MB are free"):
        board.keep("Mine")
    assert board.read().total == 4 and sets.folders() == []


def test_what_is_missing_is_a_sentence(board):
    fill(board, 2)
    with pytest.raises(DatasetError, match="too few drawings, at least 2 of each class: a, b"):
        board.keep("Mine")
    assert board.read().total == 2


def test_classes_without_a_test_image_are_named(board):
    fill(board, 3)
    assert board.read().remark == "", "what is missing is said first"
    fill(board, 2, first=3)
    assert board.read().obstacle == "" and board.read().remark.endswith("says nothing of it: b.")
    assert board.read().draft().counts == [(2, 1), (2, 0)]
    fill(board, 2, first=5)
    assert board.read().remark == "" and [test for _, test in board.read().draft().counts] == [1, 1]


def test_a_board_with_drawings_is_not_replaced(board):
    fill(board, 4)
    spec = board.keep("Mine")
    board.begin(["x", "y"])
    board.add("x", IMAGES[0])
    with pytest.raises(DatasetError, match="no data set yet. Keep or discard them first"):
        board.continue_set(spec.id)


@pytest.mark.parametrize("names", [["a" * 41, "b"], ["a\tb", "c"], [str(number) for number in range(63)]])
def test_names_that_are_none_are_refused(sets, names):
    file = BoardFile(sets, "me")
    with pytest.raises(DatasetError, match="A class is called|63 classes"):
        file.begin(names)
    assert file.read().class_names == ()


def test_drawings_keep_the_names_and_the_form_that_drawings_have(sets):
    file = BoardFile(sets, "me")
    blob = np.zeros((28, 28), np.uint8)
    blob[4:24, 4:24] = 255
    file.begin([str(number) for number in range(10)])
    for number in range(30):
        file.add(str(number % 10), np.roll(blob, number % 3, axis=1))
    spec = file.keep("Blobs")
    assert (spec.class_names[3], spec.form) == ("3", ImageForm.MNIST)


def test_photos_of_things_stay_plain(sets):
    spec = kept_things(BoardFile(sets, "me"))
    assert spec.form is ImageForm.PLAIN
    assert sets.load(spec)["x_train"][:, 0, 0].tolist() != [0] * spec.train_images


def kept_things(file):
    """A set of photos of things, which is kept plain."""
    blob = np.zeros((28, 28), np.uint8)
    blob[4:24, 4:24] = 255
    file.begin(["a", "b"])
    for number in range(12):
        file.add("ab"[number % 2], blob, photo=np.full((28, 28), 10 * number, np.uint8))
    return file.keep("Things")


def test_a_drawing_for_a_set_of_plain_pictures_stays_plain(sets):
    file = BoardFile(sets, "me")
    file.continue_set(kept_things(file).id)
    as_drawn = np.zeros((28, 28), np.uint8)
    as_drawn[2:9, 3] = 255
    assert file.form(file.read()) is ImageForm.PLAIN
    file.add("a", IMAGES[0], drawn=as_drawn)
    assert file.form(file.read()) is ImageForm.PLAIN
    again = file.keep("Things")
    arrays = sets.load(again)
    found = [image for part in ("x_train", "x_test") for image in arrays[part]]
    assert again.form is ImageForm.PLAIN and len(found) == 13
    assert any(np.array_equal(image, as_drawn) for image in found)
    assert any(np.array_equal(image, np.full((28, 28), 110, np.uint8)) for image in found), "photos stay as they were"


def test_a_new_board_of_photos_and_drawings_is_of_strokes(sets):
    file = BoardFile(sets, "me")
    file.begin(["a", "b"])
    for number in range(12):
        photo = {"photo": np.full((28, 28), 10 * number, np.uint8)} if number else {"drawn": IMAGES[20]}
        file.add("ab"[number % 2], IMAGES[number], **photo)
    assert file.form(file.read()) is ImageForm.MNIST
    arrays = sets.load(file.keep("Both"))
    assert {image.tobytes() for image in arrays["x_train"]} <= {image.tobytes() for image in IMAGES[:12]}


def test_drawings_of_earlier_versions_are_read(board):
    board._append({"of": "a", "strokes": image_text(IMAGES[0])})
    board._append({"of": "b", "strokes": image_text(IMAGES[1]), "plain": image_text(IMAGES[2])})
    (drawn,), (photo,) = (board.read().of(name) for name in "ab")
    assert not drawn.is_photo and np.array_equal(drawn.plain, drawn.strokes)
    assert photo.is_photo and np.array_equal(photo.plain, IMAGES[2])
