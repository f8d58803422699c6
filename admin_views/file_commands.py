"""The commands that look after the folder of files."""

from __future__ import annotations

import click
from flask_babel import gettext as _
from flask_babel import ngettext

from admin_views.kinds_file import said_size
from models.base import db
from models.gate import set_actor
from models.operations.sweeping import faults, sweep
from models.permissions import SYSTEM


@click.command("sweep-files")
def sweep_files() -> None:
    """Remove what was handed in as a file and is needed no more, by no row and no Undo; say what that was."""
    count, size = sweep()
    words = {"n": count, "size": said_size(size, None)}
    click.echo(ngettext("%(n)s file was removed, %(size)s.", "%(n)s files were removed, %(size)s.", count, **words))


@click.command("check-files")
def check_files() -> None:
    """Read every file that a row has, and say which are missing, or not what they were."""
    set_actor(db.session, SYSTEM)
    found = list(faults(db.session))
    for each in found:
        name = f"{each.row.__label__} {each.row.id} ({each.title})"
        said = _("%(name)s: the file is missing.", name=name)
        click.echo(said if each.is_missing else _("%(name)s: the file is not what it was.", name=name))
    if found:
        lost = ngettext("%(n)s file is lost.", "%(n)s files are lost.", len(found), n=len(found))
        raise click.ClickException(lost)
    click.echo(_("Every file is there, and what it was."))
