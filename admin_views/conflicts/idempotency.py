"""A key for every page that makes something, so that two clicks, or a page that is sent again, make it once.

The key stands in the form or, where there is no form to speak of, in its address. A page that is sent again as it was
is answered as the first time; one that says something else by now is shown once more.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from hashlib import sha256
from os import SEEK_END
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app, request
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from wtforms import fields

from models.base import Base, db
from models.gate import actor_of
from models.operations.idempotency import made_by, note_sent, sent_before
from models.sent_form import SentForm

NAME = "once"
LONGEST = 64
RESUMED = "resumed"  # sent with a form that is to be shown as it was typed, and not saved
BESIDES = {NAME, "csrf_token", "close"}  # what may differ though the same is meant


class FormKey(fields.HiddenField):
    """The key of a form: a new one each time that it is shown, the one that was sent when something is wrong."""

    data: Any

    def process_data(self, value: Any) -> None:
        """Make one up."""
        self.renew()

    def renew(self) -> None:
        """Let the form make something of its own when it is sent the next time."""
        self.data, self.raw_data = new_key(), None

    def validate(self, form: Any, extra_validators: Sequence[Any] = ()) -> bool:
        """Let a form that is resumed be looked through before it is saved."""
        if RESUMED in request.form:
            form.form_errors.append(gettext("You were signed out. Nothing is saved yet: look through it and save."))
            return False
        return super().validate(form, extra_validators)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Leave the row alone: the key is no value of it."""


def new_key() -> str:
    """Return a key that nobody guesses."""
    return token_urlsafe(16)


def give_key(form: Any) -> None:
    """Let a form carry a key."""
    bound = form.meta.bind_field(form, FormKey(), {"name": NAME, "prefix": form._prefix})
    bound.process(request.form if request.method == "POST" else None)
    form._fields[NAME] = bound


def with_key(url: str) -> str:
    """Return an address with a new key, for a button that makes something at once."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != NAME]
    return parts._replace(query=urlencode([*query, (NAME, new_key())])).geturl()


def note(made: Base | None = None) -> None:
    """Note within the transaction that this page was sent, and what it made; one without a key is not known again."""
    key = _key()
    if key:
        note_sent(db.session, key, _said(), made)


def earlier() -> SentForm | None:
    """Return what is known of an earlier sending of this page."""
    key = _key()
    return sent_before(db.session, key) if key else None


def is_same(sent: SentForm) -> bool:
    """Whether the page says what it said when it was sent before."""
    return hmac.compare_digest(sent.said, _said())


def made_before() -> Base | None:
    """Return what an earlier sending of this page has made, if it is there; its undo is offered once more."""
    sent = earlier()
    if sent is None:
        return None
    db.session.info["last_change_set"] = sent.change_set_id
    return made_by(db.session, sent)


def noted(work: Callable[[], Base]) -> Callable[[], None]:
    """Return the work of a transaction that makes a row, with the note that this page was sent."""
    return lambda: note(work())


def _key() -> str | None:
    """Return the key of this page, which is of no use to anybody else."""
    sent = request.values.get(NAME, "")[:LONGEST]
    return sha256(f"{actor_of(db.session).user_id} {sent}".encode()).hexdigest() if sent else None


def _said() -> str:
    pairs: list[Any] = [pair for pair in request.form.items(multi=True) if pair[0] not in BESIDES]
    pairs += [(name, file.filename, file.stream.seek(0, SEEK_END), file.stream.seek(0)) for name, file in _files()]
    # The page's own key is kept nowhere: without it, nobody who has both database and settings tries passwords on this.
    secret = f"{current_app.secret_key!s} {request.values.get(NAME, '')[:LONGEST]}"
    return hmac.new(secret.encode(), repr((request.path, pairs)).encode(), "sha256").hexdigest()


def _files() -> list[tuple[str, FileStorage]]:
    return list(request.files.items(multi=True))
