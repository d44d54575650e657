"""The benchmark of numbers: how readings are judged, the table's form, the limits, and doubtful labels."""

import pytest
from PIL import Image

from benchmarks import number_reading
from benchmarks.number_readers import NumberReading
from benchmarks.number_scores import (
    MeasuredPicture,
    NumberPicture,
    NumbersError,
    ReaderScore,
    ReadNumber,
    drawn_lines,
    find_numbers,
    measure,
    score_readers,
)


class Reader:
    """Reads texts in turn; the pictures that it was given are kept."""

    def __init__(self, name, *readings):
        self.name, self.readings, self.seen = name, readings, []

    def read(self, picture, lines):
        self.seen.append((picture.size, lines))
        text = self.readings[picture.width]
        return NumberReading(text.strip("?"), bool(text) and "?" not in text)


def pictures(*labels, group="cheques"):
    """Pictures whose width is their place."""
    return [
        NumberPicture(f"{width}.png", group, label, 1, lambda width=width: Image.new("RGB", (width, 9)))
        for width, label in enumerate(labels)
    ]


def score(text="407", label="407", is_sure=True, ms=10.0):
    return ReaderScore.of([ReadNumber(label, text, is_sure, ms)])


@pytest.mark.parametrize(
    ("text", "is_sure", "expected"),
    [
        ("407", True, (1, 1, 0)),
        ("407", False, (1, 1, 0)),
        ("401", True, (0, 2 / 3, 1)),
        ("401", False, (0, 2 / 3, 0)),
        ("40", True, (0, 2 / 3, 1)),
        ("4077", True, (0, 2 / 3, 1)),
        ("", False, (0, 0, 0)),
        ("1111111", True, (0, -4 / 3, 1)),
    ],
)
def test_a_number_is_judged_as_a_whole_by_its_edits_and_by_how_sure_it_is(text, is_sure, expected):
    found = score(text, is_sure=is_sure)
    assert (found.numbers_right, found.digits_right, found.sure_and_wrong) == pytest.approx(expected)


def test_digits_weigh_alike_and_the_time_is_the_median():
    read = [ReadNumber("1", "", False, 1.0), ReadNumber("234567890", "234567890", True, 2.0)]
    found = ReaderScore.of([*read, ReadNumber("1", "1", True, 90.0)])
    assert (found.count, found.numbers_right, found.digits_right) == pytest.approx((3, 2 / 3, 10 / 11))
    assert found.ms_a_line == 2.0


def test_readers_take_turns_after_a_few_pictures_that_are_not_timed():
    first, second = Reader("ours", *"12345"), Reader("other", *"12345")
    measured = measure(pictures(*"12345"), [first, second])
    assert [size[0] for size, _ in first.seen] == [0, 1, 2, 0, 1, 2, 3, 4] == [size[0] for size, _ in second.seen]
    assert [list(each.read) for each in measured] == [["ours", "other"]] * 5
    assert all(each.read["ours"].ms_a_line >= 0 for each in measured)


def test_a_label_is_doubtful_where_several_readers_agree_on_another_text():
    readers = Reader("ours", "80800", "12", "3", "", "5"), Reader("other", "80800", "12", "4", "", "5")
    measured = measure(pictures("89800", "12", "9", "7", "5"), readers)
    assert [each.is_doubtful for each in measured] == [True, False, False, False, False]
    alone = measure(pictures("89800"), [Reader("ours", "80800")])
    assert not alone[0].is_doubtful


def test_doubtful_labels_are_listed_and_the_score_is_printed_with_and_without_them(capsys):
    readers = [Reader("ours", "80800", "12"), Reader("other", "80800", "1?")]
    number_reading.print_doubtful(pictures("89800", "12"), readers)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "0.png: the label is 89800, all read 80800"
    assert lines[1] == "1 of 2 labels are doubtful: ours and other agree on another text."
    assert [line.split()[:6] for line in lines[3:]] == [
        ["with", "them", "2", "ours", "50.0%", "85.7%"],
        ["with", "them", "2", "other", "0.0%", "71.4%"],
        ["without", "them", "1", "ours", "100.0%", "100.0%"],
        ["without", "them", "1", "other", "0.0%", "50.0%"],
    ]


def test_one_reader_alone_doubts_no_label():
    with pytest.raises(NumbersError, match="pip install -r requirements-ocr.txt"):
        number_reading.print_doubtful(pictures("1"), [Reader("ours", "2")])


def test_the_table_has_a_line_for_each_group_and_reader_in_columns():
    rows = {
        "degree 1": {"ours": score(), "RapidOCR": score("40", ms=123.44)},
        "a source with a name that is far too long for it": {"ours": score("", is_sure=False)},
    }
    head, *lines = number_reading.table(rows)
    assert head.split() == ["n", "numbers", "right", "digits", "right", "sure", "and", "wrong", "ms", "a", "line"]
    assert len({len(line) for line in (head, *lines)}) == 1
    assert lines[0].split() == ["degree", "1", "1", "ours", "100.0%", "100.0%", "0.0%", "10.0"]
    assert lines[1].split() == ["degree", "1", "1", "RapidOCR", "0.0%", "66.7%", "100.0%", "123.4"]
    assert lines[2].startswith("a source with a name that is far too lon ")


def test_parts_are_printed_by_group_and_together_and_limited_together(capsys):
    shown = [*pictures("1", "2", group="degree 1"), *pictures("1", "2", group="degree 2")]
    readers = [Reader("ours", "1", "9?"), Reader("RapidOCR", "1", "2")]
    limits = number_reading.print_parts({"drawn lines": shown}, readers)
    printed = capsys.readouterr().out
    assert [line.split("  ")[0] for line in printed.splitlines()[1:]] == [
        *("degree 1", "degree 1", "degree 2", "degree 2", "all of drawn lines", "all of drawn lines")
    ]
    assert [(line.split(":")[0], kept) for line, kept in limits] == [
        *(("within the limit", True), ("beyond the limit", False), ("within the limit", True))
    ]


def test_limits_are_those_of_the_issue():
    readers = {"ours": score("401", ms=40.1), "RapidOCR": score("401")}
    assert number_reading.part_limits("cheques", readers) == [
        ("beyond the limit: cheques, sure and wrong 100.0%, at most 2.0%", False),
        ("within the limit: cheques, numbers right (RapidOCR's share) 0.0%, at least 0.0%", True),
        ("beyond the limit: cheques, a line 40.1 ms, at most 40.0 ms", False),
    ]
    assert len(number_reading.part_limits("cheques", {"ours": score()})) == 2


def test_drawn_lines_are_those_of_the_degree():
    lines = drawn_lines(2, 0, 3)
    assert [line.name for line in lines] == [f"degree 2, line {number}" for number in range(3)]
    assert {line.group for line in lines} == {"degree 2"} and lines[0].load().mode == "RGB"


def test_a_folder_lists_numbers_of_one_line_and_of_several(tmp_path):
    Image.new("LA", (9, 9), (0, 0)).save(tmp_path / "a.png")
    (tmp_path / "numbers.csv").write_text("file,text,source\na.png,12|345,pages\n", "utf-8")
    (found,) = find_numbers(tmp_path)
    assert (found.name, found.group, found.label, found.lines) == ("a.png", "pages", "12345", 2)
    assert found.load().mode == "RGB" and found.load().getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("file,text\na.png,1\n", "it lacks source"),
        ("file,text,source\n", "names no picture"),
        ("file,text,source\na.png,1a,x\n", "line 2: the text is '1a'"),
        ("file,text,source\na.png,|,x\n", r"line 2: the text is '\|'"),
        ("file,text,source\n,1,x\n", "line 2: no file is named"),
    ],
)
def test_a_table_that_gives_no_numbers_is_refused_in_words(tmp_path, table, message):
    (tmp_path / "numbers.csv").write_text(table, "utf-8")
    with pytest.raises(NumbersError, match=message):
        find_numbers(tmp_path)


def test_a_missing_table_and_a_missing_or_damaged_picture_are_named(tmp_path):
    with pytest.raises(NumbersError, match="numbers.csv cannot be read"):
        find_numbers(tmp_path)
    (tmp_path / "b.png").write_bytes(b"no picture")
    (tmp_path / "numbers.csv").write_text("file,text,source\na.png,1,x\nb.png,2,x\n", "utf-8")
    missing, damaged = find_numbers(tmp_path)
    with pytest.raises(NumbersError, match="a.png cannot be read"):
        missing.load()
    with pytest.raises(NumbersError, match="b.png"):
        damaged.load()


@pytest.mark.parametrize("words", [["--doubtful"], ["--lines", "0"]])
def test_without_anything_to_measure_the_program_says_so(words, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["number_reading", *words])
    with pytest.raises(SystemExit) as ended:
        number_reading.main()
    assert ended.value.code == 2 and "FOLDER" in capsys.readouterr().err


def test_scores_are_by_reader():
    read = {"ours": ReadNumber("1", "1", True, 1.0), "other": ReadNumber("1", "2", True, 1.0)}
    scores = score_readers([MeasuredPicture("a.png", "x", "1", read)])
    assert scores["ours"].numbers_right == 1 and scores["other"].numbers_right == 0
