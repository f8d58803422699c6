"""On whose record somebody is at work: the parent itself, or another record whose timeline the parent's rows stand in.

The address says it beside the parent (`?customer=5&on=contact-7`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, g, request
from sqlalchemy import select

from admin_views.controls import read_key
from models.activity import Activity, hosts, told_on
from models.base import Base, db
from models.description import describe
from models.related import find

NAME = "on"


def asked() -> Base | None:
    """Return the record that the address names, if it does; 404 if the person cannot see it."""
    if "host" not in g:
        g.host = _find(request.args[NAME]) if NAME in request.args else None
    found: Base | None = g.host
    return found


def _find(name: str) -> Base:
    entity, _, key = name.partition("-")
    model = next((each for each in hosts() if each.__tablename__ == entity), None) or abort(404)
    return find(db.session, model, read_key(key)) or abort(404)


def host_of(parent: Base) -> Base:
    """Return the record on whose page a child of this parent is worked on."""
    return asked() or parent


def named(host: Base, parent: Base | None = None) -> dict[str, str]:
    """Return the arguments that name a record as the one where somebody is; none for the parent, which is there."""
    return {} if host is parent else {NAME: f"{host.__tablename__}-{host.id}"}


def parents(model: type[Base], host: Base, most: int) -> Sequence[Base]:
    """Return the rows that a new row of an entity may belong to when it is added on a record."""
    parent: Any = describe(model).parent
    only = only_parent(model, host)
    if only is not None:
        return [only]
    last = told_on(type(host))[model].rpartition(".")[2]
    title = describe(parent.target).title
    query = select(parent.target).where(getattr(parent.target, f"{last}_id") == host.id)
    return db.session.scalars(query.order_by(title, parent.target.id).limit(most)).all()


def only_parent(model: type[Base], host: Base) -> Base | None:
    """Return the row to which all belongs that is added on a record: itself, or its own parent; None for others."""
    parent: Any = describe(model).parent
    if isinstance(host, parent.target):
        return host
    return getattr(host, parent.key) if parent.key in describe(type(host)).attributes else None


def preset(row: Base) -> None:
    """Let a new row point to the record on whose page it is added."""
    host = asked() if isinstance(row, Activity) else None
    path = told_on(type(host)).get(type(row), ".") if host is not None else "."
    if "." not in path and describe(type(row)).parent is not describe(type(row)).attributes[path]:
        setattr(row, path, host)
