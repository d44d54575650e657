"""The pages of a class under Streamlit's test runner: the teacher's page, notices, the leaderboard, and sharing."""

import pytest
import streamlit as st
from streamlit.runtime.state import SafeSessionState
from streamlit.testing.v1 import AppTest

from core.config.train_config import TrainConfig
from core.people import Mode
from core.people.codes import grouped, read_codes
from core.people.noticeboard import read_noticeboard, send_lesson, send_recipe, send_text, show_leaderboard
from core.people.register import People
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.runs.trash import deleted_runs
from pages.widgets.shared import app_shell, class_notices, run_commands, session_person, workspace
from pages.widgets.teacher import people as teacher_people
from tests.support.app import plain
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
    assert grouped(read_codes(people.root).join) in texts(at) and "1 person" in texts(at)
    (table,) = at.dataframe
    assert list(table.value["name"]) == ["Anna"] and list(table.value["best accuracy"]) == [90.0]
    at.selectbox(key="teacher_person").set_value(anna.id).run()
    at.button(key=f"stop-{waiting.id}").click().run()
    assert waiting.status().state is RunState.STOPPED
    at.button(key=f"clear-{done.id}").click().run()
    assert [run.id for run in deleted_runs(RunStore(anna.root))] == [done.id]
    at.button(key=f"new-number-{anna.id}").click().run()
    assert "The new number of Anna" in texts(at)
    at.button(key=f"remove-{anna.id}").click().run()
    assert people.all() == [] and not at.exception


def test_who_has_no_accuracy_has_a_dash_in_its_place(open_as, people, anna):
    (table,) = open_as("teacher", people.teacher).dataframe
    assert list(table.value["best accuracy"]) == [None] and table.proto.placeholder == "–"


def test_a_press_that_comes_with_another_choice_does_nothing(open_as, people, anna):
    ben = people.join("Ben", 10)[0]
    waiting, done = RunStore(anna.root).create(CONFIG), ended_run(RunStore(anna.root), CONFIG)
    at = open_as("teacher", people.teacher)
    at.selectbox(key="teacher_person").set_value(anna.id).run()
    keys = [f"{each}-{anna.id}" for each in ("stop-all", "new-number", "remove")]
    for key in [*keys, f"stop-{waiting.id}", f"clear-{done.id}"]:
        at.selectbox(key="teacher_person").set_value(anna.id).run()
        at.selectbox(key="teacher_person").set_value(ben.id)
        at.button(key=key).click().run()
        assert not at.exception
    assert people.all() == [anna, ben] and waiting.status().state is RunState.QUEUED and done.folder.is_dir()
    assert "The new number" not in texts(at)


def test_a_name_is_a_name_in_every_label(open_as, people):
    name = "![x](//10.0.0.5/a)"
    mark = people.join(name, 10)[0]
    at = open_as("teacher", people.teacher)
    at.selectbox(key="teacher_person").set_value(mark.id).run()
    label = at.button(key=f"remove-{mark.id}").label
    assert plain(label) == f"Remove {name} for good" and name not in label


def _show_signed_in():
    from pages.widgets.shared import visitor, workspace

    visitor.show_signed_in(workspace.person())


def test_a_name_is_a_name_where_one_signs_out_of_an_account(people, monkeypatch):
    name = "![x](//10.0.0.5/a)"
    monkeypatch.setattr(workspace, "mode", lambda: Mode.LOGIN)
    monkeypatch.setattr(workspace, "person", lambda: people.join(name, 10)[0])
    label = AppTest.from_function(_show_signed_in).run().button(key="sign-out").label
    assert plain(label) == f"Sign out {name}" and name not in label


def test_of_very_many_runs_those_that_go_on_and_the_newest_are_shown(open_as, people, anna):
    store = RunStore(anna.root)
    waiting = store.create(CONFIG)
    ended = [ended_run(store, CONFIG) for _ in range(teacher_people.MAX_RUNS)]
    at = open_as("teacher", people.teacher)
    at.selectbox(key="teacher_person").set_value(anna.id).run()
    keys = [each.key for each in at.button]
    assert f"stop-{waiting.id}" in keys and f"clear-{ended[-1].id}" in keys and f"clear-{ended[0].id}" not in keys
    assert "1 older run" in texts(at)


def test_where_nobody_is_nobody_can_be_chosen(open_as, people):
    assert not open_as("teacher", people.teacher).selectbox


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


def test_what_is_sent_and_what_is_taken_back_is_said(open_as, people):
    at = open_as("teacher", people.teacher, send=True)
    at.text_input(key="sent_text").set_value("Ten minutes!").run()
    at.button(key="send-all").click().run()
    assert [each.value for each in at.toast] == ["Sent. All see it within ten seconds."]
    at.button(key="take-back").click().run()
    assert [each.value for each in at.toast] == ["Taken back. It is gone from all pages within ten seconds."]


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


@pytest.mark.parametrize("command", ["resume", "extend"])
def test_whose_workspace_is_full_trains_nothing_further(people, anna, monkeypatch, command):
    (people.root / "class.toml").write_text("disk_mb = 10")
    run = ended_run(RunStore(anna.root), CONFIG)
    (anna.root / "large").write_bytes(b"0" * 10 * 1024**2)
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    monkeypatch.setattr(workspace, "person", lambda: anna)
    monkeypatch.setitem(st.session_state, run_commands.value_key("extend", run), 9)
    said = []
    monkeypatch.setattr(run_commands.messages, "add_problem", said.append)
    run_commands.send(run, command)
    assert run.status().is_final and "Your runs and data sets take 10 MB; at most 10 may" in said[0]


def test_who_is_not_signed_in_gets_no_page_and_no_store(store, app, monkeypatch):
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    monkeypatch.setattr(workspace, "_cookie", lambda: "forged")
    at = app("recognize")
    assert "Nobody is signed in here any more" in texts(at) and not at.button
    with pytest.raises(workspace.NotSignedInError):
        workspace.store()


def test_a_mistake_in_the_settings_is_said_to_the_teacher_and_takes_nothing_from_anybody(store, app, monkeypatch):
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    anna, teacher = People(store.root).join("Anna", 10)[0], People(store.root).teacher
    (store.root / "class.toml").write_text("signed_in_days = 1000")
    cookies = workspace.sign_in()
    monkeypatch.setattr(workspace, "_cookie", lambda: cookies.cookie_for(anna))
    at = app("recognize", person_id=anna.id, shown_run="kept")
    assert "Nobody is signed in" not in texts(at) and at.session_state["shown_run"] == "kept"
    monkeypatch.setattr(workspace, "_cookie", lambda: cookies.cookie_for(teacher))
    at = app("teacher")
    assert "signed\\_in\\_days is 1000" in texts(at) and "are in force" in texts(at) and not at.exception


def _greet():
    import streamlit as st

    from pages.widgets.shared import app_shell

    st.markdown(f"Hello, {app_shell.require_person().name}")


def test_a_session_that_nobody_is_known_in_for_a_moment_goes_on(people, anna, monkeypatch):
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    monkeypatch.setattr(workspace, "person", lambda: anna)
    at = AppTest.from_function(_greet).run()
    at.session_state["shown_run"] = "kept"
    monkeypatch.setattr(workspace, "person", lambda: None)
    at.run()
    assert "Nobody is signed in here any more" in texts(at) and "Hello" not in texts(at) and not at.exception
    monkeypatch.setattr(workspace, "person", lambda: anna)
    at.run()
    assert texts(at) == "Hello, Anna" and at.session_state["shown_run"] == "kept"


def _press():
    import streamlit as st

    from pages.widgets.shared import app_shell, workspace

    @st.fragment
    def part(name):
        st.button("Act", key="act", on_click=workspace.acted, args=[name])

    part(app_shell.require_person().name)


def test_who_is_signed_out_or_another_one_presses_nothing_of_an_open_page(people, anna, monkeypatch):
    acted, ben = [], people.join("Ben", 10)[0]
    monkeypatch.setattr(workspace, "acted", acted.append, raising=False)
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", session_person._on_script_will_rerun)
    monkeypatch.setattr(workspace, "person", lambda: anna)
    at = AppTest.from_function(_press).run()
    at.button(key="act").click().run()
    assert acted == ["Anna"]
    for somebody, seen in ((None, False), (ben, True)):
        monkeypatch.setattr(workspace, "person", lambda: anna)
        at = AppTest.from_function(_press).run()
        monkeypatch.setattr(workspace, "person", lambda somebody=somebody: somebody)
        at.button(key="act").click().run()
        assert acted == ["Anna"] and bool(at.button) == seen and not at.exception
    at.button(key="act").click().run()
    assert acted == ["Anna", "Ben"]


def test_a_session_that_changes_hands_forgets_what_it_held(open_as, people, anna):
    held = {"person_id": anna.id, "shown_run": "secret"}
    assert "shown_run" in open_as("recognize", anna, **held).session_state
    ben = people.join("Ben", 10)[0]
    at = open_as("recognize", ben, **held)
    assert "shown_run" not in at.session_state and at.session_state["person_id"] == ben.id
