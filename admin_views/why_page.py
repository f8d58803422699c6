"""An explanation as people read it: whose rule holds, what the roles grant, and whose row it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from admin_views.page import Badge, Link
from admin_views.say import label, plain
from models.base import Base, db
from models.description import title_of
from models.explaining import Explanation, Held, Opened, Units, explain, shows, units_of
from models.i18n import N_
from models.permissions import Actor
from models.related import titles
from models.rights import REACHES, Access, Level, Permission, Personal
from models.user import User

VERBS = {
    Permission.VIEW: N_("view"),
    Permission.EDIT: N_("edit"),
    Permission.DELETE: N_("delete"),
    Permission.ASSIGN: N_("assign"),
}
THEIRS = {
    Level.NONE: N_("none"),
    Level.OWN: N_("their own"),
    Level.UNIT: N_("those of their business units"),
    Level.DIVISION: N_("those of their business units and the ones below"),
    Level.ORGANISATION: N_("everybody's"),
}
MINE = REACHES | {each: THEIRS[each] for each in (Level.NONE, Level.ORGANISATION)}
OPENS = {Access.VIEW: N_("may be viewed (%(name)s)"), Access.EDIT: N_("may be edited (%(name)s)")}
MY_READING = {
    Personal.SHOWN: N_("You see the personal data of “%(title)s”"),
    Personal.ON_REQUEST: N_("You may have the personal data of “%(title)s” shown, which is noted"),
    Personal.HIDDEN: N_("You may not see the personal data of “%(title)s”"),
}
THEIR_READING = {
    Personal.SHOWN: N_("%(name)s sees the personal data of “%(title)s”"),
    Personal.ON_REQUEST: N_("%(name)s may have the personal data of “%(title)s” shown, which is noted"),
    Personal.HIDDEN: N_("%(name)s may not see the personal data of “%(title)s”"),
}
IN_UNITS = {Level.UNIT, Level.DIVISION}


@dataclass(frozen=True)
class Line:
    """A sentence of a step, with a mark if something hangs on it."""

    text: str
    badge: Badge | None = None


@dataclass(frozen=True)
class Step:
    """A step of the way to a decision."""

    label: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Why:
    """A decision and the way to it."""

    title: str
    allowed: bool
    steps: Sequence[Step]
    back: Link


def why(actor: Actor, permission: Permission, row: Base, back: Link, *, mine: bool) -> Why:
    """Return why the actor, or with `mine` the reader, may or may not do this; names are those that can be seen."""
    found = explain(actor, permission, type(row), row)
    units = units_of(db.session, [actor.user_id, *(each.owner for each in found.held)])
    steps = [
        *(Step(gettext("Rule"), [Line(each)]) for each in rules(found)),
        Step(gettext("Roles"), list(_roles(found, mine=mine))),
        *_units(found, units.of(actor.user_id)),
        Step(gettext("Owner"), list(_owners(found, actor, units, mine=mine))),
        *_needed(found, actor, title_of(row), mine=mine),
        *_fields(found),
    ]
    return Why(verdict(found, actor, title_of(row), mine=mine), found.allowed, steps, back)


def why_personal(actor: Actor, row: Base, back: Link, *, mine: bool) -> Why:
    """Return why the actor, or with `mine` the reader, reads the personal data of a record or may ask for them."""
    several = len(actor.roles) > 1
    lines = [
        Line(f"{name}: {plain(level).lower()}", Badge(gettext("counts"), "blue") if several and counts else None)
        for name, level, counts in shows(actor)
    ]
    steps = [Step(gettext("Roles"), lines or [Line(gettext("none"))])]
    return Why(reading(actor, title_of(row), mine=mine), actor.personal > Personal.HIDDEN, steps, back)


def reading(actor: Actor, title: str, *, mine: bool) -> str:
    """Return how somebody reads the personal data of a record as a sentence, to them or about them."""
    said = (MY_READING if mine else THEIR_READING)[actor.personal]
    return gettext(said, name=actor.name, title=title)


def rules(found: Explanation) -> Iterator[str]:
    """Yield whose rule holds where it is not the entity's own: a child's parent's."""
    if len(found.path) > 1:
        yield gettext("Follows its %(above)s's rights.", above=label(found.ruling.__label__).lower())


def verdict(found: Explanation, actor: Actor, title: str, *, mine: bool) -> str:
    """Return a decision as a sentence, to the actor or about them."""
    words = {"name": actor.name, "action": label(VERBS[found.permission]), "title": title}
    if mine:
        yes, no = N_("You may %(action)s “%(title)s”"), N_("You may not %(action)s “%(title)s”")
    else:
        yes, no = N_("%(name)s may %(action)s “%(title)s”"), N_("%(name)s may not %(action)s “%(title)s”")
    return gettext(yes if found.allowed else no, **words)


def _roles(found: Explanation, *, mine: bool) -> Iterator[Line]:
    """Say what each role grants; of several, the widest counts."""
    for each in found.granted:
        reach = label((MINE if mine else THEIRS)[each.level])
        counts = each.counts and len(found.granted) > 1
        yield Line(f"{each.role}: {reach}", Badge(gettext("counts"), "blue") if counts else None)
    if not found.granted:
        yield Line(gettext("none"))


def _units(found: Explanation, names: Sequence[str]) -> Iterator[Step]:
    """Name the units of whoever asks, where what the roles grant hangs on them."""
    if found.level in IN_UNITS:
        yield Step(gettext("Business units"), [Line(", ".join(names) or gettext("none"))])


def _owners(found: Explanation, actor: Actor, units: Units, *, mine: bool) -> Iterator[Line]:
    """Say whose the row is, and whether that is within reach of what the roles grant."""
    if not found.is_owned:
        text = gettext("%(things)s have no owners.", things=label(found.ruling.__plural__))
        yield Line(text, _reached(found, found.held[0]) if found.held else None)
        return
    names = owner_names([each.owner for each in found.held])
    for each in found.held:
        name = gettext("you") if mine and each.needs is Level.OWN else names[each.owner]
        text = _where(each, actor, units, name) if found.level in IN_UNITS and each.needs is not Level.OWN else name
        yield Line(text, _reached(found, each))


def owner_names(keys: Sequence[int | None]) -> dict[int | None, str]:
    """Return what owners are called, as far as they can be seen."""
    found = titles(db.session, User, [key for key in keys if key is not None])
    return {key: gettext("nobody") if key is None else found.get(key, gettext("somebody else")) for key in keys}


def _reached(found: Explanation, held: Held) -> Badge | None:
    if not found.level:
        return None
    return Badge(gettext("within reach"), "green") if held.within else Badge(gettext("out of reach"), "red")


def _where(held: Held, actor: Actor, units: Units, name: str) -> str:
    """Return an owner with the business units that matter."""
    shared, below = units.shared(actor.user_id, held.owner), units.below(actor.user_id, held.owner)
    if held.needs is Level.UNIT and shared:
        return gettext("%(name)s, also in %(units)s", name=name, units=", ".join(shared))
    if held.needs is Level.DIVISION and below:
        return gettext("%(name)s, in %(unit)s below %(above)s", name=name, unit=below[0][0], above=below[0][1])
    return placed(name, units.of(held.owner) if held.needs is Level.ORGANISATION else ())


def placed(name: str, units: Sequence[str]) -> str:
    """Return a person with their business units."""
    return gettext("%(name)s, in %(units)s", name=name, units=", ".join(units)) if units else name


def _needed(found: Explanation, actor: Actor, title: str, *, mine: bool) -> Iterator[Step]:
    """Say what else has to be allowed, and what the roles grant of that."""
    if found.also:
        lines = [Line(verdict(found.also, actor, title, mine=mine)), *_roles(found.also, mine=mine)]
        yield Step(gettext("Also needed"), lines)


def _fields(found: Explanation) -> Iterator[Step]:
    """Say of guarded fields which roles open them, where the row itself is open."""
    if found.allowed and found.permission in {Permission.VIEW, Permission.EDIT}:
        for each in found.opened:
            yield Step(label(each.attribute.label), list(_openings(each)))


def _openings(opened: Opened) -> Iterator[Line]:
    for name, access in opened.roles:
        yield Line(gettext(OPENS[access], name=name))
    if not opened.roles:
        yield Line(gettext("No role opens it."))
