"""Labelled pictures: folders 0 to 9 and CSVs are understood, everything else gets a sentence."""

import pytest
from PIL import Image

from core.pictures.decoding import PictureError
from core.pictures.labelled import LabelError, find_labelled


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), 255).save(path, "PNG")


def labels(found, folder):
    return [(each.entry.name.removeprefix(f"{folder}/"), each.label) for each in found]


def test_folders_0_to_9_label_what_lies_in_and_below_them(tmp_path):
    put(tmp_path, "7/a.png", "7/deep/b.jpg", "0/c.png", "0/.hidden.png")
    found, notes = find_labelled(tmp_path)
    assert labels(found, tmp_path) == [("0/c.png", "0"), ("7/a.png", "7"), ("7/deep/b.jpg", "7")]
    assert notes == []


def test_pictures_outside_the_folders_get_a_note(tmp_path):
    put(tmp_path, "7/a.png", "seven/b.png", "10/c.png", "d.png")
    found, notes = find_labelled(tmp_path)
    assert labels(found, tmp_path) == [("7/a.png", "7")]
    assert notes == [f"Left out, because they have no label: 3 pictures in {tmp_path}, first {tmp_path}/10/c.png."]


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("ask_for", ["labels.csv", ""])
def test_a_csv_labels_digits_and_numbers(tmp_path, separator, ask_for):
    put(tmp_path, "a.png", "in/b.png", "c.png")
    rows = ["file,kind,label", "a.png,x,7", "in/b.png,y, 407 "]
    (tmp_path / "labels.csv").write_text("\n".join(rows).replace(",", separator), "utf-8-sig")
    found, notes = find_labelled(tmp_path / ask_for)
    assert labels(found, tmp_path) == [("a.png", "7"), ("in/b.png", "407")]
    assert found[1].entry.open().size == (8, 8)
    assert [("c.png" in sentence) for sentence in notes] == ([] if ask_for else [True])


def test_a_number_of_several_lines_is_one_row_of_digits(tmp_path):
    (tmp_path / "labels.csv").write_text('file,label\na.png,"12\n34"\n')
    (each,), _ = find_labelled(tmp_path)
    assert each.label == "1234"


def test_a_file_that_is_named_and_not_there_says_so_when_it_is_opened(tmp_path):
    (tmp_path / "labels.csv").write_text("file,label\nmissing.png,7\n")
    (each,), _ = find_labelled(tmp_path)
    with pytest.raises(PictureError, match="there is no such file; check the path"):
        each.entry.open()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,text\na.png,7\n", "needs the columns file and label; its first line is 'file,text'"),
        ("", "needs the columns file and label; its first line is ''"),
        ("file,label\n", "names no picture"),
        ("file,label\na.png,seven\n", "line 2: the label is 'seven'; it must be the digits shown"),
        ("file,label\na.png,7\nb.png,\n", "line 3: the label is ''"),
        ("file,label\na.png\n", "line 2: the label is ''"),
        ("file,label\na.png,7.0\n", "line 2: the label is '7.0'"),
        ("file,label\na.png,٣\n", "line 2: the label is '٣'"),
        ("file,label\n,7\n", "line 2: no file is named"),
        ("file,label\na\0b.png,7\n", "line 2: no file is named"),
        ("file,label\n" + "x" * 200_000 + ",7\n", "is damaged: field larger than field limit"),
        (b"file,label\n\xff.png,7\n", "is not a CSV in UTF-8"),
    ],
)
def test_a_csv_that_labels_nothing_is_refused_with_its_line(tmp_path, text, words):
    path = tmp_path / "labels.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LabelError) as caught:
        find_labelled(path)
    assert str(caught.value).startswith(str(path)) and words in str(caught.value)


def test_folders_without_labels_are_refused_with_a_sentence(tmp_path):
    with pytest.raises(LabelError, match=r"There is no folder or CSV at .*missing"):
        find_labelled(tmp_path / "missing")
    for name in ("7", "seven"):
        (tmp_path / name).mkdir()
    put(tmp_path, "seven/a.png")
    with pytest.raises(LabelError, match="neither folders 0 to 9 with pictures in them nor a CSV"):
        find_labelled(tmp_path)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("file,label\n")
    with pytest.raises(LabelError, match=r"holds 2 CSV files \(a.csv, b.csv\): name the one"):
        find_labelled(tmp_path)


def test_what_cannot_be_opened_gets_a_note(tmp_path):
    put(tmp_path, "7/a.png")
    (tmp_path / "7" / "b.zip").write_bytes(b"no zip")
    _, notes = find_labelled(tmp_path)
    assert notes == [f"{tmp_path}/7/b.zip: b.zip is damaged or is not a ZIP; pack it or send it again."]
