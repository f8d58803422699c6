"""Files: what they hold is there as long as a row, or its history, needs it, and not a day longer."""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select, update

from models.attachment import Attachment
from models.base import db
from models.errors import DomainError
from models.files import store
from models.gate import set_actor
from models.history import Change, ChangeSet
from models.operations.deletion import delete_rows
from models.operations.erasing import anonymise
from models.operations.sweeping import faults, needed, release, sweep
from models.operations.undo import undo
from models.permissions import SYSTEM
from models.types import utcnow
from tests.filekit import PDF, PNG, attached, folder, kept
from tests.models.world import LOOKING, begin, person, save

OTHER = PDF + b"%another\n"


@pytest.fixture(autouse=True)
def _files(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Keep files of each test in a folder of its own."""
    app: Flask = request.getfixturevalue("fresh_app" if "fresh_app" in request.fixturenames else "app")
    before = app.config["FILES_FOLDER"]
    app.config["FILES_FOLDER"] = tmp_path / "files"
    yield
    app.config["FILES_FOLDER"] = before


@pytest.fixture
def session(app: Flask) -> Any:
    begin()
    return db.session


def age(digest: str, **ago: float) -> None:
    """Let a content have been handed in some time ago."""
    moment = (utcnow() - timedelta(**ago)).timestamp()
    os.utime(store().path(digest), (moment, moment))


def delete(session: Any, row: Attachment) -> int:
    delete_rows(session, [row])
    session.commit()
    return int(session.info["last_change_set"])


def test_a_file_is_called_as_it_came_and_says_what_it_is(session: Any) -> None:
    row = attached(person(), name="../Vertrag\u202e №1.pdf")
    assert (row.name, row.file_name, row.content_type, row.size) == ("Vertrag №1.pdf",) * 2 + (
        "application/pdf",
        len(PDF),
    )
    assert store().path(row.file).read_bytes() == PDF
    assert store().path(row.file).stat().st_mode & 0o077 == 0


def test_another_file_brings_its_name_unless_the_row_was_given_one(session: Any) -> None:
    plain, named = attached(person()), attached(person())
    named.name = "The contract"
    for row in (plain, named):
        row.file = kept(PNG, "photo.png")
    session.commit()
    assert [(row.name, row.file_name, row.content_type) for row in (plain, named)] == [
        ("photo.png", "photo.png", "image/png"),
        ("The contract", "photo.png", "image/png"),
    ]


def test_undo_brings_a_deleted_file_and_a_replaced_one_back(session: Any) -> None:
    row = attached(person())
    key, first = row.id, row.file
    row.file = kept(OTHER, "other.pdf")
    session.commit()
    undo(session, session.info["last_change_set"])
    session.commit()
    assert (row.file, row.name, row.size) == (first, "contract.pdf", len(PDF))
    undo(session, delete(session, row))
    session.commit()
    back = session.get(Attachment, key)
    assert (back.file, back.file_name, back.name) == (first, "contract.pdf", "contract.pdf")


def test_undo_says_so_when_what_the_file_held_is_gone(session: Any) -> None:
    row = attached(person())
    digest, change_set = row.file, delete(session, row)
    store().remove(digest)
    with pytest.raises(DomainError, match="not there any more"):
        undo(session, change_set)
    session.rollback()
    assert session.get(Attachment, row.id) is None


def test_the_same_content_is_kept_once_and_stays_for_the_other(session: Any) -> None:
    one, other = attached(person()), attached(person("Grace", "Hopper"), name="copy.pdf")
    assert one.file == other.file
    assert folder() == {one.file}
    delete(session, one)
    assert release([other.file]) == []
    assert folder() == {other.file}


def test_the_sweep_takes_what_nothing_needs_once_it_is_old(session: Any) -> None:
    row = attached(person())
    orphan, fresh, gone = kept(OTHER), kept(PNG, "a.png"), attached(person(), PDF + b"%gone\n")
    lost = gone.file
    delete(session, gone)
    for digest in (row.file, orphan, lost):
        age(digest, days=2)
    draft = current_app.config["FILES_FOLDER"] / "new" / "half"
    draft.write_bytes(b"half")
    os.utime(draft, (0, 0))
    assert sweep() == (1, len(OTHER))
    assert folder() == {row.file, fresh, lost}  # what was deleted can still come back
    assert not draft.exists()
    session.execute(update(ChangeSet).values(at=utcnow() - timedelta(days=31)), execution_options=LOOKING)
    session.commit()
    assert needed(session) == {row.file}
    assert sweep() == (1, len(PDF) + 6)
    assert folder() == {row.file, fresh}


def test_what_is_handed_in_again_is_fresh_again(session: Any) -> None:
    orphan = kept()
    age(orphan, days=2)
    assert kept() == orphan
    assert sweep() == (0, 0)


def test_anonymising_takes_the_row_its_past_and_at_once_what_it_held(session: Any) -> None:
    somebody, other = person(), person("Grace", "Hopper")
    mine, shared = attached(somebody), attached(somebody, OTHER)
    before, deleted, theirs = mine.file, attached(somebody, PDF + b"%was\n"), attached(other, OTHER)
    mine.file = kept(PNG, "later.png")
    session.commit()
    delete(session, deleted)
    assert len(folder()) == 4
    found = anonymise(session, somebody)
    assert len(folder()) == 4  # until it is certain
    session.commit()
    assert before in release(found.files)
    assert folder() == {theirs.file}
    assert session.scalars(select(Attachment)).all() == [theirs]
    changes = session.scalars(select(Change), execution_options=LOOKING).all()
    said = str([(change.title, change.before, change.after) for change in changes if change.root_id == somebody.id])
    assert "pdf" not in said
    assert before not in said
    assert shared.id


def test_what_was_thrown_back_keeps_what_it_held(session: Any) -> None:
    somebody = person()
    row = attached(somebody)
    digest = row.file
    found = anonymise(session, somebody)
    session.rollback()
    assert release(found.files) == []
    assert folder() == {digest}


def test_the_check_names_what_is_missing_and_what_is_not_what_it_was(session: Any) -> None:
    fine, missing, other = attached(person()), attached(person(), OTHER), attached(person(), PNG, "a.png")
    store().remove(missing.file)
    store().path(other.file).write_bytes(b"something else")
    assert [(each.row, each.is_missing) for each in faults(session)] == [(missing, True), (other, False)]
    assert kept(PNG, "a.png") == other.file  # what is handed in again mends it
    assert [each.row for each in faults(session)] == [missing]
    assert fine.id


@pytest.mark.parametrize("broken", [b"", PDF + b"x" * 200])
def test_nothing_is_left_of_what_was_refused(session: Any, broken: bytes) -> None:
    with pytest.raises(DomainError):
        store().keep(BytesIO(broken), "a.pdf", 200)
    assert list(store().drafts()) == []
    assert folder() == set()


def test_a_digest_alone_leads_nowhere(session: Any) -> None:
    somebody = person()
    for digest in ("ab" * 32, "../secret_key", "x"):
        with pytest.raises(DomainError):
            save(Attachment(customer=somebody, file=digest))
        session.rollback()


def test_what_a_row_is_being_written_for_is_not_removed(fresh_app: Flask) -> None:
    """Somebody hands a content in again while its last other row is anonymised: it waits, and stays."""
    with fresh_app.app_context():
        begin()
        row, done, found = attached(person()), Event(), list[Any]()
        digest, customer = row.file, person("Grace", "Hopper")
        delete(db.session, row)
        db.session.execute(update(ChangeSet).values(at=utcnow() - timedelta(days=31)), execution_options=LOOKING)
        db.session.commit()
        set_actor(db.session, SYSTEM)
        db.session.add(Attachment(customer_id=customer.id, file=kept()))
        db.session.flush()

        def other() -> None:
            with fresh_app.app_context():
                found.extend(release([digest]))
            done.set()

        thread = Thread(target=other)
        thread.start()
        assert not done.wait(0.3)
        db.session.commit()
        thread.join(10)
        assert (done.is_set(), found, folder()) == (True, [], {digest})
