"""The people of a class: names, numbers, workspaces, and their removal."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.people.codes import keyed_number_hash, read_codes, renew_all
from core.people.records import read_record
from core.people.register import NameTakenError, People, PeopleError, last_seen, note_seen
from core.runs.store import RunStore
from core.runs.workspaces import is_workspace, machine_root


@pytest.fixture
def people(tmp_path):
    return People(tmp_path / "runs")


def test_a_new_person_gets_a_workspace_and_a_number(people):
    anna, number = people.join("  Anna   Lee ", 10)
    assert anna.name == "Anna Lee" and not anna.is_teacher
    assert is_workspace(anna.root) and machine_root(anna.root) == people.root
    assert people.all() == [anna] and people.get(anna.id) == anna
    assert people.come_back("anna lee", f"{number[:3]} {number[3:]}") == anna
    assert number not in (anna.root / "person.json").read_text()


@pytest.mark.parametrize("name", ["Anna", "ANNA", " anna ", "Ａｎｎａ", "An\u00adna", "An\u200bna"])
def test_a_name_that_somebody_has_is_not_given_again(people, name):
    people.join("Anna", 10)
    with pytest.raises(NameTakenError, match="in this class is called .* already. If that is you, give your number"):
        people.join(name, 10)
    assert len(people.all()) == 1


def test_of_many_at_once_one_gets_the_name(people):
    def join(_):
        try:
            return bool(people.join("Anna", 100))
        except NameTakenError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(join, range(24))) == 1


def test_a_wrong_number_or_name_does_not_come_back(people):
    _, number = people.join("Anna", 10)
    people.join("Ben", 10)
    wrong = f"{(int(number) + 1) % 10**6:06}"
    for name, given in (("Anna", wrong), ("Ben", number), ("Cleo", number), ("Anna", ""), ("", number)):
        with pytest.raises(PeopleError, match="There is nobody of this name and number here"):
            people.come_back(name, given)


def test_a_new_number_replaces_the_old_one(people):
    anna, number = people.join("Anna", 10)
    newer = people.renew_number(anna)
    assert people.come_back("Anna", newer) == anna
    if newer != number:
        with pytest.raises(PeopleError):
            people.come_back("Anna", number)


def test_a_number_that_was_kept_by_an_earlier_version_is_good_and_kept_anew(people):
    anna, _ = people.join("Anna", 10)
    old = keyed_number_hash(read_codes(people.root).key_bytes, anna.id, "123456")
    (anna.root / "person.json").write_text(json.dumps({"name": "Anna", "number": old, "joined": 1.0}))
    with pytest.raises(PeopleError):
        people.come_back("Anna", "123457")
    assert people.come_back("Anna", "123456") == anna
    renew_all(people.root)
    assert people.come_back("Anna", "123456") == anna


def test_who_signs_in_with_an_account_keeps_it_with_a_number(people):
    anna = people.join_with_account("https://issuer 1", "Anna", 10)
    assert people.come_back("Anna", people.renew_number(anna)) == people.join_with_account(
        "https://issuer 1", "Anna", 10
    )
    assert read_record(anna.root).account == "https://issuer 1"


def test_an_account_of_an_earlier_version_keeps_its_folder(people):
    anna = people.join_with_account("https://issuer 1", "Anna", 10)
    anna.root.rename(anna.root.with_name("0f" * 8))
    assert people.join_with_account("https://issuer 1", "Anna", 10).id == "0f" * 8
    assert len(people.all()) == 1


@pytest.mark.parametrize("number", ["é", "\ud800", "x" * 10_000, 5, None])
def test_a_number_that_is_damaged_fits_nobody(people, number):
    anna, given = people.join("Anna", 10)
    values = json.loads((anna.root / "person.json").read_text())
    (anna.root / "person.json").write_text(json.dumps(values | {"number": number}))
    for each in (given, "", "é"):
        with pytest.raises(PeopleError):
            people.come_back("Anna", each)


def test_a_class_has_an_end(people):
    people.join("Anna", 1)
    with pytest.raises(PeopleError, match="^This class has 1 people already, as many as it may"):
        people.join("Ben", 1)


def test_a_person_of_an_account_is_the_same_each_time(people):
    anna = people.join_with_account("https://issuer 1", "Anna", 10)
    assert people.join_with_account("https://issuer 1", "Anna Changed", 10) == anna
    other = people.join_with_account("https://issuer 2", "Anna", 10)
    assert other.id != anna.id, "two accounts may have one name"
    with pytest.raises(PeopleError):
        people.come_back("Anna", "")


def test_an_account_is_looked_up_without_a_workspace_being_made(people):
    assert people.find_account("https://issuer 1") is None and people.all() == []
    anna = people.join_with_account("https://issuer 1", "Teacher", 10)
    assert people.find_account("https://issuer 1") == anna and anna.name == "Somebody"


def test_an_account_finds_its_damaged_workspace_again(people):
    anna = people.join_with_account("https://issuer 1", "Anna", 10)
    (anna.root / "corrections.db").write_bytes(b"drawn")
    (anna.root / "person.json").write_bytes(b"[]")
    assert people.find_account("https://issuer 1") is None
    assert people.join_with_account("https://issuer 1", "Anna", 1) == anna
    assert (anna.root / "corrections.db").read_bytes() == b"drawn"


def test_who_is_removed_is_gone_with_all_data(people):
    anna, ben = people.join("Anna", 10)[0], people.join("Ben", 10)[0]
    (anna.root / "corrections.db").write_bytes(b"drawn")
    people.remove(anna)
    assert people.all() == [ben] and people.get(anna.id) is None
    assert [each.name for each in anna.root.parent.iterdir()] == [ben.id]
    with pytest.raises(PeopleError, match="delete them on the Runs page"):
        people.remove(people.teacher)


@pytest.mark.parametrize("person_id", ["", ".", "..", "../people", "/", "nobody", "a/b", "\x00"])
def test_an_id_that_is_guessed_is_nobody(people, person_id):
    people.join("Anna", 10)
    assert people.get(person_id) is None


@pytest.mark.parametrize("damage", [b"[]", b"{", b"", None])
def test_a_damaged_workspace_is_called_by_its_id_and_is_nobodys(people, damage):
    anna, number = people.join("Anna", 10)
    path = anna.root / "person.json"
    path.unlink() if damage is None else path.write_bytes(damage)
    assert people.all() == [replace(anna, name=anna.id)]
    assert people.get(anna.id) is None and RunStore(people.root).all() == []
    with pytest.raises(PeopleError):
        people.come_back(anna.id, number)


def test_a_new_number_mends_a_damaged_workspace(people):
    anna, _ = people.join("Anna", 10)
    (anna.root / "person.json").write_bytes(b"[]")
    (damaged,) = people.all()
    number = people.renew_number(damaged)
    assert people.come_back(anna.id, number).root == anna.root


def test_a_damaged_workspace_can_be_removed(people):
    anna, _ = people.join("Anna", 10)
    (anna.root / "person.json").unlink()
    people.remove(people.all()[0])
    assert people.all() == [] and not anna.root.exists()


def test_who_is_gone_gets_no_new_number(people):
    anna, _ = people.join("Anna", 10)
    people.remove(anna)
    with pytest.raises(PeopleError, match="Anna is no longer in this class"):
        people.renew_number(anna)
    assert people.all() == []


def test_who_was_here_is_noted_once_a_minute(people):
    anna, _ = people.join("Anna", 10)
    assert last_seen(anna) == 0
    note_seen(anna, 1e9)
    seen = last_seen(anna)
    assert seen > 0
    note_seen(anna, seen + 30)
    assert last_seen(anna) == seen
