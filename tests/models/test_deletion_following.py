"""An account takes its customers along, all of them or none: those that must stay are named to whom they may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped

from models.account import Account
from models.base import Base, db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.errors import DomainError, DomainErrors
from models.fields import Line, parent, reference
from models.gate import acting_as, set_actor
from models.history import Change
from models.note import Note
from models.operations.deletion import Effect, delete_rows, preview
from models.permissions import SYSTEM, Actor, Level, Permission
from models.unit import BusinessUnit
from models.user import User
from tests.models.scratch import create_tables, forget
from tests.models.world import ALL, LOOKING, OWN, SEE, begin, company, everything, owned_by, save, seller, statements
from tests.people import add_user

SELLING = {"customer_group": SEE, "channel": SEE, "user": SEE}


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


def account(name: str = "Rossi", *customers: str, **values: Any) -> Account:
    """Add an account with customers of these names."""
    row = Account(name=name, **values)
    save(row)
    for each in customers:
        company(each, account=row, **values)
    return row


def refusals(*rows: Any) -> dict[str, str]:
    return {row.name: str(reason) for row, reason in judged(*rows).refused}


def judged(*rows: Any) -> Any:
    return preview(db.session, type(rows[0]), rows)


def as_actor(actor: Actor, *rows: Base) -> list[Any]:
    """Begin to work as somebody, with these rows read anew."""
    model, keys = type(rows[0]), [row.id for row in rows]
    set_actor(db.session, actor)
    return list(db.session.scalars(select(model).where(model.id.in_(keys)).order_by(model.id)))


def test_an_account_goes_with_its_customers_and_all_that_is_theirs() -> None:
    gone, stays = account("Rossi", "A", "B"), account("Verdi", "C")
    first, other = db.session.scalars(select(Customer).where(Customer.name.in_(["A", "C"])).order_by(Customer.name))
    first.emails.append(CustomerEmail(address="a@example.com"))
    save(Contact(customer=first, name="x"), Note(customer=first, body="y"), Contact(customer=other, name="z"))
    found = preview(db.session, Account, [gone])
    assert found.rows == [gone]
    assert found.effects == [Effect(Customer, 2, "deleted"), Effect(Contact, 1, "deleted"), Effect(Note, 1, "deleted")]
    delete_rows(db.session, [gone])
    db.session.commit()
    assert [each["name"] for each in everything(Account)] == [stays.name]
    assert [each["name"] for each in everything(Customer)] == ["C"]
    assert [each["name"] for each in everything(Contact)] == ["z"]
    assert everything(CustomerEmail) == everything(Note) == []


def test_all_of_it_is_one_change_set() -> None:
    row = account("Rossi", "A", "B")
    delete_rows(db.session, [row])
    db.session.commit()
    gone = select(Change.change_set_id, Change.entity).where(Change.action == "delete")
    changes = db.session.execute(gone, execution_options=LOOKING).all()
    assert sorted(entity for _, entity in changes) == ["account", "customer", "customer"]
    assert len({key for key, _ in changes}) == 1


def test_an_account_stays_if_one_of_its_customers_is_not_the_sellers_to_delete() -> None:
    anna, bert = seller(SELLING | {"account": OWN, "customer": ALL | {Permission.DELETE: Level.OWN}}), seller()
    row = account("Rossi", "Mine", owner_id=anna.user_id)
    owned_by(bert, "Theirs", account_id=row.id)
    [row] = as_actor(anna, row)
    assert refusals(row) == {
        "Rossi": "Your role (seller) may not delete 1 customer that would go with it. Here they are: “Theirs”."
    }
    with pytest.raises(DomainErrors, match="may not delete 1 customer"):
        delete_rows(db.session, [row])
    db.session.rollback()
    assert len(everything(Customer)) == 2


def test_of_many_that_must_stay_five_are_named() -> None:
    anna = seller(SELLING | {"account": OWN, "customer": SEE})
    row = account("Rossi", *"HGFEDCBA", owner_id=anna.user_id)
    [row] = as_actor(anna, row)
    assert refusals(row)["Rossi"] == (
        "Your role (seller) may not delete 8 customers that would go with it. "
        "Here are some: “A”, “B”, “C”, “D”, “E” and 3 more."
    )


def test_those_that_one_does_not_see_are_counted_and_not_named() -> None:
    anna, bert = seller(SELLING | {"account": OWN, "customer": OWN}), seller()
    row = account("Rossi", "Mine", owner_id=anna.user_id)
    owned_by(bert, "Secret", account_id=row.id)
    [row] = as_actor(anna, row)
    [reason] = refusals(row).values()
    assert "Secret" not in reason
    assert "Mine" not in reason
    assert reason.endswith("may not delete 1 customer that would go with it. Not yours to see: 1.")


def test_a_customer_without_an_owner_is_nobodys_to_delete() -> None:
    anna = seller(SELLING | {"account": OWN, "customer": OWN})
    row = account("Rossi", owner_id=anna.user_id)
    company("Nobody's", account=row)
    [row] = as_actor(anna, row)
    assert refusals(row)["Rossi"].endswith("Not yours to see: 1.")


def test_each_account_of_a_selection_is_judged_by_itself() -> None:
    anna, bert = seller(SELLING | {"account": OWN, "customer": OWN}), seller()
    free, held, empty = (account(name, owner_id=anna.user_id) for name in ("Free", "Held", "Empty"))
    owned_by(anna, "Mine", account_id=free.id)
    owned_by(bert, "Theirs", account_id=held.id)
    rows = as_actor(anna, free, held, empty)
    found = judged(*rows)
    assert [row.name for row in found.rows] == ["Free", "Empty"]
    assert [row.name for row, _ in found.refused] == ["Held"]
    assert found.effects == [Effect(Customer, 1, "deleted")]
    delete_rows(db.session, found.rows)
    db.session.commit()
    assert [each["name"] for each in everything(Account)] == ["Held"]
    assert [each["name"] for each in everything(Customer)] == ["Theirs"]


def test_a_unit_goes_with_the_unit_below_it_only_if_both_can_go() -> None:
    top, below = BusinessUnit(name="Italy"), BusinessUnit(name="Milan")
    below.above = top
    save(top, below)
    assert preview(db.session, BusinessUnit, [top, below]).rows == [top, below]
    add_user("Viewer", below)
    assert refusals(top, below) == {
        "Italy": "It has 1 business unit below it.",
        "Milan": "It is the business unit of 1 user.",
    }


def test_many_accounts_take_no_more_statements_than_a_few() -> None:
    counts = []
    for many in (2, 20):
        rows = [account(f"{many} {number}", "A", "B") for number in range(many)]
        rows = as_actor(SYSTEM, *rows)
        with statements() as sent:
            preview(db.session, Account, rows)
            delete_rows(db.session, rows)
        counts.append(len(sent))
        db.session.commit()
    assert counts[0] == counts[1] < 34


# With words that no entity has yet: a voucher that follows a customer, and is stamped, cashed or pinned.


@pytest.fixture
def vouchers() -> Iterator[Sequence[Any]]:
    class Voucher(Base):
        text: Mapped[Line]
        customer: Mapped[Customer] = reference(orphans="delete")

        def obstacle(self) -> DomainError | None:
            return DomainError("It was stamped.") if self.text.startswith("stamped") else None

    class Slip(Base):
        voucher: Mapped[Voucher] = parent()
        text: Mapped[Line]

        def obstacle(self) -> DomainError | None:
            return DomainError("It was signed.") if self.text.startswith("signed") else None

    class Pin(Base):
        text: Mapped[Line]
        slip: Mapped[Slip | None] = reference()

    found = [Voucher, Slip, Pin]
    try:
        create_tables(found)
        yield found
        db.session.rollback()
        db.session.expunge_all()
    finally:
        for model in reversed(found):
            forget(model)


def test_what_follows_a_customer_follows_the_account(vouchers: Sequence[Any]) -> None:
    voucher, slip, _ = vouchers
    row = account("Rossi", "A", "B")
    customers = db.session.scalars(select(Customer)).all()
    save(*(voucher(text="x", customer=each) for each in customers))
    save(slip(text="y", voucher=db.session.scalars(select(voucher)).first()))
    assert {(each.model, each.count) for each in preview(db.session, Account, [row]).effects} == {
        (Customer, 2), (voucher, 2), (slip, 1),
    }  # fmt: skip
    delete_rows(db.session, [row])
    db.session.commit()
    assert [everything(model) for model in (Account, Customer, voucher, slip)] == [[], [], [], []]


def test_what_refuses_by_itself_keeps_the_account_and_the_customer(vouchers: Sequence[Any]) -> None:
    voucher, *_ = vouchers
    row, other = account("Rossi", "A"), account("Verdi", "B")
    first, second = db.session.scalars(select(Customer).order_by(Customer.name))
    save(voucher(text="stamped 1", customer=first), voucher(text="new", customer=first))
    save(voucher(text="new", customer=second))
    said = "1 voucher that would go with it must stay. It was stamped. Here they are: “stamped 1”."
    assert refusals(row, other) == {"Rossi": said}
    assert refusals(first, second) == {"A": said}


def test_what_refuses_below_a_record_keeps_it_too_and_what_it_belongs_to(vouchers: Sequence[Any]) -> None:
    voucher, slip, _ = vouchers
    row, other = account("Rossi", "A"), account("Verdi", "B")
    first, second = db.session.scalars(select(Customer).order_by(Customer.name))
    save(*(slip(text=text, voucher=voucher(text="x", customer=first)) for text in ("signed 1", "signed 2", "new")))
    save(slip(text="new", voucher=voucher(text="x", customer=second)))
    said = "2 slips that would go with it must stay. It was signed. Here they are: “signed 1”, “signed 2”."
    assert refusals(row, other) == {"Rossi": said}
    assert refusals(first, second) == {"A": said}
    with pytest.raises(DomainErrors, match="2 slips that would go with it must stay"):
        delete_rows(db.session, [first])


def test_what_refuses_below_is_asked_in_one_statement_for_all(vouchers: Sequence[Any]) -> None:
    voucher, slip, _ = vouchers
    counts = []
    for many in (2, 20):
        row = account(f"{many}", *(f"{many} {number}" for number in range(many)))
        customers = db.session.scalars(select(Customer).where(Customer.account == row)).all()
        save(*(slip(text="signed", voucher=voucher(text="x", customer=each)) for each in customers))
        rows = as_actor(SYSTEM, *customers)
        with statements() as sent:
            assert len(preview(db.session, Customer, rows).refused) == many
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_what_others_hold_on_to_keeps_the_account_and_is_named(vouchers: Sequence[Any]) -> None:
    voucher, slip, pin = vouchers
    row, other = account("Rossi", "A"), account("Verdi", "B")
    for name, customer in zip("xy", db.session.scalars(select(Customer).order_by(Customer.name)), strict=True):
        save(slip(text=name, voucher=voucher(text=f"Voucher {name}", customer=customer)))
    first = db.session.scalars(select(slip).order_by(slip.id)).first()
    save(pin(text="holds", slip=first), pin(text="holds nothing"))
    assert refusals(row, other) == {
        "Rossi": "1 voucher that would go with it must stay, as the slip of other pins. Here they are: “Voucher x”."
    }


def test_whoever_deletes_an_account_is_the_one_whose_rights_count() -> None:
    anna = seller(SELLING | {"account": ALL, "customer": ALL})
    row = account("Rossi", "A")
    [row] = as_actor(anna, row)
    delete_rows(db.session, [row])
    db.session.commit()
    with acting_as(db.session, SYSTEM):
        assert db.session.get_one(User, anna.user_id).name
    assert everything(Customer) == []


@pytest.mark.databases("postgresql")
def test_whoever_joins_at_the_same_moment_is_too_late_or_goes_along_with_a_trace(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        begin()
        key = account("Rossi", "A").id
    together, outcomes = Barrier(2), list[str]()
    deeds: list[Callable[[], object]] = [
        lambda: delete_rows(db.session, [db.session.get_one(Account, key)]),
        lambda: company("Late", account_id=key),
    ]
    threads = [Thread(target=attempt, args=(fresh_app, deed, together, outcomes)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh_app.app_context():
        begin()
        left = len(everything(Account)), len(everything(Customer))
        traces = select(Change.title).where(Change.entity == "customer", Change.action == "delete")
        gone = db.session.scalars(traces, execution_options=LOOKING).all()
    assert (left, len(gone)) in {((0, 0), 1), ((0, 0), 2), ((1, 2), 0)}, (left, gone, outcomes)


def attempt(app: Flask, deed: Callable[[], object], together: Barrier, outcomes: list[str]) -> None:
    with app.app_context():
        begin()
        together.wait()
        try:
            deed()
            db.session.commit()
            outcomes.append("done")
        except (DomainError, IntegrityError) as error:
            outcomes.append(type(error).__name__)
        finally:
            db.session.remove()
