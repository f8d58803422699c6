"""Rows of one entity come together in one of them, with all they have; undo brings every row back."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from models.account import Account
from models.actors import actor_for
from models.base import Base, db
from models.call import Call
from models.contact import Contact
from models.customer import Customer, CustomerEmail, Rating
from models.description import entities
from models.document import Document
from models.errors import Conflict, DomainError, Refused
from models.gate import set_actor
from models.history import Change
from models.note import Note
from models.operations.drafting import convert
from models.operations.erasing import anonymise
from models.operations.merging import merge
from models.past import history_of
from models.payment import Payment
from models.permissions import EVERYTHING, SYSTEM, Actor, Level, Permission
from models.rights import EVERY_OTHER, Rights
from models.rules.document_kinds import DocumentKind
from models.rules.password import verify_password
from tests.models.papers import D, draft, issued, open_shop
from tests.models.undoing import SECRET, newest, take_back
from tests.models.world import (
    ALL,
    LOOKING,
    OWN,
    SEE,
    actor,
    begin,
    company,
    everything,
    owned_by,
    person,
    phone,
    save,
    seller,
)
from tests.people import EDITOR, VIEWER, add_user

OTHER_VAT = "IT00743110157"


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every entity, but for what any write touches."""
    silent = {"updated_at": None, "lifetime_currency": None}
    return {model.__tablename__: [row | silent for row in everything(model)] for model in entities()}


def together(master: Base, *others: Base, **values: Base) -> int:
    """Merge rows, and return the change-set."""
    merge(db.session, [master, *others], master, {key: row.id for key, row in values.items()})
    db.session.commit()
    return newest()


def refused(error: type[DomainError], why: str, master: Base, *others: Base, **words: Any) -> None:
    before = all_rows()
    with pytest.raises(error, match=why):
        merge(db.session, [master, *others], master, {}, **words)
    db.session.rollback()
    assert all_rows() == before


def emails(*addresses: str) -> list[CustomerEmail]:
    return [CustomerEmail(address=each, primary=each == addresses[0]) for each in addresses]


def two() -> tuple[Customer, Customer]:
    """Return two customers with something in every list; the second is in Germany."""
    one = company("Seta", emails=emails("a@seta.example"), phones=[phone("02 123456")], billing_country="IT",
                  billing_province="MI")  # fmt: skip
    other = company(
        "Seta Como", vat_number="DE136695976", emails=emails("b@seta.example", "A@seta.example"),
        phones=[phone("+39 02 123456"), phone("030 123456", primary=True)], billing_country="DE", employees=7,
    )  # fmt: skip
    for customer in (one, other):
        contact = Contact(customer=customer, name=f"Marta of {customer.name}", phone="030 998877")
        save(contact, Note(customer=customer, body=f"of {customer.name}"), Call(customer=customer, contact=contact))
    return one, other


def counts(*models: Any) -> list[int]:
    return [db.session.scalar(select(func.count(model.id))) or 0 for model in models]


def test_everything_below_moves_and_the_others_go() -> None:
    one, other = two()
    before = counts(Contact, Note, Call)
    together(one, other)
    assert db.session.scalars(select(Customer)).all() == [one]
    assert counts(Contact, Note, Call) == before
    below: tuple[Any, ...] = Contact, Note, Call
    assert {row.customer for model in below for row in db.session.scalars(select(model))} == {one}
    assert one.employees == 7  # the first there is
    assert one.name == "Seta"
    assert one.times_contacted == 2


def test_lists_are_joined_once_with_one_primary_and_numbers_keep_their_country() -> None:
    one, other = two()
    together(one, other)
    assert [(each.address, each.primary) for each in one.emails] == [
        ("a@seta.example", True),
        ("b@seta.example", False),
    ]
    assert [(each.number, each.primary) for each in one.phones] == [("02 123456", True), ("+4930123456", False)]
    numbers: Any = select(Contact)
    assert sorted(each.phone_e164 for each in db.session.scalars(numbers)) == ["+39030998877", "+4930998877"]


def test_what_one_may_not_read_is_not_told_to_be_equal_by_joining_it() -> None:
    two()
    together(*sees(Actor(add_user().id, "Ada", (Rights("clerk", {EVERY_OTHER: EVERYTHING}),))))
    [one] = sees(SYSTEM)
    assert [each.address for each in one.emails] == ["a@seta.example", "b@seta.example", "A@seta.example"]


def test_an_account_that_was_made_for_one_who_went_goes_into_the_one_that_stays_and_comes_back() -> None:
    one, other, third = person("Ada", "Byron"), person("Augusta", "Byron"), person("Ada", "Lovelace")
    third.account.tags = "a word of its own"
    db.session.commit()
    before, gone = all_rows(), other.account.id
    key = together(one, other, third)
    assert {each.name for each in db.session.scalars(select(Account))} == {"Ada Byron", "Ada Lovelace"}
    told = history_of(db.session, one.account)
    assert [each.row_id for each in told[0].changes if each.action == "delete"] == [gone]
    take_back(key)
    assert all_rows() == before


def test_an_account_that_others_belong_to_or_that_is_not_ones_own_to_delete_stays() -> None:
    anna = seller(name="Anna")
    one, other = owned_by(anna, "Seta"), owned_by(anna, "Lana")
    company("Lino", account=other.account)
    together(one, other)
    assert counts(Account) == [2]
    third = owned_by(anna, "Lena")
    see = dict.fromkeys(("user", "account", "channel", "customer_group"), SEE)
    one, *_, third = sees(actor(add_user(EDITOR), {"customer": ALL, **see}))
    together(one, third)
    assert counts(Account) == [3]


def test_whoever_has_the_master_open_notices_though_none_of_its_values_has_changed() -> None:
    one, other = company("Seta"), company("Seta")
    version = one.version
    together(one, other, account=one)
    assert one.version > version


def test_undo_brings_every_row_back_and_can_be_undone() -> None:
    one, other = two()
    before = all_rows()
    key = together(one, other, company=other, billing_country=other, billing_province=other, vat_number=other)
    assert (one.name, one.company) == ("Seta", "Seta Como")  # the name was meant to stay
    after = all_rows()
    again = take_back(key)
    assert all_rows() == before
    take_back(again)
    assert all_rows() == after


def test_the_login_comes_from_whoever_has_it_and_goes_back() -> None:
    one = company("Seta", emails=emails("a@x.example"), code="1")
    other = company("Lana", emails=emails("b@x.example", "a@x.example"), can_login=True, password=SECRET, code="2")
    other.emails[0].label = "shop"
    db.session.commit()
    before = all_rows()
    key = together(one, other, code=other)
    assert (one.can_login, one.login_key, one.code) == (True, "b@x.example", "2")
    assert verify_password(one.password, SECRET)
    assert [each.label for each in one.emails if each.primary] == ["shop"]
    again = take_back(key)
    assert all_rows() == before
    take_back(again)
    db.session.expire_all()
    assert (one.login_key, one.code) == ("b@x.example", "2")


def test_of_two_logins_the_one_that_is_not_chosen_comes_back_with_undo() -> None:
    one = company("Seta", emails=emails("a@x.example"), can_login=True, password="first-one")
    other = company("Lana", emails=emails("b@x.example"), can_login=True, password=SECRET)
    before = all_rows()
    key = together(one, other, can_login=other)
    assert verify_password(one.password, SECRET)
    assert one.login_key == "b@x.example"
    again = take_back(key)
    assert all_rows() == before
    assert verify_password(one.password, "first-one")
    take_back(again)
    db.session.expire_all()
    assert verify_password(one.password, SECRET)


def shop() -> tuple[Customer, Customer, Document]:
    """Return two customers of whom the second has an invoice that was paid in part, and an order."""
    one = open_shop()
    other = company("Lana", vat_number=OTHER_VAT, billing_country="IT", billing_city="Roma", billing_province="RM",
                    billing_street="Via Po 1", billing_postal_code="00100")  # fmt: skip
    invoice = issued(other, DocumentKind.INVOICE)
    invoice.payments.append(Payment(amount=D("5")))
    db.session.commit()
    draft(other, DocumentKind.ORDER)
    return one, other, invoice


def test_issued_documents_move_as_they_were_issued_and_back() -> None:
    one, other, invoice = shop()
    before = all_rows()
    key = together(one, other)
    assert (invoice.customer_id, invoice.party_name, invoice.paid) == (one.id, "Lana", D("5"))
    assert counts(Document, Payment) == [2, 1]
    take_back(key)
    assert all_rows() == before


def test_an_issued_document_moves_by_nothing_else() -> None:
    one, _, invoice = shop()
    invoice.customer = one
    with pytest.raises(DomainError, match="It has been issued"):
        db.session.flush()
    db.session.rollback()


def test_what_has_happened_to_a_document_since_stands_in_the_way_of_undo() -> None:
    one, other, invoice = shop()
    key = together(one, other)
    invoice.payments.append(Payment(amount=D("1")))
    db.session.commit()
    with pytest.raises(Conflict, match="changed since"):
        take_back(key)
    db.session.rollback()


def test_accounts_take_over_the_customers_of_others() -> None:
    customers = [company(name) for name in ("Seta", "Lana", "Lino")]
    accounts = [each.account for each in customers]
    before = all_rows()
    key = together(*accounts)
    assert counts(Account, Customer) == [1, 3]
    assert {each.account for each in customers} == {accounts[0]}
    take_back(key)
    assert all_rows() == before


def test_a_contact_of_another_customer_brings_the_calls_along() -> None:
    one, _ = two()
    mine, theirs = db.session.scalars(select(Contact).order_by(Contact.id))
    before = all_rows()
    key = together(mine, theirs, name=theirs)
    calls = db.session.scalars(select(Call)).all()
    assert {(call.customer_id, call.contact_id) for call in calls} == {(one.id, mine.id)}
    assert (mine.name, mine.customer) == ("Marta of Seta Como", one)
    take_back(key)
    assert all_rows() == before


def test_the_history_of_those_that_went_is_told_where_they_went_until_that_is_undone() -> None:
    one, other = two()
    other.billing_city = "Hamburg"
    db.session.commit()
    edited, gone = newest(), other.id
    key = together(one, other)
    assert {key, edited} <= {each.id for each in history_of(db.session, one, limit=50)}
    take_back(key)
    db.session.expire_all()
    assert edited not in {each.id for each in history_of(db.session, one, limit=50)}
    assert edited in {each.id for each in history_of(db.session, db.session.get_one(Customer, gone), limit=50)}


def test_whoever_is_anonymised_is_forgotten_as_what_was_merged_into_them_too() -> None:
    one = person("Ada", "Byron")
    other = person("Augusta", "Zanzibar")
    together(one, other)
    assert [each.name for each in db.session.scalars(select(Account))] == ["Ada Byron"]
    anonymise(db.session, one)
    db.session.commit()
    told = db.session.execute(select(Change.title, Change.before, Change.after), execution_options=LOOKING).all()
    assert "Zanzibar" not in str(told)


def test_one_row_or_six_are_refused_and_what_was_changed_or_is_gone() -> None:
    customers = [company(f"Seta {number}") for number in range(6)]
    refused(DomainError, "two to five", customers[0])
    refused(DomainError, "two to five", *customers)
    one, other = customers[:2]
    opened = {one.id: one.version, other.id: other.version}
    other.tags = "a"
    db.session.commit()
    refused(Conflict, "was changed since this page was opened", one, other, versions=opened)
    elsewhere = delete(Customer).where(Customer.id == other.id).execution_options(synchronize_session=False)
    assert [one.name, other.name] == ["Seta 0", "Seta 1"]
    db.session.execute(elsewhere, execution_options=LOOKING)
    with pytest.raises(Conflict, match="not there any more"):
        merge(db.session, [one, other], one, {})


def sees(someone: Actor) -> list[Customer]:
    """Work on behalf of somebody, and return the customers that they see."""
    set_actor(db.session, someone)
    return list(db.session.scalars(select(Customer).order_by(Customer.id)))


def test_only_who_may_edit_and_delete_them_all_merges_them() -> None:
    anna = seller(name="Anna")
    owned_by(anna, "Seta")
    owned_by(anna, "Lana")
    company("Lino")
    refused(Refused, "may not edit", *sees(actor_for(db.session, add_user(VIEWER))))
    refused(Refused, "only your own", *sees(actor(add_user(EDITOR), {"customer": OWN | SEE})))
    refused(
        Refused, "may not delete", *sees(actor(add_user(EDITOR), {"customer": ALL | {Permission.DELETE: Level.NONE}}))
    )
    one, other = sees(anna)
    together(one, other)


def test_another_owner_is_assigned_by_whoever_may_and_a_guarded_field_stays_where_it_is_closed() -> None:
    owned_by(seller(name="Anna"), "Seta")
    company("Lana", rating=Rating.HOT)
    others = {"user": SEE, "account": ALL, "channel": SEE, "customer_group": SEE}
    one, other = sees(actor(add_user(EDITOR), {"customer": ALL | {Permission.ASSIGN: Level.NONE}, **others}))
    with pytest.raises(Refused, match="assign"):
        merge(db.session, [one, other], one, {"owner": other.id})
    db.session.rollback()
    together(one, other)
    assert one.rating is None


def test_documents_that_came_of_each_other_stay_together() -> None:
    one, other, _ = shop()
    order = issued(other, DocumentKind.ORDER)
    before = all_rows()
    key = together(one, other)
    made = convert(db.session, [order], DocumentKind.INVOICE)
    db.session.commit()
    with pytest.raises(DomainError, match="comes from a document of another customer"):
        take_back(key)
    db.session.rollback()
    db.session.delete(made)
    db.session.commit()
    take_back(key)
    assert all_rows() == before


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("seed", range(4))
def test_however_rows_are_merged_nothing_below_them_is_lost(seed: int) -> None:
    chance = Random(seed)
    customers = [
        company(
            f"Seta {number}",
            emails=emails(*chance.sample(["a@x.example", "B@x.example", "c@x.example", "d@x.example"], 2)),
            phones=[phone(f"+39 02 12345{chance.randrange(3)}")],
            tags=chance.choice([None, "a", "b"]),
        )
        for number in range(4)
    ]
    for customer in chance.choices(customers, k=12):
        contact = Contact(customer=customer, name="Marta")
        save(
            contact, Call(customer=customer, contact=chance.choice([None, contact])), Note(customer=customer, body="x")
        )
    before, below = all_rows(), counts(Contact, Call, Note)
    addresses = {each.address.casefold() for customer in customers for each in customer.emails}
    made = []
    while len(customers) > 1:
        some = chance.sample(customers, min(chance.randint(2, 3), len(customers)))
        made.append(together(some[0], *some[1:], tags=chance.choice(some)))
        customers = [each for each in customers if each not in some[1:]]
        assert counts(Contact, Call, Note) == below
        assert all(sum(each.primary for each in customer.emails) == 1 for customer in customers)
    assert {each.address.casefold() for each in customers[0].emails} == addresses
    assert len(customers[0].emails) == len(addresses)
    for key in reversed(made):
        take_back(key)
    assert all_rows() == before
