"""The commands for the chain over the history: seal it, and find out whether somebody tampered with it."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import with_appcontext
from flask_babel import format_decimal, gettext, ngettext

from admin_views.say import say
from models.base import db
from models.operations.chain_check import Walk, verify
from models.operations.chaining import newest, seal
from models.types import utcnow

MOST_TOLD = 20
SLOW = 10  # minutes after which somebody should have sealed


@click.command("seal")
@with_appcontext
def seal_history() -> None:
    """Seal what the history got since; `serve` does so every half minute."""
    count = seal(db.engine)
    number, digest = newest(db.engine)
    click.echo(ngettext("%(n)s change-set was sealed.", "%(n)s change-sets were sealed.", count, n=_number(count)))
    click.echo(gettext("Seal %(number)s has the digest %(digest)s", number=number, digest=digest))


@click.command("verify")
@click.option("--head", "kept", metavar="DIGEST", help="A digest that was kept: it must still be part of the chain.")
@with_appcontext
def verify_history(kept: str | None) -> None:
    """Walk along the chain over the history; name what was altered, removed or put in."""
    walk = verify(db.engine, kept.strip().lower() if kept else None)
    for error in walk.broken[:MOST_TOLD]:
        click.echo(say(error))
    if len(walk.broken) > MOST_TOLD:
        click.echo(gettext("And %(n)s more.", n=_number(len(walk.broken) - MOST_TOLD)))
    for sentence in _told(walk):
        click.echo(sentence)
    if walk.broken:
        raise click.ClickException(gettext("The history is not what it was when it was sealed."))
    click.echo(gettext("The history is as it was sealed."))


def _told(walk: Walk) -> list[str]:
    """Return what is told of a chain, broken or not."""
    count, erased = walk.sealed, walk.erased
    told = [ngettext("%(n)s change-set is sealed.", "%(n)s change-sets are sealed.", count, n=_number(count))]
    if count:
        told.append(gettext("The last seal has the digest %(digest)s: keep it elsewhere.", digest=walk.digest))
    if walk.kept:
        told.append(gettext("The digest that you kept is that of seal %(number)s.", number=walk.kept["number"]))
    if erased:
        told.append(ngettext("%(n)s change was erased.", "%(n)s changes were erased.", erased, n=_number(erased)))
    return told + (_tail(walk.unsealed, walk.oldest) if walk.oldest is not None else [])


def _tail(count: int, oldest: datetime) -> list[str]:
    minutes = int((utcnow() - oldest).total_seconds() // 60)
    words = {"n": _number(count), "minutes": _number(minutes)}
    told = [
        ngettext(
            "%(n)s change-set is not sealed yet; it began %(minutes)s minutes ago.",
            "%(n)s change-sets are not sealed yet; the first began %(minutes)s minutes ago.",
            count,
            **words,
        )
    ]
    return told + ([gettext("Is the sealer running? If not: flask clientela seal")] if minutes >= SLOW else [])


def _number(value: int) -> str:
    return str(format_decimal(value))
