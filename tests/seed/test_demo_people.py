"""The people, business units, channels and accounts of the demo: each shows what rights and channels do."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.account import Account
from models.actors import actor_for
from models.administrators import administrators
from models.base import db
from models.channel import Channel, ChannelType
from models.contact import Contact
from models.customer import Customer, CustomerKind
from models.gate import acting_as, set_actor
from models.operations.accounts import create_administrator
from models.operations.sign_in import sign_in
from models.operations.throttle import WrongPassword
from models.permissions import SYSTEM, Actor, Permission, decide
from models.unit import BusinessUnit
from models.user import User
from seed.demo import load_demo
from seed.demo.staff import PEOPLE, SELLERS
from seed.reference_rows import load_reference
from tests.people import PASSWORD
from tests.seed.conftest import SOME

pytestmark = pytest.mark.databases("sqlite")


def actor(session: Any, name: str) -> Actor:
    return actor_for(session, session.scalars(select(User).where(User.name == name)).one())


def seen_by(session: Any, name: str) -> Counter[str | None]:
    """Return how many customers somebody sees of each owner."""
    with acting_as(session, actor(session, name)):
        owners = [customer.owner for customer in session.scalars(select(Customer))]
        return Counter(owner.name if owner else None for owner in owners)


def editable_by(session: Any, name: str) -> set[str | None]:
    """Return the owners of the customers that somebody may edit."""
    who = actor(session, name)
    rows = [row for row in all_customers(session) if decide(who, Permission.EDIT, Customer, row)]
    return {row.owner.name if row.owner else None for row in rows}


def all_customers(session: Any) -> list[Customer]:
    return list(session.scalars(select(Customer).order_by(Customer.id)))


def firms(session: Any) -> list[list[Customer]]:
    """Return the customers of each account that several share."""
    found: dict[Account, list[Customer]] = defaultdict(list)
    for customer in all_customers(session):
        found[customer.account].append(customer)
    return [some for some in found.values() if len(some) > 1]


def depth(unit: BusinessUnit | None) -> int:
    return 0 if unit is None else 1 + depth(unit.above)


def test_business_units_are_a_tree_of_three_levels(demo: Any) -> None:
    units = list(demo.scalars(select(BusinessUnit)))
    assert Counter(depth(unit) for unit in units) == {1: 1, 2: 2, 3: 5}


def test_eight_people_have_roles_and_one_or_two_business_units(demo: Any) -> None:
    users = list(demo.scalars(select(User)))
    assert [user.name for user in users] == list(PEOPLE)
    roles = {each.role.name for user in users for each in user.roles}
    assert roles == {"Administrator", "Editor", "Sales manager", "Salesperson", "Viewer"}
    assert {len(user.units) for user in users} == {1, 2}
    assert {each.unit.name for user in users for each in user.units} == set(demo.scalars(select(BusinessUnit.name)))


def test_all_of_them_can_be_chosen_and_none_can_sign_in(demo: Any) -> None:
    users = list(demo.scalars(select(User)))
    assert [user.name for user in users if not user.active or user.password] == []
    for user in users:
        with pytest.raises(WrongPassword):
            sign_in(demo, user.email, PASSWORD, "192.0.2.1", "")


def test_those_who_sell_own_the_customers_mostly_of_their_countries(demo: Any) -> None:
    owned = [(customer.owner.name, customer.billing_country) for customer in all_customers(demo) if customer.owner]
    assert {name for name, _ in owned} == set(SELLERS)
    assert sum(country in PEOPLE[name].countries for name, country in owned) > 0.8 * len(owned)
    assert any(customer.owner is None for customer in all_customers(demo))


def test_a_salesperson_sees_what_their_business_units_own(demo: Any) -> None:
    assert set(seen_by(demo, "Luca Ferri")) == {"Anna Rossi", "Luca Ferri"}
    assert set(seen_by(demo, "Claire Moreau")) == {"Claire Moreau"}


def test_of_two_roles_the_wider_right_counts(demo: Any) -> None:
    assert sum(seen_by(demo, "Ingrid Solberg").values()) == SOME
    assert editable_by(demo, "Ingrid Solberg") == {"Ingrid Solberg"}


def test_a_sales_manager_works_on_what_is_below_their_region(demo: Any) -> None:
    assert editable_by(demo, "Anna Rossi") == {"Anna Rossi", "Luca Ferri", "Claire Moreau"}
    assert editable_by(demo, "Jonas Weber") == {"Jonas Weber", "Ingrid Solberg", "Marek Nowak"}


def test_two_channels_are_in_use_and_one_is_over(demo: Any) -> None:
    channels = {channel.name: channel for channel in demo.scalars(select(Channel))}
    assert {name: channel.active for name, channel in channels.items()} == {
        "Online shop": True,
        "Field sales": True,
        "Trade fairs 2024": False,
    }
    assert channels["Trade fairs 2024"].type is ChannelType.CUSTOM
    assert {customer.channel.name for customer in all_customers(demo)} == set(channels)
    offered = demo.scalars(select(Channel.name).where(Channel.offered(Customer)))
    assert set(offered) == {"Online shop", "Field sales"}


def test_to_the_fairs_came_companies_of_their_year(demo: Any) -> None:
    met = [customer for customer in all_customers(demo) if not customer.channel.active]
    assert {customer.created_at.year for customer in met} == {2024}
    assert {customer.kind for customer in met} == {CustomerKind.COMPANY}


def test_no_customer_is_older_than_its_channel_its_account_or_its_contacts(demo: Any) -> None:
    for customer in all_customers(demo):
        assert customer.channel.created_at <= customer.created_at
        assert customer.account.created_at <= customer.created_at
    assert [each.name for each in demo.scalars(select(Contact)) if each.created_at < each.customer.created_at] == []


def test_an_account_begins_with_its_first_customer_and_has_its_owner(demo: Any) -> None:
    for account in demo.scalars(select(Account)):
        own = [customer for customer in all_customers(demo) if customer.account is account]
        first = min(own, key=lambda customer: (customer.created_at, customer.id))
        assert (account.created_at, account.owner) == (first.created_at, first.owner), account.name


def test_some_accounts_have_two_to_six_customers_in_several_channels(demo: Any) -> None:
    assert len(firms(demo)) == 1 + (SOME - 7) // 46
    assert all(2 <= len(some) <= 6 for some in firms(demo))
    assert any(len({customer.channel for customer in some}) > 1 for some in firms(demo))
    assert all(customer.kind is CustomerKind.COMPANY for some in firms(demo) for customer in some)


def test_the_firms_of_a_house_carry_its_name(demo: Any) -> None:
    for some in firms(demo):
        brand = some[0].name.split()[0]
        assert brand in some[0].account.name
        assert {customer.name.split()[0] for customer in some} == {brand}


def test_an_account_of_the_pictures_has_two_customers_in_two_channels(demo: Any) -> None:
    [account] = demo.scalars(select(Account).where(Account.name == "Aurora Forniture"))
    found = [(row.name, row.channel.name, row.owner) for row in all_customers(demo) if row.account is account]
    owners = {user.name: user for user in demo.scalars(select(User))}
    assert found == [
        ("Aurora Forniture S.r.l.", "Field sales", owners["Anna Rossi"]),
        ("Aurora Forniture Torino S.r.l.", "Online shop", owners["Luca Ferri"]),
    ]


def test_a_colleague_who_is_the_administrator_already_stays_one(app: Flask) -> None:
    set_actor(db.session, SYSTEM)
    load_reference(db.session)
    anna, _ = create_administrator(db.session, "anna.rossi@clientela.example", None, "Anna")
    load_demo(db.session, 20)
    assert ([each.role.name for each in anna.roles], anna.name) == (["Administrator"], "Anna")
    assert db.session.execute(administrators()).first() == (anna.id, "Anna")
    assert any(customer.owner is anna for customer in all_customers(db.session))
