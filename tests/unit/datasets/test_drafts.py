"""What is suggested for a draft fits its images, and what is kept is what was chosen."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from core.config.dataset_spec import DIGITS, ImageForm
from core.datasets import dataset_trash, export_zip, orientation, outlier_glyphs
from core.datasets.class_rows import rows_of_draft, rows_of_set
from core.datasets.drafting import make_draft, read_draft
from core.datasets.held_out import every_fifth
from core.datasets.image_forms import StrokeForm
from core.datasets.importing.raw_set import RawSet
from core.datasets.importing.source_files import Source, SourceFile
from core.datasets.importing.sources import source_of_uploads
from core.datasets.mnist import DatasetError, load_arrays
from core.datasets.pen_paths import draw_figures, parse_strokes
from core.datasets.store import DatasetStore
from core.datasets.synthetic_digits import draw_digits
from core.pictures.class_folders import class_folder
from core.preprocessing.mnist_form import to_mnist_form
from tests.support.dataset_files import idx_files, letter_images, png_bytes, zip_bytes
from tests.support.letters import LETTERS

MNIST_IMAGES, MNIST_LABELS = load_arrays()["x_test"][:400], load_arrays()["y_test"][:400]
IMAGES, LABELS = letter_images(30)


@pytest.fixture
def sets(tmp_path):
    return DatasetStore(tmp_path)


def clothes(count):
    """Filled shapes, as clothes are: no strokes."""
    images = np.zeros((count, 28, 28), np.uint8)
    for number, image in enumerate(images):
        image[3 : 26 - number % 3, 4 + number % 2 * 5 : 23] = 120 + number % 100
    return images


def draft_of(images, labels, names=("0", "1", "2"), files=()):
    return make_draft(RawSet(tuple(names), images, labels.astype(int)), files or Source("", ()), "test")


def test_strokes_and_filled_things_are_told_apart():
    assert draft_of(MNIST_IMAGES, MNIST_LABELS, DIGITS).suggested.form is ImageForm.MNIST
    assert draft_of(IMAGES, LABELS).suggested.form is ImageForm.MNIST
    assert draft_of(clothes(30), LABELS).suggested.form is ImageForm.PLAIN


def test_images_that_are_in_mnist_form_stay_as_they_are_to_the_bit():
    assert StrokeForm.of(MNIST_IMAGES).apply(MNIST_IMAGES) is MNIST_IMAGES


def test_dark_strokes_on_light_ground_become_light_ones_in_mnist_form():
    dark, light = (StrokeForm.of(images).apply(images) for images in (255 - IMAGES, IMAGES))
    np.testing.assert_array_equal(dark, light)


def test_swapped_digits_are_found_by_how_they_look_and_put_right(sets):
    swapped = orientation.swapped(MNIST_IMAGES)
    draft = draft_of(swapped, MNIST_LABELS, DIGITS)
    assert draft.suggested.is_swapped and not draft_of(MNIST_IMAGES, MNIST_LABELS, DIGITS).suggested.is_swapped
    arrays = sets.load(draft.keep(sets, draft.suggested))
    np.testing.assert_array_equal(arrays["x_train"], MNIST_IMAGES[~draft.is_test])


SWAPPED = "rows and columns are swapped, as EMNIST's are"


def pen_drawings(paths, count):
    """Drawings along pen paths in MNIST form, and their labels: an own form each, which no template has."""
    rng = np.random.default_rng(0)
    figures = [each for path in paths for each in draw_figures(parse_strokes(path), count, rng, 0.15)]
    return np.stack([to_mnist_form(each) for each in figures]), np.repeat(np.arange(len(paths)), count)


def said_of(images, labels, names, files=()):
    """Whether the images are taken to be swapped, for which a sentence stands among the remarks, or not."""
    draft = draft_of(images, labels, names, files)
    assert draft.suggested.is_swapped == any(SWAPPED in each and "takes that back" in each for each in draft.remarks)
    return draft.suggested.is_swapped


def test_digits_and_letters_along_pen_paths_are_found_swapped_and_not_where_they_stand(sets):
    digits = np.stack(
        [to_mnist_form(each) for each in draw_digits(np.arange(200) % 10, np.random.default_rng(0), True)]
    )
    letters, kinds = pen_drawings(LETTERS.values(), 40)
    for images, labels, names in [(digits, np.arange(200) % 10, DIGITS), (letters, kinds, tuple(LETTERS))]:
        assert not said_of(images, labels, names)
        assert said_of(orientation.swapped(images), labels, names)
        lower = tuple(name.lower() for name in names)
        assert said_of(orientation.swapped(images), labels, lower)


@pytest.mark.parametrize("count", [2, 3, 5, 9, 10])
def test_other_things_whose_classes_are_numbers_or_letters_are_not_taken_for_swapped(count):
    paths = [line.split(None, 1)[1] for line in outlier_glyphs.PATHS.strip().splitlines()]
    rng = np.random.default_rng(count)
    for number in range(6):
        images, labels = pen_drawings(rng.choice(paths, count, replace=False), 12)
        assert not said_of(images, labels, DIGITS[:count] if number % 2 else tuple("ABCDEFGHIJ"[:count]))


@pytest.mark.parametrize("kinds", [(0, 1), (2, 7), (3, 5, 8), (1, 4, 6, 7, 9)])
def test_a_few_of_the_digits_are_found_swapped(kinds):
    chosen = np.isin(MNIST_LABELS, kinds)
    images, labels = MNIST_IMAGES[chosen], np.searchsorted(kinds, MNIST_LABELS[chosen])
    names = tuple(map(str, kinds))
    assert not said_of(images, labels, names) and said_of(orientation.swapped(images), labels, names)


def test_the_name_of_emnist_decides_where_the_classes_are_neither_digits_nor_letters():
    source = Source("emnist-signs", (SourceFile("emnist-signs.csv", 1, pytest.fail),))
    images, labels = pen_drawings(["50,2! 50,98!", "2,50! 98,50!"], 20)
    draft = draft_of(images, labels, ("bar", "dash"), source)
    assert draft.suggested.is_swapped
    assert any("Its files have EMNIST's name" in each for each in draft.remarks)


def test_other_things_with_the_numbers_of_digits_are_not_taken_for_digits():
    shuffled = (MNIST_LABELS + 1) % 10
    draft = draft_of(MNIST_IMAGES, shuffled, DIGITS)
    assert draft.suggested.class_names[:2] == ("class 0", "class 1")
    assert any("do not look like the digits" in each for each in draft.remarks)
    for images in (MNIST_IMAGES, 255 - MNIST_IMAGES):
        assert draft_of(images, MNIST_LABELS, DIGITS).suggested.class_names == DIGITS


def test_emnists_letters_are_known_by_the_name_of_their_files():
    images, labels = letter_images(52, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    files = idx_files(orientation.swapped(images), labels + 1, name="emnist-letters-train")
    draft = read_draft(source_of_uploads(files))
    assert draft.suggested.is_swapped
    assert (draft.suggested.name, draft.suggested.class_names[:3]) == ("EMNIST Letters", ("A", "B", "C"))


def test_every_fifth_of_each_class_is_held_out():
    labels = np.array([0] * 20 + [1] * 3 + [2])
    for seed in (0, None):
        is_test = every_fifth(labels, seed)
        assert [int(is_test[labels == label].sum()) for label in range(3)] == [4, 1, 0]
    longer = every_fifth(np.concatenate([labels, [0] * 7]), None)
    np.testing.assert_array_equal(longer[: len(labels)], every_fifth(labels, None))


def test_a_class_that_only_the_test_part_has_is_left_out():
    is_test = LABELS == 2
    draft = make_draft(
        RawSet(("a", "b", "c"), IMAGES, LABELS.astype(int), is_test=is_test | (np.arange(30) < 6)), Source("", ()), ""
    )
    assert draft.raw.class_names == ("a", "b") and draft.counts == [(8, 2)] * 2
    assert any("only the test part has pictures of it: c" in each for each in draft.remarks)


def test_an_exported_set_comes_back_to_the_bit(sets):
    draft = draft_of(IMAGES, LABELS)
    choices = replace(draft.suggested, name="Ä/B", class_names=("z", "a/b", "\N{SNOWMAN}"), source="me", licence="CC0")
    spec = draft.keep(sets, choices)
    again = read_draft(source_of_uploads([("set.zip", export_zip.zip_bytes(sets, spec))]))
    kept = again.keep(sets, again.suggested)
    assert (kept.sha256, kept.class_names, kept.form) == (spec.sha256, spec.class_names, spec.form)
    assert (kept.name, kept.source, kept.licence) == (spec.name, "me", "CC0")


def again(sets, spec):
    draft = read_draft(source_of_uploads([("set.zip", export_zip.zip_bytes(sets, spec))]))
    return draft.keep(sets, draft.suggested)


@pytest.mark.parametrize("form", list(ImageForm))
def test_an_exported_set_keeps_its_form_its_parts_and_its_names(sets, form):
    names = ("=1+1", "'-b", " c  d ")
    arrays = {"x_train": 255 - IMAGES, "y_train": LABELS, "x_test": IMAGES[:0], "y_test": LABELS[:0]}
    spec = sets.add("Odd", names, arrays, form=form)
    kept = again(sets, spec)
    assert (kept.sha256, kept.class_names, kept.form, kept.test_images) == (spec.sha256, spec.class_names, form, 0)


def test_no_class_of_an_export_is_a_formula(sets):
    arrays = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:0], "y_test": LABELS[:0]}
    spec = sets.add("Odd", ("=1+1", "@b", "c"), arrays)
    with zipfile.ZipFile(io.BytesIO(export_zip.zip_bytes(sets, spec))) as archive:
        table = archive.read("labels.csv").decode()
    assert ",'=1+1," in table and ",'@b," in table and ",c," in table


def test_the_folders_of_an_export_are_safe_names(sets):
    draft = draft_of(IMAGES, LABELS)
    spec = draft.keep(sets, replace(draft.suggested, name="x", class_names=("a/b", "../..", "x" * 40)))
    assert [class_folder(spec.class_names, label) for label in range(3)] == ["0 a_b", "1 _._", f"2 {'x' * 40}"]


def test_rows_have_the_counts_and_a_picture_of_each_class(sets):
    draft = draft_of(IMAGES, LABELS)
    spec = draft.keep(sets, draft.suggested)
    rows = rows_of_set(spec, sets.summary(spec))
    assert [(row.train, row.test) for row in rows] == draft.counts
    assert all(url.startswith("data:image/png;base64,") for row in rows for url in row.strips)
    assert [row.name for row in rows_of_draft(draft, ("x", "y", "z"), False)] == ["x", "y", "z"]


def test_a_summary_that_is_damaged_is_made_anew(sets):
    spec = draft_of(IMAGES, LABELS).keep(sets, draft_of(IMAGES, LABELS).suggested)
    before = sets.summary(spec)
    (sets.folder / spec.id / "1" / "summary.npz").write_bytes(b"damaged")
    after = sets.summary(spec)
    assert all(np.array_equal(before.to_arrays()[key], value) for key, value in after.to_arrays().items())


def test_a_deleted_set_can_be_brought_back_and_its_id_is_not_used_meanwhile(sets):
    draft = draft_of(IMAGES, LABELS)
    spec = draft.keep(sets, replace(draft.suggested, name="x"))
    dataset_trash.delete(sets, spec.id)
    with pytest.raises(DatasetError, match="no data set 'x'"):
        dataset_trash.delete(sets, spec.id)
    other = draft.keep(sets, replace(draft.suggested, name="x"))
    assert (dataset_trash.deleted(sets), other.id) == (["x"], "x-2")
    dataset_trash.restore(sets, spec.id)
    assert sets.spec("x") == spec
    with pytest.raises(DatasetError, match="not in the trash any more"):
        dataset_trash.restore(sets, spec.id)
    with pytest.raises(DatasetError, match="built in"):
        dataset_trash.delete(sets, "mnist")


def test_blank_pictures_are_left_out_where_strokes_are_wanted(sets):
    pictures = {
        f"{'ab'[number % 2]}/{number}.png": png_bytes(image.repeat(3, 0).repeat(3, 1))
        for number, image in enumerate(IMAGES)
    }
    pictures["a/blank.png"] = png_bytes(np.full((60, 60), 255, np.uint8))
    draft = read_draft(source_of_uploads([("x.zip", zip_bytes(pictures))]))
    assert any("Without any ink, and left out where strokes are wanted: 1 picture" in each for each in draft.remarks)
    spec = draft.keep(sets, replace(draft.suggested, form=ImageForm.MNIST))
    assert spec.train_images + spec.test_images == 30
