"""The demo: believable, valid, and the same wherever it is loaded."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import phonenumbers
import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from stdnum import get_cc_module
from stdnum.it import codicefiscale

from models.account import Account
from models.base import Base, db
from models.channel import Channel
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone
from models.document import Document
from models.errors import Refused
from models.gate import set_actor
from models.group import CustomerGroup
from models.note import Note
from models.operations.undo import undo
from models.past import history_of
from models.permissions import SYSTEM
from models.role import Role
from models.rules.places import has_provinces, provinces
from models.sealed import CHANGES, SETS
from models.unit import BusinessUnit
from models.user import User
from seed.demo import UNTIL, load_demo
from tests.seed.conftest import SOME

pytestmark = pytest.mark.databases("sqlite")  # most of this asks what is drawn, not how it is kept
ON_BOTH = pytest.mark.databases("sqlite", "postgresql")

FEW, MORE = 20, 60
ENTITIES = (
    *(Role, BusinessUnit, User, Channel, CustomerGroup, Account),
    *(Customer, CustomerEmail, CustomerPhone, Contact, Note),
)
SECONDS = 60  # of processor time, so that other programs do not count


@pytest.fixture
def session(app: Flask) -> Any:
    set_actor(db.session, SYSTEM)
    return db.session


def rows(session: Any, model: type[Base]) -> list[dict[str, Any]]:
    """Return every row without its keys, which depend on what was there before, and without secrets."""
    keys = [key for key, _ in inspect(model).columns.items() if not key.endswith("id") and key != "password"]
    found = session.scalars(select(model).order_by(model.id))
    return [{key: getattr(row, key) for key in keys} for row in found]


def everything(session: Any) -> dict[str, list[Any]]:
    return {model.__name__: rows(session, model) for model in ENTITIES} | {"history": history(session)}


def history(session: Any) -> list[Any]:
    """Return who did what when, in order."""
    query = select(SETS.c["at", "actor_name"], CHANGES.c["entity", "action", "title"])
    query = query.join_from(SETS, CHANGES, CHANGES.c.change_set_id == SETS.c.id).order_by(CHANGES.c.id)
    return [tuple(row) for row in session.connection().execute(query)]


def customers(session: Any) -> list[Customer]:
    return list(session.scalars(select(Customer).order_by(Customer.id)))


def customers_of(session: Any, account: Account) -> list[Customer]:
    return list(session.scalars(select(Customer).where(Customer.account == account).order_by(Customer.id)))


def is_shared_without_documents(session: Any, account: Account) -> bool:
    """Return whether several customers share an account, none of whom can no longer be taken back."""
    found = customers_of(session, account)
    with_documents = set(session.scalars(select(Document.customer_id)))
    return len(found) > 1 and not with_documents & {customer.id for customer in found}


def count(session: Any, model: type[Base]) -> int:
    return int(session.scalar(select(func.count(model.id))))


@ON_BOTH
def test_the_same_seed_gives_the_same_rows(session: Any) -> None:
    load_demo(session, FEW)
    first = everything(session)
    session.rollback()
    session.expunge_all()
    load_demo(session, FEW)
    assert everything(session) == first


def test_another_seed_gives_other_customers(session: Any) -> None:
    load_demo(session, MORE)
    first = {customer.name for customer in customers(session)}
    session.rollback()
    session.expunge_all()
    load_demo(session, MORE, seed="another")
    assert len(first & {customer.name for customer in customers(session)}) < MORE / 4


def test_every_vat_number_passes_its_countrys_check(demo: Any) -> None:
    numbers = [customer.vat_number for customer in customers(demo) if customer.kind is CustomerKind.COMPANY]
    for number in filter(None, numbers):
        rule = get_cc_module("gr" if number.startswith("EL") else number[:2].lower(), "vat")
        tail = "MWST" if number.startswith("CH") else ""  # kept without, because it tells no numbers apart
        assert rule is None or rule.is_valid(number + tail), number
    assert all(numbers)
    assert len(set(numbers)) == len(numbers)


def test_italian_persons_have_tax_codes_of_their_own(demo: Any) -> None:
    italians = [each for each in customers(demo) if each.billing_country == "IT" and each.first_name]
    codes = [str(customer.tax_code) for customer in italians]
    assert all(map(codicefiscale.is_valid, codes))
    assert len(set(codes)) == len(codes) > 3


def test_every_phone_is_in_use_in_its_country(demo: Any) -> None:
    numbers = [(phone.number, phone.customer.billing_country) for phone in demo.scalars(select(CustomerPhone))]
    contacts = demo.scalars(select(Contact).where(Contact.phone.is_not(None)))
    numbers += [(contact.phone, contact.customer.billing_country) for contact in contacts]
    assert [each for each in numbers if not phonenumbers.is_valid_number(phonenumbers.parse(*each))] == []
    assert len(numbers) > SOME


def test_every_province_belongs_to_its_country(demo: Any) -> None:
    for customer in customers(demo):
        if has_provinces(customer.billing_country):
            assert customer.billing_province in provinces(customer.billing_country)
        if has_provinces(customer.shipping_country):
            assert customer.shipping_province in provinces(customer.shipping_country)


def test_every_email_and_website_is_nobodys(demo: Any) -> None:
    addresses = [email.address for email in demo.scalars(select(CustomerEmail))]
    addresses += [contact.email for contact in demo.scalars(select(Contact)) if contact.email]
    addresses += [customer.website for customer in customers(demo) if customer.website]
    assert [address for address in addresses if not address.endswith(".example")] == []


def test_a_company_carries_a_legal_form_of_its_country(demo: Any) -> None:
    forms = {(each.billing_country, each.legal_form) for each in customers(demo) if each.legal_form}
    assert {("IT", "S.r.l."), ("DE", "GmbH"), ("ES", "S.L."), ("FR", "SARL"), ("NO", "AS")} <= forms
    assert all(str(each.company).endswith(each.legal_form) for each in customers(demo) if each.legal_form)


def test_everything_happened_in_the_three_years_before(demo: Any) -> None:
    for model in (Account, Customer, Contact, Note):
        for row in demo.scalars(select(model)):
            assert UNTIL.replace(year=UNTIL.year - 3) <= row.created_at <= row.updated_at <= UNTIL


def test_the_customers_of_the_pictures_are_there(demo: Any) -> None:
    aurora = demo.scalars(select(Customer).where(Customer.name == "Aurora Forniture S.r.l.")).one()
    assert (aurora.billing_city, aurora.group.name, aurora.owner.name) == ("Milano", "Resellers", "Anna Rossi")
    assert "Marta Bianchi" in {contact.name for contact in aurora.contacts}
    assert "+390266981234" in {phone.number_e164 for phone in aurora.phones}
    assert any("Ask for Marta about the renewal" in note.body for note in aurora.notes)
    others = {"Bergmann & Söhne GmbH", "Casa Ibáñez S.L.", "Marta De Luca", "Delta Papier SARL", "Nordlys Kontor AS"}
    assert others <= {customer.name for customer in customers(demo)}


def test_groups_have_their_terms_and_one_is_the_default(demo: Any) -> None:
    groups = {group.name: group for group in demo.scalars(select(CustomerGroup))}
    assert set(groups) == {"General", "Retail", "Wholesale", "Resellers", "Public sector"}
    assert [name for name, group in groups.items() if group.is_default] == ["General"]
    assert groups["Wholesale"].discount == 20


@ON_BOTH
def test_each_customer_can_be_undone_by_itself(demo: Any) -> None:
    oldest = [history_of(demo, customer, limit=1000)[-1].id for customer in customers(demo)]
    assert len(set(oldest)) == SOME


@ON_BOTH
def test_undoing_a_customer_leaves_what_others_share(demo: Any) -> None:
    account = next(each for each in demo.scalars(select(Account)) if is_shared_without_documents(demo, each))
    first, *others = customers_of(demo, account)
    for change_set in history_of(demo, first, limit=1000):
        undo(demo, change_set.id)
    assert customers_of(demo, account) == others


@ON_BOTH
def test_a_second_demo_is_refused_and_changes_nothing(demo: Any) -> None:
    before = everything(demo)
    with pytest.raises(Refused, match="needs an empty database"):
        load_demo(demo, FEW)
    demo.flush()
    assert everything(demo) == before


def test_the_demo_is_varied(demo: Any) -> None:
    assert_varied(demo, SOME)


@pytest.mark.thorough
def test_the_whole_demo_is_large_varied_and_loaded_in_seconds(session: Any) -> None:
    began = time.process_time()
    load_demo(session)
    assert time.process_time() - began < SECONDS
    assert_varied(session, 2000)
    found = customers(session)
    firms = Counter(customer.account for customer in found)
    assert max(firms.values()) == 6
    assert 0.08 <= sum(size for size in firms.values() if size > 1) / companies(found) <= 0.1
    assert min(Counter(customer.channel.name for customer in found).values()) > 30


def assert_varied(session: Any, number: int) -> None:
    """Assert that there are so many customers, of every country and kind, with contacts and notes."""
    found = customers(session)
    assert len(found) == number
    assert 2.25 <= count(session, Contact) / number <= 2.75
    assert 1.35 <= count(session, Note) / number <= 1.65
    assert len(Counter(customer.billing_country for customer in found)) == 14
    assert 0.2 <= sum(customer.kind is CustomerKind.PRIVATE for customer in found) / number <= 0.35
    assert 0.07 <= sum(customer.can_login for customer in found) / number <= 0.09
    assert len({contact.customer_id for contact in session.scalars(select(Contact))}) > number / 2


def companies(found: list[Customer]) -> int:
    return sum(customer.kind is CustomerKind.COMPANY for customer in found)
