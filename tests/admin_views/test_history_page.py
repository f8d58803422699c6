"""The history as it is read: what is long folds, and Undo is offered where it can be done, and nowhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from time_machine import travel

from models.base import Base, db
from models.call import Call
from models.contact import Contact
from models.customer import Customer
from models.errors import DomainError
from models.gate import set_actor
from models.history import ChangeSet
from models.message import MessageStatus
from models.note import Note
from models.operations.deletion import delete_rows
from models.operations.undo import undo
from models.permissions import SYSTEM
from models.task import Task
from tests.models.canaries import message
from tests.models.world import LOOKING, begin, person, save
from tests.panel import Panel
from tests.people import add_user

OFFERED = re.compile(r'action="/change_set/(\d+)/undo"')


def offered(panel: Panel, row: Base) -> set[int]:
    """Return the change-sets that the history of a record offers to undo, on all of its pages."""
    found: set[int] = set()
    path: str | None = f"/{row.__tablename__}/history/?id={row.id}"
    while path:
        text = panel.get(path, fragment=True).text
        found |= {int(key) for key in OFFERED.findall(text)}
        older = re.search(r'hx-get="([^"]*before=\d+)"', text)
        path = older[1].replace("&amp;", "&") if older else None
    return found


def possible() -> set[int]:
    """Return the change-sets that can be undone."""
    set_actor(db.session, SYSTEM)
    db.session.expunge_all()
    found = set()
    for key in db.session.scalars(select(ChangeSet.id), execution_options=LOOKING).all():
        try:
            with db.session.begin_nested() as attempt:
                undo(db.session, key)
                found.add(key)
                attempt.rollback()
        except DomainError:
            pass
        db.session.info.pop("undo_of", None)
        db.session.expunge_all()
    return found


def told(row: Base) -> set[int]:
    query = select(ChangeSet.id).where(ChangeSet.changes.any(root_entity=row.__tablename__, root_id=row.id))
    return set(db.session.scalars(query, execution_options=LOOKING))


def test_undo_is_offered_where_it_can_be_done(app: Flask) -> None:
    begin()
    customer = person("Ada", "Byron", billing_city="Como")
    for city, tags in (("Lecco", None), ("Varese", None), ("Lecco", "one"), ("Lecco", "two")):
        customer.billing_city, customer.tags = city, tags
        db.session.commit()
    note = Note(customer=customer, body="First")
    save(note)
    note.body = "Second"
    contact = Contact(customer=customer, name="Chiara")
    save(contact, Note(customer=customer, body="Another"))
    db.session.expire_all()
    delete_rows(db.session, [contact])
    db.session.commit()
    db.session.expire_all()
    customer.password = "secret-123"
    db.session.commit()
    customer.password = "secret-456"
    db.session.commit()
    row = db.session.scalars(select(Customer)).one()
    found, here = offered(Panel(app), row), told(row)
    assert found == possible() & here
    assert len(found) >= 3


def test_an_email_that_went_out_is_not_offered_to_be_taken_back(app: Flask) -> None:
    begin()
    customer = person("Ada", "Byron")
    mail = message(customer)
    mail.status = MessageStatus.SENDING
    save(mail)
    for status in (MessageStatus.FAILED, MessageStatus.SENT):
        mail.status = status
        db.session.commit()
    key = mail.id
    texts = Panel(app).get(f"/message/history/?id={key}").text
    assert texts.count('class="entry"') == 3
    assert not OFFERED.findall(texts)


def test_older_pages_know_what_happened_since(app: Flask) -> None:
    begin()
    customer = person("Ada", "Byron")
    for number in range(45):
        customer.employees = number
        db.session.commit()
    assert len(offered(Panel(app), customer)) == 1


def test_a_tick_reads_as_one_line(app: Flask) -> None:
    begin()
    with travel("2026-03-02T12:00:00Z", tick=False):
        task = Task(customer=person("Ada", "Byron"), subject="Ring")
        save(task)
        task.done = True
        db.session.commit()
    assert lines(Panel(app), task) == [("Done", "no", "yes")]


def test_sides_that_read_the_same_are_left_out_unless_words_hide_what_changed(app: Flask) -> None:
    begin()
    customer, anna, other = person("Ada", "Byron"), add_user(name="Anna"), add_user(name="Anna")
    call = Call(customer=customer, subject="Prices", at=datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC), author=anna)
    save(call)
    call.at, call.minutes = datetime(2026, 3, 2, 12, 0, 59, tzinfo=UTC), 5
    db.session.commit()
    panel = Panel(app)
    assert lines(panel, call) == [("Minutes", "empty", "5")]
    call.at, call.author = datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC), other
    db.session.commit()
    assert lines(panel, call)[0] == ("Author", "", "changed")
    customer.password = "secret-123"
    db.session.commit()
    customer.password = "secret-456"
    db.session.commit()
    assert lines(panel, customer)[0] == ("Password", "", "changed")


def lines(panel: Panel, row: Base) -> list[tuple[str, ...]]:
    """Return the differences that the history of a record tells, the newest first."""
    text = panel.get(f"/{row.__tablename__}/history/?id={row.id}", fragment=True).text
    found = (part.partition("</div>")[0] for part in text.split("<dt>")[1:])
    sides = ("<del>(.*?)</del>", "<ins>(.*?)</ins>")
    return [(one.partition("<")[0], *("".join(re.findall(side, one)) for side in sides)) for one in found]


def test_a_long_entry_folds(app: Flask) -> None:
    begin()
    customer = person("Ada", "Byron")
    customer.billing_city, customer.tags, customer.employees = "Como", "one", 3
    db.session.commit()
    panel = Panel(app)
    assert "<details>" not in panel.get(f"/customer/history/?id={customer.id}").text
    customer.billing_street, customer.billing_street2, customer.code = "Via Roma", "Scala B", "X1"
    customer.billing_city, customer.tags, customer.employees = "Lecco", "two", 4
    db.session.commit()
    text = panel.get(f"/customer/history/?id={customer.id}").text
    assert re.search(r"<details><summary>[\w ]+, [\w ]+, [\w ]+ and 3 more</summary>", text)
    assert len(re.findall("<details>", text)) == 1


def test_what_was_written_together_can_be_unfolded_and_read_to_the_last(app: Flask) -> None:
    begin()
    customer = person()
    save(customer)
    save(*(Contact(customer=customer, name=f"Number {number}") for number in range(1, 16)))
    text = Panel(app).get(f"/customer/history/?id={customer.id}", fragment=True).text
    shown, folded = text.split("<details><summary>3 more</summary>")
    assert "Number 12<" in shown
    assert "Number 13<" not in shown
    assert all(f"Number {number}<" in folded for number in (13, 14, 15))
