"""Rows that are not the actor's do not exist for any query, whatever way it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, exists, func, insert, literal, select, text, union, update
from sqlalchemy.orm import aliased, joinedload, selectinload, subqueryload

from models.actors import actor_for
from models.base import db
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.gate import GateError, acting_as, set_actor, ungated
from models.group import CustomerGroup
from models.history import Change, ChangeSet
from models.note import Note
from models.permissions import SYSTEM, Actor
from models.related import find, find_all, titles
from models.search.index import SearchEntry
from models.user import User
from tests.models.world import ALL, LOOKING, OWN, SEE, actor, begin, owned_by, save, seller, statements
from tests.people import EDITOR, add_user

PAST = ungated("a test looks past the gate")


@pytest.fixture
def anna(app: Flask) -> Actor:
    """Anna sees her own customers only; each of the two has a contact, a note and an email."""
    begin()
    anna, bert = seller(name="Anna"), seller(name="Bert")
    for someone in (anna, bert):
        begin()
        customer = owned_by(someone, f"{someone.name}'s", emails=[CustomerEmail(address=f"{someone.name}@example.com")])
        save(
            Contact(customer=customer, name=f"{someone.name}'s contact"),
            Note(customer=customer, body=f"{someone.name}'s note"),
        )
    begin(anna)
    return anna


def names(query: Any) -> list[str]:
    return sorted({getattr(each, "name", each) for each in db.session.scalars(query).unique()})


alias, contact_alias = aliased(Customer), aliased(Contact)
subquery, cte = select(Customer.name, Customer.id).subquery(), select(Customer.name).cte()

CUSTOMERS: dict[str, Callable[[], Any]] = {
    "a list": lambda: names(select(Customer)),
    "a list of one column": lambda: names(select(Customer.name)),
    "a query of the old kind": lambda: [each.name for each in db.session.query(Customer).all()],
    "an alias": lambda: names(select(alias)),
    "a column of an alias": lambda: names(select(alias.name)),
    "a subquery": lambda: names(select(subquery.c.name)),
    "a common table expression": lambda: names(select(cte.c.name)),
    "an entity from a subquery": lambda: names(select(aliased(Customer, select(Customer).subquery()))),
    "a union within": lambda: names(select(union(select(Customer.name), select(Customer.name)).subquery().c.name)),
    "an IN": lambda: names(select(Customer.name).where(Customer.id.in_(select(Customer.id)))),
    "a join from the child": lambda: names(select(Customer.name).join_from(Contact, Customer)),
    "a scalar subquery": lambda: names(select(select(func.max(Customer.name)).scalar_subquery()).select_from(User)),
    "an order by its relation": lambda: names(select(Customer.name).outerjoin(Customer.owner).order_by(User.name)),
    "the parents of all children": lambda: sorted(each.customer.name for each in db.session.scalars(select(Contact))),
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("way", CUSTOMERS)
def test_a_foreign_customer_is_not_in(way: str) -> None:
    assert CUSTOMERS[way]() == ["Anna's"]


COUNTS: dict[str, Callable[[], Any]] = {
    "of rows": lambda: db.session.scalar(select(func.count(Customer.id))),
    "of everything": lambda: db.session.scalar(select(func.count("*")).select_from(Customer)),
    "of a subquery": lambda: db.session.scalar(
        select(func.count()).select_from(select(Customer.id).limit(10).subquery())
    ),
    "of a query of the old kind": lambda: db.session.query(Customer).count(),
    "of the children": lambda: db.session.scalar(select(func.count(Contact.id))),
    "of a join": lambda: db.session.scalar(select(func.count(Contact.id)).join(Contact.customer)),
    "grouped by owner": lambda: len(
        db.session.execute(select(Customer.name, func.count()).group_by(Customer.name)).all()
    ),
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("way", COUNTS)
def test_a_foreign_row_does_not_count_in_a_count(way: str) -> None:
    assert COUNTS[way]() == 1


def foreign(model: type[Any]) -> int:
    """Return the key of Bert's row."""
    column: Any = model.name if hasattr(model, "name") else model.body if model is Note else model.address
    return db.session.scalars(select(model.id).where(column.startswith("Bert")), execution_options=PAST).one()  # type: ignore[no-any-return]


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("model", [Customer, Contact, Note, CustomerEmail])
def test_a_foreign_row_is_not_found_by_key(model: type[Any]) -> None:
    key = foreign(model)
    assert db.session.get(model, key) is None
    assert find(db.session, model, key) is None
    assert find_all(db.session, model, [key]) == {}
    assert titles(db.session, model, [key]) == {}
    assert db.session.scalars(select(model).where(model.id == key).with_for_update()).all() == []


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("model", [Contact, Note, CustomerEmail])
def test_children_follow_their_parent(model: type[Any]) -> None:
    assert [each.customer.name for each in db.session.scalars(select(model))] == ["Anna's"]


EXISTING: dict[str, Callable[[], Any]] = {
    "any child": lambda: select(User.name).where(User.id.in_(select(Customer.owner_id))),  # type: ignore[attr-defined]
    "exists": lambda: select(User.name).where(exists().where(Customer.owner_id == User.id)),  # type: ignore[attr-defined]
    "exists of an alias": lambda: select(User.name).where(
        exists().where(contact_alias.customer_id == Customer.id, Customer.owner_id == User.id)  # type: ignore[attr-defined]
    ),
    "has": lambda: select(User.name).where(
        exists(select(Contact.id).where(Contact.customer.has(Customer.owner_id == User.id)))  # type: ignore[attr-defined]
    ),
    "any": lambda: select(User.name).where(
        exists(select(Customer.id).where(Customer.contacts.any(), Customer.owner_id == User.id))  # type: ignore[attr-defined]
    ),
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("way", EXISTING)
def test_nobody_learns_of_foreign_rows_through(way: str) -> None:
    assert names(EXISTING[way]()) == ["Anna"]


LOADERS = {"joined": joinedload, "selectin": selectinload, "subquery": subqueryload, "lazy": None}


@pytest.fixture
def leaky(app: Flask) -> None:
    """Somebody who sees all customers but, by an odd right, no group; and a customer whose contacts moved away."""
    begin()
    odd = actor(add_user(EDITOR), {"customer": ALL, "user": OWN, "customer_group": {}})
    owned_by(seller(name="Bert"), "Bert's")
    begin()
    begin(odd)


@pytest.mark.usefixtures("leaky")
@pytest.mark.parametrize("loader", LOADERS)
def test_a_hidden_relation_is_none_however_it_is_loaded(loader: str) -> None:
    load = LOADERS[loader]
    options = [load(Customer.group), load(Customer.owner)] if load else []
    [customer] = db.session.scalars(select(Customer).options(*options)).all()
    assert {customer.group, customer.owner} == {None}


@pytest.mark.usefixtures("leaky")
def test_everybody_sees_themselves() -> None:
    me = db.session.info["actor"].user_id
    assert [each.id for each in db.session.scalars(select(User))] == [me]
    assert db.session.scalars(select(CustomerGroup)).all() == []


@pytest.fixture
def narrow(app: Flask) -> Customer:
    """A customer with a contact, seen by the owner."""
    begin()
    bert = seller(name="Bert")
    customer = owned_by(bert, "Bert's")
    save(Contact(customer=customer, name="Chiara"))
    begin(bert)
    return db.session.scalars(select(Customer)).one()


@pytest.mark.parametrize("loader", LOADERS)
def test_a_collection_is_complete_for_whom_it_is_meant(narrow: Customer, loader: str) -> None:
    db.session.expunge_all()
    load = LOADERS[loader]
    options = [load(Customer.contacts)] if load else []  # type: ignore[attr-defined]
    [customer] = db.session.scalars(select(Customer).options(*options)).unique()
    assert [each.name for each in customer.contacts] == ["Chiara"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("loader", LOADERS)
def test_children_of_a_row_seen_before_it_was_given_away_are_gone(narrow: Customer, loader: str) -> None:
    bert, key = db.session.info["actor"], narrow.id
    with acting_as(db.session, SYSTEM):
        give_away(key, seller(name="Carla"))
    db.session.expire_all()
    load = LOADERS[loader]
    options = [load(Customer.contacts)] if load else []  # type: ignore[attr-defined]
    assert db.session.scalars(select(Customer).options(*options)).unique().all() == []
    assert narrow.contacts == []  # type: ignore[attr-defined]
    assert bert is db.session.info["actor"]


def give_away(key: int, to: Actor) -> None:
    statement = update(Customer).where(Customer.id == key).values(owner_id=to.user_id)
    db.session.execute(statement, execution_options=PAST)


def test_rows_of_another_actor_are_forgotten(anna: Actor) -> None:
    mine = db.session.scalars(select(Customer)).one().id
    set_actor(db.session, seller(name="Carla"))
    assert db.session.get(Customer, mine) is None
    set_actor(db.session, anna)
    assert db.session.get(Customer, mine)


def test_the_same_actor_again_keeps_what_is_loaded(anna: Actor) -> None:
    customer = db.session.scalars(select(Customer)).one()
    set_actor(db.session, anna)
    assert customer in db.session


@pytest.mark.usefixtures("anna")
def test_acting_for_somebody_else_ends_with_the_block_even_after_an_error() -> None:
    with acting_as(db.session, SYSTEM):
        assert len(names(select(Customer.name))) == 2
    with pytest.raises(ZeroDivisionError), acting_as(db.session, SYSTEM):
        raise ZeroDivisionError
    assert names(select(Customer.name)) == ["Anna's"]


@pytest.mark.usefixtures("anna")
def test_refreshing_and_expired_rows_work() -> None:
    customer = db.session.scalars(select(Customer)).one()
    db.session.refresh(customer)
    db.session.expire(customer, ["name"])
    assert customer.name == "Anna's"
    db.session.expire_all()
    assert [each.name for each in customer.contacts] == ["Anna's contact"]  # type: ignore[attr-defined]


REFUSED: dict[str, Any] = {
    "a text": text("SELECT * FROM customer"),
    "a text that fills an entity": select(Customer).from_statement(text("SELECT * FROM customer")),
    "a table": select(Customer.__table__),
    "columns of a table": select(Customer.__table__.c.name),
    "a union": union(select(Customer.name), select(Contact.name)),
    "a union that fills an entity": select(Customer).from_statement(select(Customer).union(select(Customer))),
    "an expression": select(literal(1)),
    "an update": update(Customer).values(name="Mine"),
    "a delete": delete(Customer),
    "an insert": insert(CustomerGroup).values(name="Mine"),
    "an insert of a select": insert(CustomerGroup).from_select(["name"], select(Customer.name)),
    "an update that returns": update(Customer).values(name="Mine").returning(Customer.id),
    "the history": select(Change),
    "a column of the history": select(Change.after),
    "the change-sets": select(ChangeSet.actor_name),
    "the search index": select(SearchEntry.body),
    "the history beside a customer": select(Customer.id, Change.after),
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("what", REFUSED)
def test_what_the_gates_cannot_judge_is_refused(what: str) -> None:
    with pytest.raises(GateError, match="ungated"):
        db.session.execute(REFUSED[what])
    assert len(db.session.scalars(select(Customer), execution_options=PAST).all()) == 2


@pytest.mark.usefixtures("anna")
def test_rows_cannot_be_written_in_bulk_past_the_gate() -> None:
    with pytest.raises(GateError):
        db.session.query(Customer).update({"name": "Mine"})
    with pytest.raises(GateError):
        db.session.query(Customer).delete()
    with pytest.raises(GateError):
        db.session.execute(insert(CustomerGroup), [{"name": "a"}, {"name": "b"}])


@pytest.mark.usefixtures("anna")
def test_a_named_exemption_lets_a_statement_pass() -> None:
    assert len(db.session.scalars(select(Customer), execution_options=PAST).all()) == 2
    assert len(db.session.scalars(select(Customer).execution_options(**PAST)).all()) == 2
    assert db.session.execute(text("SELECT 1"), execution_options=LOOKING).scalar() == 1


def test_without_an_actor_nothing_is_read(app: Flask) -> None:
    with pytest.raises(GateError, match="no actor"):
        db.session.scalars(select(Customer))
    with pytest.raises(GateError, match="no actor"):
        db.session.get(Customer, 1)


def test_without_a_role_nothing_is_seen(app: Flask) -> None:
    begin()
    owned_by(seller())
    set_actor(db.session, Actor(1, "Nobody", ()))
    assert db.session.scalars(select(Customer)).all() == []
    assert db.session.scalars(select(Contact)).all() == []


@pytest.mark.parametrize(("roles", "seen"), [([OWN, SEE], 2), ([OWN, {}], 1), ([{}, {}], 0)])
def test_of_several_roles_the_widest_wins(anna: Actor, roles: list[Any], seen: int) -> None:
    several = tuple(actor(User(id=anna.user_id, name="A"), {"customer": each}).roles[0] for each in roles)
    set_actor(db.session, Actor(anna.user_id, "Anna", several))
    assert len(db.session.scalars(select(Customer)).all()) == seen


def test_an_administrators_statements_carry_no_criterion(app: Flask) -> None:
    begin(actor_for(db.session, add_user()))
    with statements() as sent:
        db.session.scalars(select(Contact)).all()
    assert all("WHERE" not in each for each in sent)


def test_criteria_are_built_once_an_actor_and_compiled_once_for_all(anna: Actor) -> None:
    criteria = db.session.info["criteria"]
    with acting_as(db.session, SYSTEM):
        names(select(Customer.name))
    assert db.session.info["criteria"] is criteria
    query = select(Contact).where(Contact.email.is_(None)).options(selectinload(Contact.customer))
    carla, compiled = seller(name="Carla"), db.session.connection().engine._compiled_cache
    assert compiled is not None
    assert names(query) == ["Anna's contact"]
    before = len(compiled)
    set_actor(db.session, carla)
    assert names(query) == []
    assert len(compiled) == before


def test_actors_who_take_turns_see_their_own(app: Flask) -> None:
    begin()
    sellers = [seller(name=str(number)) for number in range(4)]
    for each in sellers:
        begin()
        save(Contact(customer=owned_by(each, each.name), name=each.name))
    for each in (*sellers, *reversed(sellers), *sellers):
        set_actor(db.session, each)
        assert names(select(Customer)) == names(select(Contact)) == [each.name]
