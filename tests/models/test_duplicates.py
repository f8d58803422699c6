"""Rows that may be the same are found by what they share, with the reasons, as far as one sees them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from models.account import Account
from models.base import Base, db
from models.channel import Channel, ChannelEntity
from models.contact import Contact
from models.customer import Customer
from models.description import title_of
from models.distinct import forget_apart, keep_apart
from models.gate import set_actor
from models.likeness import bare_name, host, host_of
from models.operations import duplicates, duplicates_named
from models.operations.duplicates import Place, likely_groups
from models.permissions import EVERYTHING, SYSTEM, Actor
from models.related import find_all
from models.rights import EVERY_OTHER, Rights
from tests.models.test_merging import emails
from tests.models.world import VAT, begin, company, owned_by, person, phone, save, seller
from tests.people import add_user

OTHER_VAT = "IT00743110157"


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def found(model: type[Base] = Customer) -> list[tuple[list[str], str]]:
    """Return the groups by the titles of their rows, with the reasons."""
    groups = likely_groups(db.session, model).groups
    rows = find_all(db.session, model, {key for group in groups for key in group.keys})
    return [([title_of(rows[key]) for key in group.keys], ", ".join(group.said)) for group in groups]


def test_what_is_the_same_tells_and_the_likeliest_come_first() -> None:
    company("Seta Srl", emails=emails("info@seta.example"), website="https://www.seta.example/en", vat_number=OTHER_VAT)
    company("SETA S.R.L.", emails=emails("other@seta.example", "INFO@seta.example"), website="http://seta.example")
    company("Lana", phones=[phone("+39 02 123456")], vat_number="DE136695976")
    person("Lena", "Bo", phones=[phone("+39 02 123456")])  # a number alone says too little
    assert found() == [(["Seta Srl", "SETA S.R.L."], "same email, similar name, same website")]


def test_alike_names_tell_in_one_place_and_rows_join_in_groups() -> None:
    milan = {"billing_city": "Milano", "billing_country": "IT", "billing_province": "MI"}
    person("Mario", "Bianchini", **milan)
    person("Mario", "Bianchin", **milan)
    person("Mario", "Bianchini", **milan | {"billing_city": "Como", "billing_province": "CO"})
    person("Marta", "Verdi", **milan)
    assert found() == [(["Mario Bianchini", "Mario Bianchin"], "similar name, same place")]


def test_who_mistypes_how_a_name_begins_is_found_by_how_it_ends() -> None:
    milan = {"billing_city": "Milano", "billing_country": "IT", "billing_province": "MI"}
    company("Aurora Forniture Srl", **milan)
    company("Urora Forniture Srl", vat_number=OTHER_VAT, **milan)
    assert found() == [(["Aurora Forniture Srl", "Urora Forniture Srl"], "similar name, same place")]


def test_page_by_page_every_pair_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, city in enumerate(["Milano", "Como", "Lecco"]):
        place = {"billing_city": city, "billing_postal_code": f"2010{number}"}
        for name in (f"Mario Bianchini{number}", f"Mario Bianchin{number}", f"Nario Bianchin{number}"):
            person(*name.split(), **place)
        company(f"Seta {city}", vat_number=(VAT, OTHER_VAT, "DE136695976")[number], **place)
        company(f"Lana {city}", vat_number=(VAT, OTHER_VAT, "DE136695976")[number], **place)
    whole = [set(group.keys) for group in likely_groups(db.session, Customer).groups]
    monkeypatch.setattr(duplicates, "SIZE", 1)
    monkeypatch.setattr(duplicates_named, "RUN", 2)
    told: list[tuple[int, ...]] = []
    after: Place | None = Place()
    pages = 0
    while after is not None:
        page = likely_groups(db.session, Customer, after)
        told += [group.keys for group in page.groups]
        after, pages = page.after, pages + 1
    assert all(any(keys <= group for group in whole) for keys in map(set, told))
    assert {key for keys in told for key in keys} == {key for group in whole for key in group}
    assert len(told) == len(set(told))
    assert pages > 6


def test_who_reads_no_personal_data_is_not_told_who_lives_in_one_place() -> None:
    for _ in range(2):
        person("Mario", "Bianchini", billing_city="Como", billing_country="IT", billing_province="CO")
    set_actor(db.session, Actor(add_user().id, "Ada", (Rights("clerk", {EVERY_OTHER: EVERYTHING}),)))
    assert found() == [(["Mario Bianchini", "Mario Bianchini"], "same name")]


def test_customers_of_one_account_in_two_channels_are_meant_to_be_two() -> None:
    one = company("Seta")
    shop = Channel(name="Shop", entities=[ChannelEntity(entity="customer")])
    save(shop)
    other = company("Seta", channel=shop, account=one.account)
    assert found() == []
    other.channel = one.channel
    db.session.commit()
    assert len(found()) == 1


def test_what_was_found_to_be_different_is_left_out_until_it_is_not() -> None:
    rows = [company("Seta").id, company("Seta").id]
    keep_apart(db.session, "customer", rows)
    assert found() == []
    forget_apart(db.session, "customer", rows)
    assert len(found()) == 1


def test_only_rows_that_one_sees_are_compared() -> None:
    anna = seller(name="Anna")
    owned_by(anna, "Seta")
    company("Seta", vat_number=VAT)
    set_actor(db.session, anna)
    assert found() == []
    set_actor(db.session, SYSTEM)
    assert len(found()) == 1


def test_accounts_are_told_by_name_and_contacts_by_the_customer_too() -> None:
    one, other = company("Seta Srl"), company("Lana", vat_number=OTHER_VAT)
    save(Account(name="Seta SpA"))
    for customer, name in ((one, "Marta Bianchi"), (one, "Bianchi Marta"), (other, "Marta Bianchi")):
        save(Contact(customer=customer, name=name))
    assert found(Account) == [(["Seta Srl", "Seta SpA"], "similar name")]
    assert found(Contact) == []  # they begin and end otherwise
    save(Contact(customer=one, name="Marta Bianchi"))
    assert found(Contact) == [(["Marta Bianchi", "Marta Bianchi"], "same name, same place")]


@pytest.mark.parametrize(
    "address", ["https://www.seta.example", "http://seta.example/en?a=1", "https://seta.example:8080/x"]
)
def test_the_database_finds_the_site_as_the_program_does(address: str) -> None:
    customer = company(website=address)
    [site] = db.session.scalars(select(host_of(Customer.website)).where(Customer.id == customer.id))
    assert site.partition(":")[0] == host(address) == "seta.example"


def test_names_are_compared_without_what_firms_add_to_them() -> None:
    assert bare_name("Città & Figli S.r.l.") == bare_name("CITTA FIGLI SRL") == "citta figli"
    assert bare_name("SPA") == "spa"
