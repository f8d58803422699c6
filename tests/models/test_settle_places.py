"""Values that are read with a country: provinces, postal codes, VAT numbers, tax codes, phones."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerKind
from tests.models.world import VAT, begin, company, person, phone, refusals, save


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def wrong(**values: Any) -> set[str | None]:
    return set(refusals(Customer(kind=CustomerKind.PRIVATE, first_name="Ada", last_name="Byron", **values)))


@pytest.mark.parametrize("address", ["billing", "shipping"])
class TestAnAddress:
    def test_needs_its_province_where_the_country_has_a_list(self, address: str) -> None:
        customer = Customer(company="X", vat_number=VAT, **{f"{address}_country": "IT"})
        found = refusals(customer)
        assert set(found) == {f"{address}_province"}
        assert "Italy" in found[f"{address}_province"]

    def test_needs_none_elsewhere_and_takes_any_text(self, address: str) -> None:
        assert wrong(**{f"{address}_country": "LU"}) == set()
        assert person(**{f"{address}_country": "LU", f"{address}_province": "Grevenmacher"}).id

    def test_takes_only_a_province_of_its_country(self, address: str) -> None:
        assert wrong(**{f"{address}_country": "IT", f"{address}_province": "California"}) == {f"{address}_province"}

    def test_keeps_the_provinces_code_however_it_is_typed(self, address: str) -> None:
        customer = person(**{f"{address}_country": "IT", f"{address}_province": "forlì-cesena"})
        assert getattr(customer, f"{address}_province") == "FC"

    def test_checks_the_province_again_when_the_country_changes(self, address: str) -> None:
        customer = person(**{f"{address}_country": "IT", f"{address}_province": "Rome"})
        setattr(customer, f"{address}_country", "US")
        assert set(refusals(customer)) == {f"{address}_province"}

    def test_has_a_postal_code_of_its_country(self, address: str) -> None:
        values = {f"{address}_country": "NL", f"{address}_province": "NH", f"{address}_postal_code": "1012ab"}
        assert getattr(person(**values), f"{address}_postal_code") == "1012 AB"
        assert wrong(**values | {f"{address}_postal_code": "123"}) == {f"{address}_postal_code"}

    def test_may_be_empty(self, address: str) -> None:
        assert getattr(person(), f"{address}_country") is None


def test_a_vat_number_gets_the_prefix_of_its_country() -> None:
    values = {"billing_country": "IT", "billing_province": "CO"}
    assert company(vat_number="123 4567.0785", **values).vat_number == "IT12345670785"
    assert set(refusals(Customer(company="X", vat_number="12345670786", **values))) == {"vat_number"}


def test_a_vat_number_without_prefix_needs_a_country() -> None:
    assert set(refusals(Customer(company="X", vat_number="12345670785"))) == {"vat_number"}


def test_a_tax_code_is_that_of_the_country() -> None:
    values = {"billing_country": "IT", "billing_province": "CO"}
    assert person(tax_code="rcc mnl 83s18 d969h", **values).tax_code == "RCCMNL83S18D969H"
    assert wrong(tax_code="RCCMNL83S18D969A", **values) == {"tax_code"}
    assert person(tax_code="any 123").tax_code == "ANY 123"


def test_a_phone_is_kept_as_typed_with_a_copy_to_dial() -> None:
    customer: Any = person(phones=[phone("06 1234 5678")], billing_country="IT", billing_province="RM")
    assert (customer.phones[0].number, customer.phones[0].number_e164) == ("06 1234 5678", "+390612345678")


def test_a_contacts_phone_is_read_with_the_customers_country() -> None:
    contact: Any = Contact(customer=person(billing_country="FR"), name="Chiara", phone="01 42 68 53 00")
    save(contact)
    assert contact.phone_e164 == "+33142685300"
    contact.phone = "+39 333 123 4567"
    save(contact)
    assert (contact.phone, contact.phone_e164) == ("+39 333 123 4567", "+393331234567")
    contact.phone = None
    save(contact)
    assert contact.phone_e164 is None


def test_a_contact_added_by_key_alone_reads_its_phone_the_same_way() -> None:
    contact: Any = Contact(customer_id=person(billing_country="FR").id, name="Chiara", phone="01 42 68 53 00")
    save(contact)
    assert contact.phone_e164 == "+33142685300"


def test_without_a_country_a_phone_needs_its_prefix() -> None:
    customer = person()
    assert set(refusals(Contact(customer=customer, name="Chiara", phone="01 42 68 53 00"))) == {"phone"}
    assert refusals(Contact(customer=customer, name="Chiara", phone="+33 1 42 68 53 00")) == {}


def test_phones_are_read_anew_when_the_customers_country_changes() -> None:
    customer: Any = person(billing_country="FR", phones=[phone("01 42 68 53 00")])
    contacts: list[Any] = [
        Contact(customer=customer, name="C", phone=number) for number in ("01 42 68 53 01", "+39 333 123 4567")
    ]
    save(*contacts, Contact(customer=customer, name="Without"))
    versions = [each.version for each in contacts]
    customer.billing_country = "BE"
    db.session.commit()
    assert [each.phone_e164 for each in contacts] == ["+32142685301", "+393331234567"]
    assert [each.version for each in contacts] == [versions[0] + 1, versions[1]]
    assert customer.phones[0].number_e164 == "+32142685300"


def test_a_phone_that_cannot_be_read_with_the_new_country_does_not_hold_up_the_customer() -> None:
    customer = person(billing_country="FR")
    contact: Any = Contact(customer=customer, name="C", phone="01 42 68 53 00")
    save(contact)
    customer.billing_country = None
    db.session.commit()
    assert contact.phone_e164 == "+33142685300"
