"""Channels enable what is kept about customers; accounts stand behind them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.account import Account
from models.base import db
from models.channel import Channel, ChannelEntity, ChannelType
from models.customer import Customer
from models.errors import DomainError
from models.operations.undo import undo
from tests.models.undoing import newest
from tests.models.world import VAT, begin, company, refusals, save
from tests.people import add_user


@pytest.fixture(autouse=True)
def _world(app: Flask) -> None:
    begin()


def channel(name: str, *entities: str, **values: Any) -> Channel:
    found = Channel(name=name, entities=[ChannelEntity(entity=entity) for entity in entities], **values)
    save(found)
    return found


def reference_channel() -> Channel:
    return db.session.scalars(select(Channel).order_by(Channel.id).limit(1)).one()


def new(**values: Any) -> Customer:
    return Customer(company="Ghisallo", vat_number=VAT, **values)


def test_the_only_channel_there_is_to_choose_is_chosen() -> None:
    channel("For nothing")
    channel("Closed", "customer", active=False)
    assert company().channel.name == "Sales"


def test_of_two_channels_somebody_must_choose() -> None:
    channel("Shop", "customer")
    assert refusals(new()) == {"channel": "This field is required."}


@pytest.mark.parametrize("entities", [(), ("customer",)])
def test_a_channel_that_is_inactive_or_does_not_enable_customers_cannot_be_chosen(entities: tuple[str, ...]) -> None:
    other = channel("Other", *entities, active=not entities)
    assert refusals(new(channel=other)) == {"channel": "This channel can no longer be chosen."}
    assert refusals(new(channel_id=other.id)) == {"channel": "This channel can no longer be chosen."}


def test_customers_of_a_channel_that_is_deactivated_stay_as_editable_as_they_were() -> None:
    customer = company()
    reference_channel().active = False
    db.session.commit()
    customer.billing_city = "Como"
    db.session.commit()
    assert (customer.billing_city, customer.channel.active) == ("Como", False)


def test_what_is_deleted_comes_back_into_a_channel_that_was_deactivated_since() -> None:
    customer = company()
    db.session.delete(customer)
    db.session.commit()
    deletion = newest()
    reference_channel().active = False
    db.session.commit()
    undo(db.session, deletion)
    db.session.commit()
    assert db.session.scalars(select(Customer)).one().channel.active is False


def test_the_type_of_a_channel_stays_what_it_was_first() -> None:
    shop = channel("Shop", type=ChannelType.CUSTOM)
    shop.type = ChannelType.SALES
    with pytest.raises(DomainError, match="cannot be changed any more"):
        db.session.commit()


def test_a_channel_enables_what_comes_by_channels_and_nothing_else() -> None:
    assert [each for each, _ in ChannelEntity.choices("entity")] == ["customer"]
    assert refusals(Channel(name="Shop", entities=[ChannelEntity(entity="user")])) == {
        "entity": "Choose one of the values on the list."
    }


def test_a_new_customer_gets_an_account_of_its_name_and_owner() -> None:
    owner = add_user()
    customer = company("Ghisallo", owner=owner)
    assert (customer.account.name, customer.account.owner) == ("Ghisallo", owner)


def test_a_chosen_account_is_kept_and_none_is_made() -> None:
    account = Account(name="Holding")
    save(account)
    assert company(account=account).account is company("Other", account_id=account.id).account
    assert db.session.scalar(select(func.count(Account.id))) == 1


def test_an_account_is_not_taken_away() -> None:
    customer: Any = company()
    customer.account = None
    with pytest.raises(DomainError) as refusal:
        db.session.commit()
    assert [(each.field, str(each)) for each in refusal.value.errors] == [("account", "This field is required.")]


def test_a_customer_that_is_refused_makes_no_account() -> None:
    refusals(Customer(company="Ghisallo"))
    assert db.session.scalar(select(func.count(Account.id))) == 0
