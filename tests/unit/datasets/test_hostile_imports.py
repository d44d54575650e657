"""Files that are no data set, or would take too much, are refused in one sentence that says what to do."""

import gzip
import io
import pickle
import struct
import zipfile

import numpy as np
import pytest
from numpy.lib import format as npy_format

from core.datasets.drafting import read_draft
from core.datasets.importing import idx, labelled_csv, npy_stream, source_files, text_lines, unpacking
from core.datasets.importing import pixel_csv as pixel_csv_format
from core.datasets.importing.source_files import Source, SourceFile
from core.datasets.importing.sources import source_of_paths, source_of_uploads
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from tests.support.dataset_files import (
    idx_bytes,
    idx_files,
    letter_images,
    npy_bytes,
    npz_bytes,
    pixel_csv,
    png_bytes,
    table_csv,
    zip_bytes,
)

IMAGES, LABELS = letter_images(30)
PAIR = idx_files(IMAGES, LABELS, packed=False)
PNG = png_bytes(IMAGES[0])


def labels_file(data):
    return [PAIR[0], ("train-labels-idx1-ubyte", data)]


def images_file(data, name="train-images-idx3-ubyte"):
    return [(name, data), PAIR[1]]


def csv_row(change):
    lines = pixel_csv(IMAGES, LABELS).split(b"\n")
    lines[3] = change(lines[3])
    return [("train.csv", b"\n".join(lines))]


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("the pickle was opened",))


def pickled():
    array = np.empty(30, object)
    array[:] = [Evil()] * 30
    return npy_bytes(array, allow_pickle=True)


HOSTILE = {
    "nothing": ([("notes.txt", b"hello")], "No data set is found in notes.txt"),
    "empty zip": ([("set.zip", zip_bytes({}))], "There is no file in what was given"),
    "broken zip": ([("set.zip", b"PK\x03\x04 and no more")], "set.zip is damaged or is not a ZIP"),
    "one class": ([("set.zip", zip_bytes({"A/1.png": PNG, "A/2.png": PNG}))], r"one class in it, 'A'; .* at least 2"),
    "63 classes": (
        [("set.zip", zip_bytes({f"{number}/1.png": PNG for number in range(63)}))],
        r"63 classes in it \(0, 1, 2, …\); a data set may have at most 62",
    ),
    "loose pictures": ([("set.zip", zip_bytes({"1.png": PNG, "2.png": PNG}))], "no folders that name their classes"),
    "pictures that are none": (
        [("set.zip", zip_bytes({"A/1.png": b"text", "B/1.jpg": b"", "B/2.png": PNG[:60]}))],
        "None of the pictures can be read",
    ),
    "one file of a pair": ([PAIR[0]], "A file of images and a file of labels belong together; here 1 and 0"),
    "header promises more": (images_file(idx_bytes(IMAGES, (31, 28, 28))), "31 images and .* has 30 labels"),
    "header lies": (
        images_file(idx_bytes(IMAGES[:20], (30, 28, 28))),
        "says that it holds 30 entries, and ends before",
    ),
    "header hides some": (labels_file(idx_bytes(np.zeros(40, np.uint8), (30,))), "holds more than the 30 entries"),
    "header of two million": (images_file(idx_bytes(IMAGES, (2_000_000, 28, 28))), "2,000,000 images and"),
    "header of a giant": (images_file(idx_bytes(IMAGES, (30, 60_000, 60_000))), "The images have the shape"),
    "header cut off": (images_file(struct.pack(">HBB", 0, 8, 3)), "ends within its header"),
    "other type": (images_file(struct.pack(">HBB3I", 0, 13, 3, 30, 28, 28)), "numbers of the type 0xd; bytes"),
    "truncated gzip": (
        images_file(gzip.compress(PAIR[0][1])[:-200], "train-images-idx3-ubyte.gz"),
        r"train-images-idx3-ubyte.gz is cut off or damaged .*; get it again",
    ),
    "too long row": (
        csv_row(lambda line: line + b",7"),
        "train.csv, line 4: the row has 785 pixels and the first one 784",
    ),
    "too short row": (csv_row(lambda line: line[:-40]), r"train.csv, line 4: the row has 7\d\d pixels"),
    "a word among pixels": (csv_row(lambda line: line.replace(b",0,", b",x,", 1)), "line 4: a pixel is no number"),
    "a gap among pixels": (csv_row(lambda line: line.replace(b",0,", b",1 2,", 1)), "line 4: a pixel is no number"),
    "no labels": (
        [("test.csv", b"\n".join(line.partition(b",")[2] for line in pixel_csv(IMAGES, LABELS).split(b"\n")[:-1]))],
        "test.csv has pixels and no column of labels",
    ),
    "endless line": ([("train.csv", b"label," + b"1," * 200_000)], "No data set is found|more than 256 KB"),
    "pickle": (
        [("set.npz", zip_bytes({"x.npy": npy_bytes(IMAGES), "y.npy": pickled()}))],
        r"Python objects \(a pickle\)",
    ),
    "bare pickle": ([("images.npy", pickle.dumps(Evil()))], "no array that NumPy has saved"),
    "npz without labels": ([("set.npz", npz_bytes(x=IMAGES))], "no array of labels among these: x|set"),
    "npz of other counts": ([("set.npz", npz_bytes(x=IMAGES, y=LABELS[:20]))], "30 images and y has 20 labels"),
    "npz that is none": ([("set.npz", b"PK\x03\x04")], "set.npz is damaged or is not a ZIP"),
    "npz cut off": ([("images.npy", npy_bytes(IMAGES)[:-9]), ("labels.npy", npy_bytes(LABELS))], "ends before all"),
    "npz without arrays": ([("set.npz", zip_bytes({"notes.txt": b"hello"}))], "There is no array in these files"),
    "a folder with a picture's name": (
        [("set.zip", zip_bytes({"a.png": PNG, "a.png/b/c.png": PNG}))],
        "There is one class in it",
    ),
    "not finite": ([("set.npz", npz_bytes(x=IMAGES * np.float32("nan"), y=LABELS))], "no numbers"),
    "fractions as labels": ([("set.npz", npz_bytes(x=IMAGES, y=LABELS + 0.5))], "whole numbers of at most 18 digits"),
    "infinite labels": (
        [("set.npz", npz_bytes(x=IMAGES, y=np.where(LABELS > 0, np.inf, 0.0)))],
        "whole numbers of at most 18 digits or texts",
    ),
    "labels beyond all counting": (
        [("set.npz", npz_bytes(x=IMAGES, y=LABELS.astype(np.uint64) + 2**63))],
        "whole numbers of at most 18 digits or texts",
    ),
    "ragged table": (
        [("t.csv", b"file,label\n1.png,A\n2.png,A,B\n"), ("1.png", PNG), ("2.png", PNG)],
        "t.csv, line 3: the row has 3 cells and the first line 2",
    ),
    "table without labels": ([("t.csv", b"file,name\n1.png,A\n"), ("1.png", PNG)], "needs the columns file and label"),
    "table of nothing": (
        [("t.csv", table_csv([("2.png", "A")])), ("1.png", PNG)],
        "None of the pictures that t.csv names",
    ),
    "two tables": ([("t.csv", b"file,label\n"), ("u.csv", b"file,label\n"), ("1.png", PNG)], "There are 2 CSV files"),
}


@pytest.mark.parametrize(("files", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_it_is_refused_in_a_sentence(files, sentence):
    with pytest.raises(DatasetError, match=sentence) as error:
        read_draft(source_of_uploads(files))
    assert "Traceback" not in str(error.value) and len(str(error.value)) < 700


def test_what_is_no_number_is_refused_in_later_parts_too(monkeypatch):
    monkeypatch.setattr(npy_stream, "_CHUNK_BYTES", 5 * 784 * 4)
    images = IMAGES.astype(np.float32)
    images[20] = np.nan
    with pytest.raises(DatasetError, match=r"no numbers \(NaN or infinite\)"):
        read_draft(source_of_uploads([("set.npz", npz_bytes(x=images, y=LABELS))]))


def test_a_zip_that_would_unpack_to_gigabytes_is_not_opened():
    bomb = zip_bytes({f"A/{number}.png": bytes(20 * 1024**2) for number in range(5)})
    with pytest.raises(DatasetError, match="would unpack to 100 MB, as no data set does; it is not opened"):
        source_of_uploads([("set.zip", bomb)])


def test_encrypted_members_are_left_out_and_said():
    data = bytearray(zip_bytes({"A/1.png": PNG}, zipfile.ZIP_STORED))
    for start in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        data[start] |= 1
    with pytest.raises(DatasetError, match="left out, for they have a password .*: 1"):
        source_of_uploads([("set.zip", bytes(data))])


def test_two_million_files_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(source_files, "MAX_FILES", 20)
    with pytest.raises(DatasetError, match="holds more than 20 files"):
        source_of_uploads([("set.zip", zip_bytes({f"A/{number}.png": PNG for number in range(21)}))])


def test_two_million_files_in_a_folder_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(source_files, "MAX_FILES", 20)
    for number in range(21):
        (tmp_path / f"{number}.png").write_bytes(PNG)
    with pytest.raises(DatasetError, match="more than 20 files"):
        source_of_paths([tmp_path])


def test_two_million_images_are_refused_before_memory_is_taken():
    images = gzip.compress(struct.pack(">HBB3I", 0, 8, 3, 2_000_000, 28, 28))
    labels = gzip.compress(struct.pack(">HBB1I", 0, 8, 1, 2_000_000))
    files = [("train-images-idx3-ubyte.gz", images), ("train-labels-idx1-ubyte.gz", labels)]
    with pytest.raises(DatasetError, match=r"There are 2,000,000 images; at most 1,000,000 are imported"):
        read_draft(source_of_uploads(files))


@pytest.mark.parametrize("name", ["set.npz", "images.npy"])
def test_two_million_images_in_numpy_files_are_refused_before_memory_is_taken(name):
    def header(shape):
        file = io.BytesIO()
        npy_format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
        return file.getvalue()

    images, labels = header((2_000_000, 28, 28)), header((2_000_000,))
    together = [(name, zip_bytes({"images.npy": images, "labels.npy": labels}))]
    files = together if name.endswith(".npz") else [(name, images), ("labels.npy", labels)]
    with pytest.raises(DatasetError, match=r"There are 2,000,000 images; at most 1,000,000 are imported"):
        read_draft(source_of_uploads(files))


def test_too_many_rows_of_a_csv_are_refused(monkeypatch):
    for module in (text_lines, labelled_csv):
        monkeypatch.setattr(module, "MAX_IMAGES", 20)
    rows = table_csv([(f"{number}.png", "A") for number in range(21)])
    with pytest.raises(DatasetError, match=r"t.csv has more than 20 rows; take a part of them"):
        read_draft(source_of_uploads([("t.csv", rows), ("1.png", PNG)]))
    with pytest.raises(DatasetError, match=r"train.csv has more than 20 rows; at most so many images are imported"):
        read_draft(source_of_uploads([("train.csv", pixel_csv(IMAGES, LABELS))]))


def test_few_large_images_are_read_one_after_the_other():
    sizes, image = [], bytes(3000 * 3000)
    head = struct.pack(">HBB3I", 0, 8, 3, 4, 3000, 3000)

    class Opened(io.BytesIO):
        def read(self, size=-1):
            sizes.append(size)
            return super().read(size)

    files = SourceFile("train-images-idx3-ubyte", 4 * len(image), lambda: Opened(head + 4 * image))
    labels = SourceFile("train-labels-idx1-ubyte", 12, lambda: io.BytesIO(idx_bytes(np.arange(4, dtype=np.uint8) % 2)))
    raw = idx.read(Source("set", (files, labels)), lambda share: None)
    assert raw.plain.shape == (4, 28, 28)
    assert max(sizes) <= 16 * 1024**2


def test_no_gzip_unpacks_to_more_than_a_data_set_has(monkeypatch):
    monkeypatch.setattr(unpacking, "_MIN_UNPACKED_BYTES", 1024**2)
    images = gzip.compress(struct.pack(">HBB3I", 0, 8, 3, 3000, 28, 28) + bytes(3000 * 28 * 28))
    labels = gzip.compress(idx_bytes(np.arange(3000) % 2 == 0))
    files = [("train-images-idx3-ubyte.gz", images), ("train-labels-idx1-ubyte.gz", labels)]
    with pytest.raises(DatasetError, match="train-images-idx3-ubyte.gz has .* would unpack to .* as no data set does"):
        read_draft(source_of_uploads(files))
    csv = gzip.compress(b"label," + b",".join(b"p" * 100 for _ in range(784)) + b"\n" + (b"0," * 784 + b"0\n") * 3000)
    with pytest.raises(DatasetError, match="train.csv.gz has .* would unpack to .* as no data set does"):
        read_draft(source_of_uploads([("train.csv.gz", csv)]))


def test_rows_of_many_pixels_are_taken_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(pixel_csv_format, "_CHUNK_BYTES", 4 * 785 * 7)
    taken = []
    real = pixel_csv_format.to_images
    monkeypatch.setattr(pixel_csv_format, "to_images", lambda rows, *rest: taken.append(len(rows)) or real(rows, *rest))
    read_draft(source_of_uploads([("train.csv", pixel_csv(IMAGES, LABELS))]))
    assert taken == [7, 7, 7, 7, 2]


def test_pictures_and_tables_are_not_opened_to_find_idx_files():
    names = ("A/1.png", "A/2.JPG", "labels.csv", "train.csv.gz", "x.npz")
    assert not idx.claims(Source("", tuple(SourceFile(name, 9, pytest.fail) for name in names)))


def test_labels_with_slashes_emoji_and_a_thousand_characters_become_names(tmp_path):
    texts = ["a/b", "\N{FAMILY}\u200d\N{GIRL}", "x" * 1000, "x" * 999, "two\nlines"]
    labels = [texts[number % 5] for number in range(30)]
    pictures = {f"{number}.png": png_bytes(image) for number, image in enumerate(IMAGES)}
    table = table_csv([(f"{number}.png", label) for number, label in enumerate(labels)])
    draft = read_draft(source_of_uploads([("set.zip", zip_bytes(pictures | {"t.csv": table}))]))
    names = draft.suggested.class_names
    assert names[0] == "a/b" and "two lines" in names and len(set(names)) == 5
    assert max(map(len, names)) <= 40
    assert any("had to be shortened or cleaned" in remark for remark in draft.remarks)
    assert draft.keep(DatasetStore(tmp_path), draft.suggested).class_names == names
