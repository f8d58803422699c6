"""Files: how they are shown, handed in, and kept while something else in the form is wrong."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask_babel import format_decimal, gettext
from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import Markup
from wtforms import fields
from wtforms.validators import InputRequired
from wtforms.widgets import FileInput

from admin_views.controls import Control
from admin_views.say import say
from models.auth import LONGEST
from models.base import Base, db
from models.errors import DomainError
from models.files import GONE, MEGABYTE, TOO_LARGE, store
from models.gate import actor_of
from models.i18n import N_
from models.naming import name_key
from models.rules.file import Kept

SALT = "kept file"
KILOBYTE = 1000
UNSTORED = N_("The file cannot be stored now. Try again later; an administrator finds the reason in the log.")


class Upload(Control, fields.Field):
    """A file to hand in, or another one in its place; what was handed in is kept while something else is wrong."""

    widget_kind = "file"
    widget = FileInput()
    wide = True
    kept: Kept | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the file that was sent, or the one that was sent with the form before; what is typed says nothing."""
        sent, token = request.files.get(self.name), request.form.get(self.kept_name)
        if sent is not None and sent.filename:
            self.kept = self._received(sent)
        elif token:
            self.kept = opened(token)
        if self.kept is not None:
            self.data = self.kept
        elif f"{self.name}-none" in request.form and self.can_be_empty:
            self.data = None
        if self.large_name in request.form and not (sent and sent.filename):
            raise ValueError(self.too_large)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Change the row only where a file was sent or taken away."""
        if self.kept is not None or self.data is None:
            setattr(obj, name, self.kept)

    def posted(self, value: Any) -> str:
        """Return nothing: a browser sends no file that was not chosen in it."""
        return ""

    @property
    def can_be_empty(self) -> bool:
        """Whether the row can be without a file."""
        return not any(isinstance(each, InputRequired) for each in self.validators)

    @property
    def can_be_removed(self) -> bool:
        """Whether there is a file that can be taken away."""
        return bool(self.object_data) and self.optional and self.can_be_empty

    @property
    def kept_name(self) -> str:
        """The name of the hidden field that leads to what is kept."""
        return f"{self.name}-kept"

    @property
    def large_name(self) -> str:
        """The name of what says that a file was chosen and not sent: it was too large."""
        return f"{self.name}-large"

    @property
    def token(self) -> str:
        """What leads to the file that was handed in, for the same person alone."""
        return sealed(self.kept) if self.kept is not None else ""

    @property
    def shown(self) -> str:
        """What is said of a file that is kept."""
        if self.kept is None:
            return ""
        size = said_size(store().size(self.kept), None)
        return gettext("%(name)s, %(size)s, is kept and need not be chosen again.", name=self.kept.name, size=size)

    @property
    def most(self) -> int:
        """The size of the largest file that is kept, in bytes."""
        return most_bytes()

    @property
    def too_large(self) -> str:
        """What is said of a larger one, which is not even sent."""
        return gettext(TOO_LARGE, most=f"{most_bytes() / MEGABYTE:g}")

    @property
    def accepted(self) -> str:
        """The extensions that are kept."""
        return ",".join(f".{each}" for each in current_app.config["FILE_TYPES"])

    def _received(self, sent: Any) -> Kept:
        try:
            return store().keep(sent.stream, sent.filename, most_bytes(), current_app.config["FILE_TYPES"])
        except DomainError as error:
            raise ValueError(say(error)) from error
        except OSError as error:
            current_app.logger.exception("a file cannot be stored")
            raise ValueError(gettext(UNSTORED)) from error


def most_bytes() -> int:
    """Return the size of the largest file that is kept, in bytes."""
    return int(current_app.config["FILE_MEGABYTES"] * MEGABYTE)


def sealed(kept: Kept) -> str:
    """Return a token that leads the person to a file that they have handed in."""
    return _serializer().dumps([actor_of(db.session).user_id, str(kept), kept.name])


def opened(token: str) -> Kept:
    """Return what a token leads to; ValueError with a sentence for one that is old, made up or somebody else's."""
    try:
        user, digest, name = _serializer().loads(token, max_age=int(LONGEST.total_seconds()))
    except (BadSignature, TypeError, ValueError):
        user = digest = name = None
    if user is None or user != actor_of(db.session).user_id or not store().has(digest):
        raise ValueError(gettext(GONE))
    return Kept(digest, name)


def said_size(value: int, row: Base | None) -> str:
    """Return a size in bytes as people read it."""
    if value < KILOBYTE:
        return gettext("%(n)s bytes", n=format_decimal(value))
    if value < MEGABYTE:
        return gettext("%(n)s kB", n=format_decimal(round(value / KILOBYTE)))
    return gettext("%(n)s MB", n=format_decimal(round(value / MEGABYTE, 1)))


def file_name(key: str, value: str, row: Base | None) -> str:
    """Return what a file is called; without its row, what tells it from others."""
    name = getattr(row, name_key(key), None)
    return str(name or gettext("file %(mark)s", mark=value[:8]))


def file_link(key: str, value: str, row: Base) -> Markup:
    """Return the way to a file."""
    url = url_for(f"{row.__tablename__}.file_view", id=row.id, field=key)
    return Markup('<a href="{}" download>{}</a>').format(url, file_name(key, value, row))


def _serializer() -> URLSafeTimedSerializer:
    config = current_app.config
    return URLSafeTimedSerializer([*reversed(config["SECRET_KEY_FALLBACKS"] or []), config["SECRET_KEY"]], salt=SALT)
