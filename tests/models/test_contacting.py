"""When one was in touch last, and how often: with a contact, its customer and the account behind both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.account import Account
from models.base import Base, db
from models.call import Call, Direction, Outcome
from models.contact import Contact
from models.customer import Customer
from models.errors import DomainErrors
from models.gate import set_actor
from models.history import Change
from models.message import Message, MessageStatus
from models.note import Note
from models.operations.deletion import delete_rows
from models.operations.undo import undo
from models.permissions import SYSTEM
from models.task import Task, TaskState
from models.types import today, utcnow
from tests.models.undoing import newest
from tests.models.world import LOOKING, begin, company, save

FIRST, SECOND, THIRD = (datetime(2026, 3, day, 9, 30, tzinfo=UTC) for day in (2, 9, 16))


def call(customer: Customer, at: datetime = FIRST, **values: Any) -> Call:
    """Log a call."""
    found = Call(customer=customer, at=at, **values)
    save(found)
    return found


def email(customer: Customer, at: datetime, status: MessageStatus = MessageStatus.SENT) -> Message:
    """Store an email."""
    found = Message(
        customer=customer,
        subject="Hello",
        recipients="a@b.example",
        body="Hi",
        status=status,
        message_id=f"{at}",
        at=at,
    )
    save(found)
    return found


def told(row: Any) -> tuple[datetime | None, int]:
    """Return what the database says of being in touch with somebody."""
    model: Any = type(row)
    table = model.__table__.c
    found = db.session.connection().execute(
        select(table.last_contacted, table.times_contacted).where(table.id == row.id)
    )
    last, times = found.one()
    assert (row.last_contacted, row.times_contacted) == (last, times), "what is loaded says otherwise"
    return last, times


def test_calls_and_emails_count_for_the_contact_the_customer_and_the_account(app: Flask) -> None:
    begin()
    marta, zoe = Contact(name="Marta"), Contact(name="Zoe")
    customer = company("Aurora", contacts=[marta, zoe])
    call(customer, FIRST, contact=marta)
    email(customer, THIRD)
    call(customer, SECOND, contact=zoe, outcome=Outcome.LEFT_MESSAGE)
    assert [told(each) for each in (marta, zoe)] == [(FIRST, 1), (SECOND, 1)]
    assert [told(each) for each in (customer, customer.account)] == [(THIRD, 3), (THIRD, 3)]


def test_what_did_not_reach_anybody_does_not_count(app: Flask) -> None:
    begin()
    customer = company()
    attempt = call(customer, outcome=Outcome.NO_ANSWER)
    failed = email(customer, SECOND, MessageStatus.FAILED)
    save(Note(customer=customer, body="They moved"), Task(customer=customer, subject="Ask again"))
    assert told(customer) == (None, 0)
    attempt.outcome, failed.status = Outcome.REACHED, MessageStatus.PARTLY
    db.session.commit()
    assert told(customer) == (SECOND, 2)


def test_a_call_that_is_deleted_counts_no_more_and_does_again_after_undo(app: Flask) -> None:
    begin()
    customer = company()
    call(customer, FIRST)
    last = call(customer, SECOND)
    delete_rows(db.session, [last])
    db.session.commit()
    assert told(customer) == (FIRST, 1)
    undo(db.session, newest())
    db.session.commit()
    assert told(customer) == (SECOND, 2)


def test_a_customer_that_moves_or_goes_takes_its_calls_along(app: Flask) -> None:
    begin()
    one, other = company("Aurora"), company("Borea", account=Account(name="Group"))
    call(one, FIRST)
    call(other, SECOND)
    before, after = one.account, other.account
    one.account = after
    db.session.commit()
    assert [told(before), told(after)] == [(None, 0), (SECOND, 2)]
    delete_rows(db.session, [other])
    db.session.commit()
    assert told(after) == (FIRST, 1)


def test_being_in_touch_is_no_edit_of_the_customer(app: Flask) -> None:
    begin()
    customer = company()
    version, changed = customer.version, customer.updated_at
    call(customer)
    assert (customer.version, customer.updated_at) == (version, changed)
    changes = db.session.scalars(
        select(Change.entity).where(Change.change_set_id == newest()), execution_options=LOOKING
    )
    assert set(changes) == {"call"}


def test_a_contact_of_another_customer_is_refused(app: Flask) -> None:
    begin()
    marta = Contact(name="Marta")
    one, _ = company("Aurora"), company("Borea", contacts=[marta])
    with pytest.raises(DomainErrors, match="“Marta” belongs to another customer"):
        call(one, contact=marta)


def test_a_call_lies_in_the_past_and_says_with_whom_it_was(app: Flask) -> None:
    begin()
    marta = Contact(name="Marta")
    customer = company("Aurora", contacts=[marta])
    with pytest.raises(DomainErrors, match="lies in the future"):
        call(customer, utcnow() + timedelta(days=1))
    db.session.rollback()
    assert call(customer, contact=marta).subject == "Call to Marta"
    assert call(customer, direction=Direction.INCOMING).subject == "Call from Aurora"


def test_a_task_follows_from_its_day_and_whether_it_is_done(app: Flask) -> None:
    begin()
    customer = company()
    task = Task(customer=customer, subject="Send samples", due=today() - timedelta(days=1))
    later = Task(customer=customer, subject="Visit", due=today() + timedelta(days=9))
    save(task, later)
    assert [task.shown("state"), later.shown("state")] == [TaskState.OVERDUE, TaskState.OPEN]
    found = db.session.scalars(select(Task).where(Task.holds("state", TaskState.OVERDUE)))  # type: ignore[arg-type]
    assert [each.subject for each in found] == ["Send samples"]
    task.done = True
    db.session.commit()
    assert (task.state, task.at) == (TaskState.DONE, task.done_at)
    assert later.at.date() == later.due
    task.done = False
    db.session.commit()
    assert (task.done_at, task.at.date()) == (None, date.fromordinal(today().toordinal() - 1))


def test_calls_that_are_logged_at_once_are_all_counted(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        begin()
        customer = company()
        key, barrier, failed = customer.id, Barrier(6), list[BaseException]()

    def log(day: int) -> None:
        with fresh_app.app_context():
            set_actor(db.session, SYSTEM)
            try:
                barrier.wait()
                save(Call(customer_id=key, at=datetime(2026, 4, day, tzinfo=UTC)))
            except BaseException as error:  # noqa: BLE001  told by the test
                failed.append(error)

    threads = [Thread(target=log, args=(day,)) for day in range(1, 7)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    with fresh_app.app_context():
        set_actor(db.session, SYSTEM)
        rows: list[Base] = [db.session.scalars(select(Customer)).one(), db.session.scalars(select(Account)).one()]
        assert [told(each) for each in rows] == [(datetime(2026, 4, 6, tzinfo=UTC), 6)] * 2
