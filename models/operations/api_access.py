"""Programs at the door of the API: who shows a token, and what that lets them do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from models.api_token import ApiToken, TokenStatus
from models.engine import transactions
from models.gate import ungated
from models.permissions import Actor
from models.rights import Level, Permission, Rights
from models.rules.api_token import seal_token
from models.types import utcnow

DOOR = ungated("tokens are looked up by a secret that only the program has")
SEEN_EVERY = timedelta(minutes=1)
WHOLE = Level.ORGANISATION
CUSTOMERS = Rights("API", {"customer": {Permission.VIEW: WHOLE, Permission.EDIT: WHOLE}})


class Program(NamedTuple):
    """A program that has shown a token that works."""

    id: int
    name: str

    @property
    def actor(self) -> Actor:
        """On whose behalf its changes are made, as the history tells."""
        return Actor(None, f"{self.name} (API)", (CUSTOMERS,))


def admitted(session: Any, token: str) -> Program | None:
    """Return the program that this token admits; None for one that was revoked, deleted or never made."""
    found = select(ApiToken.id, ApiToken.name, ApiToken.last_used_at)
    found = found.where(ApiToken.token == str(seal_token(token)), ApiToken.status == TokenStatus.ACTIVE)
    with transactions("read"):
        row = session.execute(found, execution_options=DOOR).one_or_none()
        session.rollback()
    if row is None:
        return None
    now = utcnow()
    if row.last_used_at is None or row.last_used_at < now - SEEN_EVERY:
        _see(session, row.id, now)
    return Program(row.id, row.name)


def _see(session: Any, key: int, now: datetime) -> None:
    """Note that a token was used; while somebody else writes for long, the request goes on without the note."""
    seen = update(ApiToken).where(ApiToken.id == key)
    try:
        with transactions("write"):
            values = {"last_used_at": now, "updated_at": ApiToken.updated_at}
            session.execute(seen.values(values), execution_options=DOOR)
            session.commit()
    except OperationalError:
        session.rollback()
