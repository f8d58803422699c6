"""Of two who merge the same rows at the same moment one does it."""

from __future__ import annotations

from threading import Barrier, Thread

from flask import Flask
from sqlalchemy import select

from models.base import db
from models.customer import Customer
from models.errors import DomainError
from models.operations.merging import merge
from tests.models.world import begin, company


def test_of_two_who_merge_at_the_same_moment_one_does_it(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        begin()
        keys = [company(name).id for name in ("Seta", "Lana", "Lino")]
    together, outcomes = Barrier(2), list[str]()
    pairs = ((keys[0], keys[1]), (keys[0], keys[1]))
    threads = [Thread(target=try_to_merge, args=(fresh_app, pair, together, outcomes)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["merged", "refused"]
    with fresh_app.app_context():
        begin()
        assert len(db.session.scalars(select(Customer)).all()) == 2


def try_to_merge(app: Flask, keys: tuple[int, int], together: Barrier, outcomes: list[str]) -> None:
    """Merge the first row of the pair and the second, into the first."""
    with app.app_context():
        begin()
        rows = db.session.scalars(select(Customer).where(Customer.id.in_(keys)).order_by(Customer.id)).all()
        versions = {row.id: row.version for row in rows}
        db.session.rollback()
        together.wait()
        try:
            again = db.session.scalars(select(Customer).where(Customer.id.in_(keys)).order_by(Customer.id)).all()
            merge(db.session, again, again[0], {}, versions)
            db.session.commit()
            outcomes.append("merged")
        except DomainError:
            outcomes.append("refused")
        finally:
            db.session.remove()
