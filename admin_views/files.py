"""Files given out to whoever may see their rows, and let in where a form asks for them."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, current_app, request, send_file
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin_views.errors import error_page
from admin_views.kinds_file import most_bytes
from models.base import db
from models.description import describe, entity
from models.file_types import mime_of
from models.files import store
from models.gate import actor_of
from models.holding import files_of
from models.naming import name_key
from models.permissions import may_see

SANDBOX = "sandbox; default-src 'none'"
BESIDES = 2_000_000  # bytes of a form besides its file
FORMS = {"create_view", "edit_view"}


class Filed:
    """A view that gives out the files of its rows, to be saved and never to be shown by the browser."""

    @expose("/file/")
    def file_view(self: Any) -> Any:
        """Give out the file of a row; 404 where there is none, and where its content is gone, which the log says."""
        row = self.get_one(request.args.get("id"))
        key = _asked(self, request.args.get("field"))
        digest = getattr(row, key) or abort(404)
        path = store().path(digest)
        if not path.is_file():
            about = {"entity": self.endpoint, "row": row.id, "digest": digest}
            current_app.logger.error("what a file held is missing", extra=about)
            return missing()
        name = getattr(row, name_key(key)) or digest
        said = {"mimetype": mime_of(name), "download_name": name}
        sent = send_file(path, as_attachment=True, conditional=False, etag=False, **said)
        sent.headers["Content-Security-Policy"] = SANDBOX
        return sent


def init_files(app: Flask) -> None:
    """Let forms that ask for files be as large as these; call it after the door, and before anything reads the form."""
    app.before_request(make_room)


def make_room() -> None:
    """Take in as much as two of the largest files, so that of one that is too large its form can say so."""
    name, _, page = (request.endpoint or "").partition(".")
    if page in FORMS and files_of_panel(name):
        request.max_content_length = 2 * most_bytes() + BESIDES


def files_of_panel(name: str) -> tuple[str, ...]:
    """Return the attributes with files of the entity whose panel has this name."""
    try:
        return files_of(entity(name))
    except KeyError:
        return ()


def missing() -> Response:
    """Return the page for a file whose content is not where it was stored."""
    text = gettext("The panel knows of it, but what it held is not where it was stored. Ask whoever keeps the backups.")
    return error_page(404, gettext("This file is missing"), text)


def _asked(view: Any, field: str | None) -> str:
    """Return the attribute whose file is asked for, the only one unless it is named; 404 if it is not the person's."""
    attributes = describe(view.model).attributes
    mine = [key for key in files_of(view.model) if may_see(actor_of(db.session), attributes[key])]
    key = field or (mine[0] if len(mine) == 1 else None)
    return key if key in mine else abort(404)
