"""Nine people who knock at every door of the panel, with the same row to ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from models.api_token import ApiToken
from models.attachment import Attachment
from models.auth import AuthSession
from models.base import db
from models.call import Call
from models.channel import Channel
from models.company import Company
from models.contact import Contact
from models.customer import Customer
from models.document import Document
from models.document_line import DocumentLine
from models.exchange_rate import ExchangeRate
from models.gate import set_actor
from models.group import CustomerGroup
from models.history import ChangeSet
from models.message import Message, MessageStatus
from models.message_template import MessageTemplate
from models.note import Note
from models.operations.drafting import default_rate
from models.operations.issuing import issue
from models.permissions import SYSTEM
from models.role import Role
from models.rules.document_kinds import DocumentKind
from models.task import Task
from models.unit import BusinessUnit
from models.user import User
from models.vat_rate import VatRate
from tests.filekit import kept
from tests.panel import VAT, Panel, add, new_company
from tests.people import ADMINISTRATOR, EDITOR, VIEWER, add_user

ANONYMOUS, DEACTIVATED, LOOKING = "anonymous", "deactivated", "looking"
SALESPERSON, MANAGER = "Salesperson", "Sales manager"
WORD = "zqtheirs"  # in what the owner has
ROLES = {
    "viewer": (VIEWER, "South"),
    "owner": (SALESPERSON, "North"),
    "neighbour": (SALESPERSON, "South"),
    "manager": (MANAGER, "Top"),
    "editor": (EDITOR, "South"),
    "administrator": (ADMINISTRATOR, "South"),
    DEACTIVATED: (ADMINISTRATOR, "South"),
    LOOKING: (ADMINISTRATOR, "South"),
}
VISITORS = (ANONYMOUS, *ROLES)
LOOKED_UP = {
    "customer": "group", "account": "owner", "contact": "customer", "note": "customer", "user": "roles.role",
    "document": "lines.vat_rate", "message": "customer", "call": "contact", "task": "assignee",
    "attachment": "contact",
}  # fmt: skip
# What pages need to know besides.
ASKED = {
    "why_view": "may=edit&", "convert_view": "to=order&", "move_view": "to=accepted&",
    "e_invoice_view": "format=en16931&",
}  # fmt: skip
WITHOUT_KEY = ("index_view", "filter_view", "create_view", "export", "ajax_lookup", "ajax_update")


class Visitors:
    """The visitors with their browsers, and the row of each entity that all ask for."""

    def __init__(self, app: Flask) -> None:
        set_actor(db.session, SYSTEM)
        self.app, top = app, BusinessUnit(name="Top")
        units = {"Top": top, "North": BusinessUnit(name="North", above=top), "South": BusinessUnit(name="South")}
        add(*units.values())
        users = {name: add_user(role, units[unit], name=f"Mr {name}") for name, (role, unit) in ROLES.items()}
        self._furnish(users["owner"])
        self.panels = {name: Panel(app, user) for name, user in users.items()}
        self.keys["user"] = users["viewer"].id
        mine = select(AuthSession.id).where(AuthSession.user_id == users["owner"].id)
        self.session = db.session.connection().scalar(mine)
        viewer = db.session.scalars(select(Role).where(Role.name == VIEWER)).one()
        assert self.panels[LOOKING].post(f"/looking/role/{viewer.id}").status_code == 303
        users[DEACTIVATED].active = False
        add(users[DEACTIVATED])
        self.cookies = {name: dict(panel.client._cookies or {}) for name, panel in self.panels.items()}

    def _furnish(self, owner: User) -> None:
        customer = new_company(f"{WORD} customer", vat_number=VAT, owner=owner)
        customer.contacts.append(Contact(name=f"{WORD} contact"))  # type: ignore[attr-defined]
        customer.notes.append(Note(body=f"{WORD} note"))  # type: ignore[attr-defined]
        file = Attachment(name=f"{WORD} file", file=kept())
        happened = Call(subject=f"{WORD} call"), Task(subject=f"{WORD} task"), file
        for each in happened:
            each.customer = customer
        add(customer)
        role, group = Role(name="Free role"), CustomerGroup(name="Free group")
        free = Channel(name="Free channel"), BusinessUnit(name="Free unit"), ApiToken(name="Free token")
        template = MessageTemplate(name="Free template", subject="Hello", body="Good day")
        selling = Company(name="Free company"), VatRate(name="Free rate", rate=7), ExchangeRate(currency="CHF", rate=1)
        others = role, group, template, *free, *selling
        add(*others)
        rows = customer, customer.account, customer.contacts[0], customer.notes[0], *happened, *others  # type: ignore[attr-defined]
        self.keys = {row.__tablename__: row.id for row in rows}
        self.keys |= {"document": quoted(customer).id, "message": mailed(customer).id}
        customer.tags = "changed"
        add(customer)
        self.change_set = db.session.connection().scalar(select(func.max(ChangeSet.id)))

    def ask(self, who: str, method: str, path: str) -> TestResponse:
        """Send a request as one of them, with what forms send along; nothing that it does remains."""
        with undone():
            client, token = self._client(who)
            form = {"csrf_token": token, "action": "delete", "rowid": path.rpartition("id=")[2]}
            return client.open(path, method=method, data=form if method == "POST" else None, buffered=True)

    def _client(self, who: str) -> tuple[FlaskClient, str]:
        if who == ANONYMOUS:
            return self.app.test_client(), ""
        panel = self.panels[who]
        panel.client._cookies = dict(self.cookies[who])
        return panel.client, panel.token

    def path(self, rule: Rule) -> str:
        """Return an address of a rule, which asks for the row that all ask for."""
        entity, _, page = rule.endpoint.partition(".")
        path = rule.rule.replace("<export_type>", "csv").replace("<path:filename>", "panel.css")
        keys = {"change_set": self.change_set, "me": self.session, "looking": self.keys.get(page.removeprefix("as_"))}
        path = path.replace("<key>", str(keys.get(entity)))
        if entity not in self.keys or page in WITHOUT_KEY:
            lookup = f"?name={LOOKED_UP.get(entity, 'x')}"
            return path + {"filter_view": "?field=created_at", "ajax_lookup": lookup}.get(page, "")
        return f"{path}?{ASKED.get(page, '')}id={self.keys[entity]}"


def mailed(customer: Customer) -> Message:
    """Return an email to a customer that did not go out."""
    values = {"recipients": f"{WORD}@example.com", "subject": f"{WORD} subject", "body": f"{WORD} body"}
    return add(Message(customer=customer, status=MessageStatus.FAILED, message_id="a" * 32, **values))  # type: ignore[no-any-return]


def quoted(customer: Customer) -> Document:
    """Issue a quote."""
    quote = Document(kind=DocumentKind.QUOTE, customer=customer)
    quote.lines.append(DocumentLine(description=f"{WORD} line", price=1, vat_rate=default_rate(db.session)))
    add(quote)
    issue(db.session, quote)
    db.session.commit()
    return quote


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written within the block."""
    db.session.commit()
    connection: Any = db.engines[None]
    savepoint = connection.begin_nested()
    yield
    db.session.rollback()
    savepoint.rollback()


def doors(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Yield every rule with each of its methods, but those that Flask adds by itself."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        yield from ((method, rule) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
