"""What went with an account comes back with it, whole; and an account that others have joined since stays."""

from __future__ import annotations

import pytest
from flask import Flask

from models.account import Account
from models.actors import actor_for
from models.base import db
from models.customer import Customer
from models.errors import DomainError
from models.gate import set_actor
from models.operations.undo import undo
from tests.models.undoing import delete, everywhere, full, newest, refused, take_back
from tests.models.world import ALL, OWN, begin, company, everything, owned_by, save, seller
from tests.people import EDITOR, add_user


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def test_an_account_comes_back_with_its_customers_and_all_that_was_theirs() -> None:
    row = Account(name="Rossi", tags="a, b")
    save(row)
    full("Ada", account=row)
    full("Mary", account=row, owner=None)
    before, accounts = everywhere(), everything(Account)
    key = delete(row)
    assert (everything(Account), everything(Customer)) == ([], [])
    take_back(key)
    assert everywhere() == before
    assert everything(Account) == accounts


def test_the_undo_of_that_can_be_undone_as_well() -> None:
    row = Account(name="Rossi")
    save(row)
    company("A", account=row)
    before = everywhere()
    back = take_back(delete(row))
    take_back(back)
    assert (everything(Account), everything(Customer)) == ([], [])
    take_back()
    assert everywhere() == before
    assert [each["name"] for each in everything(Account)] == ["Rossi"]


def test_a_customer_comes_back_to_an_account_that_is_still_there_and_not_without_it() -> None:
    customer = company("A")
    account = customer.account
    key = delete(customer)
    accounts = everything(Account)
    take_back(key)
    assert everything(Account) == accounts
    customer = db.session.get_one(Customer, customer.id)
    assert customer.account is account
    key = delete(customer)
    delete(account)
    with pytest.raises(DomainError):
        undo(db.session, key)


def test_a_created_customer_goes_again_with_the_account_that_was_made_for_it() -> None:
    company("A")
    key = newest()
    take_back(key)
    assert (everything(Account), everything(Customer)) == ([], [])


@pytest.mark.parametrize("role", ["Administrator", EDITOR])
def test_who_made_both_at_once_can_take_both_back(role: str) -> None:
    set_actor(db.session, actor_for(db.session, add_user(role)))
    company("A")
    take_back()
    assert (everything(Account), everything(Customer)) == ([], [])


def test_a_created_customer_stays_once_another_one_has_joined_its_account() -> None:
    account = company("A").account
    key = newest()
    company("B", account=account)
    refused(key, "“A” was changed since")
    assert len(everything(Customer)) == 2


def test_it_stays_as_well_if_the_one_who_joined_is_not_to_be_seen() -> None:
    anna, bert = (seller({"customer": OWN, "account": ALL, "channel": ALL, "customer_group": ALL}) for _ in "ab")
    mine = owned_by(anna, "Mine")
    key = newest()
    owned_by(bert, "Secret", account_id=mine.account_id)  # type: ignore[attr-defined]
    set_actor(db.session, anna)
    refused(key, "“Mine” was changed since")


def test_a_created_account_stays_once_a_customer_is_in_it() -> None:
    account = Account(name="Rossi")
    save(account)
    key = newest()
    company("A", account=account)
    refused(key, "“Rossi” was changed since")


def test_a_customer_moved_to_a_new_account_goes_back_when_that_is_taken_back() -> None:
    customer = company("A")
    before = customer.account
    customer.account = Account(name="Rossi")
    db.session.commit()
    take_back()
    assert [each["name"] for each in everything(Account)] == ["A"]
    assert customer.account is before
