"""A random walk through the panel: every step is done by the program and by the rules, and must end alike.

A step is data, so that a walk that diverges can be walked again without some of its steps: what is printed is short.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from copy import copy, deepcopy
from dataclasses import dataclass, field
from typing import Any

from models.base import db
from tests.rights.program import Program
from tests.rights.rules import ACTIONS, LEVELS, Handle, Rules

ADMINISTRATOR: Handle = ("user", 0)
ENTITIES = ("customer", "account", "contact", "note", "customer_email")
READS = ("listed", "found", "counted", "exported", "read", "asked")
REPLAYS = 40  # at most, to make a divergence short

# How often something is done, and with what.
WEIGHTS = {
    "listed": (8, "entity"), "found": (8, "entity"), "counted": (8, "entity"), "exported": (8, "entity"),
    "read": (14, "row"), "asked": (10, "row"), "edited": (12, "row"), "deleted": (3, "deleted"),
    "created": (5, "created"), "added": (8, "added"), "moved": (8, "moved"), "given": (9, "given"),
    "entrusted": (2, "entrusted"), "enrolled": (2, "enrolled"), "regranted": (2, "regranted"),
    "reparented": (1, "reparented"), "switched": (1, "switched"),
}  # fmt: skip

Step = tuple[Any, ...]  # the verb, who does it, and what with


@dataclass
class Walk:
    """A world in two copies, and the steps that were taken in it."""

    rules: Rules
    program: Program
    seed: int
    taken: list[Step] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)
    verbs: tuple[str, ...] = tuple(WEIGHTS)

    def go(self, steps: int) -> None:
        """Take random steps; AssertionError with a short way there if program and rules part."""
        generator, start = Generator(self.rules, self.seed, self.verbs), _Start(self)
        for _ in range(steps):
            step = generator.step()
            self.taken.append(step)
            told, did = self.take(step)
            if told != did:
                raise AssertionError(start.explain(self.taken, told, did))
            self.note(step, told)

    def take(self, step: Step) -> tuple[object, object]:
        """Return how a step ends by the rules, and how it did."""
        verb, *rest = step
        return getattr(self.rules, verb)(*rest), getattr(self.program, verb)(*rest)

    def note(self, step: Step, told: object) -> None:
        """Count how steps ended, by verb: a walk in which nothing was ever allowed or refused shows nothing."""
        end = told if isinstance(told, str) else "some" if told else "none"
        self.ends[f"{step[0]} {end}"] = self.ends.get(f"{step[0]} {end}", 0) + 1


class _Start:
    """The world as it was, to walk from again."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.rules = deepcopy(walk.rules)
        self.known = dict(walk.program.keys), dict(walk.program.handles)
        db.session.commit()
        self.savepoint = self.connection.begin_nested()

    @property
    def connection(self) -> Any:
        """The shared app's one connection."""
        return db.engines[None]

    def explain(self, taken: Sequence[Step], told: object, did: object) -> str:
        """Return the steps without which it does not happen, and how the last one ended."""
        steps = self.shortened(list(taken))
        lines = [f"  {verb}: {rest}" for verb, *rest in steps]
        head = f"Seed {self.walk.seed}, step {len(taken)}: by the rules {told}, but {did}. It takes:"
        return "\n".join([head, *lines, "after these roles, units and owners:", str(self.rules)])

    def shortened(self, steps: list[Step]) -> list[Step]:
        """Drop steps, in ever smaller runs, as long as the last one still ends differently."""
        writes = [step for step in steps[:-1] if step[0] not in READS]
        if self.parts([*writes, steps[-1]]):
            steps = [*writes, steps[-1]]
        run, tries = len(steps) // 2, REPLAYS
        while run:
            place = 0
            while place < len(steps) - 1 and tries:
                tries -= 1
                fewer = [*steps[:place], *steps[place + run :]] if place + run < len(steps) else steps
                if fewer is not steps and self.parts(fewer):
                    steps = fewer
                else:
                    place += run
            run //= 2
        return steps

    def parts(self, steps: Sequence[Step]) -> bool:
        """Walk again from the start; return whether the last step ends differently."""
        db.session.rollback()
        self.savepoint.rollback()
        self.savepoint = self.connection.begin_nested()
        program = copy(self.walk.program)
        program.keys, program.handles = dict(self.known[0]), dict(self.known[1])
        again = type(self.walk)(deepcopy(self.rules), program, self.walk.seed)
        ends: tuple[object, object] = None, None
        for step in steps:
            ends = None, None
            with suppress(KeyError):  # a row that a dropped step would have made
                ends = again.take(step)
        return ends[0] != ends[1]


class Generator:
    """Chooses what is done next, from the rows that there are by the rules."""

    def __init__(self, rules: Rules, seed: int, verbs: Sequence[str]) -> None:
        self.rules, self.random, self.number = rules, random.Random(seed), 1000
        self.verbs, self.weights = verbs, [WEIGHTS[verb][0] for verb in verbs]

    def step(self) -> Step:
        """Return the next step: mostly by somebody with a few roles, now and then by the administrator."""
        [verb] = self.random.choices(self.verbs, self.weights)
        return (verb, *getattr(self, f"_{WEIGHTS[verb][1]}")())

    def _who(self) -> Handle:
        """Return who does it: nobody signs in to an account that is switched off."""
        return self.random.choice(sorted(self.rules.active))

    def _whom(self) -> Handle:
        return self.random.choice([*self.rules.roles])

    def _any(self, *entities: str) -> Handle:
        """Return a row of one of the entities that have any."""
        rows = [each for each in map(list, map(self.rules.rows, entities)) if each]
        return self.random.choice(self.random.choice(rows)) if rows else (entities[0], 0)

    def _new(self, entity: str) -> Handle:
        self.number += 1
        return entity, self.number

    def _owner(self) -> Handle | None:
        return None if self.random.random() < 0.1 else self._whom()

    def _entity(self) -> Step:
        return self._who(), self.random.choice((*ENTITIES, "user"))

    def _row(self) -> Step:
        return self._who(), self._any(*ENTITIES)

    def _created(self) -> Step:
        who = self._who()
        return who, self._new(self.random.choice(ENTITIES[:2])), who if self.random.random() < 0.5 else self._owner()

    def _added(self) -> Step:
        return self._who(), self._new(self.random.choice(ENTITIES[2:])), self._any("customer")

    def _moved(self) -> Step:
        return self._who(), self._any("contact", "note"), self._any("customer")

    def _given(self) -> Step:
        return self._who(), self._any(*ENTITIES[:2]), self._owner()

    def _deleted(self) -> Step:
        emails = [row for row in self.rules.rows("customer_email") if row[1] > 1000]  # the others are the primary ones
        row = self.random.choice(emails) if emails and self.random.random() < 0.3 else self._any(*ENTITIES[:4])
        return self._who(), row

    def _some(self, there: Sequence[Handle], most: int) -> frozenset[Handle]:
        return frozenset(self.random.sample(there, self.random.randint(0, most)))

    def _entrusted(self) -> Step:
        return self._who(), self._whom(), self.random.choice([*self.rules.grants])

    def _enrolled(self) -> Step:
        user = self.random.choice([each for each in self.rules.roles if each != ADMINISTRATOR])
        roles = {*self._some([*self.rules.grants][1:], 4), ("role", 1)}
        return ADMINISTRATOR, user, frozenset(roles), self._some([*self.rules.above], 3)

    def _regranted(self) -> Step:
        role = self.random.choice([*self.rules.grants][2:])
        entity = self.random.choice(("customer", "account", "user"))
        return ADMINISTRATOR, role, entity, self.random.choice(ACTIONS), self.random.choice(LEVELS)

    def _reparented(self) -> Step:
        units = [*self.rules.above]
        return ADMINISTRATOR, self.random.choice(units), self.random.choice([None, *units])

    def _switched(self) -> Step:
        return ADMINISTRATOR, self.random.choice([each for each in self.rules.roles if each != ADMINISTRATOR])
