"""Many requests at the same moment, on connections of their own: a form makes one row, and no edit is lost unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from flask import Flask
from werkzeug.test import TestResponse

from models.base import db
from models.customer import Customer
from tests.panel import Forms, Panel, company, default_group, stored

MANY = 5


@contextmanager
def world(app: Flask) -> Iterator[None]:
    """Look into the database, and leave no transaction open."""
    with app.app_context():
        yield
        db.session.commit()
        db.session.remove()


def at_once(acts: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Do all of this at the same moment."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], TestResponse]) -> TestResponse:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def sender(app: Flask, panel: Panel, page: TestResponse, **typed: str) -> Callable[[], TestResponse]:
    """Return the sending of a form from a window of its own, with the cookies of the panel."""
    window = app.test_client()
    window._cookies = dict(panel.client._cookies or {})
    form = Forms(page.text).only
    sent = {**form.values.to_dict(flat=False), **typed, "csrf_token": panel.token}
    return lambda: window.post(form.action, data=sent)


def test_one_form_that_is_sent_many_times_at_once_makes_one_row(fresh_app: Flask) -> None:
    with world(fresh_app):
        default_group()
        panel = Panel(fresh_app)
        page = panel.get("/customer/new/")
    typed = {"kind": "private", "first_name": "Marta", "last_name": "Bianchi", "code": "ONE"}
    answers = at_once([sender(fresh_app, panel, page, **typed) for _ in range(MANY)])
    with world(fresh_app):
        assert len(stored(Customer)) == 1
    assert Counter(answer.location for answer in answers) == {"/customer/details/?id=1": MANY}


def test_of_many_who_edit_one_field_at_once_one_wins_and_the_others_are_shown_it(fresh_app: Flask) -> None:
    with world(fresh_app):
        key = company(tags="old").id
        panels = [Panel(fresh_app) for _ in range(MANY)]
        pages = [panel.get(f"/customer/edit/?id={key}&panel=4") for panel in panels]
    acts = [
        sender(fresh_app, panel, page, tags=f"word{number}")
        for number, (panel, page) in enumerate(zip(panels, pages, strict=True))
    ]
    answers = at_once(acts)
    with world(fresh_app):
        [won] = [row.tags for row in stored(Customer)]
    assert Counter(answer.status_code for answer in answers) == {303: 1, 422: MANY - 1}
    assert all(f"changed this to “{won}”" in answer.text for answer in answers if answer.status_code == 422)


def test_those_who_edit_different_fields_at_once_all_are_saved(fresh_app: Flask) -> None:
    fields = ["tags", "legal_form", "recipient", "website"]
    words = ["word", "word", "AAAAAA1", "https://one.example"]
    with world(fresh_app):
        key = company().id
        panels = [Panel(fresh_app) for _ in fields]
        pages = [panel.get(f"/customer/edit/?id={key}&panel=4") for panel in panels]
    acts = [
        sender(fresh_app, panel, page, **{field: word})
        for panel, page, field, word in zip(panels, pages, fields, words, strict=True)
    ]
    answers = at_once(acts)
    said = Counter(answer.status_code for answer in answers)
    with world(fresh_app):
        [row] = stored(Customer)
        saved = [getattr(row, field) for field in fields]
    assert saved.count(None) == said[422]  # who was overtaken more often than a form tries is asked to send it again
    assert [value for value, word in zip(saved, words, strict=True) if value not in {None, word}] == []
