"""The deeds of rules.py done through pages and forms, as far as the panel has them; the others as in program.py."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Flask
from sqlalchemy import select

from models.base import db
from models.gate import set_actor
from models.permissions import SYSTEM
from models.user import User
from tests.panel import Panel
from tests.rights.program import COUNTED_PAST, MODELS, Program
from tests.rights.rules import ABSENT, DONE, REFUSED, Handle
from tests.rights.walk import Step, Walk

UNSHOWN = ("customer_email", "user")  # parts have no pages of their own; the panel of users is closed to some
FORMS = {"customer": ("&panel=4", "tags"), "account": ("", "tags"), "contact": ("", "notes"), "note": ("", "body")}


class Browser(Program):
    """Pages and forms, each opened by somebody who has just signed in."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app, self.number = app, 0

    def _panel(self, who: Handle) -> Panel:
        set_actor(db.session, SYSTEM)
        return Panel(self.app, db.session.scalars(select(User).where(User.id == self.keys[who])).one())

    def _shown(self, who: Handle, entity: str, path: str) -> frozenset[Handle]:
        answer = self._panel(who).get(f"/{entity}/?size=100{path}")
        keys = re.findall(rf"/{entity}/details/\?id=(\d+)", answer.text) if answer.status_code == 200 else []
        return self._handles(entity, map(int, keys))

    def listed(self, who: Handle, entity: str) -> frozenset[Handle]:
        return super().listed(who, entity) if entity in UNSHOWN else self._shown(who, entity, "")

    def found(self, who: Handle, entity: str) -> frozenset[Handle]:
        return super().found(who, entity) if entity in UNSHOWN else self._shown(who, entity, "&search=zebra")

    def read(self, who: Handle, row: Handle) -> str:
        if row[0] in UNSHOWN:
            return super().read(who, row)
        answer = self._panel(who).get(f"/{row[0]}/details/?id={self._key(row)}")
        return {200: DONE, 403: ABSENT, 404: ABSENT}[answer.status_code]

    def _fill(self, who: Handle, row: Handle, panel: str, typed: Mapping[str, str]) -> str:
        browser, path = self._panel(who), f"/{row[0]}/edit/?id={self._key(row)}{panel}"
        form = browser.get(path)
        if form.status_code != 200:
            return REFUSED
        return DONE if browser.send(form, typed).status_code == 303 else REFUSED

    def edited(self, who: Handle, row: Handle) -> str:
        if row[0] in UNSHOWN:
            return super().edited(who, row)
        panel, key = FORMS[row[0]]
        self.number += 1
        return self._fill(who, row, panel, {key: f"zebra {self.number}"})

    def moved(self, who: Handle, row: Handle, customer: Handle) -> str:
        return self._fill(who, row, "", {"customer": str(self._key(customer))})

    def given(self, who: Handle, row: Handle, owner: Handle | None) -> str:
        """A form that keeps the owner sends the field as it is: an owner whom one does not see cannot be typed."""
        model, key = MODELS[row[0]], self._key(owner)
        keeps = select(model.owner_id).where(model.id == self._key(row))
        same = db.session.scalars(keeps, execution_options=COUNTED_PAST).first() == key
        return self._fill(who, row, "", {} if same else {"owner": str(key or "")})

    def deleted(self, who: Handle, row: Handle) -> str:
        if row[0] in UNSHOWN:
            return super().deleted(who, row)
        self._panel(who).post(f"/{row[0]}/delete/?id={self._key(row)}", {"confirmed": "1"})
        model = MODELS[row[0]]
        there = db.session.scalars(select(model.id).where(model.id == self._key(row)), execution_options=COUNTED_PAST)
        return REFUSED if there.first() else DONE


class Browsing(Walk):
    """A walk in which a row that is not there, and one that is refused, end alike: the page says no."""

    def take(self, step: Step) -> tuple[object, object]:
        """Return how a step ends by the rules, and how it did."""
        told, did = super().take(step)
        if step[0] in FEWER and isinstance(told, str) and step[0] not in {"read", "asked"}:
            return told == DONE, did == DONE
        return told, did


# What is done through pages, and what changes the rules meanwhile.
FEWER = ("listed", "found", "read", "edited", "moved", "given", "deleted", "enrolled", "regranted", "reparented")
