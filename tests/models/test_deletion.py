"""Deleting says first what goes along, what must stay and why, and where the rest is led."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from models.actors import actor_for
from models.base import Base, db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.errors import Conflict, DomainErrors
from models.gate import acting_as, set_actor
from models.group import CustomerGroup
from models.note import Note
from models.operations.deletion import Effect, delete_rows, preview
from models.permissions import SYSTEM, Level, Permission
from models.user import User
from tests.models.scratch import create_tables, declared
from tests.models.world import (
    ALL,
    LOOKING,
    OWN,
    SEE,
    VAT,
    actor,
    begin,
    company,
    default_group,
    everything,
    owned_by,
    person,
    save,
    seller,
    statements,
    with_email,
)
from tests.people import EDITOR, VIEWER, add_user


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def effects(*rows: Base) -> set[tuple[str, int, str, str]]:
    found = preview(db.session, type(rows[0]), rows).effects
    return {(each.model.__name__, each.count, each.fate, each.destination) for each in found}


def refusals(*rows: Base) -> dict[Base, str]:
    return {row: str(reason) for row, reason in preview(db.session, type(rows[0]), rows).refused}


def test_a_customer_goes_with_contacts_and_notes() -> None:
    customer = with_email("a@example.com")
    save(*(Contact(customer=customer, name=each) for each in "ab"), Note(customer=customer, body="x"))
    assert effects(customer) == {("Contact", 2, "deleted", ""), ("Note", 1, "deleted", "")}
    delete_rows(db.session, [customer])
    db.session.commit()
    assert [everything(model) for model in (Customer, CustomerEmail, Contact, Note)] == [[], [], [], []]


def test_a_customer_with_nothing_goes_alone() -> None:
    assert effects(person()) == set()


def test_a_selection_counts_together() -> None:
    customers = [person("Ada"), person("Mary")]
    save(*(Contact(customer=each, name="x") for each in customers))
    assert effects(*customers) == {("Contact", 2, "deleted", "")}


def test_nothing_else_is_deleted() -> None:
    gone, stays = person("Ada"), person("Mary")
    save(*(Contact(customer=each, name="x") for each in (gone, stays)))
    delete_rows(db.session, [gone])
    db.session.commit()
    assert [each["customer_id"] for each in everything(Contact)] == [stays.id]


def test_deleting_a_group_moves_its_customers_to_the_default_one() -> None:
    group = CustomerGroup(name="Retail")
    customers = [company(str(number), group=group) for number in range(3)]
    stays = company("Other")
    assert effects(group) == {("Customer", 3, "default", "General")}
    delete_rows(db.session, [group])
    db.session.commit()
    assert {each.group for each in (*customers, stays)} == {default_group()}
    assert [each.version for each in (*customers, stays)] == [2, 2, 2, 1]


def test_the_default_group_stays() -> None:
    group, other = default_group(), CustomerGroup(name="Retail")
    save(other)
    assert refusals(group, other) == {group: "It is the default group."}
    assert preview(db.session, CustomerGroup, [group, other]).rows == [other]


def test_a_user_who_owns_customers_stays_and_the_reason_counts_them() -> None:
    anna = seller(name="Anna")
    user = db.session.get_one(User, anna.user_id)
    owned_by(anna, "A")
    assert refusals(user) == {user: "It is the owner of 1 account. It is the owner of 1 customer."}
    owned_by(anna, "B")
    assert refusals(user) == {user: "It is the owner of 2 accounts. It is the owner of 2 customers."}


def test_customers_that_one_does_not_see_count_as_well() -> None:
    anna = seller(name="Anna")
    owned_by(anna, "A")
    admin = actor(add_user(), {"user": ALL, "customer": OWN})
    set_actor(db.session, admin)
    user = db.session.get_one(User, anna.user_id)
    assert refusals(user) == {user: "It is the owner of 1 account. It is the owner of 1 customer."}


def test_a_user_who_wrote_notes_may_go_and_the_notes_stay() -> None:
    anna = add_user(EDITOR, name="Anna")
    note = Note(customer=person(), body="x", author=anna)
    save(note)
    assert effects(anna) == {("Note", 1, "clear", "")}
    delete_rows(db.session, [anna])
    db.session.commit()
    assert note.author is None


def test_what_preview_refuses_is_not_deleted_by_those_who_did_not_look() -> None:
    anna = seller()
    user, other = db.session.get_one(User, anna.user_id), add_user(VIEWER)
    owned_by(anna)
    with pytest.raises(DomainErrors) as refusal:
        delete_rows(db.session, [user, other])
    assert {each.subject for each in refusal.value.errors} == {user}
    db.session.commit()
    assert db.session.get(User, other.id)


def test_each_row_is_refused_for_its_own_reason() -> None:
    bert = seller(name="Bert")
    anna = seller(
        {"customer": ALL | {Permission.DELETE: Level.OWN}, "user": SEE, "customer_group": SEE, "channel": SEE},
        name="Anna",
    )
    mine, theirs = owned_by(anna, "Mine"), owned_by(bert, "Theirs")
    keys = [mine.id, theirs.id]
    set_actor(db.session, anna)
    rows = db.session.scalars(select(Customer).where(Customer.id.in_(keys)).order_by(Customer.id)).all()
    found = preview(db.session, Customer, rows)
    assert found.rows == [rows[0]]
    [(refused, reason)] = found.refused
    assert refused is rows[1]
    assert str(reason) == "Your role (seller) may delete only your own customers, and “Theirs” is not yours."


def test_who_may_not_delete_may_not() -> None:
    customer = person().id
    set_actor(db.session, actor_for(db.session, add_user(VIEWER)))
    row = db.session.get_one(Customer, customer)
    assert "may not delete customers" in refusals(row)[row]


def test_whoever_may_delete_a_group_moves_customers_they_may_not_edit() -> None:
    group = CustomerGroup(name="Retail")
    customer = company(group=group).id
    key = group.id
    set_actor(db.session, actor(add_user(), {"customer_group": ALL}))
    delete_rows(db.session, [db.session.get_one(CustomerGroup, key)])
    db.session.commit()
    with acting_as(db.session, SYSTEM):
        assert db.session.get_one(Customer, customer).group.is_default


def test_no_rows_are_no_work() -> None:
    delete_rows(db.session, [])
    assert preview(db.session, Customer, []).effects == []


@pytest.mark.parametrize("kind", ["preview", "delete"])
def test_many_rows_take_no_more_statements_than_a_few(kind: str) -> None:
    counts = []
    for many in (2, 20):
        customers = [with_email(f"{many}-{number}@example.com") for number in range(many)]
        save(
            *(Contact(customer=each, name="x") for each in customers),
            *(Note(customer=each, body="x") for each in customers),
        )
        keys = [each.id for each in customers]
        db.session.expunge_all()
        rows = db.session.scalars(select(Customer).where(Customer.id.in_(keys))).all()
        with statements() as sent:
            if kind == "preview":
                preview(db.session, Customer, rows)
            else:
                delete_rows(db.session, rows)
        counts.append(len(sent))
        db.session.commit()
    assert counts[0] == counts[1] < 32


def test_many_customers_are_moved_with_as_few_questions_as_a_few() -> None:
    counts = []
    for many in (2, 20):
        group = CustomerGroup(name=f"Group of {many}")
        save(group, *(Customer(company=f"{n}", vat_number=VAT, group=group) for n in range(many)))
        key = group.id
        db.session.expunge_all()
        with statements() as sent:
            delete_rows(db.session, [db.session.get_one(CustomerGroup, key)])
        counts.append(sum(not each.startswith("UPDATE customer ") for each in sent))
        db.session.commit()
    assert counts[0] == counts[1] < 20


# At any depth, on entities that exist for the test alone: shelves, boxes, items, and claims that hold on to a box.


@pytest.fixture
def shelves() -> Iterator[Sequence[Any]]:
    with declared() as models:
        create_tables(models)
        yield models
        db.session.rollback()
        db.session.expunge_all()


def test_what_hangs_below_children_goes_along(shelves: Sequence[Any]) -> None:
    shelf, sticker, box, item, _ = shelves
    row = shelf(
        name="A", stickers=[sticker(text="x")], boxes=[box(label="x", items=[item(words="x"), item(words="y")])]
    )
    save(row)
    assert preview(db.session, shelf, [row]).effects == [Effect(box, 1, "deleted"), Effect(item, 2, "deleted")]
    delete_rows(db.session, [row])
    db.session.commit()
    assert [everything(model) for model in (shelf, sticker, box, item)] == [[], [], [], []]


def test_a_child_that_somebody_holds_on_to_keeps_its_parent(shelves: Sequence[Any]) -> None:
    shelf, _, box, _, claim = shelves
    held, free = shelf(name="A", boxes=[box(label="x"), box(label="y")]), shelf(name="B", boxes=[box(label="z")])
    save(held, free, *(claim(reason="mine", box=each) for each in held.boxes))
    assert refusals(held, free) == {held: "It is the claimed box of 2 claims."}
    assert preview(db.session, shelf, [held, free]).rows == [free]
    delete_rows(db.session, db.session.scalars(select(claim)).all())
    delete_rows(db.session, [held])
    db.session.commit()
    assert [each["label"] for each in everything(box)] == ["z"]


def test_a_row_that_somebody_changes_at_the_same_moment_stays() -> None:
    customer = company()
    assert customer.version == 1
    elsewhere = update(Customer).values(version=2).execution_options(synchronize_session=False)
    db.session.execute(elsewhere, execution_options=LOOKING)
    with pytest.raises(Conflict, match=r"Ghisallo.*at the same moment"):
        delete_rows(db.session, [customer])
