"""Signing in to a class and out of it: the forms, the cookie, and what foreign pages and hostile forms get."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from core.config.train_config import TrainConfig
from core.people import Mode, SignIn
from core.people.codes import read_codes
from core.people.cookies import COOKIE
from core.people.tries import TryLimit
from core.runs.store import RunStore
from pages.widgets.components import page_routes
from pages.widgets.shared import accounts, sign_in_routes, workspace
from pages.widgets.train import live_curves
from tests.support.app import plain, words
from tests.support.runs import ended_run


@pytest.fixture
def sign_in(store, monkeypatch):
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    found = SignIn(store.root, TryLimit())
    monkeypatch.setattr(workspace, "sign_in", lambda: found)
    return found


def request(path, fields=None, cookie="", **headers):
    """Return a request to a route, a form where there are fields, as Starlette gives it."""
    body = b"" if fields is None else fields if isinstance(fields, bytes) else urlencode(fields).encode()

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    sent = {"cookie": f"{COOKIE}={cookie}", **headers} if cookie else headers
    scope = {
        "type": "http",
        "method": "GET" if fields is None else "POST",
        "scheme": "http",
        "path": path,
        "path_params": {},
        "query_string": b"",
        "server": ("localhost", 8501),
        "client": ("10.0.0.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    return Request(scope, receive)


def ask(path, *given, **more):
    """Return what the route of this path answers."""
    endpoint = {route.path: route.endpoint for route in sign_in_routes.routes()}[path]
    with ThreadPoolExecutor(1) as threads:  # Playwright's event loop may run in this one
        return threads.submit(lambda: asyncio.run(endpoint(request(path, *given, **more)))).result()


def cookie_of(answer):
    (header,) = [value.decode() for name, value in answer.raw_headers if name == b"set-cookie"]
    return SimpleCookie(header)[COOKIE]


def test_who_gives_the_code_and_a_name_gets_a_number_and_a_cookie(sign_in):
    code = read_codes(sign_in.root).join
    answer = ask("/signin", {"code": code, "name": "Anna <b>", "to": "train?epochs=3"})
    (anna,) = sign_in.people.all()
    cookie = cookie_of(answer)
    assert cookie["httponly"] and cookie["samesite"] == "lax" and cookie["path"] == "/"
    assert sign_in.person_of(cookie.value) == anna
    page = answer.body.decode()
    assert 'href="/train?epochs=3"' in page and "Hello, Anna &lt;b&gt;" in page and "<b>" not in page
    number = page.split('class="number">')[1].split("<")[0]
    again = ask("/signin", {"code": code, "name": "anna <b>", "number": number})
    assert again.status_code == 303 and sign_in.person_of(cookie_of(again).value) == anna


def test_a_wrong_code_and_a_taken_name_are_said_in_the_form(sign_in):
    code = read_codes(sign_in.root).join
    answer = ask("/signin", {"code": "WRONG", "name": "Anna"})
    assert answer.status_code == 403 and "This is not the code of the class" in answer.body.decode()
    ask("/signin", {"code": code, "name": "Anna"})
    answer = ask("/signin", {"code": code, "name": "Anna"}).body.decode()
    assert "Somebody in this class is called Anna already" in answer and "<details open>" in answer and code in answer


def test_the_keyboard_is_in_the_field_that_is_to_be_filled_in_or_corrected(sign_in):
    code = read_codes(sign_in.root).join
    ask("/signin", {"code": code, "name": "Anna"})
    given = [None, {"code": "WRONG", "name": "Anna"}, {"code": code}, {"code": code, "name": "Anna"}]
    pages = [ask("/signin", each).body.decode() for each in given]
    assert all(each.count("autofocus") == 1 for each in pages)
    assert [re.findall(r'<input name="(\w+)"[^>]*autofocus', each) for each in pages] == [
        ["code"],
        ["code"],
        ["name"],
        ["number"],
    ]


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil", "javascript:alert(1)", "\nx", "/x"]
)
def test_nobody_is_led_elsewhere(sign_in, to):
    answer = ask("/signin", {"code": read_codes(sign_in.root).teacher, "to": to})
    assert answer.headers["location"] == "/"


def test_a_foreign_page_and_a_hostile_form_get_nothing(sign_in):
    fields = {"code": read_codes(sign_in.root).join, "name": "Anna"}
    assert ask("/signin", fields, origin="http://evil.example").status_code == 400
    for body in (b"code=" + b"A" * 20_000, b"\xff\xfe", b"&".join(b"a=1" for _ in range(50))):
        assert ask("/signin", body).status_code in (400, 403)
    assert sign_in.people.all() == []
    assert ask("/signin", fields, origin="http://localhost:8501").status_code == 200


@pytest.mark.parametrize(
    ("hosts", "origin"),
    [
        (["localhost", "Digits.Example.org."], "https://digits.example.org"),
        (["localhost", "digits.example.org"], "https://Digits.Example.org.:8443"),
        ([], "http://localhost:8501"),
        (["::1"], "http://[::1]:8501"),
    ],
)
def test_a_form_of_any_name_of_the_server_is_taken(sign_in, monkeypatch, hosts, origin):
    option = page_routes.st.get_option
    monkeypatch.setattr(
        page_routes.st, "get_option", lambda name: hosts if name == "server.allowedHosts" else option(name)
    )
    assert ask("/signin", {"code": read_codes(sign_in.root).teacher}, origin=origin).status_code == 303


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("http://evil.example", "a page under the name evil.example"),
        ("http://[x", "a page under another name"),
        ("null", "a page under another name"),
        ("http://<b>.example", "&lt;b&gt;.example"),
    ],
)
def test_a_form_that_is_refused_is_answered_in_a_sentence(sign_in, origin, said):
    person = sign_in.enter(read_codes(sign_in.root).join, "Anna", "", "").person
    cookie = sign_in.cookie_for(person)
    for answer in (
        ask("/signin", {"code": read_codes(sign_in.root).teacher}, origin=origin),
        ask("/signout", b"", cookie=cookie, origin=origin),
    ):
        assert answer.status_code == 400 and said in answer.body.decode()
    assert sign_in.person_of(cookie) == person
    assert "cannot be read" in ask("/signin", b"\xff\xfe").body.decode()


def test_who_signs_out_is_asked_first_and_is_out_then(sign_in):
    person = sign_in.enter(read_codes(sign_in.root).join, "Anna", "", "").person
    cookie = sign_in.cookie_for(person)
    assert "Sign out, Anna?" in ask("/signout", cookie=cookie).body.decode()
    assert sign_in.person_of(cookie) == person
    assert ask("/signout", b"", cookie=cookie, origin="http://evil.example").status_code == 400
    answer = ask("/signout", b"", cookie=cookie)
    assert answer.headers["location"] == "/signin" and cookie_of(answer).value == ""
    assert sign_in.person_of(cookie) is None
    assert ask("/signout").status_code == 303


def test_who_signs_in_in_anothers_browser_signs_that_one_out(sign_in):
    code = read_codes(sign_in.root).join
    anna = sign_in.enter(code, "Anna", "", "")
    cookie = sign_in.cookie_for(anna.person)
    again = cookie_of(ask("/signin", {"code": code, "name": "Anna", "number": anna.number}, cookie=cookie)).value
    assert sign_in.person_of(cookie) == sign_in.person_of(again) == anna.person, "her other tabs go on"
    ask("/signin", {"code": "WRONG", "name": "Ben"}, cookie=cookie)
    assert sign_in.person_of(cookie) == anna.person
    ben = cookie_of(ask("/signin", {"code": code, "name": "Ben"}, cookie=cookie)).value
    assert sign_in.person_of(ben).name == "Ben" and sign_in.person_of(cookie) is None
    assert sign_in.person_of(again) == anna.person, "in her own browser she stays in"


def test_the_points_of_a_curve_are_its_owners_alone(sign_in):
    anna, ben = (sign_in.enter(read_codes(sign_in.root).join, name, "", "").person for name in ("Anna", "Ben"))
    run = ended_run(RunStore(anna.root), TrainConfig(hidden_units=8))

    def status(cookie):
        asked = request("/live", cookie=cookie)
        asked.scope["path_params"] = {"run_id": run.id, "metric": "loss"}
        return live_curves.route().endpoint(asked).status_code

    assert status(sign_in.cookie_for(anna)) == 200
    assert [status(cookie) for cookie in (sign_in.cookie_for(ben), "", "forged")] == [404, 401, 401]


def test_without_people_there_are_no_routes(store, monkeypatch):
    for mode in (Mode.OPEN, Mode.LOGIN):
        monkeypatch.setattr(workspace, "mode", lambda mode=mode: mode)
        assert sign_in_routes.routes() == []


@pytest.fixture
def account_of(sign_in, monkeypatch):
    """Return whose account a request comes from, by the cookie that Streamlit signs with what a provider says."""
    monkeypatch.setattr(accounts, "get_cookie_secret", lambda: "secret")
    sign_in.root.mkdir(exist_ok=True)
    (sign_in.root / "class.toml").write_text('teachers = ["t@school.org", "https://issuer Teacher-1"]')

    def person(secret="secret", **values):
        text = json.dumps({"is_logged_in": True, "iss": "https://issuer", **values})
        signed = create_signed_value(secret, USER_COOKIE_NAME, text).decode()
        asked = request("/live")
        asked.scope["headers"] = [(b"cookie", f"{USER_COOKIE_NAME}={signed}".encode())]
        return accounts.person_of(asked, sign_in)

    return person


def test_an_account_is_known_by_streamlits_own_signed_cookie(sign_in, account_of):
    assert account_of(sub="1", name="Anna") is None and sign_in.people.all() == [], "nobody joins by a request"
    anna = sign_in.people.join_with_account("https://issuer 1", "Anna", 10)
    assert account_of(sub="1", name="Anna") == anna and account_of(sub="2", name="Anna") is None
    assert account_of("another secret", sub="1") is None and account_of(name="Anna") is None
    assert account_of(sub="1", is_logged_in=False) is None


@pytest.mark.parametrize("verified", [{}, {"email_verified": False}, {"email_verified": "true"}, {"email_verified": 1}])
def test_an_address_that_nobody_has_verified_makes_no_teacher(account_of, verified):
    assert account_of(sub="3", email="T@school.org", **verified) is None


def test_who_is_a_teacher_say_a_verified_address_and_the_name_of_an_account(account_of):
    assert account_of(sub="3", email="T@school.org", email_verified=True).is_teacher
    assert account_of(sub="Teacher-1").is_teacher and account_of(sub="teacher-1") is None
    assert account_of(sub="Teacher-1", iss="https://other") is None


def _greet():
    import streamlit as st

    from pages.widgets.shared import app_shell

    st.markdown(f"Hello, {app_shell.require_person().name}")


@pytest.fixture
def anna_opens(sign_in, monkeypatch):
    """A page that somebody opens who has signed in with an account."""
    monkeypatch.setattr(workspace, "mode", lambda: Mode.LOGIN)
    at = AppTest.from_function(_greet)
    at.user = {"is_logged_in": True, "iss": "https://issuer", "sub": "1", "name": "Anna"}
    return at


def test_who_signs_in_with_an_account_gets_a_workspace_and_who_is_removed_none_by_itself(sign_in, anna_opens):
    at = anna_opens.run()
    (anna,) = sign_in.people.all()
    assert at.markdown[0].value == "Hello, Anna" and anna.name == "Anna"
    sign_in.people.remove(anna)
    for _ in range(3):
        at.run()
        assert "no longer in this class" in at.info[0].value and "Hello" not in words(at) and not at.exception
    assert sign_in.people.all() == []


def test_a_class_that_is_full_is_said_to_be(sign_in, anna_opens):
    sign_in.people.join("Ben", 10)
    (sign_in.root / "class.toml").write_text("people = 1")
    at = anna_opens.run()
    assert "This class has 1 people already" in plain(at.error[0].value) and not at.exception
    assert [each.label for each in at.button] == ["Sign out"]


def test_an_account_that_does_not_say_which_one_it_is_is_told_so(sign_in, anna_opens):
    anna_opens.user = {"is_logged_in": True, "name": "Anna"}
    assert "its provider does not say which one it is" in plain(anna_opens.run().error[0].value)
    anna_opens.user = {"is_logged_in": False}
    assert [each.label for each in anna_opens.run().button] == ["Sign in"]
