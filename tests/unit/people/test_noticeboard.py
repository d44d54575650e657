"""What the teacher sends: a text, a lesson or a recipe that all can open; nonsense is refused in words."""

import pytest

from core.people.noticeboard import (
    MAX_TEXT,
    Noticeboard,
    NoticeKind,
    read_noticeboard,
    send_lesson,
    send_recipe,
    send_text,
    show_leaderboard,
    take_back,
)
from core.people.register import PeopleError
from core.runs.workspaces import class_folder


def test_the_newest_notice_is_on_the_board_until_it_is_taken_back(tmp_path):
    assert read_noticeboard(tmp_path) == Noticeboard()
    send_text(tmp_path, " Good\nmorning ")
    assert read_noticeboard(tmp_path).notice.text == "Good morning"
    show_leaderboard(tmp_path, True)
    send_lesson(tmp_path, "pixels", "x" * 1000)
    notice = read_noticeboard(tmp_path).notice
    assert (notice.kind, notice.lesson, len(notice.text)) == (NoticeKind.LESSON, "pixels", MAX_TEXT)
    take_back(tmp_path)
    assert read_noticeboard(tmp_path) == Noticeboard(has_leaderboard=True)


@pytest.mark.parametrize("link", ["http://x:8501/train?recipe=linear&epochs=2", "?recipe=linear&epochs=2"])
def test_a_recipe_is_sent_by_its_link(tmp_path, link):
    send_recipe(tmp_path, link)
    assert read_noticeboard(tmp_path).notice.recipe == {"recipe": "linear", "epochs": "2"}


@pytest.mark.parametrize(
    "link",
    [
        "",
        "nonsense",
        "http://x/learn",
        "?epochs=0",
        "?epochs=many",
        "?dataset=letters@1",
        "?javascript=1",
        "?a=" * 9000,
        "http://[x/train?epochs=2",
        "http://[1.2.3]/train?epochs=2",
        "http://x\u2100y/train?epochs=2",
        "?" + "&".join(f"a{number}=1" for number in range(101)),
        "?epochs=2\x00",
        "?epochs=%ff",
    ],
)
def test_a_link_that_is_no_recipe_is_refused(tmp_path, link):
    with pytest.raises(PeopleError, match="link"):
        send_recipe(tmp_path, link)
    assert read_noticeboard(tmp_path).notice is None


def test_an_empty_text_and_a_lesson_that_there_is_not_are_refused(tmp_path):
    with pytest.raises(PeopleError, match="Write what all are to read"):
        send_text(tmp_path, "  ")
    with pytest.raises(PeopleError, match="There is no lesson 'dancing'"):
        send_lesson(tmp_path, "dancing")


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b'{"notice": {"kind": "lesson", "lesson": "dancing"}}', b"\xff" * 200_000]
)
def test_a_damaged_board_is_an_empty_one(tmp_path, damage):
    class_folder(tmp_path).mkdir()
    (class_folder(tmp_path) / "noticeboard.json").write_bytes(damage)
    assert read_noticeboard(tmp_path) == Noticeboard()
    send_text(tmp_path, "Good morning")
    assert read_noticeboard(tmp_path).notice
