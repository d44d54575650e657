"""Corrections are kept, found, undone and removed; whatever is wrong with the database is said in a sentence."""

import sqlite3
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest

from core.config.dataset_spec import DIGITS
from core.corrections import CorrectionError, CorrectionStore, NewCorrection, Source, Split
from core.corrections import database as database_module
from core.corrections.exporting import labelled_zip
from core.corrections.places import parse_place, place_in_picture, place_of_drawing
from core.datasets.drafting import read_draft
from core.datasets.importing.sources import source_of_uploads
from core.datasets.mnist import load_mnist
from core.pictures.display import encode
from core.pictures.labelled import find_labelled

STROKE = np.array([[10, 10], [20, 35]], np.float32)


def digit(number):
    return load_mnist().test.images[number]


def correction(place="a", label="7", **values):
    known = {"image": digit(0), "source": Source.DRAWN, "model": "shipped", "model_name": "Shipped", "answer": "1"}
    return NewCorrection(**known | {"place": place, "label": label, "confidence": 0.61} | values)


@pytest.fixture
def store(tmp_path):
    return CorrectionStore(tmp_path)


def test_without_a_database_there_is_nothing_and_none_is_made(store):
    assert store.find() == [] and store.counts().total == 0 and store.label_of("a") == ""
    assert store.examples() == [] and not store.path.exists()


def test_a_correction_is_kept_with_all_that_was_known(store):
    strokes = (np.array([[1.04, 2], [3, 4.5]], np.float32), np.array([[9, 9]], np.float32))
    number = store.add(correction(strokes=strokes, picture=b"png", created=5.0))
    (found,) = store.find()
    assert (found.id, found.label, found.source, found.split) == (number, "7", Source.DRAWN, Split.LEARN)
    assert (found.model, found.model_name, found.answer, found.confidence) == ("shipped", "Shipped", "1", 0.61)
    assert found.created == 5.0 and not found.is_confirmation
    assert found.png == encode(digit(0), lossless=True)
    assert list(store.pictures()) == [(number, "7", b"png")]
    (example,) = store.examples()
    assert np.array_equal(example.image, digit(0))
    assert [stroke.tolist() for stroke in example.strokes] == [[[1, 2], [3, 4.5]], [[9, 9]]]


def test_a_second_label_of_the_same_answer_replaces_the_first(store):
    first = store.add(correction(label="7"))
    store.delete([first])
    assert store.add(correction(label="1")) == first
    assert store.label_of("a") == "1" and store.counts().by_label == {"1": 1}
    assert store.find()[0].is_confirmation


def test_a_second_label_is_kept_with_what_was_read_then(store):
    store.add(correction(label="7"))
    store.add(correction(label="4", answer="9", model="a-run", model_name="Mine", confidence=0.2))
    (found,) = store.find()
    assert (found.label, found.answer, found.model, found.model_name) == ("4", "9", "a-run", "Mine")
    assert found.confidence == 0.2


def test_every_fifth_of_a_label_is_kept_out(store):
    places = [(label, number, digit(10 * number + int(label))) for number in range(10) for label in "73"]
    store.add_many([correction(f"{label}-{number}", label, image=image) for label, number, image in places])
    for label in "73":
        uses = [each.split for each in reversed(store.find(label))]
        assert uses == [*[Split.LEARN] * 4, Split.MEASURE] * 2
    assert store.counts().by_split == {Split.LEARN: 16, Split.MEASURE: 4}


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (
            {"place": "drawing a", "strokes": (STROKE,)},
            {"place": "drawing b", "strokes": (STROKE, STROKE + 50), "image": digit(5)},
        ),
        ({"place": "drawing a"}, {"place": "drawing b"}),
        ({"place": "picture page 100-50-20-30"}, {"place": "picture page 105-50-20-30", "image": digit(5)}),
        ({"place": "picture page 100-50-40-30"}, {"place": "picture page 120-50-20-30", "image": digit(5)}),
    ],
    ids=["a drawing that went on", "the same image", "a moved box", "a part of a box"],
)
@pytest.mark.parametrize("split", Split)
def test_a_digit_that_is_kept_again_has_the_same_use(store, first, again, split):
    before = 4 if split is Split.MEASURE else 0
    store.add_many([correction(f"other {number}", image=digit(100 + number)) for number in range(before)])
    store.delete([store.add(correction(**first))])
    others = range(before, 4)
    store.add_many([correction(f"other {number}", image=digit(100 + number)) for number in others])
    store.add(correction(**again))
    assert store.find()[0].split is store.find(deleted=True)[0].split is split


def test_other_digits_of_a_picture_and_other_drawings_are_no_copies(store):
    strokes = [(STROKE + number,) for number in range(5)]
    for place, values in (("picture page {}-50-20-30", {}), ("drawing {}", {"strokes": strokes})):
        label = "3" if values else "7"
        store.add_many(
            [
                correction(
                    place.format(30 * n), label, image=digit(n + len(place)), strokes=strokes[n] if values else ()
                )
                for n in range(5)
            ]
        )
        assert [each.split for each in store.find(label)].count(Split.MEASURE) == 1


def test_deleted_ones_come_back_or_are_removed_for_good(store):
    one, two = store.add_many([correction("one"), correction("two", picture=b"a secret picture")])
    store.delete([one, two])
    assert store.counts().total == 0 and store.counts().deleted == 2 and store.examples() == []
    store.restore([one])
    assert store.purge() == 1 and [each.id for each in store.find()] == [one]
    assert store.find(deleted=True) == [] and [each for each, _, _ in store.pictures()] == [one]
    left = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert b"a secret picture" not in left


def test_what_another_program_keeps_in_the_files_is_said_and_cleared_later(store, monkeypatch):
    monkeypatch.setattr(database_module, "_BUSY_S", 0.05)
    store.delete([store.add(correction(picture=b"a secret picture"))])
    other = sqlite3.connect(store.path, isolation_level=None)
    try:
        other.execute("BEGIN")
        other.execute("SELECT COUNT(*) FROM corrections").fetchone()
        with pytest.raises(CorrectionError, match="are removed, but another program reads"):
            store.purge()
        other.execute("COMMIT")
        assert store.purge() == 0
        left = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
        assert b"a secret picture" not in left
    finally:
        other.close()


def test_they_are_found_by_label_a_page_at_a_time(store):
    store.add_many([correction(str(number), str(number % 2)) for number in range(8)])
    store.add(correction("drawn", "0"))
    assert store.count("0") == 5 and store.count() == 9
    assert [each.id for each in store.find(first=2, count=3)] == [7, 6, 5]
    assert [each.label for each in store.find("1")] == ["1"] * 4


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"label": ""}, "1 to 40 printable letters"),
        ({"label": "x" * 41}, "1 to 40 printable letters"),
        ({"label": "a\nb"}, "1 to 40 printable letters"),
        ({"place": ""}, "empty or longer"),
        ({"model": "m" * 301}, "empty or longer"),
        ({"confidence": float("nan")}, "between 0 and 1"),
        ({"image": np.zeros((28, 27), np.uint8)}, "not uint8 (28, 28)"),
        ({"picture": bytes(300_000)}, "at most 262,144"),
    ],
)
def test_what_cannot_be_kept_is_said(values, said):
    with pytest.raises(CorrectionError, match=said.replace("(", r"\(").replace(")", r"\)")):
        correction(**values)


def test_a_pen_path_that_is_too_long_is_left_out_and_the_picture_kept(store):
    store.add(correction(strokes=(np.zeros((5000, 2), np.float32),)))
    assert store.examples()[0].strokes == ()


def test_there_is_a_limit(store, monkeypatch):
    monkeypatch.setattr("core.corrections.store.MAX_CORRECTIONS", 2)
    store.add_many([correction("a"), correction("b")])
    with pytest.raises(CorrectionError, match="at most 2 are kept"):
        store.add(correction("c"))
    assert store.count() == 2
    store.add(correction("b", label="1"))
    assert store.label_of("b") == "1", "another label for a known one needs no room"


def test_the_export_is_what_evaluations_take(store, tmp_path):
    store.add_many([correction("a", "7"), correction("b", "1"), correction("c", "1")])
    packed = labelled_zip(store)
    assert zipfile.ZipFile(BytesIO(packed)).namelist() == [
        f"{label}/correction-00000{n}.png" for n, label in ((1, 7), (2, 1), (3, 1))
    ]
    path = tmp_path / "corrections.zip"
    path.write_bytes(packed)
    found = find_labelled(path).pictures
    assert [each.label for each in found] == ["1", "1", "7"]
    assert np.array_equal(np.asarray(found[0].entry.open().convert("L")), load_mnist().test.images[0])


def test_the_export_of_other_classes_keeps_them_apart_with_their_names(store):
    classes = (".", ":", "/", "a b", "=1", "CON")
    store.add_many([correction(label, label, image=digit(k), classes=classes) for k, label in enumerate(classes)])
    draft = read_draft(source_of_uploads([("corrections.zip", labelled_zip(store, classes))]))
    assert sorted(draft.raw.class_names) == sorted(classes)
    for k, label in enumerate(classes):
        (place,) = np.flatnonzero(draft.raw.labels == draft.raw.class_names.index(label))
        assert np.array_equal(draft.raw.plain[np.array([place])][0], digit(k))


# what is wrong with the database


def test_a_damaged_database_is_said_and_left_as_it_is(store):
    store.path.write_bytes(b"no database at all" * 100)
    for ask in (store.find, store.counts, lambda: store.add(correction())):
        with pytest.raises(CorrectionError, match="is damaged. Move it"):
            ask()
    assert store.path.read_bytes().startswith(b"no database")


def test_a_database_whose_table_is_another_one_is_said(store):
    with sqlite3.connect(store.path) as other:
        other.execute("CREATE TABLE corrections (x)")
        other.execute(f"PRAGMA user_version = {database_module.SCHEMA_VERSION}")
    other.close()
    with pytest.raises(CorrectionError, match="is damaged"):
        store.find()


def test_a_database_of_a_later_version_is_said(store):
    store.add(correction())
    with sqlite3.connect(store.path) as other:
        other.execute("PRAGMA user_version = 9")
    other.close()
    with pytest.raises(CorrectionError, match="later version of this app"):
        store.find()


def test_a_locked_database_is_said(store, monkeypatch):
    store.add(correction())
    monkeypatch.setattr(database_module, "_BUSY_S", 0.05)
    other = sqlite3.connect(store.path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CorrectionError, match="did not become free. Try again"):
            store.add(correction("b"))
        assert store.count() == 1, "it can be read meanwhile"
    finally:
        other.close()


def test_a_full_disk_is_said_and_what_was_kept_stays(store, monkeypatch):
    store.add(correction())
    before = database_module._open

    def without_space(path):
        connection = before(path)
        connection.execute("PRAGMA max_page_count = 1")  # raised to the pages that there are
        return connection

    monkeypatch.setattr(database_module, "_open", without_space)
    with pytest.raises(CorrectionError, match="no space is left on the disk"):
        store.add_many([correction(str(number), picture=bytes(200_000)) for number in range(20)])
    monkeypatch.setattr(database_module, "_open", before)
    assert store.count() == 1


def test_a_folder_that_is_none_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CorrectionError, match="cannot be used"):
        CorrectionStore(tmp_path / "file" / "root").add(correction())


def test_a_folder_in_its_place_is_said(store):
    store.path.mkdir()
    with pytest.raises(CorrectionError, match="cannot be opened"):
        store.find()


def test_threads_may_write_at_once(store):
    def keep(name):
        for number in range(5):
            store.add(correction(f"{name}-{number}", image=digit(5 * ord(name) + number)))

    threads = [threading.Thread(target=keep, args=(name,)) for name in "abcd"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert store.count() == 20
    assert store.counts().by_split == {Split.LEARN: 16, Split.MEASURE: 4}


# other classes than digits

LETTERS = ("A", "B/b", "é🙂")


def test_corrections_of_other_classes_are_kept_apart(store):
    store.add(correction("drawing a", "7"))
    letters = [correction(f"drawing {n}", "B/b", classes=LETTERS, answer="A", image=digit(n)) for n in range(6)]
    store.add_many(letters)
    assert [each.label for each in store.find()] == ["7"] and store.counts().total == store.count() == 1
    assert store.kept_classes() == [LETTERS, DIGITS]
    assert store.count(classes=LETTERS) == store.count("B/b", classes=LETTERS) == 6
    assert store.counts(LETTERS).by_split == {Split.LEARN: 5, Split.MEASURE: 1}
    assert [each.label for each in store.examples(LETTERS)] == ["B/b"] * 6
    assert zipfile.ZipFile(BytesIO(labelled_zip(store, LETTERS))).namelist()[0] == "1 B_b/correction-000002.png"
    store.delete([each.id for each in store.find(classes=LETTERS)])
    assert store.purge() == 0 and store.purge(LETTERS) == 6


def test_a_label_that_is_none_of_the_classes_is_refused():
    with pytest.raises(CorrectionError, match="must be one of A, B/b"):
        correction(label="7", classes=LETTERS)


@pytest.fixture
def first_version(store):
    """The store over a database of the first version, which knew no classes, with one correction in it."""
    schema = database_module._SCHEMA.replace(",\n    classes TEXT NOT NULL DEFAULT ''", "")
    with sqlite3.connect(store.path) as other:
        other.executescript(f"{schema} PRAGMA user_version = 1;")
        other.execute(
            "INSERT INTO corrections (place, created, label, source, split, model, model_name, answer, confidence, "
            "image, picture, strokes) VALUES ('a', 1, '7', 'drawn', 'learn', '', '', '1', 0.5, ?, x'', '')",
            (encode(digit(0), lossless=True),),
        )
    other.close()
    return store


def test_a_database_of_the_first_version_is_brought_up_to_date(first_version):
    assert [each.label for each in first_version.find()] == ["7"]
    first_version.add(correction("b", "A", classes=LETTERS))
    assert first_version.kept_classes() == [LETTERS, DIGITS]


def test_many_may_bring_a_database_up_to_date_at_once(first_version):
    start = threading.Barrier(8)

    def keep(number):
        start.wait()
        return first_version.add(correction(f"{number}", "A", classes=LETTERS, image=digit(number)))

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(keep, range(8)))) == 8
    assert (first_version.count(), first_version.count(classes=LETTERS)) == (1, 8)


def test_the_same_picture_may_be_labelled_as_a_digit_and_as_a_letter():
    box = (1, 2, 3, 4)
    assert place_in_picture("a", box) != place_in_picture("a", box, LETTERS)
    assert parse_place(place_in_picture("a", box, LETTERS))[1] == box
    assert place_of_drawing("a") != place_of_drawing("a", LETTERS)
