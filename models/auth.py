"""Who is signed in, and who tried to be: the tables of the door, and what ends a session."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ForeignKey, String, delete, event, inspect
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column, relationship

from models.base import Record
from models.fields import Moment
from models.types import utcnow
from models.user import User, UserRole, UserUnit

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)


class AuthSession(Record):
    """A browser in which somebody has signed in. Its id is known to that browser alone; here is the SHA-256 of it."""

    __tablename__ = "auth_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    id_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Moment] = mapped_column(index=True)
    last_seen_at: Mapped[Moment] = mapped_column(index=True)
    password_given_at: Mapped[Moment]
    ip: Mapped[str] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(255))
    user: Mapped[User] = relationship(viewonly=True)


class LoginAttempt(Record):
    """A password being tried, or tried and wrong, kept while it counts. What was typed cannot be read here."""

    __tablename__ = "login_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment] = mapped_column(default=utcnow, index=True)
    account: Mapped[str] = mapped_column(String(64), index=True)
    network: Mapped[str] = mapped_column(String(64), index=True)


@event.listens_for(Session, "after_flush")
def end_sessions_of_changed_users(session: Session, context: UOWTransaction) -> None:
    """End a user's sessions with a change of password, roles, units or activity, whoever makes it on whatever way.

    Only the session in which people change their own password stays: it has just seen the password.
    """
    for user in session.dirty:
        if isinstance(user, User) and _changed(user, "active"):
            _end_sessions(session, user.id)
        elif isinstance(user, User) and _changed(user, "password"):
            _end_sessions(session, user.id, but=session.info.get("auth_session"))
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, (UserRole, UserUnit)):
            _end_sessions(session, row.user_id)  # type: ignore[union-attr]


def _changed(user: User, *keys: str) -> bool:
    return any(inspect(user).attrs[key].history.has_changes() for key in keys)


def _end_sessions(session: Session, user_id: int, but: int | None = None) -> None:
    # On the connection, because nobody's rights are asked here; -1 is no session's key.
    session.connection().execute(
        delete(AuthSession).where(AuthSession.user_id == user_id, AuthSession.id != (but or -1))
    )
