"""A class in three browsers: two pupils, who see nothing of each other's but what is shared, and their teacher."""

import pytest
from playwright.sync_api import expect

from core.config.train_config import TrainConfig
from core.people import People
from core.people.codes import read_codes
from core.people.cookies import COOKIE
from core.runs.store import RunStore
from core.runs.trash import deleted_runs
from tests.support.app_server import FLAGS, Server, browser_path, settle
from tests.support.runs import ended_run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def class_server(tmp_path_factory):
    """A server with a class, as `share` starts it."""
    running = Server(tmp_path_factory.mktemp("class") / "runs", people="code")
    yield running
    running.stop()


@pytest.fixture
def enter(browser, class_server):
    """Sign in in a browser of its own; returns the page that was asked for."""
    contexts = []

    def sign_in_as(code, name="", path=""):
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 800}))
        page = contexts[-1].new_page()
        page.goto(f"{class_server.url}/{path}")
        page.get_by_label("Code of the class").fill(code)
        page.get_by_label("Your name").fill(name)
        page.get_by_role("button", name="Sign in").click()
        return page

    yield sign_in_as
    for each in contexts:
        each.close()


def test_two_pupils_and_their_teacher(class_server, enter):
    url, root = class_server.url, class_server.home
    codes = read_codes(root)
    anna, ben = enter(codes.join, "Anna", "runs"), enter(codes.join, "Ben", "runs")
    for page in (anna, ben):
        page.get_by_role("link", name="Go on").click()
        settle(page)
    people = {each.name: each for each in People(root).all()}
    run = ended_run(RunStore(people["Anna"].root), TrainConfig(hidden_units=8))
    run.write_notes(name="Annas own")

    _sees_her_own_and_others_do_not(anna, ben, url, run)
    _cookies_are_nobody_elses(ben, url, people)

    settle(anna)
    anna.get_by_role("button", name="Share with the class").click()
    anna.get_by_role("button", name="Stop sharing").wait_for()
    ben.goto(f"{url}/runs")
    ben.get_by_role("button", name="Look").click()
    expect(ben.get_by_text("Somebody in your class shares this run")).to_be_visible()
    expect(ben.get_by_role("button", name="Change and train")).to_be_visible()
    for name in ("Rename", "Star", "Stop sharing"):
        expect(ben.get_by_role("button", name=name)).to_have_count(0)

    teacher = enter(codes.teacher, path="teacher")
    expect(teacher.get_by_text("2 people")).to_be_visible()
    teacher.get_by_text("Send a message, a lesson or a recipe to all").click()
    teacher.get_by_label("Text").fill("Look at the board")
    teacher.keyboard.press("Enter")
    teacher.get_by_role("button", name="Send to all").click()
    expect(ben.get_by_text("Look at the board")).to_be_visible()


def _sees_her_own_and_others_do_not(anna, ben, url, run):
    anna.goto(f"{url}/runs?run={run.id}")
    expect(anna.get_by_role("button", name="Share with the class")).to_be_visible()
    ben.goto(f"{url}/runs?run={run.id}")
    expect(ben.get_by_text("There is no run")).to_be_visible()
    ben.goto(f"{url}/?model={run.id}")
    expect(ben.get_by_text("There is no model")).to_be_visible()
    live = f"{url}/live/{run.id}/loss"
    assert [page.request.get(live).status for page in (anna, ben)] == [200, 404]
    assert "Annas own" not in ben.content()
    ben.goto(f"{url}/teacher")
    expect(ben.get_by_text("Page not found")).to_be_visible()
    expect(ben.get_by_text("Your class")).to_have_count(0)


def _cookies_are_nobody_elses(page, url, people):
    (cookie,) = [each for each in page.context.cookies() if each["name"] == COOKIE]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    assert page.evaluate("document.cookie").count(COOKIE) == 0
    forged = page.context.browser.new_context()
    value = cookie["value"].replace(people["Ben"].id, people["Anna"].id)
    for name in (value, value.replace(people["Anna"].id, "teacher"), ""):
        forged.add_cookies([{"name": COOKIE, "value": name, "url": url}])
        assert "Code of the class" in forged.request.get(url, headers={"Accept": "text/html"}).text()
        assert forged.request.get(f"{url}/_stcore/host-config").status == 401
    forged.close()


def test_a_command_with_anothers_id_changes_and_deletes_nothing(class_server, enter):
    """A star and a deletion that Egon's browser sends name Dora's run in the place of his own."""
    page, root = enter(read_codes(class_server.home).join, "Egon", "runs"), class_server.home
    dora = People(root).join("Dora", 99)[0]
    egon = next(each for each in People(root).all() if each.name == "Egon")
    own, others = (ended_run(RunStore(each.root), TrainConfig(hidden_units=8)) for each in (egon, dora))
    assert len(own.id) == len(others.id), "a message is as long as it says"
    forged = []

    def forge(socket):
        server = socket.connect_to_server()

        def send(message):
            pressed = [name for name in (b"starred", b"delete_ticked") if name in message]
            if pressed and own.id.encode() in message:
                forged.extend(pressed)
                message = message.replace(own.id.encode(), others.id.encode())
            server.send(message)

        socket.on_message(send)

    page.route_web_socket("**/_stcore/stream", forge)
    page.goto(f"{class_server.url}/runs")
    page.get_by_role("button", name="Star ").first.click()
    settle(page)
    page.get_by_role("checkbox", name="Choose").first.check(force=True)
    page.get_by_role("button", name="Delete (1)").click()
    settle(page)
    assert sorted(set(forged)) == [b"delete_ticked", b"starred"]
    expect(page.get_by_test_id("stException")).to_have_count(0)
    for person, run in ((egon, own), (dora, others)):
        store = RunStore(person.root)
        assert [each.id for each in store.all()] == [run.id] and deleted_runs(store) == []
        assert not run.notes().star


def test_who_signs_out_is_out_in_every_tab(class_server, enter):
    page = enter(read_codes(class_server.home).join, "Cleo", "train")
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("link", name="Cleo: sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Code of the class")).to_be_visible()
    page.goto(f"{class_server.url}/train")
    expect(page.get_by_label("Code of the class")).to_be_visible()


def test_on_this_machine_alone_nobody_signs_in(page, server):
    page.goto(f"{server.url}/train")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    expect(page.locator(".st-key-signed-in")).to_have_count(0)
    assert "Code of the class" not in page.request.get(f"{server.url}/signin").text()
    assert not [each for each in page.context.cookies() if each["name"] == COOKIE]


@pytest.fixture
def browser_with_kept_pages(browser):
    """A Chromium that keeps the pages of its history as they were, as that of a person does."""
    kept = ["--disable-back-forward-cache"]
    opened = browser.browser_type.launch(executable_path=browser_path(), args=FLAGS, ignore_default_args=kept)
    yield opened
    opened.close()


def test_after_signing_out_the_back_button_shows_nothing(class_server, browser_with_kept_pages):
    page = browser_with_kept_pages.new_page()
    page.goto(f"{class_server.url}/signin")
    page.get_by_label("Code of the class").fill(read_codes(class_server.home).join)
    page.get_by_label("Your name").fill("Mia")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Go on").click()
    settle(page)
    page.get_by_role("link", name="Mia").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{class_server.url}/signin")
    for _ in range(2):  # the page that asked whether to sign out, then the app
        page.evaluate("() => { history.back() }")
        expect(page.get_by_label("Code of the class")).to_be_visible()
    expect(page.get_by_text("Mia")).to_have_count(0)
