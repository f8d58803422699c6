"""The keys by which the site's own programs reach the API."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.choices import Choice
from models.errors import DomainError
from models.fields import ApiSecret, Line, Moment, Name, field, reference
from models.i18n import N_
from models.images import stored
from models.rules.api_token import hint_of, new_token
from models.types import utcnow
from models.user import User

IS_ALIVE = N_("This token still opens the API. Revoke it first.")
IS_REVOKED = N_("A revoked token stays revoked. Make a new one.")


class TokenStatus(Choice):
    """Whether a token opens the API."""

    ACTIVE = "active", "green"
    REVOKED = "revoked", "red"


class ApiToken(Timestamped, Base):
    """A program that may reach the API, and the hash of what it shows at the door.

    A revoked one never works again, not by an undo either; one that works is not deleted, since that can be undone.
    """

    __label__ = "API token"

    name: Mapped[Name] = field(unique=True, help="Which program uses it. Changes that it makes are signed with this.")
    status: Mapped[TokenStatus] = field(default=TokenStatus.ACTIVE, fixed=True)
    hint: Mapped[Line] = field(derived=True, fixed=True, label="Begins with")
    token: Mapped[ApiSecret] = field(derived=True, unique=True, hidden=True, shown_as="hint")
    last_used_at: Mapped[Moment | None] = field(fixed=True, label="Last used")
    revoked_at: Mapped[Moment | None] = field(fixed=True, label="Revoked")
    creator: Mapped[User | None] = reference(orphans="clear", creator=True, fixed=True, label="Made by")

    plain = ""  # the token itself, on the row that has just been made

    def derive(self) -> None:
        """Make the token of a new row, and note the moment of its revocation."""
        if not self.token:
            self.plain = new_token()
            self.token, self.hint = self.plain, hint_of(self.plain)
        if self.status is TokenStatus.REVOKED and self.revoked_at is None:
            self.revoked_at = utcnow()

    def problems(self) -> Iterator[DomainError]:
        """Yield that a revocation is for good."""
        revoked = inspect(self).persistent and stored(self, "status") is TokenStatus.REVOKED
        if revoked and self.status is not TokenStatus.REVOKED:
            yield DomainError(IS_REVOKED, "status")

    def obstacle(self) -> DomainError | None:
        """Refuse to delete a token that still works: an undo would bring it back."""
        return DomainError(IS_ALIVE) if self.status is TokenStatus.ACTIVE else None
