"""What was kept before there were channels, accounts and roles is kept after: customers, users and their rights."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, select, text

from models.account import Account
from models.actors import actor_for
from models.base import db
from models.channel import Channel
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM, Level, Permission
from models.role import Role
from models.unit import BusinessUnit
from models.user import User
from seed.reference_rows import load_reference
from tests.panel import company

NOW = "2026-01-02 03:04:05"
USERS = {1: ("Anna", "administrator"), 2: ("Bert", "editor"), 3: ("Zoe", "viewer")}


def write(connection: Connection, table: str, **values: object) -> None:
    values = values | {"version": 1, "created_at": NOW, "updated_at": NOW}
    columns, names = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({names})'), values)


@pytest.fixture
def old(fresh_app: Flask) -> Flask:
    """A database of the first revision, with three users, and three customers of whom one is nobody's."""
    with fresh_app.app_context():
        downgrade(revision="0001")
        with db.engine.begin() as connection:
            for key, (name, role) in USERS.items():
                values = {"name": name, "email": f"{name}@x.example", "login_key": f"{name}@x.example", "role": role}
                write(connection, "user", id=key, active=True, **values)
            group = {"prices_include_vat": False, "may_request_quotes": True, "discount": 0, "is_default": True}
            write(connection, "customer_group", id=1, name="General", **group)
            for key, owner in ((4, 1), (7, 2), (9, None)):
                row: dict[str, object] = {"kind": "private", "status": "active", "group_id": 1, "owner_id": owner}
                flags = {"newsletter": False, "can_login": False}
                write(connection, "customer", id=key, name=f"Customer {key}", **row, **flags)
        upgrade()
    return fresh_app


def test_every_customer_gets_an_account_and_the_one_channel(old: Flask) -> None:
    with old.app_context():
        set_actor(db.session, SYSTEM)
        customers = db.session.scalars(select(Customer).order_by(Customer.id)).all()
        assert [(row.id, row.account.name, row.account.owner_id) for row in customers] == [  # type: ignore[attr-defined]
            (4, "Customer 4", 1),
            (7, "Customer 7", 2),
            (9, "Customer 9", None),
        ]
        [channel] = db.session.scalars(select(Channel))
        assert {row.channel for row in customers} == {channel}
        assert (channel.active, [each.entity for each in channel.entities]) == (True, ["customer"])


def test_users_keep_the_rights_they_had(old: Flask) -> None:
    with old.app_context():
        set_actor(db.session, SYSTEM)
        levels = {
            user.name: [
                actor_for(db.session, user).level(entity, permission)
                for entity in ("customer", "user")
                for permission in (Permission.VIEW, Permission.EDIT)
            ]
            for user in db.session.scalars(select(User))
        }
        every, none = Level.ORGANISATION, Level.NONE
        assert levels == {"Anna": [every] * 4, "Bert": [every, every, every, none], "Zoe": [every, none, every, none]}
        [unit] = db.session.scalars(select(BusinessUnit))
        assert [each.unit for user in db.session.scalars(select(User)) for each in user.units] == [unit] * 3


def test_new_rows_do_not_collide_with_those_that_were_migrated(old: Flask) -> None:
    with old.app_context():
        set_actor(db.session, SYSTEM)
        load_reference(db.session)
        db.session.commit()
        assert sorted(db.session.scalars(select(Role.name))) == ["Administrator", "Editor", "Viewer"]
        company("Nuova Srl")
        assert [row.id for row in db.session.scalars(select(Account).order_by(Account.id))] == [4, 7, 9, 10]


def test_the_way_back_gives_users_their_role_and_loses_no_customer(old: Flask) -> None:
    with old.app_context():
        db.session.remove()
        downgrade(revision="0001")
        with db.engine.begin() as connection:
            users = connection.execute(text('SELECT name, role FROM "user" ORDER BY id')).all()
            customers = connection.execute(text("SELECT id, name FROM customer ORDER BY id")).all()
        assert [tuple(row) for row in users] == list(USERS.values())
        assert [tuple(row) for row in customers] == [(4, "Customer 4"), (7, "Customer 7"), (9, "Customer 9")]


@pytest.mark.databases("sqlite")
def test_tables_made_anew_on_sqlite_keep_collations_and_never_reuse_a_key(old: Flask) -> None:
    with old.app_context(), db.engine.begin() as connection:
        tables = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
        written = {name: ddl for name, ddl in tables if name in {"customer", "user", "contact", "account"}}
        assert len(written) == 4
        assert [name for name, ddl in written.items() if "AUTOINCREMENT" not in ddl] == []
        assert [name for name, ddl in written.items() if 'name VARCHAR(255) COLLATE "NOCASE" NOT NULL' not in ddl] == []


def test_who_sells_sees_what_documents_need_and_who_edits_leaves_the_set_up_alone(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        set_actor(db.session, SYSTEM)
        load_reference(db.session)
        db.session.commit()
        db.session.remove()
        downgrade(revision="0002")
        upgrade()
        set_actor(db.session, SYSTEM)
        rights = {role.name: role.rights for role in db.session.scalars(select(Role))}
        entities = ("vat_rate", "company", "message_template", "api_token")
        seen = {name: [rights[name].level(each, Permission.VIEW).value for each in entities] for name in rights}
        assert seen["Salesperson"] == ["organisation"] * 3 + ["none"]
        assert seen["Editor"] == ["organisation"] * 4
        edits = [rights["Editor"].level(each, Permission.EDIT).value for each in entities]
        assert edits == ["none", "none", "organisation", "none"]
