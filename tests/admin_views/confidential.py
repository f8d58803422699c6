"""A panel with deals, of which some fields are guarded, and the canaries in them: words that only these fields hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import urldefrag

from flask import Flask
from sqlalchemy.orm import Mapped

from admin_views import registry
from admin_views.base import PanelView
from models.base import Base, Timestamped, db
from models.choices import Choice
from models.fields import Count, Line, LongText, Name, Tags, field, parent
from models.gate import acting_as
from models.owned import Owned
from models.permissions import EVERYTHING, SYSTEM
from models.rights import EVERY_OTHER, Access
from models.role import RoleField
from models.search.sync import sync_search
from models.user import User
from tests.conftest import dispose, make_app
from tests.models.scratch import forget
from tests.panel import Panel, add
from tests.people import add_user

CANARIES = ("quillfeather", "mandrake", "7340921", "7,340,921", "ptarmigan", "zeugma", "kumquat")
GUARDED = ("margin", "worth", "verdict", "tier", "traits", "urgent")
LINK = re.compile(r'(?:href|hx-get|src)="(/[^"]*)"')


class Tier(Choice):
    """How a deal is seen."""

    MANDRAKE = "mandrake", "red"
    PLAIN = "plain", "grey"


def deals() -> list[type[Base]]:
    """Declare deals with guarded fields of every kind, and their outings, of which one field is guarded."""

    class Deal(Owned, Timestamped, Base):
        name: Mapped[Name]
        city: Mapped[Line | None]
        margin: Mapped[Line | None] = field(guarded=True)
        worth: Mapped[Count | None] = field(guarded=True)
        verdict: Mapped[LongText | None] = field(guarded=True)
        tier: Mapped[Tier | None] = field(guarded=True)
        traits: Mapped[Tags | None] = field(guarded=True, seldom_shared=True)
        urgent: Mapped[bool] = field(default=False, guarded=True)

    class Outing(Base):
        deal: Mapped[Deal] = parent()
        report: Mapped[Name]
        mood: Mapped[Line | None] = field(guarded=True)

    return [Deal, Outing]


class DealView(PanelView):
    """Deals, shown with all that they have."""

    column_list = ["name", "city", *GUARDED, "updated_at"]
    column_filters = ["name", "city", *GUARDED, "outings"]
    record_summary = ("city", "margin", "verdict")
    form_panels = (("Details", ["name", "city", "owner", "margin"]), ("Inside", ["worth", "verdict", "tier"]))


@contextmanager
def panel_with_deals(url: str) -> Iterator[Flask]:
    """Serve deals and outings from a database; forget them at the end as if they had never been."""
    models = deals()
    registry.register(models[0], DealView)
    registry.register(models[1])
    app = make_app(url)
    app.extensions["deals"] = models
    try:
        with app.app_context(), db.engine.begin() as connection:
            for model in models:
                model.__table__.create(connection)  # type: ignore[attr-defined]
            sync_search(connection)
        yield app
    finally:
        dispose(app)
        for model in reversed(models):
            registry._registered.pop(model)
            forget(model)


def reader(app: Flask, access: Access | None = None, *, fields: tuple[str, ...] = GUARDED) -> Panel:
    """Return somebody who may do everything with every row, and this with the guarded fields of deals."""
    user = add_user({EVERY_OTHER: EVERYTHING})
    if access:
        open_fields(user, access, *(f"deal.{key}" for key in fields), "outing.mood")
    return Panel(app, user)


def open_fields(user: User, access: Access, *names: str) -> None:
    """Let the user's role open guarded fields."""
    with acting_as(db.session, SYSTEM):
        role = user.roles[0].role
        db.session.add_all(RoleField(role=role, field=name, access=access) for name in names)
        db.session.commit()


def new_deal(app: Flask, name: str = "Bridge", **values: Any) -> Any:
    """Store a deal with a canary in every guarded field."""
    deal, _ = app.extensions["deals"]
    canaries = {
        "margin": "quillfeather", "worth": 7340921, "verdict": "ptarmigan", "tier": Tier.MANDRAKE, "traits": "zeugma",
        "urgent": True,
    }  # fmt: skip
    return add(deal(**{"name": name, "city": "Turin", **canaries, **values}))


def new_outing(app: Flask, deal: Any, **values: Any) -> Any:
    """Store a outing with a canary."""
    _, outing = app.extensions["deals"]
    return add(outing(**{"deal": deal, "report": "They liked it.", "mood": "kumquat", **values}))


def told(text: str) -> set[str]:
    """Return the canaries in a text."""
    text = unescape(text).lower()
    return {canary for canary in CANARIES if canary in text}


def crawl(panel: Panel, starts: list[str], most: int) -> dict[str, str]:
    """Return what is answered at these addresses, and at those that the answers lead to, whole and as fragments."""
    found: dict[str, str] = {}
    waiting = list(starts)
    while waiting and len(found) < most:
        path = waiting.pop(0)
        if path in found or path.startswith(("/static/", "/logout")):
            continue
        found[path] = panel.get(path).text
        if path not in starts or "edit" in path or "details" in path:
            found[f"{path} as a fragment"] = panel.get(path, fragment=True).text
        links = [urldefrag(unescape(link)).url for link in LINK.findall(found[path])]
        waiting += [link for link in dict.fromkeys(links) if link not in found]
        waiting.sort(key=lambda link: not link.startswith(("/deal/", "/outing/", "/change_set/")))
    return found
