"""The panel as people use it, without a browser: forms are read from the page, changed, and sent back as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from models.base import Base, db
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind
from models.gate import set_actor
from models.group import CustomerGroup
from models.note import Note
from models.operations.sessions import open_session
from models.permissions import SYSTEM
from models.user import User
from seed.reference_rows import load_reference
from tests.people import ADMINISTRATOR, add_user

FRAGMENT = {"HX-Request": "true"}
VAT = "IT12345670785"
COUNTED_OUT = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


class Panel:
    """A browser in which somebody is signed in: pages are opened, forms filled in and sent."""

    def __init__(self, app: Flask, user: User | str = ADMINISTRATOR) -> None:
        set_actor(db.session, SYSTEM)
        user = user if isinstance(user, User) else add_user(user)
        self.client: FlaskClient = app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["token"] = open_session(db.session, user.id, "127.0.0.1", "a test")
        self.token = Forms(self.client.get("/me/").text).first("csrf_token")

    def get(self, path: str, *, fragment: bool = False, **options: Any) -> TestResponse:
        """Open a page, or a part of one."""
        return self.client.get(path, headers=FRAGMENT if fragment else {}, buffered=True, **options)

    def post(self, path: str, data: Any = (), *, fragment: bool = False) -> TestResponse:
        """Send these values with the token of the session."""
        form = MultiDict(data)
        form["csrf_token"] = self.token
        answer = self.client.post(path, data=form, headers=FRAGMENT if fragment else {})
        db.session.expire_all()
        return answer

    def fill(self, path: str, typed: Mapping[str, Any] = {}, *, fragment: bool = False) -> TestResponse:
        """Open a form, type into it, and send it as a browser would: what was not touched goes along as it is."""
        return self.send(self.get(path, fragment=fragment), typed, fragment=fragment)

    def send(self, page: TestResponse, typed: Mapping[str, Any] = {}, *, fragment: bool = False) -> TestResponse:
        """Send the form of a page that is open already; None unticks or leaves out."""
        form = Forms(page.text).only
        for name, value in typed.items():
            form.values.poplist(name)
            if value is not None:
                form.values.setlist(name, value if isinstance(value, list) else [value])
        return self.post(form.action, form.values, fragment=fragment)


class Form:
    """A form of a page: where it goes, and what it would send untouched."""

    def __init__(self, attributes: dict[str, str | None]) -> None:
        self.id = attributes.get("id")
        self.action = attributes.get("action") or ""
        self.method = (attributes.get("method") or "get").lower()
        self.values: MultiDict[str, str] = MultiDict()


class Forms(HTMLParser):
    """The forms of a page, as a browser without JavaScript sees them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[Form] = []
        self._open: Form | None = None
        self._select: tuple[Form, str, bool] | None = None
        self._chosen: list[str] | None = None
        self._textarea: tuple[Form, str, list[str]] | None = None
        self.feed(html)

    @property
    def only(self) -> Form:
        """The form that saves something: the one with `data-form`'s fields, or a confirmation."""
        found = [form for form in self.all if form.method == "post" and form.action != "/logout"]
        found = [form for form in found if not form.action.endswith("/undo")]
        assert len(found) == 1, [form.action for form in found]
        return found[0]

    def first(self, name: str) -> str:
        """Return the first value of this name on the page."""
        return next(form.values[name] for form in self.all if name in form.values)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a form or one of its fields."""
        attributes = dict(attrs)
        if tag == "form":
            self._open = Form(attributes)
            self.all.append(self._open)
        elif tag == "option" and self._select:
            self._option(attributes)
        else:
            self._field(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        """Leave a form or a field with content."""
        if tag == "form":
            self._open = None
        elif tag == "select" and self._select:
            self._close_select()
        elif tag == "textarea" and self._textarea:
            form, name, parts = self._textarea
            text = "".join(parts)
            form.values.add(name, text.removeprefix("\n").removeprefix("\r\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        """Read the text of a textarea."""
        if self._textarea:
            self._textarea[2].append(data)

    def _field(self, tag: str, attributes: dict[str, str | None]) -> None:
        name = attributes.get("name")
        owner = self._owner(attributes)
        if owner is None or not name or "disabled" in attributes:
            return
        if tag == "input" and self._counts(attributes):
            default = "on" if attributes.get("type") in {"checkbox", "radio"} else ""
            owner.values.add(name, default if attributes.get("value") is None else str(attributes["value"]))
        elif tag == "select":
            self._select, self._chosen = (owner, name, "multiple" in attributes), []
            self._first_option: str | None = None
        elif tag == "textarea":
            self._textarea = (owner, name, [])

    def _owner(self, attributes: dict[str, str | None]) -> Form | None:
        if "form" in attributes:
            return next((form for form in self.all if form.id == attributes["form"]), None)
        return self._open

    @staticmethod
    def _counts(attributes: dict[str, str | None]) -> bool:
        kind = attributes.get("type")
        return kind not in {"submit", "button", "reset"} and (
            kind not in {"checkbox", "radio"} or "checked" in attributes
        )

    def _option(self, attributes: dict[str, str | None]) -> None:
        value = attributes.get("value") or ""
        self._first_option = value if self._first_option is None else self._first_option
        if "selected" in attributes and self._chosen is not None:
            self._chosen.append(value)

    def _close_select(self) -> None:
        assert self._select is not None
        form, name, multiple = self._select
        chosen = self._chosen or ([] if multiple or self._first_option is None else [self._first_option])
        for value in chosen:
            form.values.add(name, value)
        self._select = None


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements that run within the block, on the shared app's one connection."""
    found: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.lstrip().upper().startswith(COUNTED_OUT):
            found.append(statement)

    connection: Any = db.engines[None]
    event.listen(connection, "before_cursor_execute", note)
    yield found
    event.remove(connection, "before_cursor_execute", note)


def add(*rows: Base) -> Any:
    """Store rows as the program itself; return the only one, or all."""
    set_actor(db.session, SYSTEM)
    db.session.add_all(rows)
    db.session.commit()
    return rows[0] if len(rows) == 1 else rows


def company(name: str = "Aurora Srl", **values: Any) -> Customer:
    """Store a company."""
    return add(new_company(name, **values))  # type: ignore[no-any-return]


def new_company(name: str = "Aurora Srl", **values: Any) -> Customer:
    """Return a company in the default group, not stored yet."""
    set_actor(db.session, SYSTEM)
    load_reference(db.session)
    addresses = enumerate(values.pop("emails", ()))
    emails = [CustomerEmail(address=address, primary=place == 0) for place, address in addresses]
    given = {"kind": CustomerKind.COMPANY, "company": name, "vat_number": VAT} | values
    return Customer(**given, emails=emails)


def contact(customer: Customer, name: str = "Marta Bianchi", **values: Any) -> Contact:
    """Store a contact of a customer."""
    return add(Contact(customer=customer, name=name, **values))  # type: ignore[no-any-return]


def note_on(customer: Customer, **values: Any) -> Note:
    """Store a note on a customer."""
    return add(Note(customer=customer, **values))  # type: ignore[no-any-return]


def default_group() -> CustomerGroup:
    """Return the default group, made if there is none."""
    set_actor(db.session, SYSTEM)
    load_reference(db.session)
    db.session.commit()
    return db.session.scalars(select(CustomerGroup).where(CustomerGroup.is_default)).one()


def stored(model: type[Any], **values: Any) -> list[Any]:
    """Return the stored rows with these values, in order of key, whoever asks."""
    set_actor(db.session, SYSTEM)
    query = select(model).filter_by(**values).order_by(model.id).execution_options(populate_existing=True)
    return list(db.session.scalars(query))
