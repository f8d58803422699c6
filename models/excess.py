"""Whether somebody has more than somebody else: more rights, or the same ones over more rows."""

from __future__ import annotations

from collections.abc import Iterator

from models.description import describe, entity
from models.errors import Refused
from models.i18n import N_
from models.permissions import Actor
from models.rights import EVERY_OTHER, Access, Level, Permission, Rights
from models.role import LEVEL_KEYS

MORE_THAN_MINE = N_("You cannot give rights that you do not have yourself: %(action)s %(entity)s.")
MORE_OF_THE_REST = N_("You cannot give rights that you do not have yourself: %(action)s everything else.")
EVERYTHING = N_("You cannot give the right to do everything, which you do not have yourself.")
FIELD_NOT_MINE = N_("You cannot open a field that is not open to you: %(what)s.")
PERSONAL_NOT_MINE = N_("You cannot show personal data that you do not see yourself.")


def reaches_beyond(theirs: Actor, mine: Actor, new: frozenset[int] = frozenset()) -> bool:
    """Return whether somebody may do anything, or with any row, that the other may not; new users have no rows yet."""
    if theirs.is_administrator or mine.is_administrator:
        return theirs.is_administrator and not mine.is_administrator
    if any(any(excess(role, mine)) for role in theirs.roles):
        return True
    return any(
        not _within(theirs.reach(theirs.level(name, each)), mine.reach(mine.level(name, each)), new)
        for name in _named(*theirs.roles, *mine.roles)
        for each in Permission
    )


def gains_beyond(theirs: Actor, before: Actor, mine: Actor, new: frozenset[int] = frozenset()) -> bool:
    """Return whether somebody has come to reach rows that the other does not, in the same way."""
    for name in _named(*theirs.roles, *mine.roles):
        for each in Permission:
            level = theirs.level(name, each)
            now, then = theirs.reach(level), before.reach(level)
            if now and not _within(now - (then or frozenset()), mine.reach(mine.level(name, each)), new):
                return True
    return False


def _within(theirs: frozenset[int] | None, mine: frozenset[int] | None, new: frozenset[int]) -> bool:
    return mine is None or (theirs is not None and theirs - new <= mine)


def is_bounded(actor: Actor) -> bool:
    """Whether how far the actor reaches depends on who they are and on their business units."""
    levels = {level for role in actor.roles for grants in role.grants.values() for level in grants.values()}
    return bool(levels & {Level.OWN, Level.UNIT, Level.DIVISION})


def excess(rights: Rights, actor: Actor) -> Iterator[Refused]:
    """Yield what a role grants and the actor does not have; entities that are not named stand together."""
    if rights.administrator and not actor.is_administrator:
        yield Refused(EVERYTHING, "administrator")
        return
    for name in _named(rights, *actor.roles):
        wider = [each for each in Permission if rights.level(name, each) > actor.level(name, each)]
        if wider:
            yield _too_much(name, wider)
    if rights.reads > actor.personal:
        yield Refused(PERSONAL_NOT_MINE, "personal")
    for what, access in rights.fields.items():
        if not _opens(actor, what, access):
            yield Refused(FIELD_NOT_MINE, "access", what=_field_label(what), row=what)


def _too_much(name: str, wider: list[Permission]) -> Refused:
    key, words = LEVEL_KEYS[wider[0]], {"action": ", ".join(each.value for each in wider), "row": name}
    if name == EVERY_OTHER:
        return Refused(MORE_OF_THE_REST, key, **words)
    return Refused(MORE_THAN_MINE, key, entity=entity(name).__plural__.lower(), **words)


def _named(*roles: Rights) -> list[str]:
    """Return the entities that any of the roles names; all others are alike to every one of them."""
    return sorted({EVERY_OTHER, *(name for role in roles for name in role.grants)})


def _opens(actor: Actor, what: str, access: Access) -> bool:
    name, _, key = what.partition(".")
    mine = actor.access(name, key)
    return mine is Access.EDIT or mine is access


def _field_label(what: str) -> str:
    name, _, key = what.partition(".")
    return describe(entity(name)).attributes[key].label
