"""Every write is a change-set: who, when, which rows, what was before and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from models.actors import actor_for
from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.errors import DomainError
from models.gate import set_actor
from models.group import CustomerGroup
from models.history import (
    CREATE,
    DELETE,
    SECRETS_KEPT,
    UPDATE,
    Change,
    ChangeSet,
    DeletedSecret,
    changes_since,
)
from models.note import Note
from models.operations.deletion import delete_rows
from models.past import history_of
from tests.models.world import LOOKING, begin, company, person, save, statements, with_email
from tests.people import EDITOR, add_user


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def change_sets() -> list[ChangeSet]:
    query = select(ChangeSet).order_by(ChangeSet.id)
    return list(db.session.scalars(query, execution_options=LOOKING))


def last() -> list[Change]:
    """Return the changes of the newest change-set."""
    newest = select(Change).where(Change.change_set_id == change_sets()[-1].id).order_by(Change.id)
    return list(db.session.scalars(newest, execution_options=LOOKING))


def told(changes: list[Change]) -> set[tuple[str, str, str]]:
    return {(each.action, each.entity, each.title) for each in changes}


def test_a_transaction_is_one_change_set_however_often_it_is_flushed() -> None:
    before = len(change_sets())
    customer = Customer(company="Ghisallo", vat_number="IT12345670785")
    db.session.add(customer)
    db.session.flush()
    customer.billing_city = "Como"
    db.session.flush()
    db.session.add(Contact(customer=customer, name="Chiara"))
    db.session.commit()
    assert len(change_sets()) == before + 1
    assert told(last()) == {
        (CREATE, "account", "Ghisallo"),
        (CREATE, "customer", "Ghisallo"),
        (UPDATE, "customer", "Ghisallo"),
        (CREATE, "contact", "Chiara"),
    }
    customer.billing_city = "Lecco"
    db.session.commit()
    assert len(change_sets()) == before + 2


def test_it_says_who_and_when() -> None:
    anna = add_user(name="Anna")
    set_actor(db.session, actor_for(db.session, anna))
    with travel("2026-03-01T10:00:00Z", tick=False):
        company()
    made = change_sets()[-1]
    assert (made.actor_id, made.actor_name, made.at) == (anna.id, "Anna", datetime(2026, 3, 1, 10, tzinfo=UTC))


def test_a_creation_keeps_the_whole_row_after() -> None:
    customer = company("Ghisallo", tags="bici, più", employees=7)
    made = next(each for each in last() if each.entity == "customer")
    assert made.before is None
    assert made.after
    assert (made.after["company"], made.after["tags"], made.after["employees"]) == ("Ghisallo", "bici, più", 7)
    assert (made.after["id"], made.version, made.row_id) == (customer.id, 1, customer.id)


def test_an_edit_keeps_what_changed_before_and_after() -> None:
    customer = company(billing_city="Como")
    customer.billing_city, customer.employees = "Lecco", 5
    db.session.commit()
    [made] = last()
    assert (made.before, made.after) == (
        {"billing_city": "Como", "employees": None},
        {"billing_city": "Lecco", "employees": 5},
    )
    assert made.version == 2


def test_an_edit_of_a_row_that_was_not_loaded_knows_what_was_before() -> None:
    customer = company(billing_city="Como")
    db.session.expire_all()
    customer.billing_city = "Lecco"
    db.session.commit()
    assert [each.before for each in last()] == [{"billing_city": "Como"}]
    group = CustomerGroup(name="Retail")
    save(group)
    before = customer.group_id  # type: ignore[attr-defined]
    db.session.expire_all()
    customer.group = group
    db.session.commit()
    assert [(each.before, each.after) for each in last()] == [({"group_id": before}, {"group_id": group.id})]


def test_a_phone_and_its_copy_change_together() -> None:
    contact = Contact(customer=person(billing_country="FR"), name="C", phone="01 42 68 53 00")
    save(contact)
    contact.phone = "01 42 68 53 01"
    db.session.commit()
    assert last()[0].after == {"phone": "01 42 68 53 01", "phone_e164": "+33142685301"}


def test_a_deletion_keeps_the_row_and_all_that_went_with_it() -> None:
    customer = with_email("ada@example.com")
    save(Contact(customer=customer, name="Chiara"), Note(customer=customer, body="Likes saddles"))
    db.session.commit()
    db.session.expire_all()
    db.session.delete(customer)
    db.session.commit()
    assert told(last()) == {
        (DELETE, "customer", "Ada Byron"),
        (DELETE, "customer_email", "ada@example.com"),
        (DELETE, "contact", "Chiara"),
        (DELETE, "note", "Likes saddles"),
    }
    assert all(each.before and each.after is None for each in last())


def test_a_deleted_row_is_kept_as_it_was_stored_not_as_it_was_about_to_be() -> None:
    customer = company(billing_city="Como")
    customer.billing_city = "Lecco"
    db.session.delete(customer)
    db.session.commit()
    assert [each.before and each.before["billing_city"] for each in last()] == ["Como"]


WAYS_OUT: dict[str, Callable[[Any], object]] = {
    "taken out of the list": lambda customer: customer.emails.pop(),
    "deleted": lambda customer: db.session.delete(customer.emails[1]),
    "replaced by a shorter list": lambda customer: setattr(customer, "emails", customer.emails[:1]),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_part_that_goes_is_in_the_history_whichever_way_it_goes(way: str) -> None:
    customer = with_email("a@example.com", "b@example.com")
    WAYS_OUT[way](customer)
    db.session.commit()
    [made] = last()
    assert (made.action, made.title, made.root_entity, made.root_id) == (
        DELETE,
        "b@example.com",
        "customer",
        customer.id,
    )


def test_what_belongs_to_a_customer_is_in_the_customers_history() -> None:
    customer = with_email("a@example.com")
    contact = Contact(customer=customer, name="Chiara")
    save(contact)
    contact.notes = "x"
    db.session.commit()
    db.session.delete(contact)
    db.session.commit()
    actions = [told(each.changes) for each in history_of(db.session, customer)]
    assert actions == [
        {(DELETE, "contact", "Chiara")},
        {(UPDATE, "contact", "Chiara")},
        {(CREATE, "contact", "Chiara")},
        {(CREATE, "customer", "Ada Byron"), (CREATE, "customer_email", "a@example.com")},
    ]


def test_nothing_is_written_for_nothing() -> None:
    customer = company()
    before = len(change_sets())
    customer.company = "Ghisallo"
    customer.group = customer.group
    db.session.commit()
    db.session.commit()
    assert len(change_sets()) == before


def test_work_that_is_rolled_back_leaves_no_trace() -> None:
    before = len(change_sets())
    db.session.add(CustomerGroup(name="Retail"))
    db.session.flush()
    db.session.rollback()
    assert len(change_sets()) == before
    save(CustomerGroup(name="Retail"))
    assert told(last()) == {(CREATE, "customer_group", "Retail")}


def test_refused_work_leaves_no_trace() -> None:
    before = len(change_sets())
    db.session.add(Customer())
    with pytest.raises(DomainError):
        db.session.commit()
    db.session.rollback()
    assert len(change_sets()) == before


@pytest.mark.parametrize("first", [True, False])
def test_a_savepoint_that_is_rolled_back_takes_only_its_own_changes_along(first: bool) -> None:
    if first:
        db.session.add(CustomerGroup(name="Before"))
        db.session.flush()
    with db.session.begin_nested() as savepoint:
        db.session.add(CustomerGroup(name="Never"))
        with db.session.begin_nested():
            db.session.add(CustomerGroup(name="Neither"))
            db.session.flush()
        savepoint.rollback()
    save(CustomerGroup(name="After"))
    expected = {(CREATE, "customer_group", "After")} | ({(CREATE, "customer_group", "Before")} if first else set())
    assert told(last()) == expected


def test_savepoints_that_are_kept_are_part_of_the_one_change_set() -> None:
    before = len(change_sets())
    for name in ("a", "b"):
        with db.session.begin_nested():
            db.session.add(CustomerGroup(name=name))
    db.session.commit()
    assert len(change_sets()) == before + 1
    assert len(last()) == 2


def test_what_was_committed_last_is_remembered_for_its_undo() -> None:
    company()
    made = change_sets()[-1].id
    assert db.session.info["last_change_set"] == made
    db.session.add(CustomerGroup(name="Retail"))
    db.session.flush()
    db.session.rollback()
    assert db.session.info["last_change_set"] == made
    db.session.commit()
    assert db.session.info["last_change_set"] is None


# Secrets


def everything_kept() -> str:
    return str([(each.before, each.after) for each in db.session.scalars(select(Change), execution_options=LOOKING)])


def secrets() -> list[DeletedSecret]:
    return list(db.session.scalars(select(DeletedSecret), execution_options=LOOKING))


def test_a_secret_is_in_no_image() -> None:
    customer = with_email("a@example.com", password="secret-123")
    user = add_user(EDITOR)
    customer.password = "secret-456"
    db.session.commit()
    delete_rows(db.session, [customer])
    delete_rows(db.session, [user])
    db.session.commit()
    assert "argon2" not in everything_kept()
    assert "secret-" not in everything_kept()


def test_a_change_of_a_secret_says_only_that_there_was_and_is_one() -> None:
    customer = person()
    changes: list[Any] = ["secret-123", "secret-456", None]
    kept = []
    for each in changes:
        customer.password = each
        db.session.commit()
        [made] = last()
        kept.append(("password" in (made.before or {}), "password" in (made.after or {})))
        assert None is (made.before or {}).get("password") is (made.after or {}).get("password")
    assert kept == [(False, True), (True, True), (True, False)]


def test_the_secrets_of_a_deleted_row_lie_apart_for_thirty_days() -> None:
    customer = person(password="secret-123")
    sealed = customer.password
    with travel("2026-03-01T10:00:00Z", tick=False):
        delete_rows(db.session, [customer])
        db.session.commit()
    [kept] = secrets()
    assert kept.secrets == {"password": sealed}
    assert kept.expires_at == datetime(2026, 3, 31, 10, tzinfo=UTC)
    assert timedelta(days=30) == SECRETS_KEPT


def test_secrets_that_have_expired_are_removed_by_the_next_deletion() -> None:
    with travel("2026-03-01T10:00:00Z", tick=False):
        delete_rows(db.session, [person(password="secret-123")])
        db.session.commit()
    other = person("Mary", password="secret-123")
    with travel("2026-04-01T10:00:01Z", tick=False):
        delete_rows(db.session, [other])
        db.session.commit()
    assert [each.row_id for each in secrets()] == [other.id]


# Reading it


def test_the_history_is_read_a_page_at_a_time() -> None:
    customer = company()
    for number in range(5):
        customer.employees = number
        db.session.commit()
    pages = [history_of(db.session, customer, limit=4)]
    pages.append(history_of(db.session, customer, before=pages[0][-1].id, limit=4))
    assert [[each.changes[0].action for each in page] for page in pages] == [[UPDATE] * 4, [UPDATE, CREATE]]
    keys = [each.id for page in pages for each in page]
    assert keys == sorted(keys, reverse=True)


def test_the_history_of_one_record_leaves_the_others_out() -> None:
    first, second = Customer(company="A", vat_number="IT12345670785"), Customer(company="B", vat_number="IT12345670785")
    save(first, second)
    assert [told(each.changes) for each in history_of(db.session, first)] == [{(CREATE, "customer", "A")}]


def test_reading_the_history_takes_the_same_statements_however_long_it_is() -> None:
    counts = []
    for many in (2, 12):
        customer = company()
        for number in range(many):
            customer.employees = number
            db.session.commit()
        customer_id = customer.id
        db.session.expire_all()
        assert customer.id == customer_id
        with statements() as sent:
            found = [(each.changes[0].entity, each.undone_by) for each in history_of(db.session, customer)]
        assert found == [("customer", None)] * (many + 1)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 3


def test_what_happened_since_a_form_was_opened() -> None:
    anna = add_user(name="Anna")
    set_actor(db.session, actor_for(db.session, anna))
    customer = company(billing_city="Como")
    opened = customer.version
    for city, employees in (("Lecco", 1), ("Varese", 1)):
        customer.billing_city, customer.employees = city, employees
        db.session.commit()
    since = changes_since(db.session, customer, opened)
    assert {key: each.before for key, each in since.items()} == {"billing_city": "Como", "employees": None}
    assert {each.actor for each in since.values()} == {"Anna"}
    assert changes_since(db.session, customer, customer.version) == {}
    assert list(changes_since(db.session, customer, customer.version - 1)) == ["billing_city"]


def test_a_new_email_is_a_change_since_of_the_email_alone() -> None:
    customer = with_email("a@example.com")
    opened = customer.version
    customer.emails.append(CustomerEmail(address="b@example.com"))
    db.session.commit()
    assert customer.version == opened + 1
    assert changes_since(db.session, customer, opened) == {}
