"""The demo has a past: its history says when things happened and by whom, and records were otherwise once."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.account import Account
from models.as_of import as_of
from models.base import Base, Timestamped, db
from models.customer import Customer, Rating, Status
from models.description import entities
from models.gate import set_actor
from models.history import CREATE, UPDATE
from models.operations.accounts import create_administrator
from models.operations.chain_check import verify
from models.operations.chaining import newest, seal
from models.past import history_of
from models.permissions import SYSTEM
from models.sealed import CHANGES, SETS
from models.task import Task
from models.user import User
from seed.demo import UNTIL, load_demo
from seed.demo.staff import PEOPLE, SELLERS

pytestmark = pytest.mark.databases("sqlite")
ON_BOTH = pytest.mark.databases("sqlite", "postgresql")


def happened(session: Any) -> list[Any]:
    """Return every change with its moment and who made it, in the order of the history."""
    columns = CHANGES.c["id", "change_set_id", "entity", "row_id", "root_id", "version", "action"]
    query = select(*columns, SETS.c["at", "actor_name"]).join(SETS, SETS.c.id == CHANGES.c.change_set_id)
    return list(session.connection().execute(query.order_by(CHANGES.c.id)))


def timestamped(session: Any) -> dict[tuple[str, int], Any]:
    models = [model for model in entities() if issubclass(model, Timestamped)]
    return {(row.__tablename__, row.id): row for model in models for row in session.scalars(select(model))}


def aurora(session: Any) -> Customer:
    found: Customer = session.scalars(select(Customer).where(Customer.code == "C-00412")).one()
    return found


def on(session: Any, row: Base, year: int, month: int, day: int) -> Any:
    """Return what a record was like on a day at noon."""
    return as_of(session, row, datetime(year, month, day, 12, tzinfo=UTC))


@ON_BOTH
def test_what_happened_earlier_stands_before_what_happened_later(demo: Any) -> None:
    found = happened(demo)
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert [each.change_set_id for each in found] == sorted(each.change_set_id for each in found)
    versions = defaultdict(list)
    for each in found:
        versions[each.entity, each.row_id].append(each.version)
    assert [row for row, some in versions.items() if some != sorted(some)] == []
    assert set(demo.connection().scalars(select(SETS.c.id))) == {each.change_set_id for each in found}


def test_every_row_was_created_and_changed_last_when_its_history_says_so(demo: Any) -> None:
    rows, changed = timestamped(demo), {}
    for each in happened(demo):
        if row := rows.get((each.entity, each.row_id)):
            assert each.action != CREATE or each.at == row.created_at, each
            changed[each.entity, each.row_id] = each.at
        elif each.entity == "customer_phone":  # which is part of it
            changed["customer", each.root_id] = max(each.at, changed.get(("customer", each.root_id), each.at))
    assert {key: row.updated_at for key, row in rows.items()} == changed


def test_a_customer_of_the_pictures_was_another_on_other_days(demo: Any) -> None:
    customer = aurora(demo)
    assert on(demo, customer, 2023, 12, 3).row is None
    first, later = on(demo, customer, 2024, 1, 15), on(demo, customer, 2025, 12, 15)
    told = [(one.row.owner.name, one.row.rating, one.row.phones[0].number, one.row.employees) for one in (first, later)]
    assert told == [
        ("Luca Ferri", Rating.WARM, "+39 02 6698 1200", 31),
        ("Anna Rossi", Rating.HOT, "+39 02 6698 1234", 31),
    ]
    assert (first.row.can_login, later.row.can_login, customer.can_login) == (False, False, True)
    assert sum(first.counts.values()) < sum(later.counts.values())


def test_who_looked_after_a_customer_made_it_and_nobody_else_says_so(demo: Any) -> None:
    *_, creation = history_of(demo, aurora(demo), limit=1000)
    assert (creation.actor_name, creation.at) == ("Luca Ferri", aurora(demo).created_at)


def test_many_customers_were_edited_by_several_people_in_two_years(demo: Any) -> None:
    edits = [each for each in happened(demo) if each.action == UPDATE and each.entity.startswith("customer")]
    assert {row.name for row in timestamped(demo).values() if isinstance(row, User)} == set(PEOPLE)
    assert len({each.actor_name for each in edits} & set(PEOPLE)) > len(SELLERS) / 2
    assert {each.at.year for each in edits} >= {2025, 2026}
    assert len({each.row_id for each in edits if each.entity == "customer"}) > 20


def test_who_left_was_active_before(demo: Any) -> None:
    gone = list(demo.scalars(select(Customer).where(Customer.status != Status.ACTIVE)))
    assert {as_of(demo, each, each.created_at).row.status for each in gone} == {Status.ACTIVE}


def test_a_task_was_open_until_somebody_did_it(demo: Any) -> None:
    done = list(demo.scalars(select(Task).where(Task.done)))
    was = [as_of(demo, task, task.created_at).row for task in done if task.done_at > task.created_at]
    assert {(row.done, row.done_at) for row in was} == {(False, None)}


def test_an_account_kept_its_owner_with_its_customer(demo: Any) -> None:
    for account in demo.scalars(select(Account)):
        owners = {history[-1].actor_name for history in [history_of(demo, account, limit=100)]}
        then = as_of(demo, account, account.created_at).row
        assert owners == {then.owner.name if then.owner else SYSTEM.name}


def test_the_history_can_be_sealed_and_what_was_sealed_before_stands(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        set_actor(db.session, SYSTEM)
        create_administrator(db.session, "boss@example.com", None, "Boss")
        db.session.commit()
        assert seal(db.engine) == 1
        _, kept = newest(db.engine)
        load_demo(db.session, 12)
        db.session.commit()
        assert seal(db.engine) > 100
        walk = verify(db.engine, kept)
        assert (walk.broken, walk.unsealed) == ([], 0)
        assert db.session.scalars(select(User).where(User.name == "Boss")).one().created_at > UNTIL
