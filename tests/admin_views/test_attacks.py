"""What an attack on the panel found once, so that it does not come back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.base import db
from models.customer import Customer
from models.gate import set_actor
from models.group import CustomerGroup
from models.permissions import SYSTEM
from models.related import lock
from tests.panel import Panel, company, note_on

LATE = text(
    "INSERT INTO contact (version, customer_id, name, created_at, updated_at) VALUES (1, :id, 'Late', now(), now())"
)


@pytest.mark.databases("postgresql")
def test_nobody_adds_a_child_to_a_row_that_is_being_deleted(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        set_actor(db.session, SYSTEM)
        db.session.add(CustomerGroup(name="General", is_default=True))
        db.session.commit()
        customer = company()
        lock(db.session, Customer, [customer])
        with db.engine.connect() as other:
            other.execute(text("SET lock_timeout = '200ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                other.execute(LATE, {"id": customer.id})
        db.session.rollback()


def test_removed_emails_of_other_records_answer_nothing(app: Flask) -> None:
    panel = Panel(app)
    theirs, mine = company("Theirs Srl", emails=["secret@example.com"]), company("Mine Srl")
    key = theirs.emails[0].id
    panel.fill(f"/customer/edit/?id={theirs.id}&panel=0", {"emails-keys": None})
    forged = {"emails-keys": str(key), f"emails-{key}-primary": None, f"emails-{key}-version": "1"}
    answers = [
        panel.fill(f"/customer/edit/?id={mine.id}&panel=0", {**forged, f"emails-{key}-address": guess})
        for guess in ("secret@example.com", "wrong@example.com")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Anna" not in answers[0].text.split("refusals", 1)[-1].split("</div>", 1)[0]


@pytest.mark.parametrize("key", ["99999999999999999999999", "2147483648", "abc", "-1"])
def test_a_session_that_cannot_be_is_not_found(app: Flask, key: str) -> None:
    assert Panel(app).post(f"/me/sessions/{key}/end").status_code == 404


def test_a_note_has_a_history_of_its_own(app: Flask) -> None:
    panel = Panel(app)
    note = note_on(company(), body="Pays on time.")
    page = panel.get(f"/note/history/?id={note.id}").text
    assert "Created" in page
