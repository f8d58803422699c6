"""Looking customers up by anything that belongs to them."""

from __future__ import annotations

import pytest
from flask import Flask

from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerPhone
from models.gate import set_actor
from models.group import CustomerGroup
from models.note import Note
from models.permissions import READING, Actor, Level, Permission, Rights
from models.search import matching
from tests.models.search_world import add, begin, execute, found, ghisallo, person
from tests.people import VIEWER, add_user


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


ANYTHING = {
    "name": "ghisallo",
    "first name": "gino",
    "code": "gh-100",
    "VAT number": "IT00743110157",
    "VAT number without its country": "00743110157",
    "VAT number with spaces": "IT 007 431 10157",
    "VAT number with dots": "it007.431.10157",
    "city": "forli",
    "website": "ghisallo.example",
    "tag": "repairs",
    "email": "orders@ghisallo",
    "label of an email": "sales",
    "contact's name": "pellissier",
    "contact's email": "chiara@",
    "contact's phone": "02 12345678",
    "word of a note": "saddles",
    "middle of a word": "lissie",
    "second line of a note": "for twelve",
}


@pytest.mark.parametrize("typed", ANYTHING.values(), ids=ANYTHING.keys())
def test_a_customer_is_found_by_anything_that_belongs_to_it(typed: str) -> None:
    person("Someone", "Else")
    ghisallo()
    assert found(typed) == ["Officine Ghisallo"]


PHONES = ["333 123 4567", "3331234567", "+39 3331234567", "0039 333 1234567", "+39-333.123.4567", "(333) 1234"]


@pytest.mark.parametrize("stored", ["333 123 4567", "+393331234567", "0039 333/1234567"])
def test_a_phone_number_is_found_however_it_is_written(stored: str) -> None:
    add(CustomerPhone(customer=person("Someone", "Else"), number="+39 333 7654321", primary=True))
    add(CustomerPhone(customer=person(billing_country="IT", billing_province="MI"), number=stored, primary=True))
    assert {typed: found(typed) for typed in PHONES} == {typed: ["Ada Byron"] for typed in PHONES}


def test_a_number_typed_at_home_finds_one_written_with_its_country() -> None:
    add(CustomerPhone(customer=person(), number="+44 20 7946 0958", primary=True))
    assert found("020 7946 0958") == found("+44 (0)20 7946 0958") == ["Ada Byron"]


NAMES = [
    ("Società Élan", "SOCIETA elan"),
    ("Øresund Łódź", "oresund lodz"),
    ("Straße Æther", "strasse aether"),
    ("Αθήνα Οδός", "αθηνα οδοσ"),
    ("Київ Край", "київ КРАЙ"),
    ("Đặng Nguyễn", "dang nguyen"),
    ("東京株式 会社", "東京株式"),
]


@pytest.mark.parametrize(("name", "typed"), NAMES)
def test_case_and_accents_do_not_matter(name: str, typed: str) -> None:
    person(name=name)
    assert found(typed) == found(name) == [name]
    assert found(typed[:2]) == [name]


def test_every_word_must_be_somewhere_in_the_record() -> None:
    ghisallo()
    assert found("saddles chiara bartali") == ["Officine Ghisallo"]
    assert found("saddles chiara merckx") == []


def test_words_of_two_customers_do_not_add_up() -> None:
    add(Note(customer=person("Ada", "Byron"), body="likes engines"))
    add(Note(customer=person("Mary", "Shelley"), body="likes thunder"))
    assert found("byron thunder") == []


LITERAL = ["50%", "a_b", "o'neil", 'say "hi"', "c:\\dir", "near(x", "rock*", "this NOT that", "name:x", "a/b^c"]


@pytest.mark.parametrize("typed", LITERAL)
def test_signs_mean_themselves(typed: str) -> None:
    person(name=f"Something with {typed} in it")
    person(name="Something with 500 axb oneil rocket, this, near x, name x")
    assert found(typed) == [f"Something with {typed} in it"]


HOSTILE = ["\x00", "q\x00w", "%%%", "___", '"', '"""', "'", "*", "-", "^", "()", "{}", "\\", "NEAR(", "AND", "\ud800x"]
HOSTILE += ["x" * 5000, "1" * 300, "+" * 50 + "1234", "\U0010ffff\U0010ffff", "ﷺ" * 200]
HOSTILE += [" ".join(f"word{number}" for number in range(500))]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_one_can_type_breaks_the_search(typed: str) -> None:
    person()
    if matching(Customer, typed) is not None:
        assert found(typed) == []


def test_blank_text_is_no_criterion() -> None:
    assert matching(Customer, "  ") is None


def test_a_short_word_alone_is_the_beginning_of_the_name() -> None:
    for name in ("Élan", "Elba Zeta", "Mobel", "Eta"):
        person(name=name)
    assert set(found("el")) == {"Elba Zeta", "Élan"}
    assert len(found("e")) == 3
    assert found("el z") == ["Elba Zeta"]


def test_a_short_word_beside_a_longer_one_must_be_there_too() -> None:
    person(name="Torre Elba")
    person(name="Torre Como")
    assert found("torre el") == ["Torre Elba"]


def test_a_contact_is_found_by_its_own_words_only() -> None:
    customer = ghisallo()
    add(Contact(customer=customer, name="Marco Viola", phone="+39 333 0001112"))
    assert found("pellissier", Contact) == ["Chiara Pellissier"]
    assert found("333 0001112", Contact) == found("ma", Contact) == ["Marco Viola"]
    assert found("saddles", Contact) == found("ghisallo", Contact) == []


def test_other_entities_are_searched_too() -> None:
    add(CustomerGroup(name="Wholesale abroad", price_list="Export 2026"))
    assert found("export", CustomerGroup) == ["Wholesale abroad"]
    assert found("export") == []


def test_many_matches_are_all_found_in_the_order_of_the_list() -> None:
    person("Zoe", "Last")
    same = "kind, channel_id, account_id, group_id, status, newsletter, can_login, created_at, updated_at"
    numbers = "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 3000) SELECT n FROM g"
    execute(
        f"INSERT INTO customer (version, name, {same}) SELECT 1, 'Twin ' || n, {same} FROM customer, ({numbers}) AS g"
    )
    assert len(found("twin")) == 3000
    assert len(found("twin 29")) == len([number for number in range(1, 3001) if "29" in str(number)])
    assert found("twin")[:3] == ["Twin 1", "Twin 10", "Twin 100"]
    assert len(found("tw")) == 3000


def test_what_somebody_may_not_see_is_not_found() -> None:
    mine, user = ghisallo(), add_user(VIEWER)
    mine.owner = user
    add(Note(customer=person("Mary", "Shelley"), body="saddles"), mine)
    own = Rights("own", {"customer": {Permission.VIEW: Level.OWN}, "*": READING})
    set_actor(db.session, Actor(user.id, user.name, (own,)))
    assert found("saddles") == ["Officine Ghisallo"]
    assert len(found("saddles", Note)) == 1
