"""Whether an email and a password belong together, in the same time whoever has them or not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from models.gate import ungated
from models.i18n import N_
from models.operations.throttle import WrongPassword
from models.rules.email import MAX_LENGTH, email_key
from models.rules.password_hash import hash_password, needs_rehash, verify_password

DOOR = ungated("whose email and password these are is asked before there is anybody to ask for")
WRONG = N_("This email and password do not belong together.")


def typed_key(email: str) -> str:
    """Return what was typed as a key to look for, without the characters that databases refuse."""
    return "".join(filter(str.isprintable, email_key(email[:MAX_LENGTH])))


def verified(session: Any, found: Any, password: str) -> tuple[int, str]:
    """Return the key and the hash of the row selected if it has this password, keeping no transaction while hashing.

    Raises WrongPassword otherwise, after the same time whether there is such a row or not.
    """
    key, stored = session.execute(found, execution_options=DOOR).one_or_none() or (0, None)
    session.rollback()
    if not verify_password(stored, password) or stored is None:
        raise WrongPassword(WRONG)
    return int(key), str(stored)


def keep_up(session: Any, model: Any, key: int, stored: str, password: str) -> None:
    """Keep the same password at today's cost: no change of the row, and nothing for the history."""
    if not needs_rehash(stored):
        return
    fresh = hash_password(password)
    same = update(model).where(model.id == key, model.password == stored)
    session.execute(same.values(password=fresh, updated_at=model.updated_at), execution_options=DOOR)
    session.commit()
