"""What is gone: who deleted it and when, as far as the person may know, and whether they may bring it back."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flask_babel import gettext, ngettext

from admin_views.say import when
from models.base import Base, db
from models.description import entity, shortened
from models.gate import actor_of
from models.history import DELETE, Change, called, is_erased
from models.past import last_change
from models.permissions import Level, Permission, decide
from models.related import find

MOST_TOLD = 3


def deletion_of(model: type[Base], key: int | None) -> Change | None:
    """Return how a row was deleted; None if it was not, or if that is not for the person to know."""
    if key is None or find(db.session, model, key) is not None:
        return None
    found = last_change(db.session, Change.entity == model.__tablename__, Change.row_id == key)
    return found if found is not None and found.action == DELETE and _may_know(found) else None


def sentence(deletion: Change) -> str:
    """Say who deleted what."""
    by, mine = deletion.change_set, deletion.change_set.actor_id == actor_of(db.session).user_id
    title = shortened(called(db.session, deletion), deletion.row_id)
    words = {"who": by.actor_name, "title": title, "when": when(by.at)}
    if mine:
        return gettext("You deleted “%(title)s”, %(when)s.", **words)
    return gettext("%(who)s deleted “%(title)s”, %(when)s.", **words)


def may_bring_back(deletion: Change) -> bool:
    """Whether it is worth while to try: undoing it asks for the same rights as making it anew."""
    return not is_erased(deletion) and bool(decide(actor_of(db.session), Permission.CREATE, entity(deletion.entity)))


def told(model: type[Base], keys: Collection[int]) -> Iterator[str]:
    """Yield, of rows that were selected and are not found, who deleted them; of the others how many they are."""
    deletions = [deletion_of(model, key) for key in list(keys)[:MOST_TOLD]]
    known = [each for each in deletions if each is not None]
    yield from map(sentence, known)
    if count := len(keys) - len(known):
        yield ngettext(
            "%(n)s of them is no longer there, or out of your sight.",
            "%(n)s of them are no longer there, or out of your sight.",
            count,
            n=count,
        )


def _may_know(deletion: Change) -> bool:
    """Whether the person did it, or sees all records of this kind anyway."""
    actor = actor_of(db.session)
    everything = actor.level(deletion.root_entity, Permission.VIEW) is Level.ORGANISATION
    return everything or deletion.change_set.actor_id == actor.user_id
