"""The index follows every write, whoever makes it."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import Base, db
from models.contact import Contact
from models.customer import CustomerEmail
from models.gate import ungated
from models.note import Note
from models.search import SearchEntry, SearchSpec, include_object, suspend_search, sync_search
from models.search.backends import backend_of
from models.search.lines import indexed
from tests.models.search_world import add, begin, execute, found, ghisallo, person, recorded


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    begin()


LOOKING = ungated("a test looks at the index itself")


def entries(*, personal: bool = False) -> dict[tuple[str, int], tuple[int, str, str]]:
    rows = db.session.execute(select(SearchEntry), execution_options=LOOKING).scalars()
    db.session.expire_all()
    return {(row.entity, row.row_id): (row.id, row.body, row.folded) for row in rows if row.personal is personal}


def test_rows_written_in_plain_sql_are_found() -> None:
    customer = person()
    execute(
        "INSERT INTO note (version, customer_id, body, at, created_at, updated_at) "
        "SELECT 1, id, 'Perché not', created_at, created_at, updated_at FROM customer WHERE id = :id",
        id=customer.id,
    )
    assert found("perche") == ["Ada Byron"]
    execute("UPDATE note SET body = 'because'")
    assert found("perche") == []
    assert found("because") == ["Ada Byron"]
    execute("DELETE FROM note")
    assert found("because") == []


def test_what_goes_with_a_customer_leaves_the_index_too() -> None:
    before = entries().keys()
    customer = ghisallo()
    assert len(entries().keys() | entries(personal=True).keys()) == len(before) + 6
    execute("DELETE FROM customer WHERE id = :id", id=customer.id)
    assert {name for name, _ in entries().keys() - before} == {"account"}
    assert found("saddles") == found("ghisallo") == []


def test_a_contact_that_moves_is_found_at_its_new_customer() -> None:
    ghisallo()
    other = person()
    execute("UPDATE contact SET customer_id = :id", id=other.id)
    assert found("pellissier") == ["Ada Byron"]


def test_a_change_of_something_else_leaves_the_entry_alone() -> None:
    customer = ghisallo()
    before = entries()
    execute("UPDATE customer SET newsletter = :yes, version = version + 1, name = name", yes=True)
    assert entries() == before
    customer.name = "Officine Tonale"
    db.session.commit()
    assert found("tonale bartali") == ["Officine Tonale"]


def test_the_triggers_and_a_new_index_agree() -> None:
    add(CustomerEmail(customer=ghisallo(), address="second@ghisallo.example"))
    add(Note(customer=person(), body="one\r\ntwo\tthree"))
    before = entries()
    execute("DELETE FROM search_entry")
    assert found("ghisallo") == []
    suspend_search(db.session.connection())
    sync_search(db.session.connection())
    assert {key: texts for key, (_, *texts) in entries().items()} == {key: texts for key, (_, *texts) in before.items()}
    assert found("ghisallo") == ["Officine Ghisallo"]


def test_the_database_folds_letters_as_the_program_does() -> None:
    add(Note(customer=person(), body="".join(chr(code) + " " for code in range(0xC0, 0x1600) if chr(code).isalpha())))
    fold = backend_of(db.engine.dialect.name).fold
    assert {folded == fold(body) for _, body, folded in entries().values()} == {True}


def test_migrations_leave_a_true_index_behind_whatever_they_write() -> None:
    ghisallo()
    contact = db.session.scalars(select(Contact)).one()
    untouched = entries()["contact", contact.id]
    suspend_search(db.session.connection())
    execute("UPDATE customer SET name = 'Officine Stelvio'")
    execute("DELETE FROM note")
    sync_search(db.session.connection())
    assert found("stelvio") == ["Officine Stelvio"]
    assert found("saddles") == []
    assert entries()["contact", contact.id] == untouched
    execute("UPDATE customer SET name = 'Officine Pordoi'")
    assert found("pordoi") == ["Officine Pordoi"]


def test_a_changed_declaration_renews_the_entries_of_its_entity_alone() -> None:
    ghisallo()
    before = entries()
    execute("UPDATE search_spec SET fingerprint = 'older' WHERE entity = 'contact'")
    execute("UPDATE search_entry SET body = 'older' WHERE entity = 'contact'")
    sync_search(db.session.connection())
    renewed = {entity for (entity, key), entry in entries().items() if entry != before[entity, key]}
    assert renewed == {"contact"}
    assert found("pellissier") == ["Officine Ghisallo"]


def test_entries_of_an_entity_that_is_no_more_go() -> None:
    execute(
        "INSERT INTO search_entry (entity, row_id, personal, root_entity, root_id, body, folded, start) "
        "VALUES ('bygone', 1, false, 'bygone', 1, 'x', '', '')"
    )
    execute("INSERT INTO search_spec (entity, fingerprint) VALUES ('bygone', '')")
    sync_search(db.session.connection())
    assert ("bygone", 1) not in entries()
    assert "bygone" not in db.session.scalars(select(SearchSpec.entity), execution_options=LOOKING).all()


def test_bringing_a_true_index_in_step_writes_no_entry() -> None:
    ghisallo()
    before = entries()
    with recorded() as statements:
        sync_search(db.session.connection())
    assert entries() == before
    assert not [sql for sql, _ in statements if sql.startswith("INSERT INTO search_entry")]


def test_half_migrated_tables_do_without_triggers() -> None:
    suspend_search(db.session.connection())
    execute("ALTER TABLE contact RENAME COLUMN phone TO telephone")
    sync_search(db.session.connection())
    person()
    assert found("byron") == ["Ada Byron"]
    execute("UPDATE contact SET telephone = NULL")


def test_a_row_deleted_and_brought_back_is_found_again() -> None:
    customer = ghisallo()
    contact = db.session.scalars(select(Contact)).one()
    key, name = contact.id, contact.name
    db.session.delete(contact)
    db.session.commit()
    assert found("pellissier") == []
    add(Contact(id=key, customer=customer, name=name))
    assert found("pellissier") == ["Officine Ghisallo"]


def test_alembic_is_told_what_search_looks_after_itself() -> None:
    assert not include_object(None, "search_fts_data", "table", True, None)
    assert not include_object(None, "ix_search_entry_folded", "index", True, None)
    assert include_object(None, "search_entry", "table", False, Base.metadata.tables["search_entry"])
    assert include_object(None, "customer", "table", True, None)


def test_the_count_of_entries_is_that_of_searched_rows() -> None:
    ghisallo()
    tables = [model.__tablename__ for model in indexed()]
    rows = {table: execute(f'SELECT count(*) FROM "{table}"').scalar() for table in tables}
    found = db.session.execute(select(SearchEntry.entity, SearchEntry.row_id).distinct(), execution_options=LOOKING)
    assert Counter(entity for entity, _ in found) == Counter({name: count for name, count in rows.items() if count})
