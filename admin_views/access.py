"""Why something may be done or not: of one decision, and of a record with everybody who works in the panel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, request
from flask_admin import expose
from flask_babel import format_decimal, gettext
from sqlalchemy import func, select

from admin_views.controls import read_key
from admin_views.door import looking
from admin_views.page import Grid, Link, Pager
from admin_views.personal import revelations
from admin_views.requests import record_url
from admin_views.say import label
from admin_views.why_page import VERBS, Why, owner_names, placed, reading, rules, verdict, why, why_personal
from models.actors import actor_for
from models.base import Base, db
from models.description import title_of
from models.errors import Refused
from models.explaining import explain, units_of
from models.gate import acting_as, actor_of
from models.i18n import N_
from models.owned import Owned
from models.permissions import Actor, Decision
from models.related import find
from models.rights import Level, Permission, Personal
from models.role import Role
from models.user import User

ASKED = {permission.value: permission for permission in VERBS}
NOT_TOLD = N_("Only those who may view roles are told what others may do.")
PERSONAL = "personal"  # asked beside the permissions
SIZE = 20


@dataclass(frozen=True)
class Check:
    """Whether somebody may do something, and where that is explained."""

    label: str
    sentence: str
    allowed: bool
    url: str


@dataclass(frozen=True)
class Person:
    """Somebody who works in the panel, with what they may do with the record."""

    name: str
    subtitle: str
    checks: Sequence[Check]


@dataclass(frozen=True)
class Access:
    """Who may do what with a record: its rule, its owners, and the people page by page."""

    title: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[str]
    people: Sequence[Person]
    pager: Pager
    back: Link


class Explained:
    """A view that explains what it decides, and offers more to do with a record."""

    def record_actions(self: Any, row: Base) -> list[Link]:
        """Return what else can be done with a record, in its menu of more actions; views add their own."""
        told = Link(gettext("Who may do this?…"), self.get_url(".access_view", id=row.id), icon="users")
        return [*([told] if may_ask_about_others() else []), *looking.ways(row), *revelations.ways(row)]

    def may_go(self, row: Base) -> bool:
        """Whether a record can ever be deleted; the way to it is not shown on those that stay."""
        return True

    def record_buttons(self, row: Base) -> list[Link]:
        """Return what one does with a record next, as buttons in its head; views add their own."""
        return []

    def record_grids(self, row: Base) -> list[Grid]:
        """Return what else belongs on a record's page as tables; views add their own."""
        return []

    @expose("/why/")
    def why_view(self: Any) -> Any:
        """Explain a decision about a record: one's own, or to those who may view roles that of somebody else."""
        permission = ASKED.get(request.args.get("may", ""))
        if permission is None and request.args.get("may") != PERSONAL:
            abort(404)
        if "user" in request.args:
            row, user = self.get_one(request.args.get("id")), _user()
            back = Link(gettext("Who may do this?"), self.get_url(".access_view", id=row.id))
            page = _why(actor_for(db.session, user), permission, row, back, mine=False)
        else:
            page = self._my_own(permission)
        return self.render("admin/why.html", why=page)

    def _my_own(self: Any, permission: Permission | None) -> Any:
        """Explain to whoever looks as somebody else what is hidden from them, with the eyes of the administrator."""
        actor, look = actor_of(db.session), looking.current()
        with acting_as(db.session, look.administrator if look else actor):
            row = self.get_one(request.args.get("id"))
            return _why(actor, permission, row, Link(title_of(row), record_url(row)), mine=look is None)

    @expose("/access/")
    def access_view(self: Any) -> Any:
        """Show who may do what with a record."""
        _demand_to_be_told()
        return self.render("admin/access.html", access=access(self, self.get_one(request.args.get("id"))))


def _why(actor: Actor, permission: Permission | None, row: Base, back: Link, *, mine: bool) -> Why:
    if permission is None:
        return why_personal(actor, row, back, mine=mine)
    return why(actor, permission, row, back, mine=mine)


def may_ask_about_others() -> bool:
    """Whether the person is told what others may do: who sees roles, which are nobody's own and so all or none."""
    return actor_of(db.session).level(Role.__tablename__, Permission.VIEW) is Level.ORGANISATION


def why_missing() -> str | None:
    """Return where it is explained why the record in the address is hidden from those as whom somebody looks."""
    look, key, view = looking.current(), read_key(request.args.get("id", "")), _panel()
    model = getattr(view, "model", None)
    if look is None or key is None or model is None or find(db.session, model, key) is not None:
        return None
    with acting_as(db.session, look.administrator):
        there = db.session.scalar(select(model.id).where(model.id == key))
    return view.get_url(".why_view", id=key, may=Permission.VIEW.value) if there else None


def why_closed() -> Decision | None:
    """Return the decision that closes the panel in the address, if the person may not open it."""
    view = _panel()
    decision: Decision | None = view.allows(Permission.VIEW) if hasattr(view, "model") else None
    return None if decision else decision


def _panel() -> Any:
    """Return the view that the address belongs to, if it belongs to one."""
    views = current_app.extensions["panel"]._views
    return next((each for each in views if each.endpoint == request.blueprint), None)


def asked_of(model: type[Base]) -> list[Permission]:
    """Return what is asked of rows of an entity: only what has an owner of its own is assigned to another."""
    return [each for each in VERBS if each is not Permission.ASSIGN or issubclass(model, Owned)]


def access(view: Any, row: Base) -> Access:
    """Return who may do what with a record."""
    found = explain(actor_of(db.session), Permission.VIEW, type(row), row)
    page, users = _people()
    owners = [each.owner for each in found.held] if found.is_owned else []
    units = units_of(db.session, [*owners, *(user.id for user in users)])
    personal = [gettext("personal data")] if view.description.tells_of_people else []
    owned = [placed(name, units.of(key)) for key, name in owner_names(owners).items()]
    return Access(
        title=gettext("Who may do what with “%(title)s”", title=title_of(row)),
        facts=[*((gettext("Rule"), each) for each in rules(found)), *((gettext("Owner"), each) for each in owned)],
        columns=[*(label(VERBS[each]) for each in asked_of(view.model)), *personal],
        people=[_person(view, row, user, units.of(user.id)) for user in users],
        pager=page,
        back=Link(title_of(row), record_url(row)),
    )


def _person(view: Any, row: Base, user: User, units: Sequence[str]) -> Person:
    actor = actor_for(db.session, user)
    roles = ", ".join(role.name for role in actor.roles)
    return Person(user.name, placed(roles, units), list(_checks(view, row, actor)))


def _checks(view: Any, row: Base, actor: Actor) -> Iterator[Check]:
    for permission in asked_of(view.model):
        found = explain(actor, permission, type(row), row)
        url = view.get_url(".why_view", id=row.id, may=permission.value, user=actor.user_id)
        yield Check(label(VERBS[permission]), verdict(found, actor, title_of(row), mine=False), found.allowed, url)
    if view.description.tells_of_people:
        url = view.get_url(".why_view", id=row.id, may=PERSONAL, user=actor.user_id)
        said = reading(actor, title_of(row), mine=False)
        yield Check(gettext("personal data"), said, actor.personal > Personal.HIDDEN, url)


def _people() -> tuple[Pager, Sequence[User]]:
    """Return a page of those who can sign in, in order of name."""
    active = select(User).where(User.active)
    count = db.session.scalar(select(func.count(User.id)).where(User.active)) or 0
    number = min(read_key(request.args.get("page", "")) or 1, -(-count // SIZE) or 1)
    first = (number - 1) * SIZE
    users = db.session.scalars(active.order_by(User.name, User.id).offset(first).limit(SIZE)).all()
    last = first + len(users)
    before, after = _page(number - 1) if number > 1 else None, _page(number + 1) if last < count else None
    return Pager(first + 1 if users else 0, last, format_decimal(count), before, after), users


def _page(number: int) -> str:
    return f"{request.path}?id={read_key(request.args.get('id', ''))}&page={number}"


def _user() -> User:
    """Return the user in the address, if the person may be told of them."""
    _demand_to_be_told()
    return find(db.session, User, read_key(request.args["user"])) or abort(404)


def _demand_to_be_told() -> None:
    if not may_ask_about_others():
        raise Refused(NOT_TOLD)
