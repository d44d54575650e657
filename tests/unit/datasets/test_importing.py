"""Every format is found by its files, is read as it was written, and says what it left out."""

import gzip
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from core.config.dataset_spec import ImageForm
from core.datasets import dataset_summary
from core.datasets import draft as draft_module
from core.datasets.drafting import read_draft
from core.datasets.importing import idx, npy_stream, numpy_arrays
from core.datasets.importing.sources import source_of_paths, source_of_uploads
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from tests.support.dataset_files import (
    idx_files,
    large_picture,
    letter_images,
    npy_bytes,
    npz_bytes,
    pixel_csv,
    png_bytes,
    table_csv,
    zip_bytes,
)

IMAGES, LABELS = letter_images(30)


def draft_of(*files):
    return read_draft(source_of_uploads(files))


def kept(draft, tmp_path, **changes):
    """The arrays of the draft as it would be kept, with these changes of what is suggested."""
    store = DatasetStore(tmp_path)
    return store.load(draft.keep(store, replace(draft.suggested, **changes)))


def in_order(draft):
    """The images as they were given, whatever part they went to."""
    return draft.raw.plain, draft.raw.labels


@pytest.mark.parametrize("packed", [True, False])
def test_four_idx_files_are_two_parts(packed):
    reports = []
    files = idx_files(IMAGES, LABELS, packed=packed, tests=9)
    draft = read_draft(source_of_uploads(files), reports.append)
    assert draft.format_name == "IDX files"
    assert draft.raw.class_names == ("0", "1", "2")
    assert draft.counts == [(7, 3)] * 3
    np.testing.assert_array_equal(draft.raw.plain, IMAGES)
    assert reports == sorted(reports) and 0 < reports[0] <= reports[-1] <= 1


def test_two_idx_files_get_a_test_part_that_is_said_and_is_the_same_each_time():
    draft = draft_of(*idx_files(IMAGES, LABELS))
    assert draft.counts == [(8, 2)] * 3
    assert any("every fifth image" in remark for remark in draft.remarks)
    np.testing.assert_array_equal(draft.is_test, draft_of(*idx_files(IMAGES, LABELS)).is_test)


def test_kaggles_csv_of_pixels_is_read(tmp_path):
    for header in (True, False):
        draft = draft_of(("train.csv", pixel_csv(IMAGES, LABELS, header)))
        assert draft.format_name == "CSV of pixels"
        np.testing.assert_array_equal(draft.raw.plain, IMAGES)
        np.testing.assert_array_equal(draft.raw.labels, LABELS)


@pytest.mark.parametrize("start", [["label", *range(784)], range(785), range(1, 786), ["label", *range(1, 785)]])
def test_a_header_of_numbers_is_no_image(start):
    header = ",".join(map(str, start)).encode()
    draft = draft_of(("train.csv", b"\n".join([b"", header, pixel_csv(IMAGES, LABELS, header=False)])))
    assert draft.raw.class_names == ("0", "1", "2")
    np.testing.assert_array_equal(draft.raw.plain, IMAGES)


def test_a_first_row_of_the_class_y_is_an_image():
    draft = draft_of(("train.csv", pixel_csv(IMAGES, ["yzx"[label] for label in LABELS], header=False)))
    assert len(draft.raw.plain) == 30


def test_a_csv_of_pixels_may_name_its_classes_and_be_packed():
    data = pixel_csv(IMAGES, [f"letter {'ABC'[label]}" for label in LABELS])
    draft = draft_of(("train.csv.gz", gzip.compress(data)), ("test.csv", pixel_csv(IMAGES[:6], ["letter A"] * 6)))
    assert draft.raw.class_names == ("letter A", "letter B", "letter C")
    assert draft.counts == [(10, 6), (10, 0), (10, 0)]


@pytest.mark.parametrize(
    "names", [("x_train", "y_train", "x_test", "y_test"), ("images", "labels", "test_images", "test_labels")]
)
def test_an_npz_with_the_usual_names_is_read(names):
    arrays = dict(zip(names, (IMAGES[:21], LABELS[:21], IMAGES[21:], LABELS[21:]), strict=True))
    draft = draft_of(("set.npz", npz_bytes(**arrays)))
    assert draft.counts == [(7, 3)] * 3
    np.testing.assert_array_equal(draft.raw.plain, IMAGES)


def test_pairs_of_npy_files_and_texts_as_labels_are_read():
    texts = np.array(["A", "B", "C"])[LABELS]
    draft = draft_of(("train_images.npy", npy_bytes(IMAGES)), ("train_labels.npy", npy_bytes(texts)))
    assert draft.raw.class_names == ("A", "B", "C")
    np.testing.assert_array_equal(draft.raw.plain, IMAGES)


def test_single_arrays_in_npz_files_as_kmnist_has_them_are_known_by_the_files_names():
    draft = draft_of(
        ("k49-train-imgs.npz", npz_bytes(arr_0=IMAGES)),
        ("k49-train-labels.npz", npz_bytes(arr_0=LABELS)),
        ("k49-test-imgs.npz", npz_bytes(arr_0=IMAGES[:6])),
        ("k49-test-labels.npz", npz_bytes(arr_0=LABELS[:6])),
    )
    assert draft.counts == [(10, 2)] * 3


@pytest.mark.parametrize(
    "change",
    [
        lambda images: images.astype(np.float64) / 255,
        lambda images: images.astype(np.int64),
        lambda images: images.reshape(len(images), -1),
        lambda images: np.asfortranarray(images),
        lambda images: images[..., None].repeat(3, axis=3),
        lambda images: images.astype(np.float32) / 127.5 - 1,
    ],
)
def test_arrays_of_other_types_and_shapes_become_the_same_images(change):
    draft = draft_of(("set.npz", npz_bytes(x=change(IMAGES), y=LABELS)))
    assert np.abs(draft.raw.plain.astype(int) - IMAGES).max() <= 1


@pytest.mark.parametrize("dtype", [np.float64, np.uint8])
def test_images_of_0_to_16_become_as_bright_as_others(dtype):
    draft = draft_of(("set.npz", npz_bytes(x=(IMAGES // 16).astype(dtype), y=LABELS)))
    assert draft.raw.plain.max() > 230


def test_images_of_other_sides_are_brought_to_28(tmp_path):
    large = IMAGES.repeat(2, axis=1).repeat(2, axis=2)
    draft = draft_of(("set.npz", npz_bytes(images=large, labels=LABELS)))
    np.testing.assert_array_equal(draft.raw.plain, IMAGES)


def folders(parts=("",), per_class=6):
    return {
        f"letters/{part}{letter}/{number}.png": png_bytes(large_picture(letter, number + 10 * len(part)))
        for part in parts
        for letter in "ABC"
        for number in range(per_class)
    }


def test_a_zip_of_folders_is_read_in_both_forms(tmp_path):
    draft = draft_of(("letters.zip", zip_bytes(folders())))
    assert draft.format_name == "A folder for each class"
    assert (draft.suggested.name, draft.raw.class_names) == ("letters", ("A", "B", "C"))
    assert draft.counts == [(5, 1)] * 3
    assert draft.suggested.form is ImageForm.MNIST
    strokes, plain = (draft.samples(form, False, 4) for form in (ImageForm.MNIST, ImageForm.PLAIN))
    assert [each.shape for each in strokes] == [(4, 28, 28)] * 3
    assert all(each[:, 0].max() == 0 for each in strokes) and all(each[:, 0].min() == 255 for each in plain)


def test_folders_train_and_test_are_the_two_parts(tmp_path):
    draft = draft_of(("letters.zip", zip_bytes(folders(("train/", "test/"), 3))))
    assert draft.counts == [(3, 3)] * 3
    assert not any("every fifth" in remark for remark in draft.remarks)


def test_classes_without_a_test_image_are_named(tmp_path):
    pictures = {f"{name}/{number}.png": png_bytes(IMAGES[number]) for name in "AB" for number in range(4)}
    few = {f"few/{number}.png": png_bytes(IMAGES[10 + number]) for number in range(2)}
    draft = draft_of(("set.zip", zip_bytes(pictures | few)))
    assert "Without an image in the test part, for there are fewer than 3 of it: few." in draft.remarks
    assert any("every fifth" in remark for remark in draft.remarks)
    draft = draft_of(("set.zip", zip_bytes(few | {"more/1.png": png_bytes(IMAGES[20])})))
    assert not draft.is_test.any() and not any("every fifth" in remark for remark in draft.remarks)
    assert "Without an image in the test part, for there are fewer than 3 of it: few, more." in draft.remarks


def test_steps_out_of_a_zip_name_no_class(tmp_path):
    names = ["../../a/1.png", "/b/1.png", "./b/2.png", "c//1.png"]
    draft = draft_of(("set.zip", zip_bytes({name: png_bytes(IMAGES[k]) for k, name in enumerate(names)})))
    assert draft.raw.class_names == ("a", "b", "c") and draft.raw.labels.tolist() == [0, 1, 1, 2]


def test_a_folder_on_this_machine_is_read_as_a_zip_is(tmp_path):
    for name, data in folders().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    draft = read_draft(source_of_paths([tmp_path / "letters"]))
    assert (draft.suggested.name, draft.counts) == ("letters", [(5, 1)] * 3)


def test_what_is_left_out_is_said():
    files = folders() | {
        "letters/A/broken.png": png_bytes(large_picture("A"))[:300],
        "letters/A/notes.docx": b"text",
        "letters/D/": b"",
        "letters/loose.png": png_bytes(large_picture("A")),
        "__MACOSX/letters/A/0.png": b"",
        "letters/.hidden/1.png": b"",
    }
    draft = draft_of(("letters.zip", zip_bytes(files)))
    said = "\n".join(draft.remarks)
    assert "Left out: 1 picture. broken.png is cut off or damaged" in said
    assert ".docx (1)" in said
    assert "no picture in it: D" in said
    assert "no folder names its class: 1 picture." in said
    assert draft.counts == [(5, 1)] * 3


def test_a_csv_of_files_and_labels_names_pictures_in_a_zip():
    pictures = {f"pictures/{number}.png": png_bytes(large_picture("AB"[number % 2], number)) for number in range(8)}
    rows = [
        (f"pictures/{number}.png", "a/b" if number % 2 else "ü", "test" if number > 5 else "train")
        for number in range(8)
    ]
    rows.append(("pictures/none.png", "ü", "train"))
    table = table_csv(rows, ("file", "label", "split"))
    draft = draft_of(("set.zip", zip_bytes({"labels.csv": table} | pictures | {"more.png": b"x"})))
    assert draft.format_name == "CSV of files and labels"
    assert (draft.raw.class_names, draft.counts) == (("a/b", "ü"), [(3, 1)] * 2)
    assert any("the picture is not there: 1 row, first" in each for each in draft.remarks)
    assert any("the CSV does not name it: 1 picture." in each for each in draft.remarks)


def test_a_csv_and_loose_pictures_go_together():
    pictures = [(f"{number}.png", png_bytes(large_picture("AB"[number % 2], number))) for number in range(4)]
    table = table_csv([(name, name in ("0.png", "2.png")) for name, _ in pictures])
    assert draft_of(("labels.csv", table), *pictures).raw.class_names == ("False", "True")


def test_small_grey_pictures_stay_as_they_are(tmp_path):
    files = {
        f"{'ABC'[label]}/{number}.png": png_bytes(image)
        for number, (image, label) in enumerate(zip(IMAGES, LABELS, strict=True))
    }
    draft = draft_of(("set.zip", zip_bytes(files)))
    assert draft.raw.strokes is None
    assert {image.tobytes() for image in draft.raw.plain} == {image.tobytes() for image in IMAGES}


def test_idx_files_within_a_zip_are_found():
    draft = draft_of(("archive.zip", zip_bytes(dict(idx_files(IMAGES, LABELS, tests=9)))))
    assert (draft.format_name, draft.counts) == ("IDX files", [(7, 3)] * 3)


def test_the_same_picture_in_two_classes_and_in_both_parts_is_said_and_can_be_left_out(tmp_path):
    images = np.concatenate([IMAGES, IMAGES[:1], IMAGES[1:2]])
    labels = np.concatenate([LABELS, [2], [LABELS[1]]]).astype(np.uint8)
    draft = draft_of(*idx_files(images, labels, tests=2))
    assert draft.duplicates.sentences() == [
        "1 picture is in more than one class: a network can learn only one of its labels.",
        "2 pictures are both in the training and in the test part: the test looks better than it is.",
    ]
    arrays = kept(draft, tmp_path, without_duplicates=True, form=ImageForm.PLAIN)
    assert (len(arrays["y_train"]), len(arrays["y_test"])) == (29, 0)


def test_both_parts_of_a_set_together_are_bounded(monkeypatch):
    images, labels = letter_images(12)
    for module, files in ((idx, idx_files(images, labels, tests=5)), (numpy_arrays, npz_pair(images, labels))):
        monkeypatch.setattr(module, "MAX_ARRAY_IMAGES", 11)
        with pytest.raises(DatasetError, match="There are 12 images; at most 11 are imported"):
            read_draft(source_of_uploads(files))


def npz_pair(images, labels):
    arrays = {"x_train": images[:7], "y_train": labels[:7], "x_test": images[7:], "y_test": labels[7:]}
    return [("set.npz", npz_bytes(**arrays))]


@pytest.mark.parametrize("pack", [lambda *arrays: idx_files(*arrays, tests=4000), npz_pair], ids=["IDX", "NumPy"])
def test_a_large_set_is_in_memory_once_while_it_is_read_and_twice_while_it_is_kept(tmp_path, monkeypatch, pack):
    images, labels = (np.tile(part, (40, *[1] * (part.ndim - 1))) for part in letter_images(600))
    source = source_of_uploads(pack(images, labels))
    monkeypatch.setattr(idx, "_CHUNK_BYTES", 2**20)
    monkeypatch.setattr(npy_stream, "_CHUNK_BYTES", 2**20)
    monkeypatch.setattr(draft_module, "_CHUNK", 1000)
    monkeypatch.setattr(dataset_summary, "_CHUNK", 500)
    tracemalloc.start()
    try:
        draft = read_draft(source)
        assert tracemalloc.get_traced_memory()[1] < 1.6 * images.nbytes
        choices = replace(draft.suggested, is_swapped=True, form=ImageForm.MNIST)
        draft.keep(DatasetStore(tmp_path), choices)
        numpy_writes_at_a_time = 16 * 2**20
        assert tracemalloc.get_traced_memory()[1] < 2.2 * images.nbytes + numpy_writes_at_a_time
    finally:
        tracemalloc.stop()
