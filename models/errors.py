"""Refusals in the user's words.

A message is a msgid with `%(name)s` placeholders, marked with `N_`; the panel shows
`gettext(error.message, **error.params)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Self


class DomainError(ValueError):
    """A value or a request that the domain refuses, said to who made it; `subject` is the row it is about."""

    def __init__(self, message: str, field: str | None = None, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.params = params
        self.subject: object | None = None

    def __str__(self) -> str:
        # As in gettext: without parameters a percent sign is just a percent sign.
        return self.message % self.params if self.params else self.message

    @property
    def errors(self) -> tuple[DomainError, ...]:
        """Every single refusal in this one: itself, or all of them for a `DomainErrors`."""
        return (self,)

    def about(self, field: str) -> Self:
        """Name the field refused, unless it is named already; for `raise error.about("email")`."""
        self.field = self.field or field
        return self


class DomainErrors(DomainError):
    """Several refusals at once, so that a form can show each beside its field."""

    def __init__(self, errors: Iterable[DomainError]) -> None:
        self._errors = tuple(single for error in errors for single in error.errors)
        super().__init__(" ".join(str(error) for error in self._errors))

    @property
    def errors(self) -> tuple[DomainError, ...]:
        """Every single refusal, in the order in which they were found."""
        return self._errors

    def about(self, field: str) -> Self:
        """Name the field on every refusal that names none."""
        for error in self._errors:
            error.about(field)
        return self


class Refused(DomainError):
    """A permission or a policy said no; `reason` says why (the message itself unless given)."""

    def __init__(self, message: str, field: str | None = None, *, reason: str | None = None, **params: object) -> None:
        super().__init__(message, field, **params)
        self.reason = reason or message


class Conflict(DomainError):
    """Somebody else changed the same thing in the meantime."""


def collect(*checks: Callable[[], object]) -> None:
    """Run every check, then raise what they refused: the one `DomainError`, or a `DomainErrors` of several."""
    found: list[DomainError] = []
    for check in checks:
        try:
            check()
        except DomainError as error:
            found.append(error)
    if len(found) == 1:
        raise found[0]
    if found:
        raise DomainErrors(found)
