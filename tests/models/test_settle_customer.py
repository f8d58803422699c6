"""Customers are completed, then checked whole, whoever writes them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind
from models.errors import DomainErrors
from models.group import CustomerGroup
from tests.models.world import VAT, begin, company, default_group, person, phone, refusals, save, seller, with_email

PRIVATE = CustomerKind.PRIVATE


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def test_a_company_needs_its_name_and_vat_number() -> None:
    assert refusals(Customer()) == {
        "company": "A company needs its company name.",
        "vat_number": "A company needs its VAT number.",
    }


def test_a_private_customer_needs_first_and_last_name_alone() -> None:
    assert set(refusals(Customer(kind=PRIVATE))) == {"first_name", "last_name"}
    assert refusals(Customer(kind=PRIVATE, first_name="Ada", last_name="Byron")) == {}


def test_changing_the_kind_asks_for_what_the_other_kind_needs() -> None:
    customer = company()
    customer.kind = PRIVATE
    assert set(refusals(customer)) == {"first_name", "last_name"}


def test_a_kind_cannot_be_taken_away() -> None:
    customer = company()
    customer.kind = None  # type: ignore[assignment]
    assert refusals(customer) == {"kind": "This field is required."}


def test_the_name_is_the_company_or_the_person_unless_typed() -> None:
    assert company("Ghisallo").name == "Ghisallo"
    assert person("Ada", "Byron").name == "Ada Byron"
    assert person("Ada", "Byron", name="Countess").name == "Countess"


def test_a_name_follows_the_company_until_somebody_gives_another_one() -> None:
    customer = company("Ghisallo")
    customer.company = "Ghisallo Holding"
    save(customer)
    assert customer.name == "Ghisallo Holding"
    customer.name = "Our friends at Ghisallo"
    save(customer)
    customer.company = "Ghisallo Group"
    save(customer)
    assert customer.name == "Our friends at Ghisallo"
    customer.name = ""
    save(customer)
    assert customer.name == "Ghisallo Group"


def test_a_derived_name_that_does_not_fit_is_refused_like_a_typed_one() -> None:
    assert set(refusals(Customer(kind=PRIVATE, first_name="A" * 200, last_name="B" * 200))) == {"name"}


def test_several_refusals_come_together_each_with_field_and_row() -> None:
    email = CustomerEmail(address=None, primary=True)
    customer = Customer(emails=[email, CustomerEmail(address="a@example.com", primary=True)])
    contact = Contact(customer=customer, phone="1")
    db.session.add(customer)
    with pytest.raises(DomainErrors) as refusal:
        db.session.flush()
    found = {(each.subject, each.field) for each in refusal.value.errors}
    assert found == {
        (customer, "company"),
        (customer, "vat_number"),
        (customer, "emails"),
        (email, "address"),
        (contact, "name"),
        (contact, "phone"),
    }


def test_nothing_of_a_refused_row_is_written() -> None:
    customer = company()
    customer.company, customer.billing_city = None, "Como"
    assert set(refusals(customer)) == {"company"}
    assert {customer.company: customer.billing_city} == {"Ghisallo": None}


def test_a_customer_gets_the_default_group() -> None:
    assert company().group is default_group()


def test_another_group_is_kept_and_a_group_cannot_be_taken_away() -> None:
    retail = CustomerGroup(name="Retail")
    customer = company(group=retail)
    assert customer.group is retail
    customer.group = None  # type: ignore[assignment]
    assert refusals(customer) == {"group": "This field is required."}
    customer.group_id = None  # type: ignore[attr-defined]
    assert refusals(customer) == {"group": "This field is required."}


@pytest.mark.parametrize("key", [-1, 0, 987654, 2**31, 2**63, 10**30])
@pytest.mark.parametrize("relation", ["group", "owner"])
def test_a_key_that_leads_nowhere_is_refused(relation: str, key: int) -> None:
    assert set(refusals(Customer(company="X", vat_number=VAT, **{f"{relation}_id": key}))) == {relation}
    customer = company()
    setattr(customer, f"{relation}_id", key)
    assert set(refusals(customer)) == {relation}


def test_a_key_and_its_relation_agree_whichever_was_set() -> None:
    retail = CustomerGroup(name="Retail")
    save(retail)
    customer = company()
    assert customer.group is not retail
    customer.group_id = retail.id  # type: ignore[attr-defined]
    db.session.flush()
    assert customer.group is retail


def test_whoever_creates_a_customer_owns_it() -> None:
    anna = seller()
    begin(anna)
    assert company().owner_id == anna.user_id  # type: ignore[attr-defined]


def test_the_program_itself_owns_nothing() -> None:
    assert company().owner is None


def test_an_owner_who_was_emptied_is_meant_so() -> None:
    other = seller()
    begin(other)
    begin()
    customer = company(owner_id=other.user_id)
    customer.owner = None
    db.session.commit()
    assert customer.owner_id is None  # type: ignore[attr-defined]


# Emails and phones


def test_a_lone_email_is_the_primary_one() -> None:
    customer: Any = person(emails=[CustomerEmail(address="a@example.com")], phones=[phone("+39 333 123 4567")])
    assert [each.primary for each in (*customer.emails, *customer.phones)] == [True, True]
    customer.emails[0].primary = False
    save(customer)
    assert customer.emails[0].primary


@pytest.mark.parametrize("marks", [(False, False), (True, True)])
def test_of_several_exactly_one_is_primary(marks: tuple[bool, bool]) -> None:
    emails = [
        CustomerEmail(address=f"{each}@example.com", primary=mark) for each, mark in zip("ab", marks, strict=True)
    ]
    phones = [phone(f"+39 333 123 456{each}", primary=mark) for each, mark in enumerate(marks)]
    customer = Customer(kind=PRIVATE, first_name="A", last_name="B", emails=emails, phones=phones)
    assert refusals(customer) == {
        "emails": "Mark one email as the primary one.",
        "phones": "Mark one phone as the primary one.",
    }


def test_the_primary_email_may_be_handed_on() -> None:
    customer = with_email("a@example.com", "b@example.com")
    customer.emails[0].primary, customer.emails[1].primary = False, True
    save(customer)
    assert customer.primary_email is customer.emails[1]


@pytest.mark.parametrize("others", [1, 2])
@pytest.mark.parametrize("way", ["taken out of the list", "deleted", "replaced by the list of the others"])
def test_the_primary_email_stays_while_others_remain(way: str, others: int) -> None:
    customer = with_email(*(f"{each}@example.com" for each in range(others + 1)))
    remove(customer, way)
    assert refusals(customer) == {"emails": "Mark one email as the primary one."}
    assert len(customer.emails) == others + 1


def remove(customer: Customer, way: str) -> None:
    match way:
        case "deleted":
            db.session.delete(customer.emails[0])
        case "taken out of the list":
            customer.emails.pop(0)
        case _:
            customer.emails = customer.emails[1:]


@pytest.mark.parametrize("way", ["taken out of the list", "deleted"])
def test_the_primary_email_may_go_when_another_is_marked_with_it(way: str) -> None:
    customer = with_email("a@example.com", "b@example.com")
    customer.emails[1].primary = True
    remove(customer, way)
    db.session.commit()
    assert [(each.address, each.primary) for each in customer.emails] == [("b@example.com", True)]


@pytest.mark.parametrize("way", ["taken out of the list", "deleted"])
def test_the_last_email_may_go_and_a_new_one_take_its_place(way: str) -> None:
    customer = with_email("a@example.com")
    remove(customer, way)
    db.session.commit()
    assert customer.emails == []
    customer.emails = [CustomerEmail(address="b@example.com")]
    db.session.commit()
    customer.emails = [CustomerEmail(address="c@example.com")]
    db.session.commit()
    assert [(each.address, each.primary) for each in customer.emails] == [("c@example.com", True)]


def test_an_email_added_by_key_alone_meets_the_same_rules() -> None:
    customer = with_email("a@example.com")
    second = CustomerEmail(customer_id=customer.id, address="b@example.com", primary=True)
    assert refusals(second) == {"emails": "Mark one email as the primary one."}
    save(CustomerEmail(customer_id=customer.id, address="b@example.com"))
    assert [each.address for each in customer.emails] == ["a@example.com", "b@example.com"]


def test_a_changed_part_counts_as_a_change_of_its_record() -> None:
    customer = with_email("a@example.com")
    version, updated = customer.version, customer.updated_at
    customer.emails[0].label = "Work"
    db.session.commit()
    assert (customer.version, customer.emails[0].version) == (version + 1, 2)
    assert customer.updated_at > updated


def test_a_new_contact_is_no_change_of_its_customer() -> None:
    customer = person()
    version, updated = customer.version, customer.updated_at
    save(Contact(customer=customer, name="Chiara"))
    assert (customer.version, customer.updated_at) == (version, updated)


def test_every_write_counts_the_version_up_by_one_and_no_write_does_not() -> None:
    customer = person()
    edits: list[dict[str, Any]] = [{"billing_city": "Como"}, {"billing_city": "Como"}, {"tags": "a", "rating": None}]
    for number, values in enumerate(edits):
        for key, value in values.items():
            setattr(customer, key, value)
        db.session.commit()
        assert customer.version == (2, 2, 3)[number]


NOTHING_GIVEN: dict[str, Any] = {"newsletter": None, "can_login": None, "status": None}


@pytest.mark.parametrize("key", NOTHING_GIVEN)
def test_a_value_with_a_default_cannot_be_emptied(key: str) -> None:
    customer = person()
    setattr(customer, key, None)
    assert refusals(customer) == {key: "This field is required."}
