"""What a column type says of its values holds on every way into a row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerKind, CustomerPhone, Status
from models.errors import DomainError
from models.group import CustomerGroup
from models.rules.password import Sealed, verify_password
from models.user import User
from tests.models.world import begin, person


def test_defaults_are_there_from_the_start() -> None:
    customer, group = Customer(), CustomerGroup()
    assert (customer.kind, customer.status, customer.version) == (CustomerKind.COMPANY, Status.ACTIVE, 1)
    assert (customer.can_login, customer.newsletter, group.discount) == (False, False, Decimal(0))
    assert User().active is True


def test_what_is_given_goes_before_the_default() -> None:
    assert Customer(kind=CustomerKind.PRIVATE).kind is CustomerKind.PRIVATE


TYPED: dict[tuple[type, str], dict[Any, Any]] = {
    (Customer, "name"): {"  Officine \n Ghisallo ": "Officine Ghisallo"},
    (Customer, "billing_country"): {"italia": "IT", "it": "IT"},
    (Customer, "website"): {"WWW.Example.com": "https://www.example.com"},
    (Customer, "tags"): {"bikes,  repairs ,bikes,": "bikes, repairs"},
    (Customer, "currency"): {"eur": "EUR"},
    (Contact, "email"): {" Chiara@EXAMPLE.com ": "Chiara@example.com"},
    (Contact, "notes"): {" one\r\ntwo ": "one\ntwo"},
    (CustomerPhone, "number"): {" 333  123 ": "333 123"},
    (CustomerGroup, "discount"): {"12.345": Decimal("12.35"), "0.125": Decimal("0.13"), 7: Decimal(7), "1e1": 10},
}


@pytest.mark.parametrize(("where", "typed"), [(where, typed) for where, cases in TYPED.items() for typed in cases])
def test_a_value_is_normalised_on_every_way_in(where: tuple[type[Any], str], typed: Any) -> None:
    (model, key), expected = where, TYPED[where][typed]
    built, later = model(**{key: typed}), model()
    setattr(later, key, typed)
    assert getattr(built, key) == getattr(later, key) == expected


@pytest.mark.parametrize("typed", ["", " ", "\n\t", " \ufeff", None])
@pytest.mark.parametrize("where", [(Customer, "company"), (Customer, "tags"), (Contact, "notes")])
def test_nothing_is_none_however_it_is_typed(where: tuple[type[Any], str], typed: str | None) -> None:
    model, key = where
    assert getattr(model(**{key: typed}), key) is None


def test_zero_is_not_nothing() -> None:
    assert Customer(employees=0).employees == 0


WRONG = {
    "website": "not a site",
    "billing_country": "Atlantis",
    "currency": "lire",
    "language": "xx-yy-zz",
    "employees": -1,
    "company": "x" * 256,
    "password": "short",
    "recipient": "?",
}


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_value_is_refused_where_it_is_set_and_names_its_field(key: str) -> None:
    customer = Customer()
    with pytest.raises(DomainError) as refusal:
        setattr(customer, key, WRONG[key])
    assert refusal.value.field == key
    assert getattr(customer, key) is None


@pytest.mark.parametrize("typed", ["-1", "100.01", "much", "NaN", "sNaN", "Infinity", "1e999999", ""])
def test_a_percentage_is_a_number_from_0_to_100(typed: str) -> None:
    group = CustomerGroup(discount=Decimal(5))
    if typed:
        with pytest.raises(DomainError, match="from 0 to 100"):
            group.discount = typed  # type: ignore[assignment]
        assert group.discount == 5
    else:
        group.discount = typed  # type: ignore[assignment]
        assert group.discount is None


def test_a_password_is_sealed_the_moment_it_is_set() -> None:
    customer = Customer(password="secret-123")
    assert isinstance(customer.password, Sealed)
    assert customer.password_changed_at
    assert verify_password(customer.password, "secret-123")


def test_a_sealed_password_stays_as_it_is() -> None:
    sealed = Customer(password="secret-123").password
    assert Customer(password=sealed).password is sealed


@pytest.mark.parametrize(("typed", "fits"), [("é" * 6, True), ("é" * 16, True), ("é" * 5, False), ("é" * 17, False)])
def test_a_customers_password_has_6_to_16_characters(typed: str, fits: bool) -> None:
    if fits:
        assert Customer(password=typed).password
    else:
        with pytest.raises(DomainError) as refusal:
            Customer(password=typed)
        assert refusal.value.field == "password"


def test_a_value_comes_back_as_it_was_normalised(app: Flask) -> None:
    begin()
    group = CustomerGroup(name="Retail", discount="7.5", price_list=" B ")
    customer = person(group=group, website="EXAMPLE.com", employees=0)
    db.session.expire_all()
    assert (customer.group.discount, customer.group.price_list) == (Decimal("7.50"), "B")
    assert (customer.website, customer.employees) == ("https://example.com", 0)
    assert customer.created_at.tzinfo
