"""Sessions on the server: opened by a sign-in, ended by a sign-out, by time, or by a change of the user.

The browser holds a random token, the database its SHA-256: who reads the database cannot make a token. Sessions open,
resume and end around a request rather than within its work, so these operations end their own transactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, or_, select, true, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import contains_eager

from models.actors import actor_from, rights_rows
from models.auth import IDLE, LONGEST, AuthSession
from models.engine import transactions
from models.gate import ungated
from models.permissions import Actor
from models.types import utcnow
from models.user import User

DOOR = ungated("sessions are looked up by a secret that only their owner has, or by their owner's key")
SEEN_EVERY = timedelta(minutes=1)
TOKEN_BYTES = 32


def open_session(session: Any, user_id: int, ip: str, agent: str) -> str:
    """Return the token of a new session of the user; sessions that are over are swept away."""
    now, token = utcnow(), token_urlsafe(TOKEN_BYTES)
    session.execute(delete(AuthSession).where(or_(*_over(now))), execution_options=DOOR)
    moments = {"created_at": now, "last_seen_at": now, "password_given_at": now}
    shown = "".join(filter(str.isprintable, agent))[:255]
    session.add(AuthSession(id_hash=_digest(token), user_id=user_id, ip=ip[:45], agent=shown, **moments))
    session.commit()
    return token


class Resumed(NamedTuple):
    """A live session with its user, both detached, and the actor that the user is at this moment."""

    session: AuthSession
    actor: Actor


def resume(session: Any, token: str, now: datetime) -> Resumed | None:
    """Return the live session of the token; None if it is over or its user not active.

    It costs one SELECT, rights included; that the user was seen is written at most once a minute.
    """
    with transactions("read"):
        values = {"digest": _digest(token), "seen": now - IDLE, "created": now - LONGEST}
        rows = session.execute(_resuming(), values, execution_options=DOOR).all()
        session.expunge_all()
        session.rollback()
    if not rows:
        return None
    found: AuthSession = rows[0].AuthSession
    if found.last_seen_at < now - SEEN_EVERY:
        _see(session, found.id, now)
    return Resumed(found, actor_from(found.user, rows))


def renew(session: Any, key: int) -> str:
    """Return a new token for a session whose password has just been given; the old token is worth nothing any more."""
    token = token_urlsafe(TOKEN_BYTES)
    values = {"id_hash": _digest(token), "password_given_at": utcnow()}
    session.execute(update(AuthSession).where(AuthSession.id == key).values(values), execution_options=DOOR)
    return token


def sign_out(session: Any, token: str) -> None:
    """End the session of the token, if there is one."""
    session.execute(delete(AuthSession).where(AuthSession.id_hash == _digest(token)), execution_options=DOOR)
    session.commit()


def end_session(session: Any, user_id: int, key: int) -> bool:
    """End one session of the user; False if the user has no such session."""
    mine = delete(AuthSession).where(AuthSession.id == key, AuthSession.user_id == user_id)
    return bool(session.execute(mine, execution_options=DOOR).rowcount)


def end_other_sessions(session: Any, user_id: int, but: int) -> int:
    """End the user's sessions but one, and return how many."""
    others = delete(AuthSession).where(AuthSession.user_id == user_id, AuthSession.id != but)
    return int(session.execute(others, execution_options=DOOR).rowcount)


def sessions_of(session: Any, user_id: int, now: datetime) -> Sequence[AuthSession]:
    """Return the user's live sessions, the one seen last first."""
    mine = select(AuthSession).where(AuthSession.user_id == user_id, *_live(now - IDLE, now - LONGEST))
    return session.scalars(mine.order_by(AuthSession.last_seen_at.desc()), execution_options=DOOR).all()  # type: ignore[no-any-return]


@cache
def _resuming() -> Any:
    """Select a live session with its user, once for each row that says what the user may do.

    It is put together once, because that takes longer than the answer.
    """
    mine = AuthSession.id_hash == bindparam("digest")
    rights = rights_rows(select(AuthSession.user_id).where(mine).scalar_subquery())
    query = select(AuthSession, rights).join(AuthSession.user).outerjoin(rights, true())
    live = _live(bindparam("seen"), bindparam("created"))
    return query.options(contains_eager(AuthSession.user)).where(mine, User.active, *live)


def _see(session: Any, key: int, now: datetime) -> None:
    """Note that the user was seen; while somebody else writes for long, reading goes on without the note."""
    seen = update(AuthSession).where(AuthSession.id == key).values(last_seen_at=now)
    try:
        with transactions("write"):
            session.execute(seen, execution_options=DOOR)
            session.commit()
    except OperationalError:
        session.rollback()


def _live(seen: Any, created: Any) -> tuple[Any, Any]:
    """Return which sessions were seen, and begun, after these moments."""
    return AuthSession.last_seen_at > seen, AuthSession.created_at > created


def _over(now: datetime) -> tuple[Any, Any]:
    return AuthSession.last_seen_at <= now - IDLE, AuthSession.created_at <= now - LONGEST


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
