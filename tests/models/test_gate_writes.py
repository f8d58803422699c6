"""Every write is decided row by row, as the row was and as it will be, whatever way it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.actors import actor_for
from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.errors import DomainError, Refused
from models.gate import GateError, acting_as, set_actor, ungated
from models.group import CustomerGroup
from models.note import Note
from models.permissions import SYSTEM, Actor, Level, Permission, decide
from models.role import Role
from models.user import User, UserRole
from tests.models.scratch import create_tables, declared
from tests.models.world import ALL, OWN, SEE, VAT, actor, begin, owned_by, save, seller
from tests.people import ADMINISTRATOR, EDITOR, VIEWER, add_user

PAST = ungated("a test looks past the gate")
READS_ALL = {Permission.VIEW: Level.ORGANISATION}


@pytest.fixture
def anna(app: Flask) -> Actor:
    """Anna sees every customer and may write only her own; Bert has one as well, both with a contact."""
    begin()
    seen = dict.fromkeys(("user", "role", "customer_group", "channel"), SEE)
    anna = seller({"customer": OWN | READS_ALL, **seen}, name="Anna")
    for someone in (anna, seller(name="Bert")):
        begin()
        save(Contact(customer=owned_by(someone, f"{someone.name}'s"), name=f"{someone.name}'s contact"))
    begin(anna)
    return anna


def customer(whose: str) -> Any:
    return held(db.session.scalars(select(Customer).where(Customer.name == f"{whose}'s")).one())


def contact(whose: str) -> Any:
    return held(db.session.scalars(select(Contact).where(Contact.name == f"{whose}'s contact")).one())


def held(row: Any) -> Any:
    """Keep a row from being forgotten while it has nothing but a changed list."""
    db.session.info.setdefault("held", []).append(row)
    return row


def user(name: str) -> User:
    return db.session.scalars(select(User).where(User.name == name)).one()


def edit(row: Any, **values: Any) -> None:
    for key, value in values.items():
        setattr(row, key, value)


def move(whose: str, to: str) -> None:
    contact(whose).customer = customer(to)


def move_by_key(whose: str, to: str) -> None:
    contact(whose).customer_id = customer(to).id


def move_by_list(whose: str, to: str) -> None:
    moving = contact(whose)
    customer(to).contacts.append(moving)


def take_out(whose: str) -> None:
    del customer(whose).contacts[:]


REFUSED: dict[str, Callable[[], object]] = {
    "edit a foreign row": lambda: edit(customer("Bert"), billing_city="Como"),
    "delete a foreign row": lambda: db.session.delete(customer("Bert")),
    "make a foreign row one's own": lambda: edit(customer("Bert"), owner=user("Anna")),
    "make a foreign row one's own by key": lambda: edit(customer("Bert"), owner_id=user("Anna").id),
    "make a row nobody's": lambda: edit(customer("Anna"), owner=None),
    "make a row nobody's by key": lambda: edit(customer("Anna"), owner_id=None),
    "give a row away": lambda: edit(customer("Anna"), owner=user("Bert")),
    "create a row for somebody else": lambda: db.session.add(Customer(company="X", vat_number=VAT, owner=user("Bert"))),
    "create a row for nobody": lambda: db.session.add(Customer(company="X", vat_number=VAT, owner_id=None)),
    "edit a child of a foreign row": lambda: edit(contact("Bert"), email="x@example.com"),
    "delete a child of a foreign row": lambda: db.session.delete(contact("Bert")),
    "take a child out of a foreign row": lambda: take_out("Bert"),
    "add a child to a foreign row": lambda: db.session.add(Contact(customer=customer("Bert"), name="X")),
    "add a child to a foreign row by key": lambda: db.session.add(Contact(customer_id=customer("Bert").id, name="X")),
    "add a child to a foreign row by its list": lambda: customer("Bert").contacts.append(Contact(name="X")),
    "add a part to a foreign row": lambda: customer("Bert").emails.append(CustomerEmail(address="x@example.com")),
    "move a child to a foreign row": lambda: move("Anna", "Bert"),
    "move a child to a foreign row by key": lambda: move_by_key("Anna", "Bert"),
    "move a child to a foreign row by its list": lambda: move_by_list("Anna", "Bert"),
    "take a child from a foreign row": lambda: move("Bert", "Anna"),
    "take a child from a foreign row by key": lambda: move_by_key("Bert", "Anna"),
    "take a child from a foreign row by its list": lambda: move_by_list("Bert", "Anna"),
    "create what one may only see": lambda: db.session.add(CustomerGroup(name="X")),
    "edit whom one may only see": lambda: edit(user("Bert"), name="X"),
    "make oneself an administrator": lambda: db.session.add(
        UserRole(user=user("Anna"), role=db.session.scalars(select(Role).where(Role.administrator)).one())
    ),
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("deed", REFUSED)
def test_one_may_not(deed: str) -> None:
    REFUSED[deed]()
    with pytest.raises(Refused):
        db.session.commit()


@pytest.mark.usefixtures("anna")
def test_a_refused_row_takes_the_others_of_the_flush_with_it() -> None:
    edit(customer("Anna"), billing_city="Como")
    edit(customer("Bert"), billing_city="Como")
    with pytest.raises(Refused):
        db.session.commit()
    db.session.rollback()
    assert (customer("Anna").billing_city, customer("Bert").billing_city) == (None, None)


ALLOWED: dict[str, Callable[[], object]] = {
    "edit one's own": lambda: edit(customer("Anna"), billing_city="Como"),
    "delete one's own with all that belongs to it": lambda: db.session.delete(customer("Anna")),
    "create a row": lambda: db.session.add(Customer(company="X", vat_number=VAT)),
    "create a row with children and parts": lambda: db.session.add(
        Customer(
            company="X",
            vat_number=VAT,
            emails=[CustomerEmail(address="x@example.com")],
            contacts=[Contact(name="X")],
            notes=[Note(body="X")],
        )
    ),
    "edit a child": lambda: edit(contact("Anna"), email="x@example.com"),
    "add a child": lambda: db.session.add(Contact(customer_id=customer("Anna").id, name="X")),
    "take out a child": lambda: take_out("Anna"),
    "touch a foreign row without changing it": lambda: edit(customer("Bert"), company="Bert's"),
    "look at a foreign row's children": lambda: list(customer("Bert").contacts),
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("deed", ALLOWED)
def test_one_may(deed: str) -> None:
    ALLOWED[deed]()
    db.session.commit()


def test_a_created_row_is_its_creators(anna: Actor) -> None:
    created = Customer(company="X", vat_number=VAT, contacts=[Contact(name="X")])
    save(created)
    assert created.owner_id == anna.user_id  # type: ignore[attr-defined]


def test_who_creates_alone_may_create_with_parts(app: Flask) -> None:
    begin()
    clerk = add_user(EDITOR)
    grants = {
        "customer": SEE | {Permission.CREATE: Level.ORGANISATION},
        "user": SEE,
        "customer_group": SEE,
        "channel": SEE,
    }
    begin(actor(clerk, grants))
    created = Customer(company="X", vat_number=VAT, emails=[CustomerEmail(address="x@example.com")])
    save(created)
    created.emails[0].address = "y@example.com"
    with pytest.raises(Refused):
        db.session.commit()


def test_who_may_not_delete_may_still_take_out_a_part(app: Flask) -> None:
    begin()
    editor = seller(
        {"customer": SEE | {Permission.EDIT: Level.ORGANISATION}, "user": SEE, "customer_group": SEE, "channel": SEE}
    )
    mine = owned_by(editor, "Mine", emails=[CustomerEmail(address="x@example.com")])
    save(Contact(customer=mine, name="X"))
    begin(editor)
    customer_row: Any = db.session.scalars(select(Customer)).one()
    customer_row.emails.clear()
    db.session.commit()
    customer_row.contacts.clear()
    with pytest.raises(Refused):
        db.session.commit()


@pytest.fixture
def blind(app: Flask) -> int:
    """Somebody who may write every customer but sees only their own; returns the key of a foreign one."""
    begin()
    blind = seller({"customer": ALL | {Permission.VIEW: Level.OWN}, "user": SEE, "customer_group": SEE, "channel": SEE})
    key = owned_by(seller(name="Bert"), "Bert's").id
    owned_by(blind, "Mine")
    begin(blind)
    return key


def test_a_hidden_parent_is_refused_like_one_that_is_not_there(blind: int) -> None:
    said = []
    for key in (blind, 4711):
        db.session.add(Contact(customer_id=key, name="X"))
        with pytest.raises(DomainError) as refusal:
            db.session.flush()
        db.session.rollback()
        said.append([(str(each), each.field) for each in refusal.value.errors])
    assert said[0] == said[1] == [("This does not exist, or is not yours to use.", "customer")]


def test_a_child_is_not_moved_to_a_hidden_parent(blind: int) -> None:
    moving = Contact(customer=customer_named("Mine"), name="X")
    save(moving)
    moving.customer_id = blind  # type: ignore[attr-defined]
    with pytest.raises(DomainError):
        db.session.flush()


def customer_named(name: str) -> Customer:
    return db.session.scalars(select(Customer).where(Customer.name == name)).one()


def test_without_an_actor_nothing_is_written(app: Flask) -> None:
    db.session.add(CustomerGroup(name="X"))
    with pytest.raises(GateError, match="no actor"):
        db.session.flush()


@pytest.mark.usefixtures("anna")
def test_rights_are_widened_only_within_the_block() -> None:
    bert = customer("Bert")
    with acting_as(db.session, SYSTEM):
        bert.billing_city = "Como"
        db.session.flush()
    bert.billing_city = "Lecco"
    with pytest.raises(Refused):
        db.session.flush()


ROLES = {
    ADMINISTRATOR: {"customer", "contact", "customer_group", "user"},
    EDITOR: {"customer", "contact"},
    VIEWER: set[str](),
}


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_writes(app: Flask, role: str) -> None:
    begin()
    save(Contact(customer=owned_by(seller()), name="Chiara"))
    begin(actor_for(db.session, add_user(role)))
    written, reasons = set(), list[str]()
    for model, change in {Customer: "code", Contact: "name", CustomerGroup: "name", User: "name"}.items():
        row = db.session.scalars(select(model).order_by(model.id).limit(1)).one()
        setattr(row, change, "X")
        try:
            db.session.commit()
            written.add(row.__tablename__)
        except Refused as refusal:
            db.session.rollback()
            reasons.append(str(refusal))
    assert written == ROLES[role]
    assert all(role in each for each in reasons)


def test_a_decision_says_why_not(anna: Actor) -> None:
    foreign = customer("Bert")
    own = decide(anna, Permission.EDIT, Customer, foreign)
    assert own.reason % own.params == (
        "Your role (seller) may edit only your own customers, and “Bert's” is not yours."
    )
    none = decide(anna, Permission.CREATE, CustomerGroup)
    assert none.reason % none.params == "Your role (seller) may not create groups."
    assert decide(anna, Permission.EDIT, Contact, contact("Anna"))


# The same on entities that exist for the test alone: owned shelves, boxes on them, items in those.


@pytest.fixture
def shelves(app: Flask) -> Iterator[Sequence[Any]]:
    with declared() as models:
        begin()
        create_tables(models)
        yield models
        db.session.rollback()
        db.session.expunge_all()


def stocked(shelves: Sequence[Any]) -> Actor:
    """Return Anna, who has a shelf with a box and an item as Bert has; each is named after its owner."""
    shelf, sticker, box, item, _ = shelves
    grants = {"shelf": OWN, "user": SEE}
    people = [actor(add_user(EDITOR, name=name), grants) for name in ("Anna", "Bert")]
    for someone in people:
        set_actor(db.session, someone)
        boxes = [box(label=someone.name, items=[item(words=someone.name)])]
        save(shelf(name=someone.name, boxes=boxes, stickers=[sticker(text=someone.name)]))
    set_actor(db.session, people[0])
    return people[0]


def test_the_rule_reaches_any_depth(shelves: Sequence[Any]) -> None:
    stocked(shelves)
    shelf, sticker, box, item, _ = shelves
    for model, key in ((shelf, "name"), (sticker, "text"), (box, "label"), (item, "words")):
        assert [getattr(each, key) for each in db.session.scalars(select(model))] == ["Anna"]
        assert len(db.session.scalars(select(model), execution_options=PAST).all()) == 2


def test_a_grandchild_is_not_written_below_a_foreign_row(shelves: Sequence[Any]) -> None:
    stocked(shelves)
    _, _, box, item, _ = shelves
    foreign = db.session.scalars(select(box.id).where(box.label == "Bert"), execution_options=PAST).one()
    mine = db.session.scalars(select(item)).one()
    mine.box_id = foreign
    with pytest.raises(DomainError):
        db.session.flush()
    db.session.rollback()
    db.session.add(item(box_id=foreign, words="X"))
    with pytest.raises(DomainError):
        db.session.flush()


def test_a_row_seen_past_the_gate_is_still_not_written(shelves: Sequence[Any]) -> None:
    stocked(shelves)
    foreign = db.session.scalars(select(shelves[3]).where(shelves[3].words == "Bert"), execution_options=PAST).one()
    foreign.words = "X"
    with pytest.raises(Refused):
        db.session.flush()
