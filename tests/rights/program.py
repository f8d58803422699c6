"""The same deeds as in rules.py, done by the program: each through a session that works for who does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import func, select

from models.account import Account
from models.actors import actor_for
from models.base import Base, db
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind
from models.errors import DomainError
from models.gate import actor_of, permitted, set_actor, ungated
from models.note import Note
from models.operations.deletion import delete_rows
from models.permissions import Permission, decide
from models.related import find
from models.rights import Level
from models.role import LEVEL_KEYS, Role, RoleGrant
from models.search.query import matching
from models.unit import BusinessUnit
from models.user import User, UserRole, UserUnit
from tests.rights.rules import ABSENT, DONE, REFUSED, Handle

MODELS: dict[str, Any] = {
    each.__tablename__: each for each in (Customer, Account, Contact, Note, CustomerEmail, User, Role, BusinessUnit)
}
COUNTED_PAST = ungated("a test compares what is stored with what should be")
WORD = "zebra"  # in every row


class Program:
    """The database as it is, with the keys of the rows that the handles stand for."""

    def __init__(self) -> None:
        self.keys: dict[Handle, int] = {}
        self.handles: dict[tuple[str, int], Handle] = {}

    def know(self, handle: Handle, row: Any) -> None:
        self.keys[handle], self.handles[handle[0], row.id] = row.id, handle

    def _as(self, who: Handle) -> None:
        set_actor(db.session, actor_for(db.session, User(id=self.keys[who], name=str(who))))

    def _key(self, handle: Handle | None) -> int | None:
        return None if handle is None else self.keys.get(handle, 999_999)

    def _row(self, handle: Handle) -> Any:
        return find(db.session, MODELS[handle[0]], self._key(handle))

    def _handles(self, entity: str, keys: Iterable[int]) -> frozenset[Handle]:
        return frozenset(self.handles[entity, key] for key in keys)

    # What is read.

    def listed(self, who: Handle, entity: str) -> frozenset[Handle]:
        self._as(who)
        return self._handles(entity, [row.id for row in db.session.scalars(select(MODELS[entity]))])

    def found(self, who: Handle, entity: str) -> frozenset[Handle]:
        self._as(who)
        model, condition = MODELS[entity], matching(MODELS[entity], WORD)
        assert condition is not None
        return self._handles(entity, db.session.scalars(select(model.id).where(condition)))

    def counted(self, who: Handle, entity: str) -> int:
        self._as(who)
        return db.session.scalar(select(func.count(MODELS[entity].id))) or 0

    def exported(self, who: Handle, entity: str) -> frozenset[Handle]:
        self._as(who)
        model = MODELS[entity]
        condition = permitted(actor_of(db.session), Permission.EXPORT, model)
        query = select(model.id) if condition is None else select(model.id).where(condition)
        return self._handles(entity, db.session.scalars(query))

    def read(self, who: Handle, row: Handle) -> str:
        self._as(who)
        return ABSENT if self._row(row) is None else DONE

    def asked(self, who: Handle, row: Handle) -> frozenset[str] | str:
        self._as(who)
        found = self._row(row)
        if found is None:
            return ABSENT
        actor = actor_of(db.session)
        may = (each.value for each in Permission if decide(actor, each, type(found), found))
        return frozenset({*may, Permission.VIEW.value})

    # What is written.

    def _write(self, who: Handle, row: Handle, change: Callable[[Any], object]) -> str:
        self._as(who)
        found = self._row(row)
        if found is None:
            return ABSENT
        return self._keep(lambda: change(found))

    def _keep(self, change: Callable[[], object]) -> str:
        try:
            change()
            db.session.commit()
        except DomainError:
            db.session.rollback()
            return REFUSED
        return DONE

    def _add(self, who: Handle, handle: Handle, row: Base) -> str:
        self._as(who)
        said = self._keep(lambda: db.session.add(row))
        if said == DONE:
            self.know(handle, row)
        return said

    def edited(self, who: Handle, row: Handle) -> str:
        return self._write(who, row, _touch)

    def created(self, who: Handle, row: Handle, owner: Handle | None) -> str:
        model = MODELS[row[0]]
        given = {} if owner == who else {"owner_id": self._key(owner)}
        created = Account(name=WORD, **given) if model is Account else new_customer(**given)
        said = self._add(who, row, created)
        if said == DONE and isinstance(created, Customer):
            self.handles["account", created.account_id] = ("account", row[1])  # type: ignore[attr-defined]
            self.keys["account", row[1]] = created.account_id  # type: ignore[attr-defined]
        return said

    def added(self, who: Handle, row: Handle, customer: Handle) -> str:
        key = self._key(customer)
        made: dict[str, Callable[[], Base]] = {
            "contact": lambda: Contact(customer_id=key, name=WORD),
            "note": lambda: Note(customer_id=key, body=WORD),
            "customer_email": lambda: CustomerEmail(customer_id=key, address=f"{WORD}@example.com", label=WORD),
        }
        return self._add(who, row, made[row[0]]())

    def moved(self, who: Handle, row: Handle, customer: Handle) -> str:
        return self._write(who, row, lambda found: setattr(found, "customer_id", self._key(customer)))

    def given(self, who: Handle, row: Handle, owner: Handle | None) -> str:
        return self._write(who, row, lambda found: _touch(found, owner_id=self._key(owner)))

    def deleted(self, who: Handle, row: Handle) -> str:
        part = row[0] == "customer_email"
        return self._write(who, row, db.session.delete if part else lambda found: delete_rows(db.session, [found]))

    # What rights are made of.

    def entrusted(self, who: Handle, user: Handle, role: Handle) -> str:
        def give(found: Any) -> None:
            if not any(each.role_id == self._key(role) for each in found.roles):
                found.roles.append(UserRole(role_id=self._key(role)))
            _touch(found, name=f"{WORD} {found.version}")

        return self._write(who, user, give)

    def enrolled(self, who: Handle, user: Handle, roles: frozenset[Handle], units: frozenset[Handle]) -> str:
        def enrol(found: Any) -> None:
            found.roles[:] = [UserRole(role_id=self._key(role)) for role in sorted(roles)]
            found.units[:] = [UserUnit(unit_id=self._key(unit)) for unit in sorted(units)]

        def clear(found: Any) -> None:
            found.roles.clear()
            found.units.clear()

        self._write(who, user, clear)
        return self._write(who, user, enrol)

    def regranted(self, who: Handle, role: Handle, entity: str, action: str, level: str) -> str:
        def grant(found: Any) -> None:
            row = next((each for each in found.grants if each.entity == entity), None)
            if row is None:
                found.grants.append(row := RoleGrant(entity=entity))
            setattr(row, LEVEL_KEYS[Permission(action)], Level(level))

        return self._write(who, role, grant)

    def reparented(self, who: Handle, unit: Handle, above: Handle | None) -> str:
        return self._write(who, unit, lambda found: setattr(found, "above_id", self._key(above)))

    def switched(self, who: Handle, user: Handle) -> str:
        return self._write(who, user, lambda found: setattr(found, "active", not found.active))

    # What is there in the end, whoever looks.

    def state(self) -> dict[Handle, Handle | None]:
        """Return the owner of each owned row and the customer of each child."""
        found: dict[Handle, Handle | None] = {}
        for entity, key, target in (
            ("customer", "owner_id", "user"), ("account", "owner_id", "user"), ("contact", "customer_id", "customer"),
            ("note", "customer_id", "customer"), ("customer_email", "customer_id", "customer"),
        ):  # fmt: skip
            model = MODELS[entity]
            rows = db.session.execute(select(model.id, getattr(model, key)), execution_options=COUNTED_PAST)
            found |= {self.handles[entity, row]: self.handles.get((target, to or 0)) for row, to in rows}
        return found


def new_customer(**values: Any) -> Customer:
    """Return a private customer, not stored yet."""
    return Customer(kind=CustomerKind.PRIVATE, first_name=WORD, last_name=WORD, **values)


def _touch(row: Any, **values: Any) -> None:
    """Change something of a row that nobody else looks at, with these values."""
    key = {"note": "body", "customer_email": "label", "user": "name"}.get(row.__tablename__)
    key = key or {"customer": "legal_form", "account": "description", "contact": "notes"}[row.__tablename__]
    for name, value in {key: f"{WORD} {row.version}", **values}.items():
        setattr(row, name, value)
