"""Where a row matched."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.contact import Contact
from models.customer import Customer
from models.note import Note
from models.search import Hit, hits
from tests.models.search_world import add, begin, execute, ghisallo, hit, person, recorded


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


CASES = {
    "forli": Hit("City", "", "Forlì", ""),
    "IT 007 431 10157": Hit("VAT number", "", "IT00743110157", ""),
    "pellis": Hit("Contact", "Chiara ", "Pellis", "sier", "Chiara Pellissier"),
    "elsewhere": Hit("Contact", "chiara@", "elsewhere", ".example", "Chiara Pellissier"),
    "+39 02 12345678": Hit("Contact", "", "02 1234 5678", "", "Chiara Pellissier"),
    "+39 333 1234567": Hit("Phone", "", "333 123 4567", "", "333 123 4567"),
    "333 123": Hit("Phone", "", "333 123", " 4567", "333 123 4567"),
    "orders": Hit("Email", "", "orders", "@ghisallo.example", "orders@ghisallo.example"),
}


@pytest.mark.parametrize("typed", CASES)
def test_a_hit_names_the_place_and_shows_the_words_around(typed: str) -> None:
    assert hit(typed, ghisallo()) == CASES[typed]


def test_a_match_in_the_title_needs_no_hit() -> None:
    assert hit("officine GHISALLO", ghisallo()) is None


def test_words_that_the_title_has_are_not_what_is_shown() -> None:
    found = hit("ghisallo saddles", ghisallo())
    assert found is not None
    assert (found.label, found.match) == ("Note", "saddles")


def test_the_accents_of_the_text_are_kept() -> None:
    found = hit("societa", ghisallo())
    assert found is not None
    assert found.match == "Società"


def test_letters_that_fold_to_two_are_shown_whole() -> None:
    customer = person()
    add(Note(customer=customer, body="Neue Straße 7"))
    assert hit("trasse", customer) == Hit("Note", "Neue S", "traße", " 7", "Neue Straße 7")


def test_a_snippet_is_cut_on_both_sides() -> None:
    customer = person()
    add(Note(customer=customer, body=f"{'before ' * 50}needle{' after' * 50}"))
    found = hit("needle", customer)
    assert found is not None
    assert found.before.startswith("…")
    assert found.after.endswith("…")
    assert len(found.before + found.match + found.after) <= 82
    assert len(found.title) <= 80


def test_the_row_itself_comes_before_what_belongs_to_it() -> None:
    customer = ghisallo()
    execute("UPDATE note SET body = 'near Forlì'")
    assert hit("forli", customer) == Hit("City", "", "Forlì", "")


def test_a_note_is_its_own_title() -> None:
    ghisallo()
    note = db.session.scalars(select(Note)).one()
    assert hit("saddles", note) is None  # a note's text is its title


def test_rows_of_a_page_are_answered_in_one_statement() -> None:
    customers = [person("Ada", f"Byron {letter}") for letter in "ABC"]
    for customer in customers[1:]:
        add(Note(customer=customer, body=f"needle for {customer.last_name}"))
    assert len(db.session.scalars(select(Customer)).all()) == 3
    with recorded() as statements:
        found = hits(db.session, Customer, customers, "needle")
    after = {key: each.after for key, each in found.items()}
    assert after == {each.id: f" for {each.last_name}" for each in customers[1:]}
    assert len(statements) == 1


def test_thousands_of_matching_contacts_give_one_hit() -> None:
    customer = person()
    add(*(Contact(customer=customer, name=f"Twin {number}") for number in range(2000)))
    found = hit("twin", customer)
    assert found is not None
    assert (found.label, found.match, found.title) == ("Contact", "Twin", f"Twin{found.after}")


def test_no_rows_or_no_words_ask_nothing() -> None:
    with recorded() as statements:
        assert hits(db.session, Customer, [], "needle") == {}
        assert hits(db.session, Customer, [person()], " ") == {}
    assert not [sql for sql, _ in statements if "search_entry" in sql]
