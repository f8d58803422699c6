"""Every kind of record can be shown as of a day, with its lines, links and tables of rights."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select, update

from admin_views.registry import views_by_model
from models.base import Timestamped, db
from models.description import entities
from models.document import Document
from models.gate import set_actor
from models.history import ChangeSet
from models.permissions import SYSTEM
from models.rules.document_kinds import DocumentKind
from tests.models.canaries import full
from tests.models.papers import D, draft, issued, line, open_shop
from tests.models.world import LOOKING
from tests.panel import Panel

LONG_AGO = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = "2026-03-03"


def put_back() -> None:
    """Let all that there is be there since long."""
    set_actor(db.session, SYSTEM)
    db.session.execute(update(ChangeSet).values(at=LONG_AGO), execution_options=LOOKING)
    for model in entities():
        if issubclass(model, Timestamped):
            db.session.execute(update(model).values(created_at=LONG_AGO), execution_options=LOOKING)
    db.session.commit()


def test_every_entity_can_be_shown_as_of_a_day(app: Flask) -> None:
    shop = open_shop()
    issued(shop, DocumentKind.INVOICE)
    full()
    panel, shown = Panel(app), set()
    put_back()
    for model, view in views_by_model(app.extensions["panel"]).items():
        set_actor(db.session, SYSTEM)
        row = db.session.scalars(select(model).limit(1)).first()
        if row is not None and "details_view" in {each[1] for each in view._urls}:
            answer = panel.get(f"/{view.endpoint}/details/?id={row.id}&as_of={DAY}")
            assert (view.endpoint, answer.status_code) == (view.endpoint, 200)
            assert "As it was on 3 March 2026" in answer.text, view.endpoint
            shown.add(view.endpoint)
    assert {"customer", "account", "contact", "document", "role", "user", "channel", "company"} <= shown


def test_lines_and_totals_of_a_draft_are_those_of_the_day(app: Flask) -> None:
    document = draft(open_shop(), DocumentKind.INVOICE, line(description="Two saddles", quantity="2", price="10.00"))
    key = document.id
    put_back()
    panel = Panel(app)
    set_actor(db.session, SYSTEM)
    document = db.session.scalars(select(Document).where(Document.id == key)).one()
    document.lines[0].description, document.lines[0].price = "Two bells", D("5.00")
    document.lines.append(line(description="A lamp", price="7.00"))
    db.session.commit()
    then, now = (panel.get(f"/document/details/?id={key}{day}").text for day in (f"&as_of={DAY}", ""))
    assert ("Two saddles" in then, "Two bells" in then, "A lamp" in then, "24.40" in then) == (True, False, False, True)
    assert ("Two saddles" in now, "Two bells" in now, "A lamp" in now, "24.40" in now) == (False, True, True, False)
