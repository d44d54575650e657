"""Names as text: on one line, of bounded length, sorted by their numbers."""

from core.pictures.file_names import natural_sort_key, shorten
from core.storage.printable import to_printable


def test_controls_and_direction_marks_are_replaced():
    assert to_printable("a\nb\x1b[31m\u202egnp.png") == "a\ufffdb\ufffd[31m\ufffdgnp.png"
    assert to_printable("\U0001f469\u200d\U0001f52c \u00fc.png") == "\U0001f469\u200d\U0001f52c \u00fc.png"


def test_a_long_name_keeps_its_start_and_its_end():
    assert shorten("x" * 200) == "x" * 200
    assert shorten("start" + "x" * 500 + "end.png") == "start" + "x" * 95 + "\u2026" + "x" * 93 + "end.png"


def test_names_are_sorted_as_people_count():
    names = ["b.png", "a10.png", "A2.png", "a1.png", "7.png", "²³.png", "٣.png"]
    assert sorted(names, key=natural_sort_key)[:5] == ["٣.png", "7.png", "a1.png", "A2.png", "a10.png"]
    assert sorted(["٢٠.png", "3.png", "0.png", "010.png"], key=natural_sort_key) == [
        "0.png",
        "3.png",
        "010.png",
        "٢٠.png",
    ]
