"""The chain over the history shows whoever tampers with it, and outlives erasing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from models.base import db
from models.chain import CONTENT, START, digest_of_change, digest_of_seal
from models.history import Change, ChangeSet
from models.operations.chaining import newest, seal
from models.operations.erasing import anonymise
from models.permissions import SYSTEM
from models.sealed import entries
from tests.conftest import dispose, make_app
from tests.databases import Database
from tests.models.canaries import MARK, full, tables
from tests.models.chained import CHAINED, Rows, broken, copy, keep, put, put_back, raw, rows, tampering, walk, write
from tests.models.world import LOOKING, begin, company, person, statements

Tables = dict[str, Any]


@pytest.fixture(scope="module")
def chained(database: Database) -> Iterator[tuple[Flask, Rows]]:
    """A sealed history, in which something was erased."""
    app = make_app(database.copy())
    with app.app_context():
        write()
        with tampering() as connection:
            before = copy(connection)
    yield app, before
    dispose(app)


@pytest.fixture
def chain(chained: tuple[Flask, Rows]) -> Iterator[None]:
    """That history as it was, whatever another test has done to it."""
    app, before = chained
    with app.app_context():
        with tampering() as connection:
            put_back(connection, before)
        yield
        db.session.remove()


def test_all_that_is_written_is_sealed_once(chain: None) -> None:
    assert broken() == []
    assert walk().unsealed == 0
    with db.engine.connect() as connection:
        there = raw(connection)
        assert [each["number"] for each in rows(connection, there["seal"])] == list(range(1, walk().sealed + 1))
        assert {each["change_set_id"] for each in rows(connection, there["seal"])} == {
            each["id"] for each in rows(connection, there["change_set"])
        }
    assert seal(db.engine) == 0


def test_what_is_not_sealed_yet_is_told_by_number_and_age(chain: None) -> None:
    begin()
    company("New"), company("Newer")
    found = walk()
    assert (found.unsealed, found.broken) == (2, [])
    assert found.oldest is not None
    assert timedelta(0) <= datetime.now(UTC) - found.oldest < timedelta(minutes=1)


def test_writing_costs_no_statement_more(chain: None) -> None:
    begin()
    with statements() as sent:
        company("New")
    assert not [each for each in sent if "seal" in each or "erased_change" in each]


# Tampering


def test_no_value_of_any_row_can_be_changed_unseen(chain: None) -> None:
    with tampering() as connection:
        some = [(table, rows(connection, table)[-4:][0]) for table in raw(connection).values()]
    cells = [(table, row, name) for table, row in some for name in row]
    unseen = []
    for number, (table, row, name) in enumerate(cells):
        if changed(table, row, name, number) and not broken():
            unseen.append((table.name, name, row))
        restore(table, row, name)
    assert len(cells) == 5 + 12 + 6 + 5
    assert unseen == []
    assert broken() == []


def changed(table: Any, row: dict[str, Any], name: str, number: int) -> bool:
    """Change one character, bit or moment; return False where the database itself has refused that."""
    [key] = table.primary_key.columns
    try:
        with tampering() as connection:
            put(connection, table, row[key.name], **{name: another(row[name], number)})
    except IntegrityError:
        return False
    return True


def another(value: Any, number: int) -> Any:
    """Return another value of the same kind, as near as can be."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, dict):
        return value | {next(iter(value), "x"): "other"}
    if isinstance(value, str) and value:
        at = number % len(value)
        return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
    return 1 if value is None else value + 100_000


def restore(table: Any, row: dict[str, Any], name: str) -> None:
    [key] = table.primary_key.columns
    with tampering() as connection:
        moved = another(row[name], 0) if name == key.name else row[key.name]
        connection.execute(update(table).where(key.in_([moved, row[key.name]])).values({name: row[name]}))


def without_a_change(connection: Connection, there: Tables) -> None:
    table = there["change"]
    connection.execute(delete(table).where(table.c.id == rows(connection, table)[2]["id"]))


def without_a_change_set(connection: Connection, there: Tables) -> None:
    sets, changes = there["change_set"], there["change"]
    key = rows(connection, sets)[1]["id"]
    connection.execute(delete(changes).where(changes.c.change_set_id == key))
    connection.execute(delete(sets).where(sets.c.id == key))


def without_a_change_set_and_its_seal(connection: Connection, there: Tables) -> None:
    key = rows(connection, there["change_set"])[1]["id"]
    without_a_change_set(connection, there)
    connection.execute(delete(there["seal"]).where(there["seal"].c.change_set_id == key))


def without_a_seal_though_numbers_move_up(connection: Connection, there: Tables) -> None:
    table = there["seal"]
    connection.execute(delete(table).where(table.c.number == 2))
    for row in rows(connection, table)[1:]:
        put(connection, table, row["number"], number=row["number"] - 1)


def with_another_change(connection: Connection, there: Tables) -> None:
    row = rows(connection, there["change"])[0]
    connection.execute(insert(there["change"]).values(row | {"id": 90_000}))


def with_an_early_change_set(connection: Connection, there: Tables) -> None:
    """Put one in that says it is old; the sealer then seals it in good faith."""
    row = rows(connection, there["change_set"])[0]
    early = row | {"id": 0, "at": row["at"] - timedelta(days=30), "undo_of_id": None}
    connection.execute(insert(there["change_set"]).values(early))


def with_seals_exchanged(connection: Connection, there: Tables) -> None:
    table = there["seal"]
    one, other = rows(connection, table)[1:3]
    put(connection, table, one["number"], change_set_id=70_000)
    put(connection, table, other["number"], **{key: one[key] for key in ("change_set_id", "changes", "content")})
    put(connection, table, one["number"], **{key: other[key] for key in ("change_set_id", "changes", "content")})


def with_a_change_and_its_seal_rewritten(connection: Connection, there: Tables) -> None:
    """Whoever alters a change-set and makes its seal anew would have to do so with all seals after it."""
    before, seal = rows(connection, there["seal"])[:2]
    with_the_title_altered(connection, there, seal["change_set_id"])
    content = entries(connection, [seal["change_set_id"]])[seal["change_set_id"]].content
    row = seal | {"content": content, "sealed_at": seal["sealed_at"].replace(tzinfo=UTC)}
    put(connection, there["seal"], seal["number"], content=content, digest=digest_of_seal(before["digest"], row))


def with_the_title_altered(connection: Connection, there: Tables, key: int) -> None:
    table = there["change"]
    connection.execute(update(table).where(table.c.change_set_id == key).values(title="Somebody else"))


def with_the_erasing_denied(connection: Connection, there: Tables) -> None:
    connection.execute(delete(there["erased_change"]))


def with_something_erased_put_back(connection: Connection, there: Tables) -> None:
    key = rows(connection, there["erased_change"])[0]["change_id"]
    put(connection, there["change"], key, title="Marta Bianchi")


def with_an_erasing_made_up(connection: Connection, there: Tables) -> None:
    """Say of an altered change that it was erased, by a change-set that erased nothing."""
    key = rows(connection, there["change_set"])[0]["id"]
    cover = {"id": 60_000, "actor_name": "Cover", "at": datetime.now(UTC)}
    connection.execute(insert(there["change_set"]).values(cover))
    change = next(row for row in rows(connection, there["change"]) if row["change_set_id"] == key)
    digests = {"was": digest_of_change(change), "now": digest_of_change(change | {"title": "Not I"})}
    erased = digests | {"id": 60_000, "change_set_id": cover["id"], "change_id": change["id"]}
    connection.execute(insert(there["erased_change"]).values(erased))
    put(connection, there["change"], change["id"], title="Not I")


WAYS: list[tuple[Callable[[Connection, Tables], None], str]] = [
    (without_a_change, "fewer changes than when it was sealed"),
    (without_a_change_set, "is missing, which was sealed"),
    (without_a_change_set_and_its_seal, "Seals 2 to 2 are missing"),
    (without_a_seal_though_numbers_move_up, "The seal of"),
    (with_another_change, "more changes than when it was sealed"),
    (with_an_early_change_set, "put in later"),
    (with_seals_exchanged, "The seal of"),
    (with_a_change_and_its_seal_rewritten, "The seal of"),
    (with_the_erasing_denied, "is not what it was"),
    (with_something_erased_put_back, "altered after something in it had been erased"),
    (with_an_erasing_made_up, "altered after something in it had been erased"),
]


def test_the_first_place_that_was_tampered_with_is_named(chain: None) -> None:
    with tampering() as connection:
        before = copy(connection)
    for way, told in WAYS:
        with tampering() as connection:
            way(connection, raw(connection))
        seal(db.engine)
        assert told in broken()[0], (way.__name__, broken())
        assert walk().unsealed == 0
        with tampering() as connection:
            put_back(connection, before)
        assert broken() == []


def test_cutting_off_the_end_shows_to_whoever_has_kept_a_digest(chain: None) -> None:
    kept = walk().digest
    begin()
    company("Later")
    seal(db.engine)
    later = walk().digest
    assert (broken(kept), broken(later)) == ([], [])
    with tampering() as connection:
        there = raw(connection)
        last = rows(connection, there["seal"])[-1]
        for table, column in (("change", "change_set_id"), ("change_set", "id"), ("seal", "change_set_id")):
            cut = there[table].c[column] == last["change_set_id"]
            connection.execute(delete(there[table]).where(cut))
    assert broken() == []
    assert broken(kept) == []
    assert "cut off" in broken(later)[0]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("table", "column"), [("change", "after"), ("change_set", "at"), ("seal", "sealed_at")])
def test_what_cannot_be_read_any_more_is_named(chain: None, table: str, column: str) -> None:
    with tampering() as connection:
        connection.execute(text(f"UPDATE \"{table}\" SET {column} = '{{' WHERE rowid = 2"))
    assert "cannot be read any more" in broken()[0]


# Erasing


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed before", "not sealed yet"])
def test_what_is_erased_breaks_nothing_and_cannot_be_guessed(chain: None, sealed: bool) -> None:
    begin()
    customer = full()
    if sealed:
        seal(db.engine)
    said = [contents(change) for change in every_change()]
    former = [digest_of_change(each) for each in said]
    anonymise(db.session, customer)
    db.session.commit()
    seal(db.engine)
    found = walk()
    assert (found.broken, found.erased > 10) == ([], True)
    assert tables(MARK) == {}
    stored = str([rows(db.session.connection(), each) for each in raw(db.session.connection()).values()])
    gone = [each for each in said if MARK in str(each)]
    salts = [change.salt for change in every_change()]
    guesses = {digest_of_change(each | {"salt": salt}) for each in gone for salt in (*salts, None, "")}
    assert not [guess for guess in guesses if guess in stored]
    assert [digest for digest, each in zip(former, said, strict=True) if each in gone and digest in stored]
    assert not [each["salt"] for each in gone if each["salt"] in stored]


def every_change() -> list[Change]:
    query = select(Change).order_by(Change.id).execution_options(populate_existing=True)
    return list(db.session.scalars(query, execution_options=LOOKING))


def contents(change: Change) -> dict[str, Any]:
    return {key: json.loads(json.dumps(getattr(change, key))) for key in (*CONTENT, "salt")}


def test_a_second_erasing_holds_as_well(chain: None) -> None:
    begin()
    customer = keep("Marta")
    for _ in range(2):
        anonymise(db.session, customer)
        db.session.commit()
        seal(db.engine)
    assert broken() == []


def test_history_from_before_the_chain_gets_its_salts_with_its_seals(chain: None) -> None:
    with tampering() as connection:
        there = raw(connection)
        for name in ("seal", "erased_change"):
            connection.execute(delete(there[name]))
        connection.execute(update(there["change"]).values(salt=None))
    begin()
    anonymise(db.session, person("Ada"))
    db.session.commit()
    assert seal(db.engine) == walk().sealed > 3
    assert broken() == []
    with tampering() as connection:
        assert all(row["salt"] for row in rows(connection, raw(connection)["change"]))


# Many at once


@pytest.mark.databases("postgresql")
def test_what_is_committed_later_is_sealed_later_and_not_missed(chain: None) -> None:
    begin()
    with db.engine.connect() as connection:
        connection.execute(insert(ChangeSet).values(actor_name="Slow", at=datetime.now(UTC)))
        company("Quick")
        assert seal(db.engine) == 1
        connection.commit()
    assert seal(db.engine) == 1
    assert broken() == []
    query = select(ChangeSet.actor_name).order_by(ChangeSet.id)
    assert list(db.session.scalars(query, execution_options=LOOKING))[-2:] == ["Slow", SYSTEM.name]


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("salted", [True, False])
def test_erasing_and_sealing_at_the_same_moment_agree(chain: None, salted: bool) -> None:
    begin()
    customer = person("Marta", "Bianchi")
    if not salted:
        with tampering() as connection:
            connection.execute(update(raw(connection)["change"]).values(salt=None))
            connection.execute(delete(raw(connection)["seal"]))
            connection.execute(delete(raw(connection)["erased_change"]))
        begin()
    anonymise(db.session, customer)
    sealer = Thread(target=seal, args=(db.engine,))
    sealer.start()
    sealer.join(timeout=60 if salted else 0.5)
    assert sealer.is_alive() is not salted, "it waits for who erases what it would salt, and for nobody else"
    db.session.commit()
    sealer.join()
    seal(db.engine)
    assert broken() == []


def test_the_first_seal_follows_nothing(chain: None) -> None:
    with tampering() as connection:
        put_back(connection, {name: [] for name in CHAINED})
    assert newest(db.engine) == (0, START)
    assert (walk().sealed, walk().broken, walk().oldest) == (0, [], None)
