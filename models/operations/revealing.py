"""Having the personal data of one record shown for a while, and noting who saw or took along what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from models.base import Base
from models.errors import Refused
from models.gate import actor_of, ungated
from models.history import root_of
from models.i18n import N_
from models.masking import reads, reads_all
from models.permissions import LOOKING, Actor, Permission, decide, role_names
from models.revealing import LONGEST_REASON, SHOWN_FOR, Revealed, Revelation
from models.rights import Personal
from models.rules.text import clean_text
from models.types import utcnow

NEVER = N_("Your role (%(roles)s) does not show personal data.")
MASKED = N_("This holds personal data, which are masked. Have them shown on the record first.")
NOTING = ungated("what was looked at is noted of everybody; each page asks for its own records or for administrators")


def may_ask(actor: Actor) -> bool:
    """Return whether the actor may have personal data shown that are masked."""
    return actor.personal is Personal.ON_REQUEST and not actor.looking


def why_never(session: Any) -> Refused | None:
    """Return why the actor takes no personal data along; None where they read them as they are, whosever they are."""
    actor = actor_of(session)
    return None if reads_all(actor) else Refused(NEVER, roles=role_names(actor))


def why_not(session: Any, row: Base) -> Refused | None:
    """Return why what tells of people in a row is not the actor's to read now; None where it is."""
    actor = actor_of(session)
    if reads(actor, row):
        return None
    return Refused(MASKED) if may_ask(actor) else Refused(NEVER, roles=role_names(actor))


def reveal(session: Any, row: Base, why: str = "") -> datetime:
    """Let the actor read the personal data of a record for a while, and return until when; Refused if never.

    The caller commits.
    """
    actor = actor_of(session)
    decision = decide(actor, Permission.VIEW, type(row), row)
    if not decision:
        raise Refused(decision.reason, **decision.params)
    if actor.looking:
        raise Refused(LOOKING, name=actor.name)
    if not may_ask(actor):
        raise Refused(NEVER, roles=role_names(actor))
    until = utcnow() + SHOWN_FOR
    reason = clean_text(why, max_length=LONGEST_REASON) or None
    _note(session, row, Revealed.RECORD, until=until, why=reason)
    return until


def hide(session: Any, row: Base) -> None:
    """Mask the personal data of a record for the actor again; the caller commits."""
    mine = (Revelation.actor_id == actor_of(session).user_id, Revelation.until > utcnow(), about(row))
    session.execute(update(Revelation).where(*mine).values(until=utcnow()), execution_options=NOTING)


def note_export(session: Any, model: type[Base], count: int) -> None:
    """Note that the actor took personal data of so many rows along; the caller commits."""
    _add(session, what=Revealed.EXPORT, entity=model.__tablename__, count=count)


def note_person(session: Any, row: Base) -> None:
    """Note that the actor took everything about a person along; the caller commits."""
    _note(session, row, Revealed.PERSON)


def revelations_on(session: Any, row: Base, after: datetime | None, before: datetime | None) -> Sequence[Revelation]:
    """Return who looked at a record, or at what belongs to it, between two moments, newest first."""
    query = select(Revelation).where(about(row))
    query = query if after is None else query.where(Revelation.at >= after)
    query = query if before is None else query.where(Revelation.at < before)
    found: Sequence[Revelation] = session.scalars(query.order_by(Revelation.id.desc()), execution_options=NOTING).all()
    return found


def about(row: Base) -> ColumnElement[bool]:
    """Return which revelations are of this record, or of one below a topmost one."""
    own = (Revelation.entity == row.__tablename__) & (Revelation.row_id == row.id)
    below = (Revelation.root_entity == row.__tablename__) & (Revelation.root_id == row.id)
    return or_(own, below)


def _note(session: Any, row: Base, what: Revealed, **values: Any) -> None:
    root_entity, root_id = root_of(row)
    place = {"entity": row.__tablename__, "row_id": row.id, "root_entity": root_entity, "root_id": root_id}
    _add(session, what=what, **place, **values)


def _add(session: Any, **values: Any) -> None:
    actor = actor_of(session)
    session.add(Revelation(actor_id=actor.user_id, actor_name=actor.name, **values))
