"""The rules of ownership as people are told them, in plain Python: what the program does is held against this.

Rows, users, roles and units are known by handles such as `("customer", 3)`. Every deed has a method that says how it
must end: what is read, or "done", "refused" and "absent" for what is written; what is done is done here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

Handle = tuple[str, int]
Grants = dict[str, dict[str, str]]  # entity -> action -> level
LEVELS = ("none", "own", "unit", "division", "organisation")
ACTIONS = ("view", "create", "edit", "delete", "assign", "export", "import")
CHILDREN = ("contact", "note", "customer_email")
DONE, REFUSED, ABSENT = "done", "refused", "absent"


@dataclass
class Rules:
    """Who is who, who owns what, and what follows."""

    grants: dict[Handle, Grants] = field(default_factory=dict)  # of each role
    administrators: set[Handle] = field(default_factory=set)
    roles: dict[Handle, set[Handle]] = field(default_factory=dict)  # of each user
    units: dict[Handle, set[Handle]] = field(default_factory=dict)  # of each user
    active: set[Handle] = field(default_factory=set)
    above: dict[Handle, Handle | None] = field(default_factory=dict)  # of each unit
    owner: dict[Handle, Handle | None] = field(default_factory=dict)  # of each customer and account
    parent: dict[Handle, Handle] = field(default_factory=dict)  # the customer of each child
    account: dict[Handle, Handle] = field(default_factory=dict)  # of each customer

    # What somebody may do.

    def is_administrator(self, who: Handle) -> bool:
        return bool(self.roles[who] & self.administrators)

    def level(self, who: Handle, action: str, entity: str) -> str:
        """Of several roles, the widest counts; a child is ruled by its customer."""
        entity = "customer" if entity in CHILDREN else entity
        return "organisation" if self.is_administrator(who) else self.widest(self.roles[who], action, entity)

    def widest(self, roles: set[Handle], action: str, entity: str) -> str:
        granted = [self.grants[role].get(entity, {}).get(action, "none") for role in roles]
        return max(granted, key=LEVELS.index, default="none")

    def reaches(self, who: Handle, level: str, owner: Handle | None) -> bool:
        """Whether a level includes the rows of an owner."""
        if level in {"none", "organisation"}:
            return level == "organisation"
        if owner is None:
            return False
        mine = self.units[who] if level != "own" else set()
        theirs = self.units.get(owner, set())
        if level == "division":
            theirs = {above for unit in theirs for above in self.lineage(unit)}
        return owner == who or bool(mine & theirs)

    def lineage(self, unit: Handle | None) -> Iterator[Handle]:
        """Yield a unit and all that it is part of."""
        while unit is not None:
            yield unit
            unit = self.above[unit]

    def owner_of(self, row: Handle) -> Handle | None:
        return row if row[0] == "user" else self.owner[self.parent.get(row, row)]

    def may(self, who: Handle, action: str, row: Handle) -> bool:
        myself = action == "view" and row == who
        return myself or self.reaches(who, self.level(who, action, row[0]), self.owner_of(row))

    def rows(self, entity: str) -> Iterator[Handle]:
        yield from (row for row in (*self.owner, *self.parent, *self.roles) if row[0] == entity)

    # What is read.

    def listed(self, who: Handle, entity: str) -> frozenset[Handle]:
        return frozenset(row for row in self.rows(entity) if self.may(who, "view", row))

    def found(self, who: Handle, entity: str) -> frozenset[Handle]:
        return self.listed(who, entity)

    def counted(self, who: Handle, entity: str) -> int:
        return len(self.listed(who, entity))

    def exported(self, who: Handle, entity: str) -> frozenset[Handle]:
        return frozenset(row for row in self.listed(who, entity) if self.may(who, "export", row))

    def read(self, who: Handle, row: Handle) -> str:
        return DONE if self.may(who, "view", row) else ABSENT

    def asked(self, who: Handle, row: Handle) -> frozenset[str] | str:
        """Who gives a row away edits it."""
        if not self.may(who, "view", row):
            return ABSENT
        found = {each for each in ACTIONS if self.may(who, each, row)}
        return frozenset(found if "edit" in found else found - {"assign"})

    # What is written.

    def _write(self, who: Handle, action: str, *rows: Handle) -> str:
        """A row that is not seen is not there; the others behind it, such as a new parent, are refused alike."""
        if not self.may(who, "view", rows[0]):
            return ABSENT
        return DONE if all(self.may(who, each, row) for row in rows for each in ("view", action)) else REFUSED

    def edited(self, who: Handle, row: Handle) -> str:
        return self._write(who, "edit", row)

    def created(self, who: Handle, row: Handle, owner: Handle | None) -> str:
        may_create = self.reaches(who, self.level(who, "create", row[0]), owner)
        if not may_create or (owner != who and not self._may_give(who, row[0], owner)):
            return REFUSED
        self.owner[row] = owner
        if row[0] == "customer":
            self.account[row] = ("account", row[1])
            self.owner[self.account[row]] = owner
        return DONE

    def _may_give(self, who: Handle, entity: str, owner: Handle | None) -> bool:
        """An owner is chosen among the active users whom one sees; to give to nobody is to give to all."""
        chosen = owner is None or (owner in self.active and self.may(who, "view", owner))
        return chosen and self.reaches(who, self.level(who, "assign", entity), owner)

    def added(self, who: Handle, row: Handle, customer: Handle) -> str:
        """An email is part of the customer's record: adding it is a change of the customer."""
        action = "edit" if row[0] == "customer_email" else "create"
        if not (self.may(who, "view", customer) and self.may(who, action, customer)):
            return REFUSED
        self.parent[row] = customer
        return DONE

    def moved(self, who: Handle, row: Handle, customer: Handle) -> str:
        """To move to where something is changes nothing, and is not refused."""
        stays = self.parent[row] == customer
        said = self.read(who, row) if stays else self._write(who, "edit", row, customer)
        if said == DONE:
            self.parent[row] = customer
        return said

    def given(self, who: Handle, row: Handle, owner: Handle | None) -> str:
        said = self._write(who, "edit", row)
        if said == DONE and owner != self.owner[row]:
            if not (self.may(who, "assign", row) and self._may_give(who, row[0], owner)):
                return REFUSED
            self.owner[row] = owner
        return said

    def deleted(self, who: Handle, row: Handle) -> str:
        """An account takes its customers with it, if one may delete all of them, and sees them."""
        said = self._write(who, "edit" if row[0] == "customer_email" else "delete", row)
        customers = [each for each, account in self.account.items() if account == row]
        with_it = ((each, action) for each in customers for action in ("view", "delete"))
        if said == DONE and not all(self.may(who, action, each) for each, action in with_it):
            return REFUSED
        if said == DONE:
            self._forget({row, *customers})
        return said

    def _forget(self, rows: set[Handle]) -> None:
        for customer in rows:
            self.owner.pop(customer, None)
            self.parent.pop(customer, None)
            self.account.pop(customer, None)
        for child in [child for child, parent in self.parent.items() if parent in rows]:
            del self.parent[child]

    # What rights are made of.

    def entrusted(self, who: Handle, user: Handle, role: Handle) -> str:
        """Nobody gives a role to themselves, nor more than they have, nor touches somebody who has more."""
        said, had = self._write(who, "edit", user), self.roles[user]
        if said == DONE and not self.is_administrator(who):
            to_myself = user == who and role not in had
            above_me = user != who and (self._beyond(user, had, who) or self._beyond(user, had | {role}, who))
            if to_myself or above_me:
                return REFUSED
        if said == DONE:
            self.roles[user].add(role)
        return said

    def _beyond(self, user: Handle, roles: set[Handle], who: Handle) -> bool:
        """Whether a user with these roles may do more than somebody, or the same with more rows."""
        if roles & self.administrators:
            return True
        for entity in {name for role in roles for name in self.grants[role]}:
            for action in ACTIONS:
                theirs, mine = self.widest(roles, action, entity), self.level(who, action, entity)
                farther = self._extent(user, theirs) - self._extent(who, mine)
                if LEVELS.index(theirs) > LEVELS.index(mine) or farther:
                    return True
        return False

    def _extent(self, who: Handle, level: str) -> set[Handle]:
        """Return the owners whose rows a level includes."""
        return {owner for owner in self.roles if self.reaches(who, level, owner)}

    def enrolled(self, who: Handle, user: Handle, roles: frozenset[Handle], units: frozenset[Handle]) -> str:
        """An administrator says which roles and units a user has from now on."""
        self.roles[user], self.units[user] = set(roles), set(units)
        return DONE

    def regranted(self, who: Handle, role: Handle, entity: str, action: str, level: str) -> str:
        self.grants[role].setdefault(entity, {})[action] = level
        return DONE

    def reparented(self, who: Handle, unit: Handle, above: Handle | None) -> str:
        """An administrator moves a unit; one below itself is refused."""
        if unit in self.lineage(above):
            return REFUSED
        self.above[unit] = above
        return DONE

    def switched(self, who: Handle, user: Handle) -> str:
        self.active ^= {user}
        return DONE
