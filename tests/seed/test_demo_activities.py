"""What happened with the demo's customers: believable, in order, by its people, and with something left to do."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.activity import activities
from models.attachment import Attachment
from models.base import db
from models.call import Call, Outcome
from models.customer import Customer
from models.files import store
from models.gate import set_actor
from models.message import Message, MessageStatus
from models.note import Note
from models.operations.accounts import create_administrator
from models.operations.sweeping import faults
from models.permissions import SYSTEM
from models.task import Task
from seed.demo import UNTIL, load_demo
from seed.demo.draw import Draw
from seed.demo.papers import pdf
from seed.demo.twins import misspelt, twins_among

pytestmark = pytest.mark.databases("sqlite")
PLANNED = timedelta(days=60)


def all_of(session: Any, model: Any) -> list[Any]:
    return list(session.scalars(select(model)))


def test_something_of_every_kind_happened_and_nothing_before_its_customer_came(demo: Any) -> None:
    for model in activities():
        found = all_of(demo, model)
        assert found, model
        for row in found:
            assert row.customer.created_at <= row.created_at <= row.updated_at <= UNTIL
            assert row.author is not None
            assert row.contact is None or row.contact.created_at <= max(row.at, row.created_at)
            assert row.at <= (UNTIL + PLANNED if model is Task else UNTIL)
    assert all(note.at == note.created_at for note in all_of(demo, Note))


def test_most_went_well_and_some_did_not(demo: Any) -> None:
    outcomes = Counter(call.outcome for call in all_of(demo, Call))
    assert outcomes[Outcome.REACHED] > outcomes[Outcome.NO_ANSWER] > 0
    sent = Counter(mail.status for mail in all_of(demo, Message))
    assert sent[MessageStatus.SENT] > 0.9 * sent.total()
    assert any(mail.document for mail in all_of(demo, Message))
    assert {mail.customer.language for mail in all_of(demo, Message) if "Gentile" in mail.body} == {"it"}


def test_tasks_are_done_overdue_and_still_to_come(demo: Any) -> None:
    tasks = all_of(demo, Task)
    due = [task.due for task in tasks if not task.done and task.due]
    assert len(tasks) > 2 * len(due) > 0
    assert min(due) < UNTIL.date() < max(due)


def test_what_the_files_held_is_kept_as_the_panel_keeps_it(demo: Any) -> None:
    assert list(faults(demo)) == []
    for row in all_of(demo, Attachment):
        assert store().size(row.file) == row.size > 50


def test_customers_tell_when_one_was_in_touch_last(demo: Any) -> None:
    customers = all_of(demo, Customer)
    touched = [each for each in customers if each.times_contacted]
    assert len(customers) > len(touched) > 0
    assert max(each.last_contacted for each in touched) <= UNTIL


def test_whoever_set_up_the_panel_has_something_to_do_each_day(app: Flask) -> None:
    set_actor(db.session, SYSTEM)
    mine, _ = create_administrator(db.session, "boss@example.com", None, "Boss")
    load_demo(db.session, 12)
    due = {task.due for task in all_of(db.session, Task) if task.assignee is mine}
    assert {UNTIL.date() + timedelta(days=days) for days in (-4, 0, 1, 7, 20)} <= due


def test_a_dozen_customers_were_entered_twice_with_a_slip_of_the_hand() -> None:
    assert twins_among(2000) == 12
    for number in range(200):
        for name in ("Aurora Forniture S.r.l.", "Li", "Bo AS", "Ibáñez"):
            slip = misspelt(Draw("slip", number), name)
            assert slip.strip()
            assert abs(len(slip) - len(name)) <= 1


def test_a_pdf_says_its_lines() -> None:
    content = pdf(["Übergabe (heute)", "Ж"])
    assert content.startswith(b"%PDF-1.4")
    assert "Übergabe \\(heute\\)".encode("cp1252") in content
