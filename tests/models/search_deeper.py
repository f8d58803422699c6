"""A program of its own, because it declares an entity: visits belong to contacts, which belong to customers."""

from __future__ import annotations

import json
import sys

from sqlalchemy.orm import Mapped

from models.base import Base, db
from models.contact import Contact
from models.fields import LongText, parent
from models.search import sync_search
from tests.conftest import dispose, make_app
from tests.models.search_world import add, begin, execute, found, hit, person


class Visit(Base):
    """A visit paid to a contact."""

    contact: Mapped[Contact] = parent()
    report: Mapped[LongText]


def story() -> dict[str, object]:
    """Search at three depths, before and after a contact moves and goes."""
    connection = db.session.connection()
    Visit.__table__.create(connection)  # type: ignore[attr-defined]
    sync_search(connection)
    begin()
    ada, mary = person(), person("Mary", "Shelley")
    contact = Contact(customer=ada, name="Annabella")
    add(contact, Contact(customer=ada, name="Zelda"), Visit(contact=contact, report="Brought samples of copper"))
    before = {
        "customer": found("annabella copper"),
        "contact": found("copper samples", Contact),
        "hit": hit("copper", ada),
    }
    common = found("annabella copper", Contact)
    execute("UPDATE contact SET customer_id = :id WHERE name = 'Annabella'", id=mary.id)
    moved = {"customer": found("copper"), "contact": found("copper", Contact), "visits": len(found("copper", Visit))}
    execute("DELETE FROM customer WHERE id = :id", id=mary.id)
    return {"before": before, "common": common, "moved": moved, "gone": found("copper") + found("copper", Contact)}


if __name__ == "__main__":
    app = make_app(sys.argv[1])
    with app.app_context():
        print(json.dumps(story(), default=lambda each: [each.label, each.match, each.title]))  # noqa: T201
    dispose(app)
