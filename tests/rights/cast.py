"""Six owners of the same things, and three who look at them through panels: each with another level of rights.

The company has a northern unit with one more below it, and a southern one. Every word of a row is its owner's and its
entity's, so that one that appears where it must not is known by sight.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from admin_views.base import PanelView
from models.account import Account
from models.attachment import Attachment
from models.base import db
from models.call import Call
from models.contact import Contact
from models.customer import CustomerEmail
from models.description import entities
from models.document import Document
from models.document_line import DocumentLine
from models.gate import set_actor, ungated
from models.history import Change, ChangeSet
from models.message import Message, MessageStatus
from models.note import Note
from models.operations.drafting import default_rate
from models.owned import Owned
from models.permissions import READING, SYSTEM, Grants, Level, Permission, ruling_entity
from models.rules.document_kinds import DocumentKind
from models.task import Task
from models.unit import BusinessUnit
from models.user import User
from tests.filekit import kept
from tests.models.world import everything
from tests.panel import VAT, Panel, add, new_company
from tests.people import add_user

LEVELS = (Level.OWN, Level.UNIT, Level.DIVISION)
BELOW, STRANGER, NOBODY = "below", "stranger", "nobody"
OWNERS = (*(level.value for level in LEVELS), BELOW, STRANGER, NOBODY)
IN_THE_UNIT = {level.value for level in LEVELS}
REACHED = {Level.OWN: {"own"}, Level.UNIT: IN_THE_UNIT, Level.DIVISION: {*IN_THE_UNIT, BELOW}}
SET_UP = ("user", "role", "business_unit", "channel", "customer_group", "vat_rate")
PAST = ungated("a test looks past the gate")
MARK = "zqz"  # what all words begin with; long enough to be found in the middle of titles


def word(owner: str, entity: str) -> str:
    """Return what a row is called."""
    return f"{MARK}{owner}{entity.replace('_', '')}"


def granted(levels: Grants) -> dict[str, Grants]:
    """Return a role that may do this with what is owned, and see what the panel is set up with."""
    return {"customer": levels, "account": levels} | dict.fromkeys(SET_UP, READING)


class Cast:
    """The owners, their rows by owner and entity, and the panels by level."""

    def __init__(self, app: Flask) -> None:
        set_actor(db.session, SYSTEM)
        north, south = BusinessUnit(name="North"), BusinessUnit(name="South")
        add(north, south, BusinessUnit(name="Below", above=north))
        self.keys: dict[tuple[str, str], int] = {}
        self.users: dict[str, User] = {}
        for level in LEVELS:
            grants = granted(dict.fromkeys(Permission, level))
            self.users[level.value] = add_user(grants, unit("North"), name=f"Mr {level.value}")
        self.users[BELOW] = add_user(granted({}), unit("Below"), name="Mr below")
        self.users[STRANGER] = add_user(granted({}), unit("South"), name="Mr stranger")
        for owner in OWNERS:
            self._furnish(owner)
        self.panels = {level: Panel(app, self.users[level.value]) for level in LEVELS}
        self.users_by_key = {owner: user.id for owner, user in self.users.items()}

    def _furnish(self, owner: str) -> None:
        """Give an owner an account with a customer, what happened with it, and a quote."""
        user = self.users.get(owner)
        account = add(Account(name=word(owner, "account"), owner=user, owner_id=user and user.id))
        values = {"owner": user, "owner_id": user and user.id, "account": account, "code": word(owner, "code")}
        customer = new_company(word(owner, "customer"), vat_number=VAT, **values)
        customer.emails.append(CustomerEmail(address=f"{word(owner, 'email')}@example.com", primary=True))
        contact = Contact(customer=customer, name=word(owner, "contact"), email=f"{word(owner, 'mail')}@example.com")
        note = Note(customer=customer, body=word(owner, "note"))
        mail = {"recipients": f"{word(owner, 'to')}@example.com", "body": word(owner, "text"), "message_id": owner}
        message = Message(customer=customer, subject=word(owner, "message"), status=MessageStatus.FAILED, **mail)
        call, task = (
            Call(customer=customer, subject=word(owner, "call")),
            Task(customer=customer, subject=word(owner, "task"), due=date(2026, 1, 7)),
        )
        attachment = Attachment(
            customer=customer, name=word(owner, "attachment"), file=kept(word(owner, "file").encode(), "a.txt")
        )
        quote = Document(customer=customer, kind=DocumentKind.QUOTE, reference=word(owner, "document"))
        rate = default_rate(db.session)
        quote.lines.append(DocumentLine(description=word(owner, "line"), price=Decimal(1), vat_rate=rate))
        below = contact, note, message, call, task, attachment, quote
        add(customer, *below)
        for row in (account, customer, *below, customer.emails[0]):
            self.keys[owner, row.__tablename__] = row.id

    def foreign(self, level: Level, *wanted: str) -> Iterator[tuple[str, int]]:
        """Yield the rows that a level does not reach, of these entities or of all that have a panel."""
        for owner in OWNERS:
            if owner not in REACHED[level]:
                yield from ((entity, self.keys[owner, entity]) for entity in wanted or OWNED)

    def reached(self, level: Level, *wanted: str) -> Iterator[tuple[str, int]]:
        """Yield the rows that a level reaches."""
        for owner in sorted(REACHED[level]):
            yield from ((entity, self.keys[owner, entity]) for entity in wanted or OWNED)

    def farthest(self, level: Level, entity: str) -> int:
        """Return the key of a row that this level reaches and none below it does."""
        return self.keys[{Level.OWN: "own", Level.UNIT: "division", Level.DIVISION: BELOW}[level], entity]

    def leaks(self, level: Level, text: str) -> list[str]:
        """Return the owners beyond reach of whose rows a word is told."""
        return [owner for owner in OWNERS if owner not in REACHED[level] and f"{MARK}{owner}" in text]

    def told(self, level: Level, text: str, *wanted: str) -> set[str]:
        """Return the owners within reach of whose rows of these entities the title is told."""
        return {owner for owner in REACHED[level] if all(word(owner, entity) in text for entity in wanted)}


EDITED = ("customer", "account", "contact", "note", "call", "task", "attachment")
SENT = ("message",)  # comes about by sending it, and stays as it is
DRAWN_UP = ("document",)  # typed with lines, and issued
OWNED = (*EDITED, *SENT, *DRAWN_UP)


def unit(name: str) -> BusinessUnit:
    """Return a unit that is stored."""
    return db.session.scalars(select(BusinessUnit).where(BusinessUnit.name == name)).one()


def owned_views(app: Flask) -> dict[str, PanelView]:
    """Return the panels of entities that somebody owns, and of their children, by name."""
    views = [view for view in app.extensions["admin"][0]._views if isinstance(view, PanelView)]
    return {view.endpoint: view for view in views if issubclass(ruling_entity(view.model), Owned)}


def stored() -> list[Any]:
    """Return all that people keep, and how much was ever done to it."""
    db.session.commit()  # a rollback would take back what the panels wrote
    set_actor(db.session, SYSTEM)
    changes = db.session.connection().scalar(select(func.max(ChangeSet.id)))
    return [changes, *(everything(model) for model in entities())]


def change_sets(rows: set[tuple[str, int]]) -> set[int]:
    """Return the change-sets in which rows were written."""
    changes = db.session.scalars(select(Change), execution_options=PAST)
    return {change.change_set_id for change in changes if (change.entity, change.row_id) in rows}
