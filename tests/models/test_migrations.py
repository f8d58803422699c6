"""Migrations on filled tables: nothing is lost, triggers come back, and the tables are as the models declare."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from models.base import Base, db
from models.contact import Contact
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM
from models.search import include_object, matching
from tests.layers.source import ROOT
from tests.panel import company, contact

REVISION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "scratch", "0004", None, None


def upgrade():
    with op.batch_alter_table("customer") as table:
        table.add_column(sa.Column("nickname", sa.String(20), nullable=True))
        table.alter_column("employees", existing_type=sa.Integer(), type_=sa.BigInteger())


def downgrade():
    with op.batch_alter_table("customer") as table:
        table.alter_column("employees", existing_type=sa.BigInteger(), type_=sa.Integer())
        table.drop_column("nickname")
"""


@pytest.fixture
def revisions(tmp_path: Path) -> str:
    """The migrations with one more that re-creates the customers' table."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "models" / "migrations", folder)
    (folder / "versions" / "scratch.py").write_text(REVISION, encoding="utf-8")
    return str(folder)


def test_the_tables_are_those_that_the_models_declare(fresh_app: Flask) -> None:
    with fresh_app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": include_object})
        assert compare_metadata(context, Base.metadata) == []


def test_a_table_with_children_is_altered_and_altered_back_without_loss(fresh_app: Flask, revisions: str) -> None:
    with fresh_app.app_context():
        set_actor(db.session, SYSTEM)
        contact(company("Aurora Srl"), "Marta Bianchi")
        before = counted()
        upgrade(directory=revisions)
        assert "nickname" in {column["name"] for column in inspect(db.engine).get_columns("customer")}
        assert counted() == before
        downgrade(directory=revisions)
        assert counted() == before
        contact(company("Casa Ibáñez", vat_number="ESB58378431", billing_country="ES", billing_province="V"), "Zoe")
        assert found("marta") == ["Aurora Srl"]
        assert found("zoe") == ["Casa Ibáñez"]


def counted() -> tuple[int, ...]:
    """Count customers and contacts, in a transaction of its own."""
    numbers = tuple(db.session.scalar(select(func.count(model.id))) or 0 for model in (Customer, Contact))
    db.session.commit()
    return numbers


def found(text: str) -> list[str]:
    """Return the customers that a search finds."""
    clause = matching(Customer, text)
    assert clause is not None
    return [customer.name for customer in db.session.scalars(select(Customer).where(clause))]
