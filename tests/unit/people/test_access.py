"""Signing in to a class: who can, who cannot, and for how long the cookie is good."""

import shutil

import pytest

from core.config.field_spec import ConfigError
from core.people.access import VARIABLE, Mode, SignIn, mode_of_server
from core.people.codes import read_codes, renew_all
from core.people.register import NameTakenError, PeopleError
from core.people.tries import TryLimit


@pytest.fixture
def sign_in(tmp_path):
    return SignIn(tmp_path / "runs", TryLimit())


def test_a_pupil_comes_in_and_stays_in(sign_in):
    codes = read_codes(sign_in.root)
    entered = sign_in.enter(codes.join.lower(), "Anna", "", "10.0.0.1")
    assert len(entered.number) == 6
    cookie = sign_in.cookie_for(entered.person)
    assert sign_in.person_of(cookie) == entered.person
    again = sign_in.enter(codes.join, "Anna", entered.number, "10.0.0.2")
    assert again.person == entered.person and again.number == ""


def test_the_teachers_code_is_enough(sign_in):
    entered = sign_in.enter(read_codes(sign_in.root).teacher, "", "", "")
    assert entered.person.is_teacher and entered.person.root == sign_in.root
    assert sign_in.person_of(sign_in.cookie_for(entered.person)) == entered.person


def test_without_the_code_nobody_comes_in(sign_in):
    for code in ("", "ABCDEF", read_codes(sign_in.root).key):
        with pytest.raises(PeopleError, match="not the code of the class"):
            sign_in.enter(code, "Anna", "", "")
    assert sign_in.people.all() == []


def test_wrong_codes_and_wrong_numbers_come_to_an_end(sign_in):
    codes = read_codes(sign_in.root)
    (sign_in.root / "class.toml").write_text("wrong_codes_per_address = 3")
    sign_in.enter(codes.join, "Anna", "", "1")
    for name, number, code in (("Anna", "1", codes.join), ("", "", "WRONG"), ("", "", "WRONG")):
        with pytest.raises(PeopleError):
            sign_in.enter(code, name, number, "1")
    for code in (codes.join, "WRONG"):
        with pytest.raises(PeopleError, match="^Too many wrong codes. Try again in 10 minutes.$"):
            sign_in.enter(code, "Ben", "", "1")
    assert sign_in.enter(codes.join, "Ben", "", "2").number


def test_the_teacher_comes_in_beside_pupils_who_try_codes_from_the_same_address(sign_in):
    codes = read_codes(sign_in.root)
    sign_in.root.mkdir(exist_ok=True)
    (sign_in.root / "class.toml").write_text("wrong_codes_per_address = 3\nwrong_codes_in_all = 4")
    for _ in range(10):
        with pytest.raises(PeopleError):
            sign_in.enter("WRONG", "", "", "1")
    assert sign_in.enter(codes.teacher, "", "", "1").person.is_teacher
    assert sign_in.enter(codes.join, "Anna", "", "2").number, "tries that are not taken count for nobody else"
    with pytest.raises(PeopleError, match="not the code"):
        sign_in.enter("WRONG", "", "", "2")
    with pytest.raises(PeopleError, match="Too many wrong codes"):
        sign_in.enter(codes.teacher, "", "", "1")


def test_a_name_that_is_taken_is_no_wrong_code(sign_in):
    codes = read_codes(sign_in.root)
    (sign_in.root / "class.toml").write_text("wrong_codes_per_address = 3")
    sign_in.enter(codes.join, "Anna", "", "1")
    for _ in range(5):
        with pytest.raises(NameTakenError):
            sign_in.enter(codes.join, "Anna", "", "1")


def test_who_signs_out_is_out_in_that_browser_alone(sign_in):
    person = sign_in.enter(read_codes(sign_in.root).join, "Anna", "", "").person
    here, there = sign_in.cookie_for(person), sign_in.cookie_for(person)
    sign_in.sign_out(here)
    assert sign_in.person_of(here) is None and sign_in.person_of(there) == person
    sign_in.sign_out("nonsense")
    sign_in.remove_leftovers()
    assert sign_in.person_of(here) is None


def test_a_cookie_of_somebody_who_is_gone_or_of_another_class_is_nobodys(sign_in, tmp_path):
    person = sign_in.enter(read_codes(sign_in.root).join, "Anna", "", "").person
    cookie = sign_in.cookie_for(person)
    assert SignIn(tmp_path / "other", TryLimit()).person_of(cookie) is None
    assert sign_in.person_of(None) is None and sign_in.person_of("") is None
    shutil.move(person.root, tmp_path / "moved")
    assert sign_in.person_of(cookie) is None
    shutil.move(tmp_path / "moved", person.root)
    assert sign_in.person_of(cookie) == person
    renew_all(sign_in.root)
    assert sign_in.person_of(cookie) is None


@pytest.mark.parametrize("text", ["signed_in_days = many", "signed_in_days = 0", "nonsense = 1", "\xff = 1"])
def test_a_mistake_in_the_settings_signs_nobody_out_and_keeps_nobody_out(sign_in, text):
    codes, path = read_codes(sign_in.root), sign_in.root / "class.toml"
    path.write_text("signed_in_days = 2")
    anna = sign_in.enter(codes.join, "Anna", "", "").person
    here, there = sign_in.cookie_for(anna), sign_in.cookie_for(anna)
    path.write_bytes(text.encode("latin-1"))
    assert sign_in.person_of(here) == anna and sign_in.max_age_s() == 2 * 86_400
    assert sign_in.enter(codes.teacher, "", "", "").person.is_teacher
    sign_in.sign_out(there)
    sign_in.remove_leftovers()
    assert sign_in.person_of(there) is None and sign_in.person_of(here) == anna


@pytest.mark.parametrize("replace", [renew_all, lambda root: (root / ".class" / "codes.json").write_bytes(b"{}")])
def test_with_new_or_damaged_codes_everybody_comes_back_to_the_same_work(sign_in, replace):
    entered = sign_in.enter(read_codes(sign_in.root).join, "Anna", "", "")
    account = sign_in.people.join_with_account("https://issuer 1", "Ben", 10)
    replace(sign_in.root)
    code = read_codes(sign_in.root).join
    assert sign_in.enter(code, "Anna", entered.number, "").person == entered.person
    assert sign_in.people.join_with_account("https://issuer 1", "Ben", 10) == account
    with pytest.raises(PeopleError):
        sign_in.enter(code, "Anna", f"{(int(entered.number) + 1) % 10**6:06}", "")


def test_on_this_machine_alone_there_are_no_people(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert mode_of_server(None) is Mode.OPEN
    monkeypatch.setenv(VARIABLE, "code")
    assert mode_of_server("0.0.0.0") is Mode.CODE and mode_of_server(None) is Mode.CODE
    assert [mode_of_server(each) for each in ("localhost", "127.0.0.1", "::1")] == [Mode.OPEN] * 3
    monkeypatch.setenv(VARIABLE, "everybody")
    with pytest.raises(ConfigError, match="DIGIT_STUDIO_PEOPLE is 'everybody'; it may be open, code, login"):
        mode_of_server(None)
