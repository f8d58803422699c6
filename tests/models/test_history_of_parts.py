"""The history of a record that belongs to another tells of its parts, and of no other record's."""

from __future__ import annotations

from flask import Flask

from models.base import db
from models.past import history_of
from models.rules.document_kinds import DocumentKind
from tests.models.papers import D, draft, line, open_shop


def told(row: object) -> list[list[str]]:
    """Return what happened, the newest first, as verbs and titles."""
    sets = history_of(db.session, row)  # type: ignore[arg-type]
    return [sorted(f"{each.action} {each.title}" for each in some.changes) for some in sets]


def test_lines_that_came_changed_and_went_are_told_on_their_document(app: Flask) -> None:
    customer = open_shop()
    mine = draft(customer, DocumentKind.QUOTE, line("Silk"), line("Wool"))
    other = draft(customer, DocumentKind.QUOTE, line("Linen"))
    mine.lines[0].quantity = D(5)
    db.session.commit()
    mine.lines.remove(mine.lines[1])
    other.lines[0].quantity = D(3)
    db.session.commit()
    assert told(mine) == [
        ["delete Wool", "update Quote, draft"],
        ["update Quote, draft", "update Silk"],
        ["create Quote, draft", "create Silk", "create Wool"],
    ]
    assert "update Linen" in told(other)[0]
    assert not any("Silk" in each for some in told(other) for each in some)
