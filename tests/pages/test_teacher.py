"""The pages of a class under Streamlit's test runner: the teacher's page, notices, the leaderboard, and sharing."""

import pytest
from streamlit.testing.v1 import AppTest

from core.config.train_config import TrainConfig
from core.people import Mode
from core.people.codes import grouped, read_codes
from core.people.noticeboard import read_noticeboard, send_lesson, send_recipe, send_text, show_leaderboard
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.runs.trash import deleted_runs
from pages.widgets.shared import app_shell, class_notices, run_commands, workspace
from tests.support.runs import ended_run

CONFIG = TrainConfig(hidden_units=8)


@pytest.fixture
def open_as(app, monkeypatch):
    """Open a page as somebody who is signed in."""

    def open_page(name, person, **session):
        monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
        monkeypatch.setattr(workspace, "person", lambda: person)
        return app(name, **session)

    return open_page


def texts(at):
    return " ".join(each.value for each in (*at.markdown, *at.info, *at.error, *at.warning))


def test_the_teacher_sees_all_and_stops_and_clears(open_as, people, anna):
    waiting, done = RunStore(anna.root).create(CONFIG), ended_run(RunStore(anna.root), CONFIG)
    at = open_as("teacher", people.teacher)
    assert not at.exception
    assert grouped(read_codes(people.root).join) in texts(at) and "1 people" in texts(at)
    (table,) = at.dataframe
    assert list(table.value["name"]) == ["Anna"] and list(table.value["best accuracy"]) == [90.0]
    at.selectbox(key="teacher_person").set_value(anna.id).run()
    at.button(key=f"stop-{waiting.id}").click().run()
    assert waiting.status().state is RunState.STOPPED
    at.button(key=f"clear-{done.id}").click().run()
    assert [run.id for run in deleted_runs(RunStore(anna.root))] == [done.id]
    at.button(key="new-number").click().run()
    assert "The new number of Anna" in texts(at)
    at.button(key="remove-person").click().run()
    assert people.all() == [] and not at.exception


def test_the_teachers_page_is_in_the_teachers_navigation_alone(open_as, people, anna, monkeypatch):
    listed = []
    real = app_shell.st.navigation

    def navigation(pages, **options):
        listed.append([each.title for each in pages])
        return real(pages, **options)

    monkeypatch.setattr(app_shell.st, "navigation", navigation)
    for person in (anna, people.teacher):
        open_as("recognize", person)
    assert listed[1] == [*listed[0], "Teacher"] and "Teacher" not in listed[0]


def test_to_a_pupil_the_teachers_page_shows_nothing(open_as, people, anna):
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_as("teacher", anna)
    at = AppTest.from_file("../../pages/teacher.py").run()
    assert "This page is the teacher's." in texts(at) and not at.dataframe and not at.button


def test_what_the_teacher_sends_stands_above_a_pupils_page(open_as, people, anna):
    at = open_as("teacher", people.teacher, send=True)
    at.text_input(key="sent_text").set_value("Ten minutes!").run()
    at.button(key="send-all").click().run()
    assert read_noticeboard(people.root).notice.text == "Ten minutes!"
    assert "Ten minutes" in texts(open_as("recognize", anna))
    assert "Ten minutes" not in texts(open_as("recognize", people.teacher))


def _show_notices():
    from pages.widgets.shared import class_notices

    class_notices.show()


def test_a_notice_is_put_aside_or_followed(people, monkeypatch):
    switched = []

    def follow(page, query_params):
        switched.append((page, query_params))

    monkeypatch.setattr(class_notices.st, "switch_page", follow)
    send_text(people.root, "Ten minutes!")
    at = AppTest.from_function(_show_notices).run()
    at.button(key="put-aside").click().run()
    assert "Ten minutes" not in texts(at)
    send_lesson(people.root, "pixels")
    at.run()
    at.button(key="open-notice").click().run()
    send_recipe(people.root, "?recipe=linear&epochs=2")
    at.run()
    at.button(key="open-notice").click().run()
    assert switched == [
        ("pages/learn.py", {"lesson": "pixels"}),
        ("pages/train.py", {"recipe": "linear", "epochs": "2"}),
    ]
    assert not at.button, "what was followed is read"


def test_a_link_that_is_no_recipe_is_said_on_the_page(open_as, people):
    at = open_as("teacher", people.teacher, send=True, sent_kind="recipe")
    at.radio(key="sent_kind").set_value("recipe").run()
    at.text_input(key="sent_link").set_value("http://x/train?epochs=0").run()
    at.button(key="send-all").click().run()
    assert "This link cannot be sent" in texts(at) and read_noticeboard(people.root).notice is None


def test_the_class_is_removed_only_when_that_is_written(open_as, people, anna):
    at = open_as("teacher", people.teacher)
    assert at.button(key="remove-class").disabled
    at.text_input(key="confirm-removal").set_value("remove").run()
    at.button(key="remove-class").click().run()
    assert people.all() == [] and not at.exception


def test_the_leaderboard_is_shown_as_long_as_the_teacher_wants(open_as, people, anna):
    ended_run(RunStore(anna.root), CONFIG)
    assert "Leaderboard" not in texts(open_as("runs", anna))
    at = open_as("teacher", people.teacher)
    at.toggle(key="leaderboard_on").set_value(True).run()
    assert read_noticeboard(people.root).has_leaderboard
    at = open_as("runs", anna)
    assert "Leaderboard" in texts(at) and list(at.dataframe[0].value["name"]) == ["Anna (you)"]
    show_leaderboard(people.root, False)


def test_a_shared_run_is_looked_at_and_not_changed(open_as, people, anna):
    ben = people.join("Ben", 10)[0]
    run = ended_run(RunStore(anna.root), CONFIG)
    at = open_as("runs", ben)
    at.query_params["run"] = run.id
    at.run()
    assert "There is no run" in texts(at)
    run.write_notes(shared=True)
    at.run()
    assert "Somebody in your class shares this run" in texts(at)
    assert not {"Star", "Stop sharing", "Watch it"} & {each.label for each in at.button}
    at = open_as("recognize", ben)
    at.query_params["model"] = run.id
    at.run()
    assert any("shared" in option for option in at.selectbox(key="model").options)


def test_no_command_reaches_another_persons_run(open_as, people, anna, monkeypatch):
    ben = people.join("Ben", 10)[0]
    run = RunStore(anna.root).create(CONFIG)
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    monkeypatch.setattr(workspace, "person", lambda: ben)
    said = []
    monkeypatch.setattr(run_commands.messages, "add_problem", said.append)
    run_commands.send(run, "stop")
    assert run.status().state is RunState.QUEUED and "is not yours" in said[0]


def test_who_is_not_signed_in_gets_no_page_and_no_store(store, app, monkeypatch):
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    monkeypatch.setattr(workspace, "_cookie", lambda: "forged")
    at = app("recognize")
    assert "Nobody is signed in here any more" in texts(at) and not at.button
    with pytest.raises(workspace.NotSignedInError):
        workspace.store()


def test_a_session_that_changes_hands_forgets_what_it_held(open_as, people, anna):
    held = {"person_id": anna.id, "shown_run": "secret"}
    assert "shown_run" in open_as("recognize", anna, **held).session_state
    ben = people.join("Ben", 10)[0]
    at = open_as("recognize", ben, **held)
    assert "shown_run" not in at.session_state and at.session_state["person_id"] == ben.id
