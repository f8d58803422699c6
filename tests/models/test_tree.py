"""Business units form a tree, whoever moves them and whenever."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.errors import DomainError
from models.unit import BusinessUnit
from tests.models.world import begin, save


def units(*names: str) -> list[BusinessUnit]:
    found = [BusinessUnit(name=name) for name in names]
    save(*found)
    return found


def test_a_unit_is_not_put_below_itself_nor_below_one_that_is_below_it(app: Flask) -> None:
    begin()
    top, middle, low = units("Top", "Middle", "Low")
    middle.above, low.above = top, middle
    db.session.commit()
    for above in (top, middle, low):
        top.above = above
        with pytest.raises(DomainError) as refusal:
            db.session.commit()
        assert (refusal.value.field, refusal.value.subject) == ("above", top)
        db.session.rollback()
    low.above_id = top.id  # type: ignore[attr-defined]
    db.session.commit()


def test_two_new_units_are_not_put_below_each_other(app: Flask) -> None:
    begin()
    one, other = BusinessUnit(name="One"), BusinessUnit(name="Other")
    one.above, other.above = other, one
    db.session.add_all([one, other])
    with pytest.raises(DomainError, match="cannot be part of itself"):
        db.session.commit()


@pytest.mark.databases("postgresql")  # SQLite has one writer at a time
def test_of_two_who_put_two_units_below_each_other_at_the_same_moment_one_is_refused(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        begin()
        one, other = (unit.id for unit in units("One", "Other"))
        db.session.remove()
    together, outcomes = Barrier(2), list[str]()
    pairs = ((one, other), (other, one))
    threads = [Thread(target=try_to_move, args=(fresh_app, *pair, together, outcomes)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]


def try_to_move(app: Flask, key: int, below: int, together: Barrier, outcomes: list[str]) -> None:
    with app.app_context():
        begin()
        found = {unit.id: unit for unit in db.session.scalars(select(BusinessUnit))}
        together.wait()
        try:
            found[key].above = found[below]
            db.session.commit()
            outcomes.append("moved")
        except DomainError:
            outcomes.append("refused")
        finally:
            db.session.remove()
