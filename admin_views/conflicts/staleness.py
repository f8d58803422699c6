"""What was changed by others between the page that asks about an act and the act: it is looked at again first.

The page carries the state of each row that it shows. A request that carries none comes from no page of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import request
from flask_babel import gettext

from admin_views.history import page as history_page
from admin_views.say import label, when
from models.base import Base, db
from models.description import describe, entity
from models.gate import actor_of
from models.history import ChangeSet
from models.masking import title_for
from models.operations.states import states
from models.past import history_of

NAME = "seen"
MOST_TOLD = 3  # of what was changed of a row


def marks(rows: Sequence[Base], *, whole: bool = False) -> list[tuple[str, str]]:
    """Return what a page carries to tell later what it has shown; `whole` with all that goes with the rows."""
    return [(NAME, f"{key}:{state}") for key, state in states(db.session, rows, whole=whole).items()]


def is_marked() -> bool:
    """Whether what was sent comes from a page that carries what it has shown."""
    return NAME in request.form


def changed(rows: Sequence[Base], *, whole: bool = False) -> list[Base]:
    """Return the rows that are no longer as the page has shown them."""
    seen = dict(each.split(":", 1) for each in request.form.getlist(NAME) if ":" in each)
    now = states(db.session, rows, whole=whole) if seen else {}
    return [row for row in rows if seen and seen.get(str(row.id)) != now[row.id]]


def sentences(row: Base) -> Iterator[str]:
    """Yield who has changed a row last, and what."""
    sets = history_of(db.session(), row, None, 1)
    title = title_for(actor_of(db.session), row)
    if not sets:
        yield gettext("“%(title)s” was changed meanwhile. Look at it again.", title=title)
        return
    mine = sets[0].actor_id == actor_of(db.session).user_id
    words = {"who": sets[0].actor_name, "title": title, "when": when(sets[0].at)}
    told = ", ".join(_told(sets[0]))
    if mine:
        said = gettext("You changed “%(title)s” in another window, %(when)s. Look at it again.", **words)
    else:
        said = gettext("%(who)s changed “%(title)s” meanwhile, %(when)s. Look at it again.", **words)
    yield f"{said} {told}"


def _told(change_set: ChangeSet) -> Iterator[str]:
    """Yield what a change-set did, in few words."""
    names = history_page.names_in(change_set.changes)
    for each in change_set.changes[:MOST_TOLD]:
        change = history_page.change(each, names, history_page.merged_into(change_set, each, names))
        if change.differences:
            yield from map(str, change.differences[:MOST_TOLD])
        else:
            thing = label(describe(entity(each.entity)).model.__label__).lower()
            yield f"{change.verb.rstrip(':')}: {thing} “{change.title}”"
